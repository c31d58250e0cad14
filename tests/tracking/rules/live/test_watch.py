"""Does the watch tell at once what the whole track will show?

A plant at the origin, a site 20 km east on a straight road of half-width 75 m; fixes every 10 s.
"""

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.values import ACC_OFF, ACC_ON, Track
from models.vocabulary import FacilityKind, Mode
from tests.tracking.ground import THRESHOLDS, Point, day, drive, place, road, stand
from tracking.rules.corridor import find_excursions, nearest_corridor
from tracking.rules.live.ground import LiveGround
from tracking.rules.live.watch import GAIN_M, LiveWatch, gains_by_metre
from tracking.rules.live.watched import NOWHERE, Sign, Watched
from tracking.rules.route_path import route_path
from tracking.rules.visits import Fences

ROAD: list[Point] = [(500.0 * i, 0.0) for i in range(41)]
ROUTE = road(1, 1, 2, ROAD)
PLACES = [place(1, FacilityKind.PLANT, (0, 0)), place(2, FacilityKind.SITE, (20_000, 0))]

Told = list[tuple[float, Sign]]


def watch() -> LiveWatch:
    fences = Fences(PLACES, THRESHOLDS.track.exit_buffer_m)
    return LiveWatch(LiveGround(fences, [ROUTE], THRESHOLDS.track), THRESHOLDS)


def followed(track: Track, seen: Watched | None = None) -> Told:
    """What is told of a track, with the seconds since its beginning."""
    watching, state = watch(), seen or Watched(Mode.ROAD)
    told = []
    for index in range(len(track)):
        at_ms = int(track.time_ms[index])
        sign = watching.take(state, at_ms, float(track.lat[index]), float(track.lon[index]), math.nan, ACC_ON)
        if sign is not None:
            told.append(((at_ms - int(track.time_ms[0])) / 1000, sign))
    return told


def hauled(*corners: Point) -> Track:
    """Ten minutes in the plant, through the corners to the site, ten minutes there."""
    seconds, points = drive([(0, 0), *corners, (20_000, 0)], start_s=600)
    return day(stand((0, 0), 0, 590), (seconds, points), stand((20_000, 0), seconds[-1] + 10, 600))


def test_a_haul_as_approved() -> None:
    """Told are the fence that it began in, leaving it, and the one at the end: two fixes each."""
    told = followed(hauled())
    assert [sign for _, sign in told] == [Sign.ENTERED, Sign.LEFT, Sign.ENTERED]
    assert told[0][0] == 10
    assert told[1][0] == pytest.approx(600 + 140 / 10 + 10, abs=10)


@pytest.mark.parametrize("beside_m", [230.0, 400.0, 900.0])
def test_an_excursion_is_told_no_later_than_the_rule_finds_it(beside_m: float) -> None:
    track = hauled((8_000, 0), (8_000, beside_m), (11_000, beside_m), (11_000, 0))
    told = {sign: at_s for at_s, sign in followed(track)}
    outside = track.take(track.time_ms > track.time_ms[0] + 620_000)
    beside = nearest_corridor(outside, [route_path(ROUTE)], THRESHOLDS.track)
    (found,) = find_excursions(outside, beside, THRESHOLDS.track)
    alarm_s = (int(outside.time_ms[found.alarm]) - int(track.time_ms[0])) / 1000
    assert told[Sign.OFF_ROUTE] <= alarm_s
    assert told[Sign.BACK] > told[Sign.OFF_ROUTE]


def test_noise_is_not_told() -> None:
    chance = np.random.default_rng(5)
    x_m = np.arange(200, 19_800, 100.0)
    drift = np.cumsum(chance.normal(0, 3, x_m.size)) * 0.3
    seconds: list[float] = (600.0 + np.arange(x_m.size) * 10.0).tolist()
    track = day(stand((0, 0), 0, 590), (seconds, list(zip(x_m.tolist(), drift.tolist(), strict=True))))
    assert {sign for _, sign in followed(track)} == {Sign.ENTERED, Sign.LEFT}


def test_a_stand_outside_every_fence_is_told_once() -> None:
    out, points = drive([(0, 0), (7_000, 0)], start_s=600)
    stood, where = stand((7_000, 0), out[-1] + 10, 900)
    track = day(stand((0, 0), 0, 590), (out, points), (stood, where))
    told = [each for each in followed(track) if each[1] is Sign.STANDS]
    assert len(told) == 1
    assert told[0][0] == pytest.approx(out[-1] + THRESHOLDS.track.truck_stop_s, abs=20)


def test_a_stand_in_a_fence_is_not_told() -> None:
    assert Sign.STANDS not in {sign for _, sign in followed(hauled())}


def test_a_jump_is_told() -> None:
    out, points = drive([(0, 0), (7_000, 0)], start_s=600)
    there = (out[-1] + 10.0, (7_000.0, 30_000.0))
    track = day(stand((0, 0), 0, 590), (out, points), ([there[0]], [there[1]]))
    assert followed(track)[-1][1] is Sign.JUMPED or followed(track)[-1][1] is Sign.OFF_ROUTE


def test_an_older_fix_is_late_and_an_equal_one_nothing() -> None:
    watching, seen = watch(), Watched(Mode.ROAD)
    watching.take(seen, 100_000, 31.0, 120.0, 0.0, ACC_ON)
    assert watching.take(seen, 100_000, 31.0, 120.0, 0.0, ACC_ON) is None
    assert watching.take(seen, 99_000, 31.0, 120.0, 0.0, ACC_ON) is Sign.LATE
    assert seen.time_ms == 100_000


def moved(speed_kmh: float, every_s: float, acc: int = ACC_ON) -> Callable[[int], Watched]:
    """A vehicle after a number of reports from one place."""

    def after(count: int) -> Watched:
        watching, seen = watch(), Watched(Mode.ROAD)
        for number in range(count):
            watching.take(seen, round(number * every_s * 1000), 31.5, 120.0 + 1e-4 * number, speed_kmh, acc)
        return seen

    return after


def test_who_moves_is_missed_soon_and_who_stands_late() -> None:
    limits = THRESHOLDS.track
    moving, parked = moved(40.0, 10)(30), moved(0.0, 10, ACC_OFF)(30)
    assert watch().silent_from_ms(moving) == moving.time_ms + 1_000 * limits.gap_report_s
    assert watch().silent_from_ms(parked) == parked.time_ms + 3_000 * limits.still_report_s
    slow = moved(40.0, 60)(30)
    assert watch().silent_from_ms(slow) == slow.time_ms + 360_000  # six of its own intervals


def test_a_gain_for_each_metre_is_that_of_the_rule() -> None:
    gains = gains_by_metre(THRESHOLDS)
    assert len(gains) == GAIN_M + 1
    assert gains[0] < 0 < gains[200] <= gains[GAIN_M] == 2.0
    assert gains == sorted(gains)


@settings(max_examples=30)
@given(
    st.lists(
        st.tuples(st.floats(-90, 90), st.floats(-180, 180), st.floats(0, 4_000), st.floats(0, 200)),
        max_size=60,
    )
)
def test_nothing_that_comes_in_is_an_exception(fixes: list[tuple[float, float, float, float]]) -> None:
    """Poles, antimeridian, any step of time, any speed: the state stays sound."""
    watching, seen, time_ms = watch(), Watched(Mode.WATER, origin_id=1), 0
    for lat, lon, step_s, kmh in fixes:
        time_ms += round(step_s * 1000)
        watching.take(seen, time_ms, lat, lon, kmh, ACC_ON)
        assert 0.0 <= seen.total <= THRESHOLDS.track.cusum_cap
        assert seen.place == NOWHERE or seen.place < len(PLACES)
        assert watching.silent_from_ms(seen) > seen.time_ms
