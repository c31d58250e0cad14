"""Is a copied track found wherever it lies, and nothing where tracks are only alike?"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.thresholds import DeviceThresholds
from tests.tracking.device_ground import noisy_drive, sent
from tests.tracking.ground import at
from tracking.rules.device_fixes import DeviceFixes
from tracking.rules.device_replay import Copy, find_copies, find_windows

LIMITS = DeviceThresholds()
DAY_S = 86_400.0


def drive_of(seed: int, count: int = 300, start_s: float = 0.0) -> DeviceFixes:
    return sent(*noisy_drive(count, seed, start_s))


def with_copy(low: int, count: int, at_index: int, shift: tuple[float, float] = (0.0, 0.0)) -> DeviceFixes:
    """Another day's drive, in which fixes of drive 1 are sent again, moved in time and by some metres."""
    seconds, points = noisy_drive(300, 2, DAY_S)
    _, copied = noisy_drive(300, 1)
    points[at_index : at_index + count] = copied[low : low + count] + shift
    return sent(seconds, points)


def shared(fixes: DeviceFixes, source: DeviceFixes) -> list[tuple[int, int]]:
    """(time, source time) of the windows that both kept."""
    mine, theirs = find_windows(fixes, LIMITS), find_windows(source, LIMITS)
    known = {mark: int(source.time_ms[i]) for i, mark in zip(theirs.first, theirs.fingerprint, strict=True)}
    pairs = zip(mine.first, mine.fingerprint, strict=True)
    return [(int(fixes.time_ms[i]), known[mark]) for i, mark in pairs if mark in known]


def copies(fixes: DeviceFixes, source: DeviceFixes) -> list[Copy]:
    return find_copies(fixes, source, shared(fixes, source), LIMITS)


@given(low=st.integers(0, 200), count=st.integers(60, 100), at_index=st.integers(0, 200))
def test_every_copy_of_sixty_fixes_is_found(low: int, count: int, at_index: int) -> None:
    (copy,) = copies(with_copy(low, count, at_index), drive_of(1))
    assert (copy.low, copy.high) == (at_index, at_index + count - 1)
    assert copy.source == low


def test_a_copy_moved_to_another_place_is_a_copy() -> None:
    (copy,) = copies(with_copy(50, 100, 120, (0.0, 0.0)), drive_of(1))
    assert copy.high - copy.low == 99


def test_forty_fixes_are_too_few() -> None:
    assert copies(with_copy(50, 45, 120), drive_of(1)) == []


def test_two_drives_over_one_road_share_nothing() -> None:
    assert shared(drive_of(1), drive_of(2, start_s=DAY_S)) == []


def test_a_standing_vehicle_repeats_itself_without_fraud() -> None:
    still = sent(np.arange(300) * 10.0, np.zeros((300, 2)))
    assert find_windows(still, LIMITS).first.size == 0


def test_an_even_drive_repeats_itself_without_fraud() -> None:
    even = np.column_stack((np.arange(300) * 120.0, np.zeros(300)))
    assert find_windows(sent(np.arange(300) * 10.0, even), LIMITS).first.size == 0


def test_few_windows_are_kept() -> None:
    kept = find_windows(drive_of(1, count=6_000), LIMITS).first
    assert 6_000 / 32 <= kept.size <= 6_000 / 10


def test_too_few_fixes_have_no_window() -> None:
    assert find_windows(drive_of(1, count=19), LIMITS).first.size == 0


@pytest.mark.parametrize("away_km", [90, 110])
def test_a_world_far_away_is_no_source(away_km: int) -> None:
    seconds, points = noisy_drive(300, 1, DAY_S)
    found = copies(sent(seconds, points), drive_of(1))
    assert len(found) == 1
    far = drive_of(1)
    moved = DeviceFixes(
        **{name: getattr(far, name) for name in DeviceFixes.__dataclass_fields__}
        | {"lat_e7": far.lat_e7 + round(away_km / 110.9 * 1e7)}
    )
    assert len(copies(sent(seconds, points), moved)) == (1 if away_km < 100 else 0)


def test_times_stand_in_the_copy() -> None:
    fixes = with_copy(50, 100, 120)
    (copy,) = copies(fixes, drive_of(1))
    assert fixes.time_ms[copy.low] == at(DAY_S + 1_200)
