"""How many steps of custody a second are signed by calls, and what share of bare commits of the same rows?

Each load is issued, loaded, departed, arrived and accepted over HTTP by 50 clients at once against the
service as it is installed; the bare rate is of the very rows that such a step leaves behind, written by one
transaction a step with as many writers as the service has threads, before and after, in the same run.
"""

from typing import Any

from bench.custody_baseline import bare_rate
from bench.custody_cast import Hauling, hauling, steps_counted
from bench.databases import fresh_database, servers
from bench.first_page import free_port
from bench.postgres_server import PostgresServer
from bench.processes import load, run_load, service

CLIENTS, LOADS, WARM_UP = 50, 400, 50
STEPS = 5  # issue, load, depart, arrive, accept
GOAL = 0.3


def run() -> dict[str, Any]:
    """Both engines; a step that was refused or lost raises AssertionError."""
    measured: dict[str, float] = {}
    with servers() as each:
        for engine, server in each.items():
            measured |= {f"{engine}_{name}": value for name, value in measure(server).items()}
    ratios = {name: measured.pop(name) for name in list(measured) if name.endswith("_to_bare")}
    peers = {name: measured.pop(name) for name in list(measured) if "_bare_" in name}
    settings = {"clients": CLIENTS, "loads": LOADS, "goal": GOAL, "workers": 2}
    parts = {"figures": measured, "peers": peers, "ratios": ratios}
    return {"bench": "custody", "seed": 0, "settings": settings} | parts


def measure(server: PostgresServer | None) -> dict[str, float]:
    """Rates of one engine."""
    with fresh_database(server) as url:
        cast = hauling(url, CLIENTS)
        port = free_port()
        with service(["serve", "--bind", f"127.0.0.1:{port}"], url, f"http://127.0.0.1:{port}/login"):
            drive(cast, port, WARM_UP)
            before = bare_rate(url)
            told = drive(cast, port, LOADS)
            after = bare_rate(url)
        counted = steps_counted(url)
    assert told["failed"] == 0, told
    assert counted == (WARM_UP + LOADS) * STEPS, (counted, told)
    rate, bare = LOADS * STEPS / told["seconds"], (before + after) / 2
    return {
        "steps_per_s": rate,
        "slowest_in_twenty_ms": told["slow_ms"],
        "load_generator_cpu_fraction": told["cpu_s"] / told["seconds"],
        "same_rows_bare_steps_per_s": bare,
        "steps_to_bare": rate / bare,
    }


def drive(cast: Hauling, port: int, loads: int) -> dict[str, Any]:
    """Some loads, by bench.custody_load."""
    plan = {"host": "127.0.0.1", "port": port, "loads": loads, "trucks": cast.trucks}
    plan |= {"tokens": cast.tokens, "plant": cast.plant, "site": cast.site}
    with load("bench.custody_load", plan) as generator:
        return run_load(generator)
