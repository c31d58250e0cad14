"""How many fixes a second does the analysis take, end to end from the database to findings in it?

Beside it, in the same run: the bare driver reading the same rows (nothing can be faster than that), and
the usual way to tell a detour, shapely's distance from each fix to the route's line.
"""

import time
from typing import Any

import numpy as np
import shapely
from sqlalchemy import Engine, select, text

from bench.demo_week import SEED, SETTINGS, analyse_week, loaded_week
from models.facilities import Route
from models.session import read_sessions


def run() -> dict[str, Any]:
    """Fixes a second of one core (processor time), and ratios to the peers."""
    with loaded_week() as engine:
        began = time.process_time()
        result = analyse_week(engine)
        ours_s = time.process_time() - began
        read_s, fixes = bare_read(engine)
        distance_s, distances = shapely_distances(engine)
    ours = result.fixes / ours_s
    bare, shapely_rate = fixes / read_s, distances / distance_s
    return {
        "bench": "analysis",
        "seed": SEED,
        "settings": SETTINGS,
        "figures": {"fixes": result.fixes, "blocks": result.blocks, "fixes_per_core_s": ours},
        "peers": {"bare_read_rows_per_core_s": bare, "shapely_distance_per_core_s": shapely_rate},
        "ratios": {
            "target_50000_per_core_s": ours / 50_000,
            "to_bare_read": ours / bare,
            "to_shapely_distance_to_one_route": ours / shapely_rate,
        },
    }


def bare_read(engine: Engine) -> tuple[float, int]:
    """Processor time to fetch the same columns of all fixes with the driver alone."""
    with read_sessions(engine)() as session:
        began = time.process_time()
        rows = session.execute(
            text("SELECT time_ms, lat_e7, lon_e7, speed_kmh, load_state, acc, doubts FROM fix")
        ).cursor.fetchall()  # type: ignore[attr-defined]
        return time.process_time() - began, len(rows)


def shapely_distances(engine: Engine) -> tuple[float, int]:
    """Processor time of shapely's distance from a day's worth of fixes to one route's line."""
    with read_sessions(engine)() as session:
        line = session.scalar(select(Route.line).order_by(Route.id).limit(1))
        places = session.execute(text("SELECT lon_e7, lat_e7 FROM fix LIMIT 40000")).all()
    lon, lat = (np.array(places, dtype=np.float64) / 1e7).T
    route = shapely.LineString(line)
    began = time.process_time()
    shapely.distance(shapely.points(lon, lat), route)
    return time.process_time() - began, len(places)
