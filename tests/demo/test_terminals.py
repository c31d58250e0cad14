"""Do the simulated devices say on the wire where their vehicle is?"""

from datetime import UTC, datetime
from typing import Any

import numpy as np
import pyais
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from demo.terminals import jt808_wire as wire
from demo.terminals.ais_receiver import sentences
from demo.terminals.course import Course, Whereabouts
from demo.terminals.outfit import KINDS, NoWay, outfit
from demo.terminals.owntracks_phone import payload
from models.facilities import Route
from models.fleet import Device, Vehicle
from models.vocabulary import Mode
from tests.factories import DAY, facility

EASTWARD = np.array([[120.0, 31.0], [120.1, 31.0]])
AT = datetime(2026, 3, 2, 4, 5, 6, tzinfo=UTC)
HERE = Whereabouts(31.25, 120.5, 37.2, 271.0, 12.3)


def test_a_course_shuttles_between_two_points_of_its_way() -> None:
    course = Course(EASTWARD, 36.0)  # 10 m/s
    start, later = course.at(0.0), course.at(60.0)
    assert start.lat == pytest.approx(31.0)
    assert start.lon == pytest.approx(120.015, abs=1e-6)  # clear of the facility at the end
    assert start.course_deg == pytest.approx(90.0, abs=0.1)
    assert (later.lon - start.lon) * 95_500 == pytest.approx(600, rel=0.01)  # metres a degree at 31 N
    far = max(course.at(float(second)).lon for second in range(0, 3000, 10))
    assert far == pytest.approx(120.085, abs=2e-4)
    back = next(
        place for second in range(0, 3000, 10) if (place := course.at(float(second))).course_deg > 180
    )
    assert back.course_deg == pytest.approx(270.0, abs=0.1)


def test_a_frame_is_escaped_and_carries_its_checksum() -> None:
    framed = wire.frame(wire.HEARTBEAT, "7e7d", 0x7E7D, b"\x7e\x7d")
    assert framed[0] == framed[-1] == 0x7E
    assert b"\x7e" not in framed[1:-1]
    found, rest = wire.messages(framed + b"\x7e\x80\x01")
    assert found == [(wire.HEARTBEAT, b"\x7e\x7d")]
    assert rest == b"\x80\x01"


def test_an_ais_sentence_reads_back() -> None:
    message: dict[str, Any] = pyais.decode(*sentences("413900001", HERE, AT).split()).asdict()
    assert (message["msg_type"], message["mmsi"], message["second"]) == (1, 413900001, 6)
    assert message["lat"] == pytest.approx(HERE.lat, abs=1e-5)
    assert message["lon"] == pytest.approx(HERE.lon, abs=1e-5)
    assert message["speed"] * 1.852 == pytest.approx(HERE.speed_kmh, abs=0.1)


def test_a_phone_speaks_owntracks() -> None:
    said = payload(HERE, AT)
    assert b'"_type":"location"' in said
    assert f'"tst":{int(AT.timestamp())}'.encode() in said


def test_an_outfit_is_made_once_and_rides_along_a_route(session: Session) -> None:
    ends = [facility(session, code=code) for code in ("P", "S")]
    with pytest.raises(NoWay):
        outfit(session, KINDS["jt808"], DAY)
    route = Route(
        code="R",
        origin_id=ends[0].id,
        destination_id=ends[1].id,
        mode=Mode.ROAD,
        corridor_m=100,
        line=EASTWARD.tolist(),
    )
    session.add(route)
    session.flush()
    first, again = (outfit(session, KINDS["owntracks"], DAY) for _ in range(2))
    assert first.token != again.token
    assert len(session.scalars(select(Vehicle).where(Vehicle.code == "DEMO-PHONE")).all()) == 1
    device = session.scalars(select(Device).where(Device.code == "demo-driver")).one()
    assert len(device.bindings) == 1
    assert again.course.at(0).lat == pytest.approx(31.0)
