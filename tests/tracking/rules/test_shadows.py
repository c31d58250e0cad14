"""Is a silence explained by where it happened? A tunnel of 3 km, 300 s, which others passed before."""

import numpy as np
import pytest

from models.values import Track
from tests.tracking.ground import HOME, THRESHOLDS, Point, at, day, drive
from tracking.rules.shadows import Silences, in_shadow, no_silences, teaching_steps

LIMITS = THRESHOLDS.track
ENTRY: Point = (3_000, 0)
EXIT: Point = (6_000, 0)


def through(for_s: float = 300.0, entry: Point = ENTRY, leave: Point = EXIT) -> Track:
    return day(
        drive([(0, 0), entry], speed_m_s=10.0),
        drive([leave, (9_000, 0)], start_s=310 + for_s, speed_m_s=10.0),
    )


def learned(*passages: tuple[int, Point, Point, float]) -> Silences:
    """(vehicle, entry, exit, seconds) of earlier silences, a day apart."""
    starts = [at(-86_400 * (n + 1)) for n in range(len(passages))]
    before = np.array([entry for _, entry, _, _ in passages], dtype=np.float64)
    after = np.array([leave for _, _, leave, _ in passages], dtype=np.float64)
    before_lat, before_lon = HOME.to_degrees(before[:, 0], before[:, 1])
    after_lat, after_lon = HOME.to_degrees(after[:, 0], after[:, 1])
    return Silences(
        np.array([vehicle for vehicle, *_ in passages]),
        np.array(starts),
        np.array(starts) + np.array([round(seconds * 1_000) for *_, seconds in passages]),
        before_lat,
        before_lon,
        after_lat,
        after_lon,
    )


KNOWN = learned((2, ENTRY, EXIT, 280), (3, (3_100, 50), (5_900, 0), 320), (3, EXIT, ENTRY, 300))


def shadowed(there: Track, known: Silences = KNOWN, vehicle_id: int = 1) -> bool:
    step = int(np.diff(there.time_ms).argmax())
    return in_shadow(there, step, vehicle_id, known, LIMITS)


def test_three_passages_of_two_vehicles_make_a_tunnel_in_both_directions() -> None:
    assert shadowed(through())
    back = day(drive([(9_000, 0), EXIT]), drive([ENTRY, (0, 0)], start_s=610))
    assert shadowed(back)


@pytest.mark.parametrize(("for_s", "explained"), [(880, True), (920, False)])
def test_who_stays_three_times_as_long_was_doing_something(for_s: float, explained: bool) -> None:
    """The others took 300 s in the median: up to 900 s are explained, the step in and out included."""
    assert shadowed(through(for_s - 10)) is explained


def test_elsewhere_is_no_shadow() -> None:
    assert not shadowed(through(entry=(3_000, 600)))
    assert not shadowed(through(leave=(6_600, 0)))


def test_two_passages_or_one_vehicle_are_not_enough() -> None:
    assert not shadowed(through(), learned((2, ENTRY, EXIT, 280), (3, ENTRY, EXIT, 320)))
    assert not shadowed(through(), learned(*[(2, ENTRY, EXIT, 300)] * 5))
    assert not shadowed(through(), no_silences())


def test_a_silence_does_not_explain_itself() -> None:
    there = through()
    step = int(np.diff(there.time_ms).argmax())
    alone = learned((2, ENTRY, EXIT, 300), (3, ENTRY, EXIT, 300), (1, ENTRY, EXIT, 300))
    moments = alone.before_ms.copy()
    moments[2] = there.time_ms[step]
    itself = Silences(
        alone.vehicle,
        moments,
        alone.after_ms,
        alone.before_lat,
        alone.before_lon,
        alone.after_lat,
        alone.after_lon,
    )
    assert in_shadow(there, step, 1, alone, LIMITS)
    assert not in_shadow(there, step, 1, itself, LIMITS)


def test_what_teaches() -> None:
    """Silences of a minute and more in which the vehicle got on; standing teaches nothing."""
    assert teaching_steps(through(300)).tolist() == [30]
    assert teaching_steps(through(40)).tolist() == []
    assert teaching_steps(through(300, leave=(3_050, 0))).tolist() == []
    assert teaching_steps(through().take(slice(0, 1))).tolist() == []
    seldom = day(drive([(0, 0), (20_000, 0)], every_s=120))
    assert teaching_steps(seldom).tolist() == []  # that is its habit
