"""Are GCJ-02 and BD-09 computed rightly, undone exactly, and left alone where they are not in use?"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.vocabulary import Datum
from tracking.rules.datum import from_wgs84, in_mainland, moved, to_wgs84, undone
from tracking.rules.geometry import pair_m

SHIFTED = (Datum.GCJ02, Datum.BD09)
OFFSETS_M = {  # INGEST.md, measured
    "Shanghai": (31.2304, 121.4737, 481),
    "Beijing": (39.9042, 116.4074, 555),
    "Chengdu": (30.6598, 104.0657, 363),
    "Urumqi": (43.8256, 87.6168, 265),
}
MAINLAND = {
    "Dandong": (40.12, 124.38),
    "Manzhouli": (49.59, 117.44),
    "Heihe": (50.25, 127.53),
    "Erenhot": (43.65, 111.98),
    "Ruili": (24.01, 97.85),
    "Hekou": (22.53, 103.96),
    "Pingxiang": (22.09, 106.76),
    "Dongxing": (21.54, 107.97),
    "Khorgos": (44.21, 80.42),
    "Tashkurgan": (37.77, 75.23),
    "Yadong": (27.49, 88.91),
    "Fuyuan": (48.36, 134.30),
    "Hunchun": (42.87, 130.37),
    "Sanya": (18.25, 109.50),
    "Shengsi": (30.73, 122.45),
    "Futian": (22.54, 114.058),
    "Luohu": (22.537, 114.118),
    "Shekou": (22.485, 113.92),
    "Yantian": (22.575, 114.27),
    "Gongbei": (22.22, 113.55),
    "Hengqin": (22.13, 113.52),
    "Xiamen": (24.48, 118.09),
    "Dadeng": (24.565, 118.33),
    "Pingtan": (25.50, 119.79),
}
ELSEWHERE = {
    "Hong Kong, Central": (22.28, 114.158),
    "Hong Kong, Yuen Long": (22.445, 114.03),
    "Hong Kong, Sheung Shui": (22.502, 114.128),
    "Macau": (22.19, 113.55),
    "Coloane": (22.12, 113.565),
    "Taipei": (25.03, 121.56),
    "Kaohsiung": (22.63, 120.30),
    "Penghu": (23.57, 119.57),
    "Kinmen": (24.44, 118.32),
    "Nangan": (26.16, 119.94),
    "Dongyin": (26.37, 120.49),
    "Hanoi": (21.03, 105.85),
    "Kathmandu": (27.72, 85.32),
    "Almaty": (43.25, 76.90),
    "Ulaanbaatar": (47.90, 106.90),
    "Khabarovsk": (48.48, 135.08),
    "Vladivostok": (43.10, 131.90),
    "Pyongyang": (39.03, 125.75),
    "Seoul": (37.57, 126.98),
    "Liverpool": (53.41, -2.98),
    "Cape Town": (-33.9, 18.4),
}


@pytest.mark.parametrize("city", OFFSETS_M)
def test_the_offset_of_a_place_is_the_measured_one(city: str) -> None:
    lat, lon, offset_m = OFFSETS_M[city]
    there = from_wgs84(np.array([lat]), np.array([lon]), Datum.GCJ02)
    assert pair_m(np.array([lat]), np.array([lon]), *there)[0] == pytest.approx(offset_m, abs=4)


@pytest.mark.parametrize("city", OFFSETS_M)
def test_bd09_lies_about_a_kilometre_north_east(city: str) -> None:
    lat, lon, _ = OFFSETS_M[city]
    there_lat, there_lon = from_wgs84(np.array([lat]), np.array([lon]), Datum.BD09)
    assert there_lat[0] > lat
    assert there_lon[0] > lon
    assert 940 < pair_m(np.array([lat]), np.array([lon]), there_lat, there_lon)[0] < 1_380


@pytest.mark.parametrize("datum", SHIFTED)
@given(lat=st.floats(17.0, 54.0), lon=st.floats(73.0, 135.0))
def test_undoing_is_exact_to_less_than_a_centimetre(datum: Datum, lat: float, lon: float) -> None:
    place = np.array([lat]), np.array([lon])
    assert pair_m(*place, *undone(*moved(*place, datum), datum))[0] < 0.01


@pytest.mark.parametrize("datum", SHIFTED)
@given(
    points=st.lists(st.tuples(st.floats(-90, 90), st.floats(-180, 180)), min_size=1, max_size=30),
)
def test_there_and_back_for_every_place_on_earth(datum: Datum, points: list[tuple[float, float]]) -> None:
    """But in a strip as wide as the offset outside the mainland's edge, where a place has two readings."""
    lat, lon = np.array(points).T
    inside = in_mainland(lat, lon)
    back_lat, back_lon = to_wgs84(*from_wgs84(lat, lon, datum), datum)
    away_m = pair_m(lat, lon, back_lat, back_lon)
    assert (away_m[inside] < 0.01).all()
    changed = ~inside & (away_m > 0.01)
    assert in_mainland(back_lat[changed], back_lon[changed]).all()
    assert (away_m[changed] < 1_600).all()


@pytest.mark.parametrize("city", MAINLAND)
def test_mainland_towns_up_to_the_border_are_inside(city: str) -> None:
    lat, lon = MAINLAND[city]
    assert in_mainland(np.array([lat]), np.array([lon])).all()


@pytest.mark.parametrize("datum", SHIFTED)
@pytest.mark.parametrize("city", ELSEWHERE)
def test_nothing_is_moved_elsewhere(city: str, datum: Datum) -> None:
    place = np.array([ELSEWHERE[city][0]]), np.array([ELSEWHERE[city][1]])
    assert from_wgs84(*place, datum) == place
    assert to_wgs84(*place, datum) == place


def test_wgs84_is_left_as_it_is() -> None:
    lat, lon = np.array([31.2]), np.array([121.5])
    assert to_wgs84(lat, lon, Datum.WGS84) == (lat, lon)
    assert from_wgs84(lat, lon, Datum.WGS84) == (lat, lon)


def test_what_was_given_is_not_written_to() -> None:
    lat, lon = np.array([31.2]), np.array([121.5])
    to_wgs84(lat, lon, Datum.GCJ02)
    assert (lat[0], lon[0]) == (31.2, 121.5)
