"""Does the decoder agree with every independent decode of captured messages that is at hand?"""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from gps_ingest.decoders.inspected import Inspected, InspectedFix
from gps_ingest.decoders.jt808.inspection import inspect_body_line, inspect_line

LOADS = {0: "empty", 1: "half", 2: None, 3: "full"}
HEADER_HEX = 2 * (1 + 12 + 1 + 1)  # shorter frames have no serial number


@pytest.fixture(scope="module")
def captured(shared: Path) -> list[dict[str, Any]]:
    return list(json.loads((shared / "vectors/jt808_smallchi.json").read_text("utf-8")))


def frames(captured: list[dict[str, Any]]) -> list[tuple[str, dict[str, Any]]]:
    return [(each["hex"], each["decoded_independently"]) for each in captured if each["kind"] == "frame"]


def expected_fault(said: dict[str, Any]) -> str | None:
    """The class of error by the independent decode's own figures."""
    if not said["checksum_ok"]:
        return "checksum"
    if said["body_len_header"] != said["body_len_actual"]:
        return "length"
    return "encrypted" if said["encrypt"] else None


def is_one_frame(line: str) -> bool:
    """Some lines hold two frames, or a 7e that was not escaped: the independent decode did not split them."""
    return line.count("7e", 2) == 1 or "7e" not in [line[i : i + 2] for i in range(2, len(line) - 2, 2)]


def assert_same_place(fix: InspectedFix, said: dict[str, Any]) -> None:
    told = {
        "alarm": fix.alarm,
        "status": fix.status,
        "fixed": fix.fixed,
        "altitude_m": fix.altitude_m,
        "speed_kmh": fix.speed_kmh,
        "course": fix.course_deg,
        "tlv": [list(pair) for pair in fix.tlv],
    }
    assert told == {name: said[name] for name in told}
    assert fix.load == LOADS[said["load_bits"]]
    assert fix.lat == pytest.approx(said["lat"], abs=1e-9)
    assert fix.lon == pytest.approx(said["lon"], abs=1e-9)
    assert fix.time == datetime.fromisoformat(said["time_as_gmt8"])


def test_every_frame_is_taken_or_refused_as_its_figures_say(captured: list[dict[str, Any]]) -> None:
    compared = 0
    for line, said in frames(captured):
        if not is_one_frame(line):
            assert inspect_line(line).ok == (expected_fault(said) is None), line
            continue
        message = inspect_line(line)
        assert message.error_class == expected_fault(said), line
        assert message.ok == (message.error_class is None)
        assert bool(message.error) != message.ok
        compared += 1
    assert compared > 130


def test_every_header_is_read_the_same(captured: list[dict[str, Any]]) -> None:
    for line, said in frames(captured):
        if is_one_frame(line):
            message = inspect_line(line)
            assert message.msg_id == said["msg_id"]
            assert message.phone == (said["id_hex"].lstrip("0") or "0")
            assert message.seq == (said["seq"] if len(line) >= HEADER_HEX else None)
            assert message.checksum_ok == said["checksum_ok"]


def test_every_location_of_a_frame_is_read_the_same(captured: list[dict[str, Any]]) -> None:
    compared = 0
    for line, said in frames(captured):
        if said.get("location") and not said["encrypt"] and (is_one_frame(line) or not expected_fault(said)):
            (fix,) = inspect_line(line).fixes
            assert_same_place(fix, said["location"])
            compared += 1
    assert compared >= 45


def test_every_batch_is_read_the_same(captured: list[dict[str, Any]]) -> None:
    batches = [(line, said["batch"]) for line, said in frames(captured) if "batch" in said]
    assert batches
    for line, batch in batches:
        fixes = inspect_line(line).fixes
        assert len(fixes) == len(batch["items"])
        for fix, item in zip(fixes, batch["items"], strict=True):
            assert_same_place(fix, item)


def test_every_bare_body_is_read_the_same(captured: list[dict[str, Any]]) -> None:
    bodies = [each for each in captured if each["kind"] != "frame"]
    assert len(bodies) == 73
    for each in bodies:
        message: Inspected = inspect_body_line(each["hex"])
        assert message.ok, each["hex"]
        assert_same_place(message.fixes[0], each["decoded_independently"]["location"])


def test_every_frame_of_the_second_collection_is_understood(shared: Path) -> None:
    lines = (shared / "vectors/jt808_yezhihao.txt").read_text("ascii").split()
    messages = [inspect_line(line) for line in lines]
    assert [line for line, message in zip(lines, messages, strict=True) if not message.ok] == []
    assert [message.msg_id for message in messages] == [line[2:6] for line in lines]
    both_forms = [message for message in messages if message.msg_id == "0200"]
    assert both_forms[0].fixes == both_forms[1].fixes  # the same location as 2013 and as 2019
    assert {len(message.fixes) for message in messages if message.msg_id == "0704"} == {3}
