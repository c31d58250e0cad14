"""Is what waits of strangers bounded, and does room come back when it is let out?"""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from gps_ingest.store.devices import register_device
from gps_ingest.store.quarantine import Release, release
from gps_ingest.store.raw_messages import Message, keep_message
from gps_ingest.store.waiting_room import COUNT_EVERY, Room, WaitingRoom, address_of, waiting_unproven
from models.thresholds import DoubtThresholds
from models.vocabulary import Protocol, RawStatus

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def wait(session: Session, code: str, *bodies: bytes) -> None:
    for body in bodies:
        message = Message(code, Protocol.OWNTRACKS, body, "192.0.2.1", NOON)
        keep_message(session, message, None, RawStatus.QUARANTINED, "the device is not registered")


def admitted(room: WaitingRoom, session: Session, code: str, source: str = "192.0.2.1") -> Room:
    return room.admit(session, code, source, NOON)


def test_a_bound_for_each_and_one_for_all(session: Session) -> None:
    wait(session, "D1", b"1", b"2")
    room = WaitingRoom(most_of_sender=3, most_of_address=9, most_in_all=5)
    enough = Room.ENOUGH_OF_SENDER
    assert [admitted(room, session, "D1") for _ in range(3)] == [Room.FREE, enough, enough]
    found = [admitted(room, session, code) for code in ("D2", "D3", "D4")]
    assert found == [Room.FREE, Room.FREE, Room.FULL]


def test_one_address_keeps_nobody_else_out(session: Session) -> None:
    wait(session, "D1", b"1", b"2")
    room = WaitingRoom(most_of_sender=9, most_of_address=3, most_in_all=100)
    assert [admitted(room, session, f"S{number}", "192.0.2.1:4711") for number in range(9)] == [
        Room.FREE,
        *[Room.FULL] * 8,
    ]
    assert admitted(room, session, "D2", "192.0.2.2:4711") is Room.FREE


def test_a_name_that_others_have_used_up_has_to_come_again(session: Session) -> None:
    """An honest phone's first message is never answered and thrown away."""
    wait(session, "D1", b"1", b"2")
    room = WaitingRoom(most_of_sender=2, most_of_address=9, most_in_all=9)
    assert admitted(room, session, "D1", "192.0.2.1") is Room.ENOUGH_OF_SENDER
    assert admitted(room, session, "D1", "198.51.100.7") is Room.FULL


def test_what_waits_is_counted_by_address_whatever_its_port(session: Session) -> None:
    sources = ("192.0.2.1", "192.0.2.1:4000", "192.0.2.1:50123/udp", "192.0.2.1:5 platform P")
    for number, source in enumerate((*sources, "2001:db8::17:4000", "2001:db8::8", "mqtt owntracks/D1/x")):
        message = Message("D1", Protocol.OWNTRACKS, b"%d" % number, source, NOON)
        keep_message(session, message, None, RawStatus.QUARANTINED, "the device is not registered")
    found = waiting_unproven(session)
    assert found.of_address == {"192.0.2.1": 4, "2001:db8::/64": 2, "mqtt": 1}
    assert (found.of_sender, found.in_all) == ({"D1": 7}, 7)


@pytest.mark.parametrize(
    ("source", "address"),
    [
        ("192.0.2.7:50123", "192.0.2.7"),
        ("192.0.2.7:", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6:50123", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8::3:4:5:6:5000", "2001:db8::/64"),
        ("2001:db8::", "2001:db8::/64"),
        ("unknown address", "unknown"),
        ("", ""),
    ],
)
def test_whose_share_a_source_is_on(source: str, address: str) -> None:
    assert address_of(source) == address


def test_what_was_let_out_waits_no_longer(session: Session) -> None:
    wait(session, "D1", b"1", b"2")
    room = WaitingRoom(most_of_sender=2, most_of_address=2, most_in_all=2)
    assert admitted(room, session, "D1") is not Room.FREE
    register_device(session, "D1", Protocol.OWNTRACKS)
    assert len(list(release(session, "D1", DoubtThresholds(), Release("administrator", NOON)))) == 2
    soon = NOON + COUNT_EVERY - timedelta(seconds=1)
    assert room.admit(session, "D1", "192.0.2.1", soon) is not Room.FREE
    assert room.admit(session, "D1", "192.0.2.1", NOON + COUNT_EVERY) is Room.FREE
