"""Is a message stored whole and once, with its doubts, its raw bytes and its vehicle's watermark?"""

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import orjson
import pytest
from sqlalchemy import select
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from gps_ingest.store.acceptance import Acceptance
from gps_ingest.store.raw_messages import Message
from gps_ingest.store.receive import take_message
from models.fixes import FixRow, RawMessage
from models.fleet import Device, DeviceBinding, Vehicle
from models.journeys import Watermark
from models.thresholds import DoubtThresholds
from models.vocabulary import E7, Doubt, Protocol, RawStatus
from tests.factories import DAY, binding, device, ms, vehicle

LIMITS = DoubtThresholds()
NOW = DAY + timedelta(hours=1)


def fix(minute: float = 0, lat: float = 31.25, lon: float = 120.5, **fields: object) -> dict[str, object]:
    """A fix this many minutes before NOW."""
    return {"time": ms(NOW - timedelta(minutes=minute)), "lat": lat, "lon": lon, **fields}


def post(session: Session, code: str, *items: object, at: datetime = NOW) -> Acceptance:
    """Take a JSON batch as the device of this code."""
    return take_message(session, Message(code, Protocol.JSON, orjson.dumps(items), "127.0.0.1", at), LIMITS)


def stored(session: Session) -> list[FixRow]:
    return list(session.scalars(select(FixRow).order_by(FixRow.time_ms, FixRow.lat_e7)))


def watermark(session: Session, of: Vehicle) -> int | None:
    session.expire_all()
    mark = session.get(Watermark, of.id)
    return None if mark is None else mark.dirty_from_ms


@pytest.fixture
def truck(session: Session) -> Vehicle:
    return vehicle(session)


@pytest.fixture
def terminal(session: Session, truck: Vehicle) -> Device:
    return device(session, truck, code="D1")


def test_a_fix_is_stored_with_all_that_it_says(session: Session, terminal: Device) -> None:
    said: dict[str, Any] = {
        "speed_kmh": 42.5,
        "course_deg": 271.0,
        "accuracy_m": 4.5,
        "odometer_km": 1200.5,
        "load_state": "full",
        "acc": 1,
    }
    acceptance = post(session, "D1", fix(lat=31.1234567, lon=-0.0000001, **said))
    assert (acceptance.accepted, acceptance.repeated, acceptance.doubted) == (1, 0, [])
    [row] = stored(session)
    assert (row.device_id, row.time_ms, row.received_ms) == (terminal.id, ms(NOW), ms(NOW))
    assert (row.lat_e7, row.lon_e7) == (311234567, -1)
    assert (row.speed_kmh, row.course_deg, row.accuracy_m, row.odometer_km) == (42.5, 271.0, 4.5, 1200.5)
    assert (row.load_state, row.acc, row.doubts) == (3, 2, 0)


def test_blanks_stay_blank(session: Session, terminal: Device) -> None:
    post(session, "D1", fix(), fix(1, speed_kmh=5))
    later, earlier = stored(session)[::-1]
    assert (later.speed_kmh, later.course_deg, later.odometer_km) == (None, None, None)
    assert earlier.speed_kmh == 5


def test_the_raw_bytes_are_kept_and_the_fix_names_them(session: Session, terminal: Device) -> None:
    post(session, "D1", fix())
    raw = session.scalars(select(RawMessage)).one()
    assert raw.body == orjson.dumps([fix()])
    assert raw.sha256 == sha256(raw.body).hexdigest()
    assert (raw.device_id, raw.status, raw.reason) == (terminal.id, RawStatus.ACCEPTED, None)
    assert stored(session)[0].raw_id == raw.id


def test_the_same_message_again_changes_nothing(session: Session, terminal: Device) -> None:
    post(session, "D1", fix(), fix(1))
    again = post(session, "D1", fix(), fix(1), at=NOW + timedelta(hours=5))
    assert (again.accepted, again.repeated) == (0, 2)
    assert len(stored(session)) == 2
    assert len(session.scalars(select(RawMessage)).all()) == 1


def test_a_fix_told_again_in_another_message_is_stored_once(session: Session, terminal: Device) -> None:
    post(session, "D1", fix(1), fix(2))
    again = post(session, "D1", fix(2), fix(2), fix(3))
    assert (again.accepted, again.repeated) == (1, 2)
    assert [row.time_ms for row in stored(session)] == [ms(NOW - timedelta(minutes=m)) for m in (3, 2, 1)]


def test_two_places_at_one_moment_are_both_kept(session: Session, terminal: Device) -> None:
    assert post(session, "D1", fix(), fix(lat=31.3)).accepted == 2


def test_doubts_are_stored_and_told_by_index(session: Session, terminal: Device) -> None:
    acceptance = post(session, "D1", fix(), fix(lat=0, lon=0), fix(20, accuracy_m=80))
    assert acceptance.doubted == [(1, ["range"]), (2, ["late", "low_quality"])]
    assert {Doubt(row.doubts) for row in stored(session)} == {
        Doubt.NONE,
        Doubt.RANGE,
        Doubt.LATE | Doubt.LOW_QUALITY,
    }


def test_a_bad_item_does_not_sink_its_batch_and_the_message_shows_in_quarantine(
    session: Session, terminal: Device
) -> None:
    acceptance = post(session, "D1", fix(), {"lat": 1}, fix(1))
    assert acceptance.accepted == 2
    assert {(fault.place, fault.field) for fault in acceptance.refused} == {
        ("[1]", "recorded_at"),
        ("[1]", "lon"),
    }
    raw = session.scalars(select(RawMessage)).one()
    assert raw.status is RawStatus.QUARANTINED
    assert raw.reason is not None
    assert "[1] lon: is missing" in raw.reason
    assert post(session, "D1", fix(), {"lat": 1}, fix(1)).repeated == 2


def test_a_message_of_which_nothing_can_be_read_is_kept_as_refused(
    session: Session, terminal: Device
) -> None:
    acceptance = take_message(session, Message("D1", Protocol.GPX, b"<gpx>", "a.gpx", NOW), LIMITS)
    assert (acceptance.accepted, len(acceptance.refused), acceptance.whole) == (0, 1, False)
    assert session.scalars(select(RawMessage)).one().status is RawStatus.REFUSED


def test_a_fix_more_than_a_day_ahead_is_kept_as_raw_bytes_only(session: Session, terminal: Device) -> None:
    acceptance = post(session, "D1", fix(-6), fix(-24 * 60 - 1))
    assert acceptance.accepted == 1
    assert acceptance.doubted == [(0, ["future"])]
    assert [fault.place for fault in acceptance.quarantined] == ["[1]"]
    assert [row.time_ms for row in stored(session)] == [ms(NOW + timedelta(minutes=6))]


def test_a_device_that_is_not_registered_leaves_a_raw_message_and_nothing_else(session: Session) -> None:
    acceptance = post(session, "D404", fix())
    assert (acceptance.waiting, acceptance.accepted, acceptance.whole) == (True, 0, False)
    raw = session.scalars(select(RawMessage)).one()
    assert (raw.device_code, raw.device_id, raw.status) == ("D404", None, RawStatus.QUARANTINED)
    assert stored(session) == []
    assert post(session, "D404", fix()).waiting


def test_a_device_out_of_service_waits_too(session: Session, terminal: Device) -> None:
    terminal.active = False
    session.flush()
    assert post(session, "D1", fix()).waiting
    assert session.scalars(select(RawMessage)).one().reason == "the device is out of service"


@pytest.mark.parametrize("code", ["", "a\0b", "x" * 65])
def test_what_cannot_be_a_device_s_code_is_refused_and_not_stored(session: Session, code: str) -> None:
    acceptance = post(session, code, fix())
    assert [fault.field for fault in acceptance.refused] == ["device"]
    assert session.scalars(select(RawMessage)).all() == []


def test_a_device_that_sends_again_once_it_is_registered_is_taken(session: Session, truck: Vehicle) -> None:
    post(session, "D9", fix())
    device(session, truck, code="D9")
    acceptance = post(session, "D9", fix())
    assert (acceptance.accepted, acceptance.waiting) == (1, False)
    assert len(session.scalars(select(RawMessage)).all()) == 1
    assert watermark(session, truck) == ms(NOW)


def test_a_source_that_is_no_text_is_kept_readably(session: Session, terminal: Device) -> None:
    odd = b"\xff\x00name.gpx".decode("utf-8", "surrogateescape")
    take_message(session, Message("D1", Protocol.JSON, orjson.dumps([fix()]), odd, NOW), LIMITS)
    assert session.scalars(select(RawMessage.source)).one() == "??name.gpx"


def test_the_watermark_falls_to_the_first_new_fix(session: Session, terminal: Device, truck: Vehicle) -> None:
    post(session, "D1", fix(10), fix(5))
    assert watermark(session, truck) == ms(NOW - timedelta(minutes=10))
    post(session, "D1", fix(3))
    assert watermark(session, truck) == ms(NOW - timedelta(minutes=10))
    post(session, "D1", fix(30))
    assert watermark(session, truck) == ms(NOW - timedelta(minutes=30))


def test_only_new_fixes_make_a_vehicle_dirty(session: Session, terminal: Device, truck: Vehicle) -> None:
    post(session, "D1", fix(10), fix(5))
    mark = session.get_one(Watermark, truck.id)
    mark.dirty_from_ms, mark.analysed_to_ms = None, ms(NOW)
    session.flush()
    post(session, "D1", fix(10), fix(5))
    post(session, "D1", fix(5))
    assert watermark(session, truck) is None
    post(session, "D1", fix(10), fix(4))
    assert watermark(session, truck) == ms(NOW - timedelta(minutes=4))
    assert session.get_one(Watermark, truck.id).analysed_to_ms == ms(NOW)


def test_each_vehicle_is_marked_from_its_own_stretch(session: Session) -> None:
    first, second, former = vehicle(session), vehicle(session), vehicle(session)
    terminal = device(session, code="D1")
    change = NOW - timedelta(minutes=10)
    session.add_all(
        [
            binding(terminal, former, DAY - timedelta(days=9), DAY - timedelta(days=2)),
            binding(terminal, first, DAY - timedelta(days=1), change),
            binding(terminal, second, change),
        ]
    )
    session.flush()
    post(session, "D1", fix(5), fix(10), fix(15), fix(20))
    assert watermark(session, first) == ms(NOW - timedelta(minutes=20))
    assert watermark(session, second) == ms(change)
    assert watermark(session, former) is None


def test_fixes_outside_any_binding_are_stored_all_the_same(session: Session, truck: Vehicle) -> None:
    terminal = device(session, code="D1")
    session.add(DeviceBinding(device_id=terminal.id, vehicle_id=truck.id, valid_from=NOW + timedelta(days=1)))
    session.flush()
    assert post(session, "D1", fix()).accepted == 1
    assert watermark(session, truck) is None


def test_a_long_message_with_blanks_repeats_and_disorder(session: Session, terminal: Device) -> None:
    items = [fix(minute / 60, speed_kmh=None if minute % 3 else 30.25) for minute in range(3000)]
    acceptance = post(session, "D1", *items[::-1], *items[:500])
    assert (acceptance.accepted, acceptance.repeated) == (3000, 500)
    rows = stored(session)
    assert sum(row.speed_kmh == 30.25 for row in rows) == 1000
    assert sum(row.speed_kmh is None for row in rows) == 2000


def test_several_devices_in_one_transaction_do_not_mix(session: Session) -> None:
    one, other = device(session, code="D1"), device(session, code="D2")
    post(session, "D1", fix(), fix(1))
    post(session, "D2", fix())
    assert {(row.device_id, row.time_ms) for row in stored(session)} == {
        (one.id, ms(NOW)),
        (one.id, ms(NOW - timedelta(minutes=1))),
        (other.id, ms(NOW)),
    }


def test_what_is_not_committed_leaves_nothing(session: Session, terminal: Device) -> None:
    session.commit()
    post(session, "D1", fix())
    session.rollback()
    assert stored(session) == []
    assert session.scalars(select(RawMessage)).all() == []


def test_a_fix_cannot_be_altered(session: Session, terminal: Device) -> None:
    post(session, "D1", fix())
    [row] = stored(session)
    row.lat_e7 = E7
    with pytest.raises(DatabaseError, match="insert-only"):
        session.flush()
