"""Devices as connections see them: two under one phone number, a cut antenna, a clock of another zone.

What files of positions cannot tell (which connection, which alarm, how many satellites) is sent here as the
gateways take it in.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from cli.runtime import ready_engine
from gps_ingest.decoders.fix_batch import Decoded, batch_of
from gps_ingest.store.acceptance import Arrival, accept_all
from gps_ingest.store.raw_messages import Message
from models.device_values import DecodedFix
from models.session import write_sessions
from models.thresholds import DoubtThresholds
from models.vocabulary import FindingKind, Protocol
from tests.desk import Desk, kinds
from tests.tracking.ground import at
from tests.village import Haul, Mover, Village, hauls

Told = tuple[str, DecodedFix]
"""From which connection, and what."""
Lie = Callable[[DecodedFix], DecodedFix]
HOME_CALL, STRANGE_CALL = "10.0.0.1:40001", "10.9.9.9:50001"


def told(village: Village, mover: Mover, source: str = HOME_CALL, seed: int = 1) -> list[Told]:
    """What a terminal with nine satellites tells of a vehicle's way, with the noise of a receiver."""
    rng = np.random.default_rng(seed)
    places = np.array([(report.x_m, report.y_m) for report in mover.reports])
    lat, lon = village.frame.to_degrees(*(places + rng.normal(0, 3.0, places.shape)).T)
    return [
        (
            source,
            DecodedFix(
                time_ms=at(report.minute * 60),
                lat=round(a, 6),
                lon=round(b, 6),
                satellites=9,
                signal=22,
                received_ms=at(report.minute * 60) + 2_000,
            ),
        )
        for report, a, b in zip(mover.reports, lat.tolist(), lon.tolist(), strict=True)
    ]


def changed(messages: list[Told], from_minute: float, to_minute: float, lie: Lie) -> list[Told]:
    """The messages of a time, each made a lie."""
    low, high = at(from_minute * 60), at(to_minute * 60)
    return [(source, lie(fix) if low <= fix.time_ms <= high else fix) for source, fix in messages]


def send(device: str, messages: list[Told]) -> None:
    """As a terminal's gateway takes them in: one message a fix, in order of receipt."""
    arrivals = []
    for number, (source, fix) in enumerate(sorted(messages, key=lambda each: each[1].received_ms or 0)):
        body = f"{device} {source} {number}".encode()
        received = datetime.fromtimestamp((fix.received_ms or 0) / 1000, UTC)
        message = Message(device, Protocol.JT808, body, source, received)
        arrivals.append(Arrival(message, Decoded(batch_of([fix], [0]))))
    with write_sessions(ready_engine()).begin() as session:
        accept_all(session, arrivals, DoubtThresholds())


@pytest.fixture
def world(village: Village, folder: Path, desk: Desk) -> Village:
    """Three trucks haul one load each at once; paper and places are there, positions are not."""
    for number in range(3):
        truck = village.truck(f"T{number}", place=(0.0, -3_000.0 + number * 20.0), every_s=10.0)
        haul = hauls(truck)
        village.paper(f"M-{number}", truck.code, haul.left, haul.arrived, net_kg=17_100.0 + 260.0 * number)
        truck.stands(10)
    village.write(folder, to_minute=-1)
    desk.load(folder)
    return village


def way_of(village: Village) -> Haul:
    """When the trucks left the plant and arrived."""
    return hauls(Mover("LIKE", every_s=10.0))


def send_honestly(village: Village, *codes: str) -> None:
    for seed, code in enumerate(codes):
        send(f"D-{code}", told(village, village.movers[code], seed=seed + 10))


def test_honest_devices_tell_nothing(world: Village, desk: Desk) -> None:
    send_honestly(world, "T0", "T1", "T2")
    desk.analyse()
    assert desk.findings() == []
    assert set(desk.verdicts().values()) == {"consistent"}


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_one_phone_number_in_two_places(world: Village, desk: Desk) -> None:
    """A copied terminal stands in the north while the truck drives: both go on, over two connections."""
    way = way_of(world)
    copy = Mover("COPY", place=(2_000.0, 9_000.0), minute=way.left, every_s=10.0).stands(20)
    send("D-T0", told(world, world.movers["T0"]) + told(world, copy, STRANGE_CALL, seed=5))
    desk.analyse()
    (line,) = desk.findings(FindingKind.CLONED_DEVICE)
    assert (line["device"], line["manifests"]) == ("D-T0", ["M-0"])
    assert desk.verdicts()["M-0"] == "contradicted"
    assert "teleport" not in kinds(desk.findings())


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_new_connection_after_a_dead_one_is_normal(world: Village, desk: Desk) -> None:
    messages = told(world, world.movers["T0"])
    half = len(messages) // 2
    send("D-T0", messages[:half] + [(STRANGE_CALL, fix) for _, fix in messages[half:]])
    desk.analyse()
    assert desk.findings(FindingKind.CLONED_DEVICE) == []


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_cut_antenna_on_a_loaded_way(world: Village, desk: Desk) -> None:
    way = way_of(world)
    messages = told(world, world.movers["T0"])
    send("D-T0", changed(messages, way.left + 3, way.left + 8, lambda fix: replace(fix, alarm=1 << 5)))
    desk.analyse()
    (line,) = desk.findings(FindingKind.DEVICE_TAMPER)
    assert (line["device"], line["manifests"]) == ("D-T0", ["M-0"])
    assert any("天线" in reason for reason in line["reasons"])


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_cut_antenna_without_a_load_is_a_doubt_and_no_finding(world: Village, desk: Desk) -> None:
    messages = told(world, world.movers["T0"])
    send("D-T0", changed(messages, 0, 4, lambda fix: replace(fix, alarm=1 << 5)))
    desk.analyse()
    assert desk.findings(FindingKind.DEVICE_TAMPER) == []


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_shielded_satellites(world: Village, desk: Desk) -> None:
    way = way_of(world)
    messages = told(world, world.movers["T0"])
    send("D-T0", changed(messages, way.left + 3, way.left + 8, lambda fix: replace(fix, satellites=2)))
    desk.analyse()
    (line,) = desk.findings(FindingKind.DEVICE_TAMPER)
    assert line["vehicles"] == ["T0"]


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_three_trucks_blinded_at_once_are_told_as_one_event(world: Village, desk: Desk) -> None:
    """Nobody's doing: one finding of all three, below the line, and every load is consistent."""
    way = way_of(world)
    for seed, code in enumerate(("T0", "T1", "T2")):
        messages = told(world, world.movers[code], seed=seed + 10)
        send(
            f"D-{code}", changed(messages, way.left + 5, way.left + 8, lambda fix: replace(fix, fixed=False))
        )
        desk.analyse()
    (line,) = desk.findings(FindingKind.DEVICE_TAMPER)
    assert sorted(line["vehicles"]) == ["T0", "T1", "T2"]
    assert sorted(line["manifests"]) == ["M-0", "M-1", "M-2"]
    assert line["score"] < 0.5


@pytest.mark.parametrize("hours", [-8, 8])
def test_a_clock_of_another_zone(world: Village, desk: Desk, hours: int) -> None:
    """The slip is named, the track is read in true time, and the load is consistent all the same."""
    messages = told(world, world.movers["T0"])
    send("D-T0", [(s, replace(fix, time_ms=fix.time_ms - hours * 3_600_000)) for s, fix in messages])
    send_honestly(world, "T1", "T2")
    desk.analyse()
    (line,) = desk.findings()
    assert (line["kind"], line["device"], line["manifests"]) == ("clock_skew", "D-T0", ["M-0"])
    assert any("时区" in reason for reason in line["reasons"])
    assert desk.verdicts()["M-0"] == "consistent"
