"""Are devices registered once, bound over time, let in by their newest token only, and released on demand?"""

from datetime import timedelta

import orjson
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from gps_ingest.store.devices import (
    DeviceRefused,
    bind_device,
    device_of_token,
    find_device,
    issue_token,
    list_devices,
    register_device,
    unknown_senders,
)
from gps_ingest.store.quarantine import Release, release
from gps_ingest.store.raw_messages import Message
from gps_ingest.store.receive import take_message
from models.fixes import FixRow
from models.fleet import DeviceBinding
from models.journeys import Watermark
from models.thresholds import DoubtThresholds
from models.vocabulary import Protocol
from tests.factories import DAY, device, fixes, ms, vehicle

LIMITS = DoubtThresholds()
BY = Release("command line", DAY)
FIX = {"time": ms(DAY), "lat": 31.25, "lon": 120.5}


def send(session: Session, code: str, *items: object) -> None:
    take_message(session, Message(code, Protocol.JSON, orjson.dumps(items), "10.0.0.1", DAY), LIMITS)


def test_a_code_is_registered_once(session: Session) -> None:
    register_device(session, "D1", Protocol.JSON)
    with pytest.raises(DeviceRefused, match="registered already"):
        register_device(session, "D1", Protocol.GPX)


@pytest.mark.parametrize("code", ["", "a\nb", "x" * 65])
def test_what_cannot_be_a_code(session: Session, code: str) -> None:
    with pytest.raises(DeviceRefused):
        register_device(session, code, Protocol.JSON)


def test_a_token_lets_in_its_device_until_the_next_is_issued(session: Session) -> None:
    register_device(session, "D1", Protocol.JSON)
    register_device(session, "D2", Protocol.JSON)
    first, other = issue_token(session, "D1"), issue_token(session, "D2")
    assert (device_of_token(session, first), device_of_token(session, other)) == ("D1", "D2")
    second = issue_token(session, "D1")
    assert device_of_token(session, first) is None
    assert device_of_token(session, second) == "D1"


def test_only_the_hash_of_a_token_is_stored(session: Session) -> None:
    row = register_device(session, "D1", Protocol.JSON)
    token = issue_token(session, "D1")
    assert row.token_hash is not None
    assert token not in row.token_hash
    assert len(row.token_hash) == 64


@pytest.mark.parametrize("token", ["", "wrong", "\udcff"])
def test_any_other_token_lets_nobody_in(session: Session, token: str) -> None:
    register_device(session, "D1", Protocol.JSON)
    assert device_of_token(session, token) is None


def test_a_device_out_of_service_is_not_let_in(session: Session) -> None:
    row = register_device(session, "D1", Protocol.JSON)
    token = issue_token(session, "D1")
    row.active = False
    session.flush()
    assert device_of_token(session, token) is None


def test_a_new_binding_ends_the_former_one(session: Session) -> None:
    one, other = vehicle(session), vehicle(session)
    terminal = device(session, one, code="D1")
    bind_device(session, terminal, other.code, DAY)
    stays = session.scalars(select(DeviceBinding).order_by(DeviceBinding.valid_from)).all()
    assert [(stay.vehicle_id, stay.valid_from, stay.valid_to) for stay in stays] == [
        (one.id, DAY - timedelta(days=30), DAY),
        (other.id, DAY, None),
    ]


def test_fixes_that_came_before_their_binding_are_looked_at_now(session: Session) -> None:
    one, other = vehicle(session), vehicle(session)
    terminal = device(session, one, code="D1")
    fixes(session, terminal, [(DAY + timedelta(minutes=minute), 120.0, 31.0) for minute in range(5)])
    bind_device(session, terminal, other.code, DAY + timedelta(minutes=2))
    marks = {mark.vehicle_id: mark.dirty_from_ms for mark in session.scalars(select(Watermark))}
    assert marks == {one.id: ms(DAY + timedelta(minutes=2)), other.id: ms(DAY + timedelta(minutes=2))}


def test_bindings_that_cannot_be(session: Session) -> None:
    truck = vehicle(session)
    terminal = device(session, truck, code="D1")
    with pytest.raises(DeviceRefused, match="no vehicle 'X'"):
        bind_device(session, terminal, "X", DAY)
    with pytest.raises(DeviceRefused, match="has a stay from"):
        bind_device(session, terminal, truck.code, DAY - timedelta(days=31))


def test_the_list_shows_where_each_device_rides_now(session: Session) -> None:
    truck = vehicle(session, code="V1")
    device(session, truck, code="D1")
    device(session, code="D2")
    issue_token(session, "D2")
    lines = list_devices(session, DAY)
    assert [(line.code, line.vehicle, line.has_token) for line in lines] == [
        ("D1", "V1", False),
        ("D2", None, True),
    ]
    assert list_devices(session, DAY - timedelta(days=31))[0].vehicle is None


def test_what_waited_is_released_once_and_only_for_a_known_device(session: Session) -> None:
    send(session, "D9", FIX, {"lat": 1})
    send(session, "D9", {**FIX, "time": ms(DAY) + 1000})
    send(session, "D8", FIX)
    assert unknown_senders(session) == [("D8", 1), ("D9", 2)]
    with pytest.raises(DeviceRefused, match="not registered"):
        list(release(session, "D9", LIMITS, BY))
    truck = vehicle(session)
    bind_device(session, register_device(session, "D9", Protocol.JSON), truck.code, DAY)
    released = list(release(session, "D9", LIMITS, BY))
    assert [each.acceptance.accepted for each in released] == [1, 1]
    assert {fault.field for fault in released[0].acceptance.refused} == {"recorded_at", "lon"}
    assert unknown_senders(session) == [("D8", 1)]
    assert session.get_one(Watermark, truck.id).dirty_from_ms == ms(DAY)
    assert list(release(session, "D9", LIMITS, BY)) == []
    again = list(release(session, "D9", LIMITS, Release("command line", DAY, again=True)))
    assert [each.acceptance.accepted for each in again] == [0, 0]
    rows = session.scalars(select(FixRow)).all()
    assert {row.device_id for row in rows} == {find_device(session, "D9").id}
    assert len(rows) == 2


def test_released_fixes_keep_the_time_at_which_they_came(session: Session) -> None:
    send(session, "D9", FIX)
    register_device(session, "D9", Protocol.JSON)
    list(release(session, "D9", LIMITS, BY))
    assert session.scalars(select(FixRow.received_ms)).one() == ms(DAY)
