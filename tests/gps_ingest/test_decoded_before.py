"""Is what leaves quarantine decoded before anybody has to wait, and never by details that changed?"""

import orjson
import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from gps_ingest.decoders.fix_batch import Decoded
from gps_ingest.decoders.reception import Reception
from gps_ingest.store import quarantine
from gps_ingest.store.device_changes import DeviceDetails, change_device
from gps_ingest.store.devices import DeviceRefused, find_device, register_device
from gps_ingest.store.quarantine import Release, decode_before, release
from gps_ingest.store.raw_messages import Message
from gps_ingest.store.receive import decode_as, take_message
from models.fixes import FixRow
from models.session import write_sessions
from models.thresholds import DoubtThresholds
from models.vocabulary import Datum, Protocol
from tests.factories import DAY, ms
from tests.gps_ingest.nmea.receiving import NOON_MS, RMC

LIMITS = DoubtThresholds()
BY = Release("administrator", DAY)
JSON = DeviceDetails(Protocol.JSON, Datum.WGS84)
NMEA = DeviceDetails(Protocol.NMEA, Datum.WGS84)


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> list[Reception]:
    """The circumstances under which messages were decoded, in order."""
    seen: list[Reception] = []

    def decoding(message: Message, reception: Reception) -> Decoded:
        seen.append(reception)
        return decode_as(message, reception)

    monkeypatch.setattr(quarantine, "decode_as", decoding)
    return seen


def send(engine: Engine, *bodies: bytes, protocol: Protocol = Protocol.JSON) -> None:
    with write_sessions(engine).begin() as session:
        for body in bodies:
            take_message(session, Message("D1", protocol, body, "192.0.2.1", DAY), LIMITS)


def point(second: int) -> bytes:
    return orjson.dumps([{"time": ms(DAY) + 1000 * second, "lat": 31.0, "lon": 121.0}])


def test_a_sender_is_registered_and_its_messages_are_decoded_once(
    engine: Engine, decoded: list[Reception]
) -> None:
    send(engine, point(0), point(1))
    with Session(engine) as session:
        before = decode_before(session, "D1", BY, details=JSON)
    assert (len(before), len(decoded)) == (2, 2)
    with write_sessions(engine).begin() as session:
        register_device(session, "D1", Protocol.JSON)
        released = list(release(session, "D1", LIMITS, BY, before=before))
    assert ([each.acceptance.accepted for each in released], len(decoded)) == ([1, 1], 2)


def test_a_clock_that_was_changed_in_between_has_them_decoded_anew(
    engine: Engine, decoded: list[Reception]
) -> None:
    send(engine, RMC, protocol=Protocol.NMEA)
    with write_sessions(engine).begin() as session:
        register_device(session, "D1", Protocol.NMEA)
    with Session(engine) as session:
        before = decode_before(session, "D1", BY)
    ahead = DeviceDetails(Protocol.NMEA, Datum.WGS84, utc_offset_minutes=480)
    with write_sessions(engine).begin() as session:
        change_device(session, find_device(session, "D1"), ahead)
        assert len(list(release(session, "D1", LIMITS, BY, before=before))) == 1
    assert [each.utc_offset_minutes for each in decoded] == [None, 480]
    with Session(engine) as session:
        assert session.scalars(select(FixRow.time_ms)).one() == NOON_MS - 8 * 3_600_000


def test_what_needs_another_word_or_came_later_is_not_decoded(engine: Engine) -> None:
    send(engine, point(0), point(1))
    send(engine, RMC, protocol=Protocol.NMEA)
    with Session(engine) as session:
        first, _second = sorted(decode_before(session, "D1", BY, details=JSON))
        assert list(decode_before(session, "D1", BY, details=JSON, up_to_id=first)) == [first]
        assert list(decode_before(session, "D1", BY, details=JSON, most=1)) == [first]
        assert len(decode_before(session, "D1", BY, details=NMEA)) == 1


def test_memory_is_bounded_and_the_rest_is_released_all_the_same(
    engine: Engine, decoded: list[Reception], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quarantine, "MOST_BYTES_BEFORE", len(point(0)) + 1)
    send(engine, point(0), point(1))
    with write_sessions(engine).begin() as session:
        register_device(session, "D1", Protocol.JSON)
    with Session(engine) as session:
        before = decode_before(session, "D1", BY)
    assert len(before) == 1
    with write_sessions(engine).begin() as session:
        assert len(list(release(session, "D1", LIMITS, BY, before=before))) == 2
    assert len(decoded) == 2


def test_an_unknown_sender_without_details_is_refused(engine: Engine) -> None:
    with Session(engine) as session, pytest.raises(DeviceRefused, match="not registered"):
        decode_before(session, "D1", BY)
