"""Is each content of a device kept once, byte for byte, whoever writes it how often at the same time?"""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from gps_ingest.store.raw_messages import Filing, KeptMessage, Message, keep_messages
from models.fixes import RawMessage
from models.session import write_sessions
from models.vocabulary import Protocol, RawStatus

NOON = datetime(2026, 3, 2, 12, 0, 0, 123_456, tzinfo=UTC)


def filing(
    body: bytes, code: str = "D1", source: str = "127.0.0.1:5000", reason: str | None = None
) -> Filing:
    status = RawStatus.ACCEPTED if reason is None else RawStatus.QUARANTINED
    return Filing(Message(code, Protocol.JT808, body, source, NOON), None, status, reason)


def keep(engine: Engine, filings: list[Filing]) -> list[KeptMessage]:
    with write_sessions(engine).begin() as session:
        return keep_messages(session, filings)


@pytest.mark.parametrize("body", [b"", b"\0\xff\n\t\\N", bytes(range(256)) * 2000])
def test_bytes_come_back_as_they_were(engine: Engine, session: Session, body: bytes) -> None:
    [kept] = keep(engine, [filing(body, "京A12345", "名\0前", "原因: x")])
    raw = session.get_one(RawMessage, kept.id)
    assert (raw.body, raw.device_code, raw.source, raw.reason) == (body, "京A12345", "名?前", "原因: x")
    assert (raw.received_at, raw.protocol, raw.status) == (NOON, Protocol.JT808, RawStatus.QUARANTINED)


def test_a_time_of_receipt_in_another_zone_is_the_same_moment(engine: Engine, session: Session) -> None:
    there = NOON.astimezone(timezone(timedelta(hours=8)))
    keep(engine, [Filing(Message("D1", Protocol.JT808, b"x", "", there), None, RawStatus.ACCEPTED)])
    assert session.scalars(select(RawMessage.received_at)).one() == NOON


def test_what_came_before_names_its_first_row(engine: Engine) -> None:
    first = keep(engine, [filing(b"1"), filing(b"2")])
    assert [kept.repeated for kept in first] == [False, False]
    again = keep(engine, [filing(b"3"), filing(b"2"), filing(b"2", "D2"), filing(b"3")])
    assert [kept.repeated for kept in again] == [False, True, False, True]
    assert again[1].id == first[1].id
    assert again[3].id == again[0].id


def test_many_writers_of_the_same_messages(engine: Engine, session: Session) -> None:
    """Each finds a row for each of its messages, and they find the same ones."""
    filings = [filing(b"%d" % number, f"D{number % 7}") for number in range(50)]

    def write(turn: int) -> list[int]:
        return [kept.id for kept in keep(engine, filings if turn % 2 else filings[::-1])][
            :: 1 if turn % 2 else -1
        ]

    with ThreadPoolExecutor(4) as writers:
        found = list(writers.map(write, range(8)))
    assert all(ids == found[0] for ids in found)
    assert sorted(session.scalars(select(RawMessage.id))) == sorted(found[0])
