"""Does anything block the queue of a phone that sends one point at a time, the oldest first?"""

import time
from dataclasses import replace

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError, TimeoutError

from app import create_app
from gps_ingest.store.quarantine import Release, release
from models.fixes import FixRow, RawMessage
from models.session import write_sessions
from models.settings import Settings
from models.thresholds import DoubtThresholds
from models.vocabulary import RawStatus
from tests.web.phones.conftest import NOW, served
from tests.web.phones.conversations import CODE, LAT, NOON_S, owntracks_ios, talk, traccar_8
from tests.web.phones.stored import rows
from web.api import phone_messages


class TraccarQueue:
    """The queue of Traccar Client (TrackingController.kt): the oldest point first, one at a time; one that is
    not answered with less than 400 is sent again, for ever, and nothing else before it."""

    def __init__(self, port: int, points: list[bytes]) -> None:
        self.port, self.points = port, points
        self.sent = 0

    def send_one(self) -> int:
        [(status, _body)] = talk(self.port, self.points[0])
        self.sent += 1
        if status < 400:
            self.points.pop(0)
        return status


def at(second: int, token: str, lat: object = LAT) -> bytes:
    request = traccar_8(token).replace(str(NOON_S).encode(), str(NOON_S + second).encode())
    return request.replace(f"lat={LAT}".encode(), f"lat={lat}".encode())


@pytest.mark.parametrize("bad", ["north", "NaN", "1e999", "", "%00%FF"])
def test_a_point_that_can_never_be_taken_does_not_block_the_queue(
    bad: str, engine: Engine, port: int, token: str
) -> None:
    queue = TraccarQueue(port, [at(0, token), at(1, token, bad), at(2, token)])
    while queue.points and queue.sent < 10:
        queue.send_one()
    assert queue.sent == 3
    assert sorted(fix.time_ms for fix in rows(engine, FixRow)) == [NOON_S * 1000, NOON_S * 1000 + 2000]
    kept_aside = [raw for raw in rows(engine, RawMessage) if raw.status is not RawStatus.ACCEPTED]
    assert [bad.encode() in raw.body for raw in kept_aside] == [True]
    assert "lat" in kept_aside[0].reason


def test_a_point_far_ahead_of_the_clock_waits_and_does_not_block(
    engine: Engine, port: int, token: str
) -> None:
    assert TraccarQueue(port, [at(3 * 86_400, token)]).send_one() == 200
    assert rows(engine, FixRow) == []
    [raw] = rows(engine, RawMessage)
    assert raw.status is RawStatus.QUARANTINED


@pytest.mark.parametrize(
    "trouble",
    [OperationalError("INSERT", {}, Exception("database is locked")), TimeoutError("no connection is free")],
)
def test_a_database_that_is_away_blocks_the_queue_until_it_is_back(
    trouble: Exception,
    engine: Engine,
    port: int,
    token: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def away(*_arguments: object) -> None:
        raise trouble

    queue = TraccarQueue(port, [at(0, token), at(1, token)])
    with monkeypatch.context() as broken:
        broken.setattr(phone_messages, "accept_all", away)
        assert [queue.send_one() for _ in range(3)] == [503] * 3
    assert token not in "".join(each.getMessage() for each in caplog.records if each.name == "web")
    assert [queue.send_one() for _ in range(2)] == [200] * 2
    assert len(rows(engine, FixRow)) == 2


def test_points_may_come_in_any_order(engine: Engine, port: int, token: str) -> None:
    queue = TraccarQueue(port, [at(second, token) for second in (2, 0, 1, 0)])
    assert [queue.send_one() for _ in range(4)] == [200] * 4
    assert sorted(fix.time_ms for fix in rows(engine, FixRow)) == [NOON_S * 1000 + n * 1000 for n in range(3)]


def owntracks_at(second: int, token: str) -> bytes:
    return owntracks_ios(token).replace(f'"tst":{NOON_S}'.encode(), f'"tst":{NOON_S + second}'.encode())


class OwnTracksQueue:
    """The queue of OwnTracks for iOS (Connection.m): the oldest first; what is answered with 2xx or 4xx is
    deleted, what is answered with 5xx sent again."""

    def __init__(self, port: int, points: list[bytes]) -> None:
        self.port, self.points = port, points
        self.thrown_away = 0

    def send_one(self) -> int:
        [(status, _body)] = talk(self.port, self.points[0])
        if status < 500:
            self.points.pop(0)
        self.thrown_away += 400 <= status < 500
        return status


def test_an_app_that_throws_away_on_4xx_throws_nothing_away(
    engine: Engine, settings: Settings, token: str
) -> None:
    """Too many at once, and a bad one among them."""
    app = create_app(replace(settings, api_limit="4 per second"), engine)
    app.extensions["clock"] = lambda: NOW
    points = [owntracks_at(second, token) for second in range(10)]
    points[3] = points[3].replace(f'"lat":{LAT}'.encode(), b'"lat":"--------"'[: 6 + len(str(LAT))])
    with served(app) as port:
        queue = OwnTracksQueue(port, points)
        statuses = []
        while queue.points:
            statuses.append(queue.send_one())
            time.sleep(0.02)
    assert 503 in statuses
    assert queue.thrown_away == 0
    assert len(rows(engine, FixRow)) == 9
    assert len(rows(engine, RawMessage)) == 10


def test_an_app_with_a_wrong_password_throws_nothing_away(engine: Engine, port: int, token: str) -> None:
    queue = OwnTracksQueue(port, [owntracks_at(second, "wrong") for second in range(3)])
    assert [queue.send_one() for _ in range(3)] == [200] * 3
    assert queue.thrown_away == 0
    with write_sessions(engine).begin() as session:
        assert list(release(session, CODE, DoubtThresholds(), Release("administrator", NOW))) == []
        how = Release("administrator", NOW, distrusted=True, other_protocol=True)
        let_out = list(release(session, CODE, DoubtThresholds(), how))
    assert [each.acceptance.accepted for each in let_out] == [1, 1, 1]
    assert len(rows(engine, FixRow)) == 3
