"""Is all that a gateway hands to its one writer committed and answered, in order, whatever else fails?"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import orjson
import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from gps_ingest.decoders import json_batch
from gps_ingest.gateways import lifecycle
from gps_ingest.gateways.intake import Intake
from gps_ingest.gateways.lifecycle import fault_of
from gps_ingest.gateways.metrics import GatewayMetrics
from gps_ingest.store.acceptance import Acceptance, Arrival
from gps_ingest.store.raw_messages import Message
from models.session import write_sessions
from models.thresholds import DoubtThresholds
from models.vocabulary import Protocol
from tests.factories import device, ms, vehicle
from tests.gps_ingest.edges import fixes, raws, sample


@pytest.fixture(autouse=True)
def _truck(engine: Engine) -> None:
    with write_sessions(engine).begin() as session:
        device(session, vehicle(session), code="D1", protocol=Protocol.JSON)


def arrival(number: int) -> Arrival:
    """A message with one fix, another one for each number."""
    now = datetime.now(UTC)
    body = orjson.dumps([{"time": ms(now) - number * 1000, "lat": 31.2, "lon": 120.5}])
    return Arrival(Message("D1", Protocol.JSON, body, "127.0.0.1:1", now), json_batch.decode(body))


def with_intake(engine: Engine, work: Callable[[Intake], Awaitable[None]]) -> Intake:
    """Run `work` with a writer that is drained at the end."""

    async def whole() -> Intake:
        intake = Intake(engine, DoubtThresholds(), GatewayMetrics("test"))
        intake.start()
        try:
            await work(intake)
        finally:
            await intake.drain()
        return intake

    return asyncio.run(whole())


def refused_by_the_database(session: Session, acceptance: Acceptance) -> None:
    """Something that no table takes."""
    session.execute(text("INSERT INTO device_binding (device_id, vehicle_id) VALUES (1, NULL)"))


def test_all_are_answered_in_order_after_their_commit(engine: Engine) -> None:
    answered: list[tuple[int, int]] = []

    async def work(intake: Intake) -> None:
        for number in range(500):

            def answer(acceptance: Acceptance | None, number: int = number) -> None:
                assert acceptance is not None
                answered.append((number, acceptance.accepted))

            intake.submit(arrival(number), answer)

    intake = with_intake(engine, work)
    assert answered == [(number, 1) for number in range(500)]
    assert len(fixes(engine)) == len(raws(engine)) == 500
    assert sample(intake.metrics, "sludgetrace_messages_received_total") == 500
    assert sample(intake.metrics, "sludgetrace_messages_waiting") == 0
    assert 1 <= sample(intake.metrics, "sludgetrace_commit_seconds_count") < 500  # together, not one by one


def test_a_message_that_the_database_will_not_take_does_not_take_the_others_with_it(engine: Engine) -> None:
    answered: dict[int, Acceptance | None] = {}

    async def work(intake: Intake) -> None:
        for number in range(40):

            def answer(acceptance: Acceptance | None, number: int = number) -> None:
                answered[number] = acceptance

            spoils = refused_by_the_database if number in (7, 8, 31) else None
            intake.submit(arrival(number), answer, spoils)

    intake = with_intake(engine, work)
    assert {number for number, acceptance in answered.items() if acceptance is None} == {7, 8, 31}
    assert len(answered) == 40
    assert len(fixes(engine)) == len(raws(engine)) == 37
    assert sample(intake.metrics, "sludgetrace_messages_failed_total") == 3


def test_an_answer_that_fails_keeps_nobody_from_theirs(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    answered: list[int] = []

    async def work(intake: Intake) -> None:
        intake.submit(arrival(1), lambda acceptance: answered.append(1 // 0))
        intake.submit(arrival(2), lambda acceptance: answered.append(2))

    with_intake(engine, work)
    assert answered == [2]
    assert "an answer could not be given" in caplog.text


def test_a_coroutine_may_wait_for_what_became_of_its_message(engine: Engine) -> None:
    async def work(intake: Intake) -> None:
        first = await intake.take(arrival(1))
        again = await intake.take(arrival(1))
        assert first is not None
        assert again is not None
        assert (first.accepted, len(fixes(engine))) == (1, 1 + again.accepted)

    with_intake(engine, work)


def test_a_supervisor_is_told_when_nothing_gets_committed(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lifecycle, "STUCK_S", 0.2)

    async def work(intake: Intake) -> None:
        assert fault_of(intake, []) is None
        with write_sessions(engine).begin() as holding:
            holding.connection()  # SQLite's lock is taken here
            if engine.dialect.name == "postgresql":
                holding.execute(text("LOCK TABLE raw_message IN ACCESS EXCLUSIVE MODE"))
            intake.submit(arrival(1), lambda acceptance: None)
            until = time.monotonic() + 20
            while fault_of(intake, []) is None:
                assert time.monotonic() < until
                await asyncio.sleep(0.02)
            assert "no commit for" in str(fault_of(intake, []))
            assert intake.waiting == 1

    intake = with_intake(engine, work)
    assert fault_of(intake, []) is None
    assert len(fixes(engine)) == 1


def test_a_lone_message_is_not_kept_waiting_for_company(engine: Engine) -> None:
    async def work(intake: Intake) -> None:
        await intake.take(arrival(1))  # the first one opens the connection
        began = time.perf_counter()
        await intake.take(arrival(2))
        assert time.perf_counter() - began < 5.0  # milliseconds, on a machine that is not busy

    with_intake(engine, work)
