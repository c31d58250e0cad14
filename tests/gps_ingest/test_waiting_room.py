"""Is what waits of strangers bounded, and does room come back when it is let out?"""

from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from gps_ingest.store.devices import register_device
from gps_ingest.store.quarantine import Release, release
from gps_ingest.store.raw_messages import Message, keep_message
from gps_ingest.store.waiting_room import COUNT_EVERY, WaitingRoom
from models.thresholds import DoubtThresholds
from models.vocabulary import Protocol, RawStatus

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def wait(session: Session, code: str, *bodies: bytes) -> None:
    for body in bodies:
        message = Message(code, Protocol.OWNTRACKS, body, "192.0.2.1", NOON)
        keep_message(session, message, None, RawStatus.QUARANTINED, "the device is not registered")


def test_a_bound_for_each_and_one_for_all(session: Session) -> None:
    wait(session, "D1", b"1", b"2")
    room = WaitingRoom(most_of_sender=3, most_in_all=5)
    assert [room.admit(session, "D1", NOON) for _ in range(3)] == [True, False, False]
    assert [room.admit(session, code, NOON) for code in ("D2", "D3", "D4")] == [True, True, False]


def test_what_was_let_out_waits_no_longer(session: Session) -> None:
    wait(session, "D1", b"1", b"2")
    room = WaitingRoom(most_of_sender=2, most_in_all=2)
    assert not room.admit(session, "D1", NOON)
    register_device(session, "D1", Protocol.OWNTRACKS)
    assert len(list(release(session, "D1", DoubtThresholds(), Release("administrator", NOON)))) == 2
    assert not room.admit(session, "D1", NOON + COUNT_EVERY - timedelta(seconds=1))
    assert room.admit(session, "D1", NOON + COUNT_EVERY)
