"""Does the interface for devices take what it acknowledges, name what it refuses, and let nobody else in?"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import Engine

from gps_ingest.store.devices import issue_token, register_device
from models.fixes import FixRow, RawMessage
from models.journeys import Watermark
from models.session import write_sessions
from models.vocabulary import Protocol, RawStatus
from tests.factories import ms
from tests.web.fixes_interface.posting import FIX, NOW, Post, rows
from web.api.fixes import Answer


@pytest.mark.parametrize("envelope", [lambda fixes: fixes, lambda fixes: {"fixes": fixes}])
def test_a_batch_is_stored_before_it_is_acknowledged(
    engine: Engine, post: Post, envelope: Callable[[list[object]], object]
) -> None:
    answer = post(envelope([FIX]))
    assert answer.status_code == 200
    assert answer.json == {"accepted": 1, "repeated": 0, "doubted": [], "refused": [], "quarantined": []}
    [row] = rows(engine, FixRow)
    assert (row.time_ms, row.received_ms) == (ms(NOW) - 2000, ms(NOW))
    assert [mark.dirty_from_ms for mark in rows(engine, Watermark)] == [ms(NOW) - 2000]
    assert [raw.status for raw in rows(engine, RawMessage)] == [RawStatus.ACCEPTED]


def test_the_same_batch_again_changes_nothing(engine: Engine, post: Post) -> None:
    post([FIX])
    assert post([FIX]).json["repeated"] == 1  # type: ignore[index]
    assert len(rows(engine, FixRow)) == 1
    assert len(rows(engine, RawMessage)) == 1


def test_doubts_and_refusals_come_by_index(engine: Engine, post: Post) -> None:
    ahead = (NOW + timedelta(hours=25)).isoformat()
    answer = post([FIX, {**FIX, "lat": 0, "lon": 0}, {"lat": "x"}, "fix", {**FIX, "recorded_at": ahead}])
    assert answer.status_code == 200
    assert answer.json == {
        "accepted": 2,
        "repeated": 0,
        "doubted": [{"index": 1, "reasons": ["range"]}],
        "refused": [
            {"index": 2, "field": "recorded_at", "reason": "is missing"},
            {"index": 2, "field": "lat", "reason": "'x' is not a number"},
            {"index": 2, "field": "lon", "reason": "is missing"},
            {"index": 3, "field": "", "reason": "is not an object"},
        ],
        "quarantined": [
            {
                "index": 4,
                "field": "recorded_at",
                "reason": "the time lies more than 24 h after the time of receipt",
            }
        ],
    }
    assert Answer().dump(answer.json) == answer.json
    assert Answer().validate(answer.json) == {}
    [raw] = rows(engine, RawMessage)
    assert raw.status is RawStatus.QUARANTINED
    assert b'"lat":"x"' in raw.body


def test_a_batch_of_bad_items_only_is_acknowledged_so_that_nobody_sends_it_for_ever(
    engine: Engine, post: Post
) -> None:
    answer = post([{"lat": 1}])
    assert (answer.status_code, answer.json["accepted"]) == (200, 0)  # type: ignore[index]
    assert [raw.status for raw in rows(engine, RawMessage)] == [RawStatus.REFUSED]


def test_an_empty_batch_is_a_batch(post: Post) -> None:
    assert post([]).status_code == 200


@pytest.mark.parametrize("shown", [None, "", "wrong", "x" * 5000])
def test_an_unknown_token_is_turned_away_and_nothing_kept(
    engine: Engine, post: Post, shown: str | None
) -> None:
    answer = post([FIX], shown)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.content_type == "application/problem+json"
    assert rows(engine, RawMessage) == []


def test_a_token_that_was_replaced_is_turned_away(engine: Engine, post: Post, token: str) -> None:
    with write_sessions(engine).begin() as session:
        issue_token(session, "D1")
    assert post([FIX], token).status_code == 401


def test_a_token_speaks_for_its_own_device_only(engine: Engine, post: Post) -> None:
    with write_sessions(engine).begin() as session:
        other = register_device(session, "D2", Protocol.JSON)
        foreign = issue_token(session, "D2")
        other_id = other.id
    assert post([{**FIX, "device_id": "D1"}], foreign).status_code == 200
    assert [row.device_id for row in rows(engine, FixRow)] == [other_id]


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/api/v1/fixes", 405), ("POST", "/api/v1/x", 404)]
)
def test_other_errors_of_the_interface_are_problems_too(
    app: Flask, method: str, path: str, status: int
) -> None:
    answer = app.test_client().open(path, method=method)
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    assert answer.get_json(force=True)["status"] == status


def test_many_at_once_lose_and_double_nothing(app: Flask, engine: Engine, token: str) -> None:
    """Eight clients with one device's token, their batches overlapping by half."""
    moments = [(NOW - timedelta(seconds=second)).isoformat() for second in range(90)]
    batches = [
        [{**FIX, "recorded_at": moment} for moment in moments[start : start + 20]]
        for start in range(0, 80, 10)
    ]

    def post_one(batch: list[dict[str, object]]) -> tuple[int, int]:
        with app.test_client() as client:
            answer = client.post("/api/v1/fixes", json=batch, headers={"Authorization": f"Bearer {token}"})
            assert answer.status_code == 200, answer.text
            return answer.get_json()["accepted"], answer.get_json()["repeated"]

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(post_one, batches))
    assert sum(accepted for accepted, _ in answers) == 90
    assert sum(repeated for _, repeated in answers) == 70
    assert len(rows(engine, FixRow)) == 90
    assert [mark.dirty_from_ms for mark in rows(engine, Watermark)] == [ms(NOW) - 89_000]
