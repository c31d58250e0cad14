"""Do the regulators' figures come out as one counts them by hand?"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.thresholds import DoubtThresholds, ServiceThresholds
from models.values import Track, make_track
from models.vocabulary import Doubt, Mode
from tracking.rules.geometry import steps_m
from tracking.rules.service_figures import NOTHING, Stretch, joined, stretch_of

DOUBTS, SERVICE = DoubtThresholds(), ServiceThresholds()
KM_DEG = 1 / 110.852  # a kilometre of meridian at 31 N


def track(minutes: list[float], north_km: list[float], **columns: list[float]) -> Track:
    """A way due north along 120 E, beginning at 31 N."""
    times = [round(minute * 60_000) for minute in minutes]
    lat = [31.0 + kilometres * KM_DEG for kilometres in north_km]
    return make_track(time_ms=times, lat=lat, lon=[120.0] * len(lat), **columns)


def figures(way: Track, mode: Mode = Mode.ROAD) -> Stretch:
    return stretch_of(way, mode, DOUBTS, SERVICE)


def test_a_way_without_a_break_is_complete() -> None:
    told = figures(track([0, 1, 2, 3], [0, 0.5, 1.0, 1.5]))
    assert told.distance_m == pytest.approx(1500, rel=1e-3)
    assert (told.fixes, told.unqualified, told.drifts) == (4, 0, 0)
    assert (told.broken_m, told.offline_moves, told.offline_m) == (0.0, 0, 0.0)


def test_six_minutes_and_three_kilometres_are_a_break_and_no_offline_displacement() -> None:
    told = figures(track([0, 1, 7, 8], [0, 0.5, 3.5, 4.0]))
    assert told.distance_m == pytest.approx(4000, rel=1e-3)
    assert told.broken_m == pytest.approx(3000, rel=1e-3)
    assert told.offline_moves == 0


def test_eleven_minutes_and_three_kilometres_are_an_offline_displacement_too() -> None:
    told = figures(track([0, 1, 12, 13], [0, 0.5, 3.5, 4.0]))
    assert told.offline_moves == 1
    assert told.offline_m == pytest.approx(3000, rel=1e-3)
    assert told.broken_m == pytest.approx(3000, rel=1e-3)


@pytest.mark.parametrize("kilometres", [0.0, 0.4])
def test_silence_of_a_standing_vehicle_breaks_nothing(kilometres: float) -> None:
    told = figures(track([0, 1, 600], [0, 0.5, 0.5 + kilometres]))
    assert (told.broken_m, told.offline_moves) == (0.0, 0)


def test_a_fix_out_of_place_drifts_and_adds_no_way() -> None:
    told = figures(track([0, 1, 2, 3, 4], [0, 0.5, 50.0, 1.5, 2.0]))
    assert told.drifts == 1
    assert told.distance_m == pytest.approx(2000, rel=1e-3)


def test_a_vessel_drifts_where_a_truck_may_drive() -> None:
    way = track([0, 1, 2, 3], [0, 0.5, 2.0, 0.9])
    assert (figures(way).drifts, figures(way, Mode.WATER).drifts) == (0, 1)


def test_records_that_cannot_be_right_are_not_qualified() -> None:
    reasons = [
        0,
        Doubt.NOT_FIXED,
        Doubt.FUTURE,
        Doubt.LATE,
        Doubt.RANGE | Doubt.LOW_QUALITY,
        Doubt.WEEK_ROLLOVER,
    ]
    way = track(
        [0, 1, 2, 3, 4, 5, 6, 7],
        [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7],
        doubts=[*map(int, reasons), 0, 0],
        speed_kmh=[10, 10, 10, 10, 10, 10, 161, 160],
        course_deg=[0, 90, 90, 90, 90, 90, 90, 361],
    )
    told = figures(way)
    assert (told.fixes, told.unqualified) == (8, 6)  # late is a good record; so is the first


def test_what_has_no_speed_is_qualified() -> None:
    assert figures(track([0, 1], [0, 0.1])).unqualified == 0


def test_nothing_comes_to_nothing() -> None:
    empty = make_track(time_ms=[], lat=[], lon=[])
    assert figures(empty) == NOTHING
    one = figures(track([5], [1]))
    assert (one.fixes, one.distance_m, one.first) == (1, 0.0, one.last)


def test_nothing_usable_has_no_ends() -> None:
    told = figures(track([0, 1], [0, 1], doubts=[int(Doubt.NOT_FIXED)] * 2))
    assert (told.fixes, told.unqualified, told.first, told.last) == (2, 2, None, None)


@given(
    gaps=st.lists(st.floats(0.1, 40.0), min_size=1, max_size=30),
    steps=st.lists(st.floats(-0.9, 0.9), min_size=30, max_size=30),
    cut=st.integers(0, 31),
)
def test_a_stretch_cut_anywhere_comes_to_the_same(gaps: list[float], steps: list[float], cut: int) -> None:
    """As long as no fix is out of place: those beside a cut are not judged."""
    minutes = np.concatenate([[0.0], np.cumsum(gaps)])
    north_km = np.concatenate([[0.0], np.cumsum(steps[: len(gaps)])])
    way = track(minutes.tolist(), north_km.tolist())
    if figures(way).drifts or (steps_m(way.lat, way.lon) / np.diff(way.time_ms) * 3600 > 130).any():
        return
    where = np.arange(len(way)) < cut
    parts = joined(figures(way.take(where)), figures(way.take(~where)), SERVICE)
    whole = figures(way)
    assert (parts.fixes, parts.offline_moves) == (whole.fixes, whole.offline_moves)
    assert parts.distance_m == pytest.approx(whole.distance_m)
    assert parts.broken_m == pytest.approx(whole.broken_m)
    assert (parts.first, parts.last) == (whole.first, whole.last)


def test_a_silence_over_midnight_belongs_to_the_whole() -> None:
    before, after = figures(track([0, 1], [0, 0.5])), figures(track([20, 21], [5.0, 5.5]))
    whole = joined(before, after, SERVICE)
    assert whole.distance_m == pytest.approx(5500, rel=1e-3)
    assert whole.broken_m == pytest.approx(4500, rel=1e-3)
    assert whole.offline_moves == 1
    assert joined(NOTHING, after, SERVICE) == after
    assert joined(before, NOTHING, SERVICE) == before
