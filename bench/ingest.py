"""How many fixes a second are taken and committed, and what share of bare inserts is that?

Each rate is of fixes that were answered for after their commit and counted in the database afterwards, over
the whole of the run, with the load generator on the same machine; each ratio is to bare batched inserts into
the same table of the same engine, measured before and after it (bench/ingest_baseline.py).
"""

from typing import Any

from bench import ingest_decode, ingest_http, ingest_idle, ingest_jt808, ingest_storm
from bench.databases import servers

GOALS = {
    "http_to_raw": 0.4,
    "jt808_batches_of_20_to_raw": 0.4,
    "jt808_single_to_raw": 0.1,
    "idle_memory_to_goal": 1.0,
    "decode_jt808_0200_to_five_steps_bare": 0.5,
}
LOAD = "bench.http_load, bench.terminal_load: one Python process each, on the same processors"


def run() -> dict[str, Any]:
    """Every edge on every engine; what is lost, doubled or refused raises AssertionError."""
    measured: dict[str, float] = {}
    with servers() as each:
        for engine, server in each.items():
            found = ingest_http.measure(server)
            for workload in (ingest_jt808.BATCHES, ingest_jt808.SINGLES):
                found |= ingest_jt808.measure(server, workload)
            found |= ingest_storm.measure(server)
            measured |= {f"{engine}_{name}": value for name, value in found.items()}
    measured |= ingest_idle.measure()
    decoding = ingest_decode.measure()
    ratios = {name: measured.pop(name) for name in list(measured) if "_to_" in name and "seconds" not in name}
    peers = {name: measured.pop(name) for name in list(measured) if "raw_insert" in name}
    return {
        "bench": "ingest",
        "seed": 0,
        "settings": {"goals": GOALS, "load_generators": LOAD},
        "figures": measured | decoding["figures"],
        "peers": peers | decoding["peers"],
        "ratios": ratios | decoding["ratios"],
    }
