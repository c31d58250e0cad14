"""Does a device that moved to another carrier tell its old carrier, or its old place, anything new?"""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, select

from models.fixes import RawMessage
from models.fleet import DeviceBinding
from models.session import write_sessions
from models.values import Viewer
from models.vocabulary import Doubt, RawStatus, Role
from tests import cast
from tests import factories as make
from tests.cast import Cast
from tests.factories import DAY
from tests.web.conftest import NOW, SignIn
from tracking.queries.data_day import day_of
from tracking.queries.device_day import device_day
from tracking.queries.device_list import (
    DeviceFilter,
    DeviceRow,
    device_by_code,
    device_page,
)
from tracking.queries.live_positions import Position, live_positions
from tracking.queries.raw_messages import messages_of_device

MOVED = DAY + timedelta(hours=2)


@pytest.fixture
def moved(engine: Engine, people: Cast) -> str:
    """Our device went over to the rival's vehicle an hour ago and was heard there; returns its code."""
    device = people.ours.device
    with write_sessions(engine).begin() as session:
        stay = session.scalars(select(DeviceBinding).where(DeviceBinding.device_id == device.id)).one()
        stay.valid_to = MOVED
        session.flush()
        make.add(session, make.binding(device, people.theirs.vehicle, MOVED))
        later = [(MOVED + timedelta(minutes=minute), 120.3, 31.3) for minute in (10, 20)]
        make.fixes(session, device, later, doubts=int(Doubt.LOW_QUALITY))
        for source, at in (("old.example", DAY), ("new.example", MOVED + timedelta(minutes=5))):
            make.add(session, kept_aside(device.code, source, at))
    return device.code


def kept_aside(code: str, source: str, at: datetime) -> RawMessage:
    return RawMessage(
        device_code=code,
        protocol="json",
        received_at=at,
        body=source.encode(),
        sha256=source,
        source=source,
        status=RawStatus.QUARANTINED,
    )


def carrier(people: Cast, name: str) -> Viewer:
    return Viewer(Role.HAULER, people.users[name].organisation_id)


def seen(engine: Engine, viewer: Viewer, code: str) -> tuple[DeviceRow, dict[Doubt, int], list[str]]:
    with write_sessions(engine)() as session:
        row = device_by_code(session, code, viewer, NOW)
        assert row is not None
        assert row in device_page(session, viewer, DeviceFilter(), NOW).rows
        messages = messages_of_device(session, viewer, row.id, code)
        sources = [each.source for each in messages if each.status is RawStatus.QUARANTINED]
        day = device_day(session, viewer, row.id, day_of(NOW, "Asia/Shanghai"))
        assert day.fixes == row.fixes
        assert len(day.newest) == min(row.fixes, 100)
        return row, day.doubts, sources


def test_the_old_carrier_sees_what_was_sent_from_its_own_vehicle(
    engine: Engine, people: Cast, moved: str
) -> None:
    row, doubts, sources = seen(engine, carrier(people, cast.HAULER), moved)
    assert (row.vehicle, row.hauler, row.doubted, doubts) == (None, None, 0, {})
    assert row.fixes > 2
    assert row.last_at is not None
    assert row.last_at < MOVED
    assert sources == ["old.example"]


def test_the_new_carrier_sees_what_was_sent_since(engine: Engine, people: Cast, moved: str) -> None:
    row, doubts, sources = seen(engine, carrier(people, cast.RIVAL_HAULER), moved)
    assert row.vehicle is not None
    assert (row.vehicle.code, row.fixes, row.doubted) == ("V-BH-1", 2, 2)
    assert doubts == {Doubt.LOW_QUALITY: 2}
    assert row.last_at == MOVED + timedelta(minutes=20)
    assert sources == ["new.example"]


def test_the_regulator_sees_all_of_it(engine: Engine, people: Cast, moved: str) -> None:
    row, _doubts, sources = seen(engine, Viewer(Role.REGULATOR), moved)
    assert row.vehicle is not None
    assert row.fixes > 4
    assert sources == ["new.example", "old.example"]


def test_a_search_confirms_no_vehicle_of_the_new_carrier(moved: str, sign_in: SignIn) -> None:
    assert moved not in sign_in(cast.HAULER).get("/devices.csv?q=V-BH-1").text
    for path in ("/devices", "/devices.csv", f"/devices/{moved}"):
        text = sign_in(cast.HAULER).get(path).text
        assert moved in text
        assert [name for name in ("BH-1", "通泰", "new.example") if name in text] == [], path


def position(engine: Engine, code: str, at: datetime) -> Position:
    with write_sessions(engine)() as session:
        return next(
            one for one in live_positions(session, Viewer(Role.REGULATOR), at) if one.vehicle.code == code
        )


def test_a_vehicle_is_not_shown_where_its_device_was_before(engine: Engine, people: Cast) -> None:
    with write_sessions(engine).begin() as session:
        spare = make.device(session)
        make.fixes(session, spare, [(DAY, 119.0, 30.0)])
        truck = make.vehicle(session, code="NEW")
        make.add(session, make.binding(spare, truck, DAY + timedelta(hours=1)))
    assert position(engine, "NEW", NOW).at is None
    with write_sessions(engine).begin() as session:
        make.fixes(session, spare, [(DAY + timedelta(hours=1), 119.5, 30.5)])
    assert position(engine, "NEW", NOW).lon == pytest.approx(119.5)


def test_a_fix_later_than_now_is_no_place_yet(engine: Engine, people: Cast) -> None:
    with write_sessions(engine).begin() as session:
        make.fixes(session, people.ours.device, [(NOW + timedelta(hours=2), 121.0, 32.0)])
    found = position(engine, people.ours.vehicle.code, NOW)
    assert found.at is not None
    assert found.at <= NOW
    assert position(engine, people.ours.vehicle.code, NOW + timedelta(hours=3)).lon == pytest.approx(121.0)
