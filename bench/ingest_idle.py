"""What do 10,000 terminals cost that only keep their connections and say that they live?"""

from bench.databases import fresh_database, register_fleet
from bench.first_page import free_port
from bench.ingest_jt808 import Workload, gateway_words, plan_of
from bench.processes import cpu_s, load, resident_bytes, run_load, service
from models.vocabulary import Protocol

TERMINALS = 10_000
HEARTBEAT = Workload("heartbeat", terminals=TERMINALS, messages=1, fixes=0, window=1)
GOAL_BYTES = 400e6


def measure() -> dict[str, float]:
    """Memory with all connections open and each heartbeat answered; raises AssertionError when one is not."""
    with fresh_database(None) as url:
        fleet = register_fleet(url, TERMINALS, Protocol.JT808)
        port, health = free_port(), free_port()
        plan = plan_of(fleet, HEARTBEAT) | {"port": port, "heartbeats": True, "logins_at_once": 200}
        with service(gateway_words(port, health), url, f"http://127.0.0.1:{health}/healthz") as gateway:
            empty = resident_bytes(gateway.pid)
            with load("bench.terminal_load", plan) as generator:
                open_bytes = resident_bytes(gateway.pid)
                before_s = cpu_s(gateway.pid)
                told = run_load(generator)
                beats_s = cpu_s(gateway.pid) - before_s
                full = resident_bytes(gateway.pid)
    assert (told["failed"], told["answered"]) == (0, TERMINALS), told
    return {
        "idle_terminals": float(TERMINALS),
        "idle_gateway_before_mb": empty / 1e6,
        "idle_gateway_mb": max(open_bytes, full) / 1e6,
        "idle_bytes_a_terminal": (max(open_bytes, full) - empty) / TERMINALS,
        "idle_heartbeats_per_s": TERMINALS / told["seconds"],
        "idle_heartbeat_cpu_us": beats_s / TERMINALS * 1e6,
        "idle_memory_to_goal": max(open_bytes, full) / GOAL_BYTES,
    }
