"""What happens when the network comes back? 1,000 terminals log in at once and send what they kept."""

from bench.databases import counted, fresh_database, register_fleet
from bench.ingest_jt808 import Workload, plan_of, run
from bench.postgres_server import PostgresServer
from models.session import open_engine
from models.vocabulary import Protocol

STORM = Workload("storm", terminals=1000, messages=6, fixes=20, window=6)


def measure(server: PostgresServer | None) -> dict[str, float]:
    """The storm of one engine; raises AssertionError for an error, or a lost or doubled fix."""
    with fresh_database(server) as url:
        fleet = register_fleet(url, STORM.terminals, Protocol.JT808)
        plan = plan_of(fleet, STORM) | {"log_in_first": False, "logins_at_once": STORM.terminals}
        told = run(url, plan)
        engine = open_engine(url)
        fixes, messages = counted(engine)
        engine.dispose()
    assert (told["failed"], told["answered"]) == (0, STORM.terminals * STORM.messages), told
    assert (fixes, messages) == (STORM.fixes_in_all, STORM.terminals * STORM.messages)
    return {
        "storm_terminals": float(STORM.terminals),
        "storm_fixes": float(fixes),
        "storm_seconds_from_first_connection_to_last_answer": told["seconds"],
    }
