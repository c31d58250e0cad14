"""Is nothing let out of quarantine but what somebody looked at, once, with all that it reports?"""

import threading

import orjson
import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from gps_ingest.decoders.formats import DECODERS
from gps_ingest.store.acceptance import Arrival, accept_all
from gps_ingest.store.devices import DeviceRefused, register_device
from gps_ingest.store.known_devices import reception_of
from gps_ingest.store.quarantine import Release, group_of, reject, release
from gps_ingest.store.raw_messages import Message
from gps_ingest.store.waiting_messages import count_waiting, waiting_groups
from models.fixes import DeviceRecord, FixRow, RawMessage, RawRelease
from models.fleet import Device
from models.session import write_sessions
from models.thresholds import DoubtThresholds
from models.values import Viewer
from models.vocabulary import Protocol, RecordKind, Role
from tests.factories import DAY, ms
from tests.gps_ingest.jt808.wire import frame

LIMITS = DoubtThresholds()
BY = Release("administrator", DAY)
WRONG_TOKEN = "the token that the sender showed is not the device's"
WAYBILL = 0x0701


def put(
    session: Session, body: bytes, distrust: str | None = None, protocol: Protocol = Protocol.JSON
) -> int:
    """The number of a message of D1."""
    message = Message("D1", protocol, body, "192.0.2.1:4000", DAY)
    decoded = DECODERS[protocol](body, reception_of(session, message))
    [acceptance] = accept_all(session, [Arrival(message, decoded, distrust)], LIMITS)
    assert acceptance.raw_id is not None
    return acceptance.raw_id


def point(second: int, lat: float = 31.0) -> dict[str, object]:
    return {"time": ms(DAY) + 1000 * second, "lat": lat, "lon": 121.0}


def fixes(session: Session) -> list[int]:
    """The raw message of each fix."""
    return list(session.scalars(select(FixRow.raw_id).order_by(FixRow.raw_id)))


def test_a_forger_s_message_is_not_let_out_with_the_device_s_own(session: Session) -> None:
    register_device(session, "D1", Protocol.JSON)
    honest = put(session, orjson.dumps([point(0), {"lat": 1}]))
    forged = put(session, orjson.dumps([point(1, lat=31.9)]), WRONG_TOKEN)
    assert [each.raw_id for each in release(session, "D1", LIMITS, BY)] == [honest]
    assert fixes(session) == [honest]
    groups = {group.reason: group for group in waiting_groups(session, Viewer(Role.ADMINISTRATOR))}
    assert [(group.distrusted, group.up_to_id) for group in groups.values()] == [(True, forged)]
    with pytest.raises(DeviceRefused, match="did not prove"):
        list(release(session, "D1", LIMITS, BY, group=group_of(session, "D1", forged)))


def test_only_what_was_shown_is_let_out(session: Session) -> None:
    shown = [put(session, orjson.dumps([point(second)])) for second in range(3)]
    later = put(session, orjson.dumps([point(9)]))
    other = put(session, orjson.dumps([point(4)]), WRONG_TOKEN)
    register_device(session, "D1", Protocol.JSON)
    released = release(session, "D1", LIMITS, BY, group=group_of(session, "D1", shown[-1]))
    assert [each.raw_id for each in released] == shown
    assert [each.raw_id for each in release(session, "D1", LIMITS, BY, up_to_id=later)] == [later]
    assert count_waiting(session, "D1") == 1
    confirmed = Release("administrator", DAY, distrusted=True)
    group = group_of(session, "D1", other)
    assert [each.raw_id for each in release(session, "D1", LIMITS, confirmed, group=group)] == [other]


def test_another_protocol_is_no_device_s_own(session: Session) -> None:
    raw_id = put(session, orjson.dumps([point(0)]))
    register_device(session, "D1", Protocol.OSMAND)
    assert list(release(session, "D1", LIMITS, BY)) == []
    group = group_of(session, "D1", raw_id)
    with pytest.raises(DeviceRefused, match="came over json"):
        list(release(session, "D1", LIMITS, BY, group=group))
    confirmed = Release("administrator", DAY, other_protocol=True)
    assert len(list(release(session, "D1", LIMITS, confirmed, group=group))) == 1


def test_what_is_rejected_waits_no_longer_and_can_be_taken_again(session: Session) -> None:
    raw_id = put(session, orjson.dumps([point(0)]))
    assert reject(session, BY, group_of(session, "D1", raw_id)) == 1
    assert (count_waiting(session, "D1"), session.get_one(RawMessage, raw_id).body[:2]) == (0, b"[{")
    assert reject(session, BY, group_of(session, "D1", raw_id)) == 0
    register_device(session, "D1", Protocol.JSON)
    assert list(release(session, "D1", LIMITS, BY)) == []
    again = Release("administrator", DAY, again=True)
    assert [each.acceptance.accepted for each in release(session, "D1", LIMITS, again)] == [1]


@pytest.mark.parametrize("packets", [1, 2])
def test_a_waybill_that_waited_is_linked_when_it_is_let_out(session: Session, packets: int) -> None:
    text = "运单 M-0001 泥饼".encode("gbk")
    body = len(text).to_bytes(4, "big") + text
    device = register_device(session, "13800000001", Protocol.JT808)
    device.active = False
    session.flush()
    raw = waybill_bytes(body, packets)
    message = Message(device.code, Protocol.JT808, raw, "192.0.2.1:4000", DAY)
    decoded = DECODERS[Protocol.JT808](raw, reception_of(session, message))
    [acceptance] = accept_all(session, [Arrival(message, decoded)], LIMITS)
    assert acceptance.waiting
    device.active = True
    session.flush()
    assert len(list(release(session, device.code, LIMITS, BY))) == 1
    assert len(list(release(session, device.code, LIMITS, Release("a", DAY, again=True)))) == 1
    record = session.scalars(select(DeviceRecord)).one()
    found = (record.kind, record.device_id, record.raw_id, record.at_ms)
    assert found == (RecordKind.WAYBILL, device.id, acceptance.raw_id, ms(DAY))
    assert "M-0001" in record.facts["text"]


def waybill_bytes(body: bytes, packets: int) -> bytes:
    """As a gateway keeps it; the second packet came under a new serial."""
    if packets == 1:
        return frame(WAYBILL, "13800000001", 1, body)
    half = len(body) // 2
    return b"".join(
        frame(WAYBILL, "13800000001", serial, part, packets=(packets, index))
        for index, serial, part in ((1, 10, body[:half]), (2, 77, body[half:]))
    )


def test_two_who_decide_at_once_decide_once(engine: Engine) -> None:
    sessions = write_sessions(engine)
    with sessions.begin() as session:
        for second in range(20):
            put(session, orjson.dumps([point(second)]))
        register_device(session, "D1", Protocol.JSON)
    barrier, counted = threading.Barrier(2), list[int]()

    def decide() -> None:
        barrier.wait(10)
        with sessions.begin() as session:
            counted.append(len(list(release(session, "D1", LIMITS, BY))))

    threads = [threading.Thread(target=decide) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    with Session(engine) as session:
        assert session.scalar(select(func.count()).select_from(RawRelease)) == 20
        assert session.scalar(select(func.count()).select_from(FixRow)) == 20
        assert session.scalar(select(func.count()).select_from(Device)) == 1
    assert sorted(counted) == [0, 20]
