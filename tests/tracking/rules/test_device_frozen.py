"""When does a device repeat one place while its vehicle moves, and when does it only stand?"""

import numpy as np

from models.thresholds import DeviceThresholds
from models.values import FloatArray
from tests.tracking.device_ground import noisy_drive, sent
from tests.tracking.ground import at
from tracking.rules.device_fixes import DeviceFixes
from tracking.rules.device_frozen import find_frozen

LIMITS = DeviceThresholds()


def frozen(low: int, high: int, **columns: object) -> DeviceFixes:
    """A drive of 100 fixes that tells the place of fix `low` until fix `high`."""
    seconds, points = noisy_drive(100)
    points[low : high + 1] = points[low]
    return sent(seconds, points, **columns)


def odometer(count: int = 100, km_per_fix: float = 0.12) -> FloatArray:
    """As terminals count: in steps of 0.1 km."""
    return np.asarray(np.floor(np.arange(count) * km_per_fix * 10) / 10)


def test_the_odometer_goes_on() -> None:
    (stretch,) = find_frozen(frozen(20, 80, odometer_km=odometer()), LIMITS)
    assert (stretch.from_ms, stretch.to_ms) == (at(200), at(800))
    assert stretch.figures["fixes"] == 61
    assert abs(float(stretch.figures["moved_km"] or 0) - 7.2) < 0.2


def test_the_recorder_goes_on() -> None:
    (stretch,) = find_frozen(frozen(20, 80, recorder_kmh=np.full(100, 42.0)), LIMITS)
    assert abs(float(stretch.figures["moved_km"] or 0) - 7.0) < 0.2


def test_a_vehicle_that_stands_is_not_frozen() -> None:
    standing = np.concatenate((odometer(20), np.full(61, 2.4), 2.4 + odometer(19)))
    assert find_frozen(frozen(20, 80, odometer_km=standing), LIMITS) == []
    assert find_frozen(frozen(20, 80, recorder_kmh=np.zeros(100)), LIMITS) == []


def test_without_wheels_nothing_is_known() -> None:
    assert find_frozen(frozen(20, 80), LIMITS) == []


def test_creeping_in_a_queue_is_not_driving() -> None:
    assert find_frozen(frozen(20, 80, odometer_km=odometer(km_per_fix=0.02)), LIMITS) == []


def test_parked_before_it_is_frozen_counts_from_the_wheels_on() -> None:
    km = np.concatenate((np.zeros(50), np.arange(50) * 0.12))
    (stretch,) = find_frozen(frozen(20, 80, odometer_km=km), LIMITS)
    assert (stretch.from_ms, stretch.to_ms) == (at(500), at(800))


def test_four_fixes_are_too_few() -> None:
    assert find_frozen(frozen(20, 23, odometer_km=odometer(km_per_fix=0.4)), LIMITS) == []
