"""Are the devices as bad as real ones, and no worse?"""

from itertools import pairwise

import numpy as np
import pytest

from demo.world.chance import stream
from demo.world.corridors import distances
from demo.world.fleet import devices
from demo.world.noise import errors_at
from demo.world.receiver import Reports, report
from demo.world.run import play
from demo.world.stage import World, set_stage
from tests.demo.simulated import Folder, when

# Cross-track percentiles of real vehicles on their route, in metres: (share, least, greatest) we accept.
REAL = ((50, 2.4, 4.6), (90, 8.0, 14.0), (95, 11.5, 20.0), (99, 26.0, 48.0), (99.9, 45.0, 110.0))


@pytest.fixture(scope="module")
def played() -> World:
    world = set_stage(seed=8, days=4, plants=5, count=24, weekday=0)
    play(world)
    return world


@pytest.fixture(scope="module")
def reported(played: World) -> dict[str, Reports]:
    terminals = devices(8, list(played.fleet.values()), 4)
    return {
        d.vehicle: report(played.journals[d.vehicle], d, stream(8, "signal", d.id), played.end_s)
        for d in terminals
    }


def test_cross_track_errors_are_those_of_real_devices(played: World, reported: dict[str, Reports]) -> None:
    found = []
    for load in played.loads:
        if load.voyage or not load.carriages:
            continue
        leg, track = load.carriages[0], reported[load.truck]
        on_the_way = (track.recorded_s > leg.left_s) & (track.recorded_s < (leg.reached_s or leg.trip.end_s))
        found.append(distances(track.xy[on_the_way], played.lines[leg.line.start, leg.to or leg.line.end]))
    gaps = np.concatenate(found)
    assert len(gaps) > 10_000
    for share, least, greatest in REAL:
        assert least < np.percentile(gaps, share) < greatest, (share, np.percentile(gaps, share))


def test_errors_hang_together_in_time() -> None:
    t = np.arange(0, 86_400.0, 10.0)
    error = errors_at(stream(1, "noise"), t, 86_400.0, 5.0, 60.0)
    lag = np.corrcoef(error[:-1, 0], error[1:, 0])[0, 1]
    assert 0.7 < lag < 0.97


def test_fixes_are_lost_doubled_and_late(crooked_world: Folder) -> None:
    late = doubled = total = 0
    for rows in crooked_world.tracks.values():
        keys = [r["recorded_at"] for r in rows]
        doubled += len(keys) - len(set(keys))
        waits = [(when(r["received_at"]) - when(r["recorded_at"])).total_seconds() for r in rows]
        late += sum(w > 300 for w in waits)
        total += len(rows)
        assert min(waits) > -30
        assert max(waits) < 3_700
    assert 0.001 < doubled / total < 0.006
    assert 0.001 < late / total < 0.08


def test_late_rows_arrive_out_of_order(crooked_world: Folder) -> None:
    jumbled = 0
    for path in (crooked_world.path / "tracks").glob("*.csv"):
        rows = crooked_world.rows(f"tracks/{path.name}")
        recorded = [when(r["recorded_at"]) for r in rows]
        jumbled += any(b < a for a, b in pairwise(recorded))
    assert jumbled >= 3


def test_the_tunnel_is_dark(played: World, reported: dict[str, Reports]) -> None:
    shadows = [(v, a, b) for v, j in played.journals.items() for a, b in j.dark]
    for vehicle, start, end in shadows:
        recorded = reported[vehicle].recorded_s
        assert not ((recorded > start + 15) & (recorded < end - 15)).any()
