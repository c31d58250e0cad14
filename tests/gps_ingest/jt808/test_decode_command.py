"""Does `sludgetrace decode` print one object a line, count what is wrong, and leave the database alone?"""

import json
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cli.main import main
from tests.gps_ingest.jt808.wire import body_of, frame

GOOD = frame(0x0200, "13800138000", 7, body_of()).hex()


def decode(lines: str, *options: str) -> Result:
    return CliRunner().invoke(main, ["decode", "--format", "jt808", *options], input=lines)


def objects(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_a_location_is_laid_out_with_everything_in_it() -> None:
    result = decode(GOOD + "\n")
    (message,) = objects(result)
    (fix,) = message.pop("fixes")
    assert result.exit_code == 0
    assert message == {
        "ok": True,
        "error": None,
        "msg_id": "0200",
        "phone": "13800138000",
        "seq": 7,
        "checksum_ok": True,
    }
    assert fix == {
        "time": "2026-05-04T00:30:15+00:00",
        "lat": 31.25,
        "lon": 120.5,
        "speed_kmh": 42.5,
        "course_deg": 271.0,
        "altitude_m": 12.0,
        "fixed": True,
        "load": "full",
        "alarm": 0,
        "status": 0x303,
        "tlv": [["01", "0001e240"], ["30", "1f"], ["31", "0b"]],
    }


@pytest.mark.parametrize(
    "written",
    [
        GOOD,
        GOOD.upper(),
        "0x" + GOOD,
        GOOD[2:-2],
        " ".join(GOOD[i : i + 2] for i in range(0, len(GOOD), 2)),
        ", ".join("0x" + GOOD[i : i + 2] for i in range(0, len(GOOD), 2)),
        f"  {GOOD}\r",
    ],
    ids=["plain", "capitals", "0x", "no delimiters", "blanks", "a list of 0x", "blanks around"],
)
def test_hex_may_be_written_in_many_ways(written: str) -> None:
    (message,) = objects(decode(written + "\n"))
    assert message["ok"]
    assert message["fixes"][0]["lat"] == 31.25


def broken(kind: str) -> str:
    good = bytes.fromhex(GOOD)
    return {
        "checksum": (good[:-2] + bytes((good[-2] ^ 1,)) + good[-1:]).hex(),
        "length": frame(0x0200, "13800138000", 7, body_of(), told_bytes=20).hex(),
        "encrypted": frame(0x0200, "13800138000", 7, body_of(), encryption=1).hex(),
        "body": frame(0x0200, "13800138000", 7, body_of(bcd="261399000000")).hex(),
        "truncated": "7e020000027e",
        "hex": GOOD[:-1],
    }[kind]


@pytest.mark.parametrize("kind", ["checksum", "length", "encrypted", "body", "truncated", "hex"])
def test_what_is_wrong_is_named_and_counted(kind: str) -> None:
    result = decode(f"{GOOD}\n{broken(kind)}\n\n{GOOD}\n")
    first, wrong, last = objects(result)
    assert first["ok"]
    assert last["ok"]
    assert wrong["ok"] is False
    assert wrong["error"]
    assert result.exit_code == 1
    assert result.stderr.splitlines() == ["3 lines, 2 ok", f"  {kind}: 1"]


def test_a_corrupt_message_shows_what_it_says_and_that_it_is_not_to_be_believed() -> None:
    (message,) = objects(decode(broken("checksum")))
    assert message["checksum_ok"] is False
    assert message["fixes"][0]["lat"] == 31.25


def test_what_is_encrypted_says_nothing() -> None:
    (message,) = objects(decode(broken("encrypted")))
    assert message["phone"] == "13800138000"
    assert message["fixes"] == []


@pytest.mark.parametrize("msg_id", [0x0100, 0x0701, 0x0702, 0x0704])
def test_a_body_that_does_not_parse_is_no_body_of_its_message(msg_id: int) -> None:
    (message,) = objects(decode(frame(msg_id, "13800138000", 1, b"\x01").hex()))
    assert message["ok"] is False
    assert message["error"]
    assert message["msg_id"] == f"{msg_id:04x}"


def test_messages_without_a_position_are_understood() -> None:
    result = decode(frame(0x0002, "13800138000", 1, b"").hex())
    (message,) = objects(result)
    assert message["ok"]
    assert message["fixes"] == []
    assert result.exit_code == 0


@pytest.mark.parametrize("line", ["7e7e", "7e", "zz", "0x", "hello world!"])
def test_lines_without_a_message(line: str) -> None:
    result = decode(line)
    assert [message["ok"] for message in objects(result)] == [False]
    assert decode(line, "--body").exit_code == 1


def test_only_terminals_have_bare_bodies() -> None:
    result = CliRunner().invoke(main, ["decode", "--format", "nmea", "--body"], input="$GPRMC\n")
    assert result.exit_code == 2
    assert "no bare bodies" in result.stderr


def test_several_messages_on_one_line_are_one_object() -> None:
    other = frame(0x0200, "13800138000", 8, body_of(lat=31.5)).hex()
    (message,) = objects(decode(GOOD + other))
    assert [fix["lat"] for fix in message["fixes"]] == [31.25, 31.5]
    (message,) = objects(decode(GOOD + broken("length")))
    assert message["ok"] is False
    assert message["error"].startswith("message 2 of 2")


def test_bare_bodies() -> None:
    result = decode(body_of().hex() + "\n" + body_of().hex()[:40] + "\n", "--body")
    good, short = objects(result)
    assert good["fixes"][0]["lon"] == 120.5
    assert (good["msg_id"], good["phone"], good["checksum_ok"]) == (None, None, None)
    assert short["ok"] is False
    assert result.exit_code == 1


def test_no_database_is_touched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLUDGETRACE_DATABASE_URL", "postgresql://127.0.0.1:1/nowhere")
    assert decode(GOOD).exit_code == 0
