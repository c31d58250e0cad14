"""How many fixes a second does the JT/T 808 gateway take from 200 terminals, as a share of bare inserts?"""

from dataclasses import dataclass
from typing import Any

from bench.databases import Fleet, counted, fresh_database, register_fleet
from bench.first_page import free_port
from bench.ingest_baseline import raw_insert_rate
from bench.postgres_server import PostgresServer
from bench.processes import cpu_s, load, run_load, service
from models.session import open_engine
from models.vocabulary import Protocol


@dataclass(frozen=True, slots=True)
class Workload:
    """What each terminal sends: so many messages of so many fixes (0: single 0x0200)."""

    name: str
    terminals: int
    messages: int
    fixes: int
    window: int  # messages that a terminal has under way: the standard lets it go on without an answer

    @property
    def fixes_in_all(self) -> int:
        return self.terminals * self.messages * max(1, self.fixes)


BATCHES = Workload("jt808_batches_of_20", terminals=200, messages=75, fixes=20, window=4)
SINGLES = Workload("jt808_single", terminals=200, messages=300, fixes=0, window=16)


def measure(server: PostgresServer | None, workload: Workload) -> dict[str, float]:
    """Rates of one engine; raises AssertionError unless each fix is in the database once."""
    before = raw_insert_rate(server)
    with fresh_database(server) as url:
        fleet = register_fleet(url, workload.terminals, Protocol.JT808)
        told = run(url, plan_of(fleet, workload))
        engine = open_engine(url)
        fixes, messages = counted(engine)
        engine.dispose()
    assert told["failed"] == 0, told
    assert (fixes, messages) == (workload.fixes_in_all, workload.terminals * workload.messages)
    raw = (before + raw_insert_rate(server)) / 2
    rate = workload.fixes_in_all / told["seconds"]
    return {
        f"{workload.name}_raw_insert_rows_per_s": raw,
        f"{workload.name}_fixes_per_s": rate,
        f"{workload.name}_gateway_cpu_us_per_fix": told["gateway_cpu_s"] * 1e6 / workload.fixes_in_all,
        f"{workload.name}_load_generator_cpu_fraction": told["cpu_s"] / told["seconds"],
        f"{workload.name}_to_raw": rate / raw,
    }


def plan_of(fleet: Fleet, workload: Workload) -> dict[str, Any]:
    """For bench.terminal_load, without the port."""
    return {
        "host": "127.0.0.1",
        "phones": fleet.codes,
        "tokens": fleet.tokens,
        "messages": workload.messages,
        "fixes": workload.fixes,
        "window": workload.window,
        "heartbeats": False,
        "log_in_first": True,
        "logins_at_once": 100,
    }


def gateway_words(port: int, health: int) -> list[str]:
    """The command of a gateway on these ports."""
    return ["gateway", "jt808", "--bind", f"127.0.0.1:{port}", "--health-bind", f"127.0.0.1:{health}"]


def run(url: str, plan: dict[str, Any]) -> dict[str, Any]:
    """One load through a gateway process of its own."""
    port, health = free_port(), free_port()
    with (
        service(gateway_words(port, health), url, f"http://127.0.0.1:{health}/healthz") as gateway,
        load("bench.terminal_load", plan | {"port": port}) as generator,
    ):
        before_s = cpu_s(gateway.pid)
        told = run_load(generator)
        return told | {"gateway_cpu_s": cpu_s(gateway.pid) - before_s}
