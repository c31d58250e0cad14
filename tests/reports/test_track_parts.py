"""Are tracks drawn without claiming more than is known?"""

import numpy as np
import pytest
import shapely
from geopy.distance import geodesic
from hypothesis import given
from hypothesis import strategies as st

from models.thresholds import TrackThresholds
from models.values import Track, make_track
from tracking.rules.track_parts import beside_m, corridor_rings, parts_of, speeds_kmh

RULES = TrackThresholds()
LINE = [(120.0, 31.0), (120.02, 31.0)]


def eastward(seconds: list[int], step_deg: float = 0.001) -> Track:
    """A track that moves east by step_deg from fix to fix."""
    lon = 120.0 + step_deg * np.arange(len(seconds))
    return make_track(time_ms=np.array(seconds) * 1000, lat=np.full(len(seconds), 31.0), lon=lon)


def test_an_even_track_is_one_part() -> None:
    assert parts_of(eastward(list(range(0, 600, 30))), RULES) == [slice(0, 20)]


def test_a_track_breaks_where_it_was_silent() -> None:
    track = eastward([0, 30, 60, 90, 400, 430], step_deg=0.003)
    assert parts_of(track, RULES) == [slice(0, 4), slice(4, 6)]


def test_a_standing_vehicle_that_reports_seldom_was_not_silent() -> None:
    assert len(parts_of(eastward([0, 30, 60, 90, 600, 630], step_deg=0.0001), RULES)) == 1
    assert len(parts_of(eastward([0, 30, 60, 90, 1500, 1530], step_deg=0.0001), RULES)) == 2


def test_a_slow_device_is_not_silent() -> None:
    assert len(parts_of(eastward(list(range(0, 3600, 300))), RULES)) == 1


def test_nothing_has_no_parts_and_one_fix_has_one() -> None:
    assert parts_of(eastward([]), RULES) == []
    assert parts_of(eastward([5]), RULES) == [slice(0, 1)]


@given(st.lists(st.integers(0, 100_000), max_size=40, unique=True))
def test_parts_hold_every_fix_once(seconds: list[int]) -> None:
    track = eastward(sorted(seconds))
    held = [fix for part in parts_of(track, RULES) for fix in range(part.start, part.stop)]
    assert held == list(range(len(track)))


def test_speed_is_the_devices_own_where_it_sends_one() -> None:
    track = make_track(time_ms=[0, 30_000], lat=[31.0, 31.0], lon=[120.0, 120.001], speed_kmh=[12.0, 13.0])
    assert speeds_kmh(track).tolist() == [12.0, 13.0]


def test_speed_is_derived_from_positions_otherwise() -> None:
    speeds = speeds_kmh(eastward([0, 10, 20, 30]))
    metres = geodesic((31.0, 120.0), (31.0, 120.001)).m
    assert speeds == pytest.approx([metres / 10 * 3.6] * 4, rel=1e-4)


def test_speed_over_a_long_silence_is_unknown() -> None:
    speeds = speeds_kmh(eastward([0, 1000, 1010]))
    assert np.isnan(speeds[0])
    assert not np.isnan(speeds[1:]).any()
    assert np.isnan(speeds_kmh(eastward([7]))).all()


def test_distance_from_the_route_agrees_with_the_geodesic() -> None:
    track = make_track(time_ms=[0, 1], lat=[31.003, 31.0], lon=[120.01, 120.03])
    expected = [geodesic((31.003, 120.01), (31.0, 120.01)).m, geodesic((31.0, 120.03), (31.0, 120.02)).m]
    assert beside_m(track, LINE) == pytest.approx(expected, rel=2e-3)
    assert np.isnan(beside_m(track, LINE[:1])).all()


def test_the_corridor_is_as_wide_as_it_says() -> None:
    [ring] = corridor_rings(LINE, 100.0)
    assert ring[0] == ring[-1]
    north = max(lat for _, lat in ring)
    assert geodesic((31.0, 120.01), (north, 120.01)).m == pytest.approx(100.0, abs=0.5)
    assert shapely.Polygon(ring).is_valid
    assert shapely.Polygon(ring).exterior.is_ccw


def test_the_corridor_of_a_round_route_has_a_hole() -> None:
    round_route = [(120.0, 31.0), (120.02, 31.0), (120.02, 31.02), (120.0, 31.02), (120.0, 31.0)]
    outer, inner = corridor_rings(round_route, 100.0)
    assert shapely.Polygon(outer, [inner]).area < shapely.Polygon(outer).area / 2
