"""Are distances right? Held against geopy's geodesic (Karney), and the frame against itself."""

import numpy as np
import pytest
from geopy.distance import geodesic
from hypothesis import given
from hypothesis import strategies as st

from tracking.rules.geometry import frame_at, pair_m, steps_m, unwrap_deg

LATITUDES = st.floats(-66.0, 66.0)
LONGITUDES = st.floats(-180.0, 180.0)
BEARINGS = st.floats(0.0, 360.0)


def one_m(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    return float(pair_m(np.array([lat1]), np.array([lon1]), np.array([lat2]), np.array([lon2]))[0])


def away(lat: float, lon: float, bearing: float, distance_m: float) -> tuple[float, float]:
    there = geodesic(meters=distance_m).destination((lat, lon), bearing)
    return there.latitude, there.longitude


@given(LATITUDES, LONGITUDES, BEARINGS, st.floats(0.0, 5_000.0))
def test_a_step_of_up_to_5_km_is_right_to_a_millimetre(
    lat: float, lon: float, bearing: float, distance_m: float
) -> None:
    assert one_m(lat, lon, *away(lat, lon, bearing, distance_m)) == pytest.approx(distance_m, abs=1e-3)


@given(st.floats(-80.0, 80.0), LONGITUDES, BEARINGS, st.floats(0.0, 30_000.0))
def test_within_30_km_and_anywhere_a_ship_can_go_a_step_is_right_to_5_per_100_000(
    lat: float, lon: float, bearing: float, distance_m: float
) -> None:
    assert one_m(lat, lon, *away(lat, lon, bearing, distance_m)) == pytest.approx(
        distance_m, rel=5e-5, abs=1e-3
    )


@given(LATITUDES, st.floats(-1e-2, 1e-2))
def test_the_antimeridian_is_no_special_place(lat: float, shift: float) -> None:
    here = steps_m(np.array([lat, lat + shift]), np.array([179.995, -179.995]))
    elsewhere = steps_m(np.array([lat, lat + shift]), np.array([-0.005, 0.005]))
    assert here == pytest.approx(elsewhere, abs=1e-6)


def test_n_points_make_n_less_one_steps() -> None:
    lat = np.array([31.0, 31.0, 31.001])
    assert steps_m(lat, np.array([120.0, 120.0, 120.0])) == pytest.approx([0.0, 110.87], abs=0.05)
    assert steps_m(lat[:1], lat[:1]).size == 0
    assert steps_m(lat[:0], lat[:0]).size == 0


@given(st.floats(-720.0, 720.0))
def test_the_short_way_round(difference: float) -> None:
    short = float(unwrap_deg(difference))
    assert -180.0 <= short < 180.0
    assert (difference - short) / 360.0 == pytest.approx(round((difference - short) / 360.0), abs=1e-9)


@given(LATITUDES, LONGITUDES, st.floats(-30_000, 30_000), st.floats(-30_000, 30_000))
def test_a_frame_gives_back_what_it_took(lat: float, lon: float, x_m: float, y_m: float) -> None:
    frame = frame_at(lat, lon)
    there_lat, there_lon = frame.to_degrees(np.array([x_m]), np.array([y_m]))
    assert -180.0 <= there_lon[0] < 180.0
    back_x, back_y = frame.to_xy(there_lat, there_lon)
    assert back_x[0] == pytest.approx(x_m, abs=1e-5)
    assert back_y[0] == pytest.approx(y_m, abs=1e-5)


@given(st.floats(-35.0, 35.0), LONGITUDES, BEARINGS, st.floats(1.0, 30_000.0))
def test_a_frame_is_good_to_two_per_mille_within_30_km(
    lat: float, lon: float, bearing: float, distance_m: float
) -> None:
    frame = frame_at(lat, lon)
    there_lat, there_lon = away(lat, lon, bearing, distance_m)
    x_m, y_m = frame.to_xy(np.array([there_lat]), np.array([there_lon]))
    assert np.hypot(x_m, y_m)[0] == pytest.approx(distance_m, rel=2e-3 + 1e-6)


@given(st.floats(-60.0, 60.0), BEARINGS, st.floats(1.0, 30_000.0))
def test_further_north_it_is_good_to_five_per_mille(lat: float, bearing: float, distance_m: float) -> None:
    there_lat, there_lon = away(lat, 10.0, bearing, distance_m)
    x_m, y_m = frame_at(lat, 10.0).to_xy(np.array([there_lat]), np.array([there_lon]))
    assert np.hypot(x_m, y_m)[0] == pytest.approx(distance_m, rel=5e-3)
