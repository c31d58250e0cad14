"""When is a device's clock wrong, and what only looks like it?"""

import numpy as np
import pytest

from models.thresholds import DeviceThresholds
from tests.tracking.device_ground import noisy_drive, sent
from tests.tracking.ground import at
from tracking.rules.device_clock import find_skews, in_true_time, live_mask
from tracking.rules.device_fixes import DeviceFixes

LIMITS = DeviceThresholds()


def sent_late(delay_s: object, count: int = 60) -> DeviceFixes:
    """A drive whose fixes arrive so many seconds after the device's own time."""
    seconds, points = noisy_drive(count)
    received = np.array([at(second) for second in seconds.tolist()]) + np.asarray(delay_s) * 1000
    return sent(seconds, points, received_ms=received)


@pytest.mark.parametrize("delay_s", [-25, 0, 3, 60, 115])
def test_a_moment_on_the_way_is_no_skew(delay_s: int) -> None:
    assert find_skews(sent_late(delay_s), LIMITS) == []


@pytest.mark.parametrize("delay_s", [-600, -40, 130, 400, 3_000])
def test_a_constant_delay_beyond_that_is_one(delay_s: int) -> None:
    (stretch,) = find_skews(sent_late(delay_s), LIMITS)
    assert stretch.cause == "skew"
    assert stretch.figures["skew_s"] == delay_s
    assert (stretch.from_ms, stretch.to_ms) == (at(0), at(590))
    true = in_true_time(stretch)
    assert (true.from_ms, true.to_ms) == (at(delay_s), at(590 + delay_s))


@pytest.mark.parametrize(
    ("delay_s", "cause"), [(-28_800, "zone-480"), (28_790, "zone+480"), (1_900, "zone+30")]
)
def test_half_hours_are_a_time_zone_taken_for_another(delay_s: int, cause: str) -> None:
    (stretch,) = find_skews(sent_late(delay_s), LIMITS)
    assert stretch.cause == cause


def test_a_backlog_sent_at_once_is_late_and_no_skew() -> None:
    seconds, points = noisy_drive(120)
    arrived = np.full(120, at(1_300))
    assert find_skews(sent(seconds, points, received_ms=arrived), LIMITS) == []


def test_a_backlog_sent_in_a_jumble_is_no_skew() -> None:
    """A simulated outage: everything of an hour within three quarters of a minute, in any order."""
    seconds, points = noisy_drive(360)
    arrived = at(3_700) + np.random.default_rng(3).integers(1_000, 45_000, 360)
    assert find_skews(sent(seconds, points, received_ms=arrived), LIMITS) == []


def test_a_clock_that_is_set_is_wrong_until_then() -> None:
    """The wrong times run over the right ones of before; receipts keep them apart."""
    delay_s = np.where(np.arange(120) < 60, 2, 602)
    seconds, points = noisy_drive(120)
    told = seconds - np.where(np.arange(120) < 60, 0, 600)
    received = np.array([at(second) for second in (told + delay_s).tolist()])
    order = np.argsort(told, kind="stable")
    fixes = sent(told[order], points[order], received_ms=received[order])
    (stretch,) = find_skews(fixes, LIMITS)
    assert stretch.figures["skew_s"] == 602
    assert stretch.figures["received_from_ms"] == at(602)


def test_fewer_than_twenty_live_fixes_say_nothing() -> None:
    assert find_skews(sent_late(600, count=19), LIMITS) == []
    assert len(find_skews(sent_late(600, count=20), LIMITS)) == 1


def test_without_times_of_receipt_nothing_is_said() -> None:
    seconds, points = noisy_drive(60)
    assert find_skews(sent(seconds, points, received_ms=np.full(60, -1)), LIMITS) == []


def test_what_arrives_in_its_rhythm_is_live() -> None:
    fixes = sent_late(np.where((np.arange(60) >= 20) & (np.arange(60) < 30), 3_000 - np.arange(60) * 10, 2))
    live = live_mask(fixes)
    assert not live[21:29].any()
    assert live[:19].all()
