"""How many fixes a second are taken and committed, and what share of bare inserts is that?

Each rate is of fixes that were answered for after their commit and counted in the database afterwards, over
the whole of the run, with the load generator on the same machine; each ratio is to bare batched inserts into
the same table of the same engine, measured before and after it (bench/ingest_baseline.py).
"""

from typing import Any

from bench import ingest_http
from bench.databases import servers

GOALS = {"http_to_raw": 0.4}


def run() -> dict[str, Any]:
    """Every edge on every engine."""
    figures: dict[str, float] = {}
    ratios: dict[str, float] = {}
    with servers() as each:
        for engine, server in each.items():
            for name, value in ingest_http.measure(server).items():
                (ratios if name in GOALS else figures)[f"{engine}_{name}"] = value
    return {
        "bench": "ingest",
        "seed": 0,
        "settings": {"goals": GOALS, "load_generators": "bench.http_load"},
        "figures": figures,
        "peers": {name: figures.pop(name) for name in list(figures) if "raw_insert" in name},
        "ratios": ratios,
    }
