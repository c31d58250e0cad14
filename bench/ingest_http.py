"""How many fixes a second does the web service take in batches of 1,000, as a share of bare inserts?"""

from typing import Any

from bench.databases import counted, fresh_database, register_fleet
from bench.first_page import free_port
from bench.ingest_baseline import raw_insert_rate
from bench.postgres_server import PostgresServer
from bench.processes import load, run_load, service
from models.session import open_engine
from models.vocabulary import Protocol

BATCHES, ROWS, DEVICES, CONNECTIONS = 300, 1000, 50, 8
WARM_UP = 16


def measure(server: PostgresServer | None) -> dict[str, float]:
    """Rates of one engine; raises AssertionError unless each fix is in the database once."""
    before = raw_insert_rate(server)
    with fresh_database(server) as url:
        fleet = register_fleet(url, DEVICES, Protocol.JSON)
        port = free_port()
        with service(["serve", "--bind", f"127.0.0.1:{port}"], url, f"http://127.0.0.1:{port}/login"):
            plan = {"host": "127.0.0.1", "port": port, "connections": CONNECTIONS, "tokens": fleet.tokens}
            told = run(plan | {"batches": WARM_UP, "rows": 10})
            assert told["accepted"] == WARM_UP * 10, told
            told = run(plan | {"batches": BATCHES, "rows": ROWS})
        engine = open_engine(url)
        fixes, messages = counted(engine)
        engine.dispose()
    assert told["accepted"] == BATCHES * ROWS, told
    assert (fixes, messages) == (BATCHES * ROWS + WARM_UP * 10, BATCHES + WARM_UP)
    raw = (before + raw_insert_rate(server)) / 2
    rate = told["accepted"] / told["seconds"]
    return {
        "raw_insert_rows_per_s": raw,
        "http_fixes_per_s": rate,
        "http_load_generator_cpu_fraction": told["cpu_s"] / told["seconds"],
        "http_to_raw": rate / raw,
    }


def run(plan: dict[str, Any]) -> dict[str, Any]:
    """One load, by bench.http_load."""
    with load("bench.http_load", plan) as generator:
        return run_load(generator)
