"""Does the gateway keep its promise when it, or the database, is killed while terminals report?"""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from bench.databases import register_fleet
from bench.fault_check import FixesDiffer, check_acknowledged, check_exact, positions_in
from bench.fault_terminals import FIXES, Terminal, expected, numbered, reports_of
from bench.faults import measure
from bench.postgres_server import PostgresServer, running_server
from demo.terminals import jt808_wire as wire
from gps_ingest.decoders.formats import DECODERS
from gps_ingest.decoders.reception import Reception
from gps_ingest.store.acceptance import accept
from gps_ingest.store.raw_messages import Message
from models.session import write_sessions
from models.thresholds import DoubtThresholds
from models.vocabulary import Protocol

PHONE = "13900000001"
KILLS = 2


@pytest.fixture(scope="module")
def durable_postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL that may be killed: it is nobody else's, and it waits for its disk."""
    with running_server() as server:
        yield server


def held(figures: dict[str, float], name: str, *, sent_again: bool) -> bool:
    """Were there kills, and a load to survive them? A killed gateway leaves messages unanswered; while
    the database is away the gateway keeps them itself, and terminals may notice nothing."""
    under_load = figures[f"{name}_messages_sent_again"] > 0 if sent_again else figures[f"{name}_fixes"] > 0
    return figures[f"{name}_kills"] == KILLS and under_load


@pytest.mark.slow
def test_a_killed_gateway_on_sqlite() -> None:
    assert held(measure("sqlite", None, kill_database=False, kills=KILLS), "sqlite", sent_again=True)


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.parametrize("kill_database", [False, True])
def test_a_killed_gateway_and_a_killed_server_on_postgresql(
    durable_postgres: PostgresServer, *, kill_database: bool
) -> None:
    figures = measure("pg", durable_postgres, kill_database=kill_database, kills=KILLS)
    assert held(figures, "pg", sent_again=not kill_database)


def take(engine: Engine, number: int) -> None:
    """What the gateway does with message `number` of the terminal."""
    body = wire.frame(wire.BATCH, PHONE, number, wire.batch(reports_of(number, 120.0)))
    decoded = DECODERS[Protocol.JT808](body, Reception(PHONE, 0))
    received_at = reports_of(number, 120.0)[-1].at
    with write_sessions(engine).begin() as session:
        message = Message(PHONE, Protocol.JT808, body, "test", received_at)
        assert accept(session, message, decoded, DoubtThresholds()).accepted == FIXES


@pytest.fixture
def terminal(engine: Engine, database_url: str) -> Terminal:
    """One terminal of which messages 0 and 1 were taken and acknowledged."""
    fleet = register_fleet(database_url, 1, Protocol.JT808)
    assert fleet.codes == [PHONE]
    [terminal] = numbered(fleet.codes, fleet.tokens, port=0)
    for number in (0, 1):
        take(engine, number)
    terminal.made, terminal.acknowledged = 2, {0, 1}
    return terminal


def test_the_check_is_content_with_what_was_sent(engine: Engine, terminal: Terminal) -> None:
    assert check_acknowledged(engine, [terminal]) == 2 * FIXES
    assert check_exact(engine, [terminal]) == 2 * FIXES


def test_the_check_finds_a_lost_message(engine: Engine, terminal: Terminal) -> None:
    terminal.made, terminal.acknowledged = 3, {0, 1, 2}
    with pytest.raises(FixesDiffer, match="5 acknowledged fixes are lost"):
        check_acknowledged(engine, [terminal])
    with pytest.raises(FixesDiffer, match="10 fixes are stored, 15 were sent"):
        check_exact(engine, [terminal])


def test_the_check_finds_what_was_never_sent_and_what_is_not_acknowledged(
    engine: Engine, terminal: Terminal
) -> None:
    take(engine, 2)
    with pytest.raises(FixesDiffer, match="15 fixes are stored, 10 were sent"):
        check_exact(engine, [terminal])
    terminal.made = 3
    with pytest.raises(FixesDiffer, match="not all is acknowledged"):
        check_exact(engine, [terminal])


def test_the_check_finds_an_altered_place(engine: Engine, terminal: Terminal) -> None:
    terminal.lon = 120.01
    with pytest.raises(FixesDiffer, match="10 fixes are stored, 10 were sent"):
        check_exact(engine, [terminal])


def test_what_a_terminal_is_expected_to_have_said_is_what_its_message_says() -> None:
    body = wire.frame(wire.BATCH, PHONE, 7, wire.batch(reports_of(3, 120.07)))
    assert positions_in(body, PHONE) == {tuple(row[:3]) for row in expected(4, 120.07)[3 * FIXES :].tolist()}
