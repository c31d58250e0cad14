"""What does one loaded trip's track contradict? Every kind alone, then the worst tracks that can come in."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from models.values import LOAD_EMPTY, LOAD_FULL, Track
from models.vocabulary import Doubt, FacilityKind, FindingKind, Severity
from tests.tracking.ground import HOME, Point, at, city, day, drive, place, road, stand, track, truck
from tracking.rules.findings import FindingDraft
from tracking.rules.geometry import Frame, frame_at
from tracking.rules.judge_track import judge_track
from tracking.rules.route_path import route_path
from tracking.rules.trip_context import TripContext, usable

ROAD: list[Point] = [(500.0 * i, 0.0) for i in range(41)]
LOOKBACK = day(stand((0, 0), -600, 590))
NIGHT_S = 15 * 3_600.0  # 23:00 in Shanghai; DAY is 08:00


def context(there: Track, frame: Frame = HOME, corners: Sequence[Point] = ROAD) -> TripContext:
    path = route_path(road(1, 1, 2, corners, frame=frame))
    return TripContext(truck(1), usable(there), LOOKBACK, (path,), (5,), "D1")


def judged(there: Track, frame: Frame = HOME, corners: Sequence[Point] = ROAD) -> list[FindingDraft]:
    places = [
        place(1, FacilityKind.PLANT, (0, 0), frame=frame),
        place(2, FacilityKind.SITE, (20_000, 0), frame=frame),
        place(3, FacilityKind.PERMITTED_STOP, (6_000, 60), half_m=40, frame=frame),
    ]
    return list(judge_track(context(there, frame, corners), city(places, vehicles=[truck(1)])).findings)


def kinds(there: Track, frame: Frame = HOME, corners: Sequence[Point] = ROAD) -> list[str]:
    return sorted(draft.kind.value for draft in judged(there, frame, corners))


def standing(for_s: float, x_m: float = 8_000, start_s: float = 0.0, **columns: Any) -> Track:
    return day(
        drive([(200, 0), (x_m, 0)], start_s),
        stand((x_m, 0), start_s + x_m / 10, for_s),
        drive([(x_m, 0), (19_800, 0)], start_s + x_m / 10 + for_s + 10),
        **columns,
    )


def test_an_honest_trip() -> None:
    assert judged(day(drive([(200, 0), (19_800, 0)]))) == []


def test_a_stop_by_the_road() -> None:
    (draft,) = judged(standing(600))
    assert draft.kind is FindingKind.UNPLANNED_STOP
    assert draft.severity is Severity.MEDIUM
    assert draft.manifest_ids == (5,)
    assert draft.evidence.figures["duration_s"] == pytest.approx(600, abs=60)
    x_m, y_m = HOME.to_xy(np.array(draft.lat), np.array(draft.lon))
    assert (float(x_m), float(y_m)) == pytest.approx((8_000, 0), abs=60)
    (mark,) = draft.evidence.marks
    assert mark["role"] == "stop"


def test_the_same_stop_at_night_is_worse() -> None:
    (by_day,), (by_night,) = judged(standing(600)), judged(standing(600, start_s=NIGHT_S))
    assert by_night.severity is Severity.HIGH
    assert by_night.size == pytest.approx(1.5 * by_day.size)


def test_a_load_that_is_gone_after_the_stop_is_worst() -> None:
    there = standing(600)
    states = np.where(there.time_ms <= at(800 + 300), LOAD_FULL, LOAD_EMPTY).astype(np.uint8)
    (draft,) = judged(standing(600, load_state=states))
    assert draft.evidence.figures["emptied"] == 1
    assert draft.severity is Severity.HIGH


def test_permitted_places_and_their_edges_excuse_a_stop() -> None:
    assert judged(standing(1_200, x_m=6_000)) == []


def test_off_the_route() -> None:
    there = day(drive([(200, 0), (8_000, 0), (8_000, 400), (11_000, 400), (11_000, 0), (19_800, 0)]))
    (draft,) = judged(there)
    assert draft.kind is FindingKind.OFF_ROUTE
    assert draft.route_id == 1
    assert draft.evidence.figures["farthest_m"] == pytest.approx(400, abs=1)
    assert draft.start_ms <= draft.detected_ms <= draft.end_ms


def test_silent_on_the_way() -> None:
    there = day(drive([(200, 0), (8_000, 0)]), drive([(9_000, 0), (19_800, 0)], start_s=2_400))
    (draft,) = judged(there)
    assert draft.kind is FindingKind.SIGNAL_GAP
    assert draft.start_ms == at(780)
    assert draft.end_ms == at(2_400)
    assert float(draft.evidence.figures["slack_s"] or 0) == pytest.approx(2_400 - 780 - 72, abs=1)


def test_a_jump_elsewhere_is_a_teleport_and_while_it_lasts_the_true_place_is_unknown() -> None:
    """5 minutes elsewhere are no detour and no stop, but a silence of the true way."""
    seconds, points = drive([(200, 0), (19_800, 0)])
    for fix in range(60, 90):
        points[fix] = (points[fix][0], 6_000.0)
    drafts = judged(track(seconds, points))
    assert [draft.kind for draft in drafts] == [FindingKind.TELEPORT, FindingKind.SIGNAL_GAP]
    assert drafts[0].evidence.figures["fixes"] == 30
    assert drafts[0].evidence.figures["returned"] == 1


def everything_at_once() -> Track:
    seconds, points = drive([(200, 0), (8_000, 0), (8_000, 900), (12_000, 900), (12_000, 0), (19_800, 0)])
    points[10] = (90_000.0, 0.0)
    for fix in range(100, 140):
        points[fix] = points[100]
    doubts = np.full(len(points), int(sum(doubt.value for doubt in Doubt)), dtype=np.uint32)
    doubts[::2] = 0
    there = track(seconds, points)
    times = there.time_ms.copy()
    times[50:54] = times[50]
    return Track(
        **{name: getattr(there, name) for name in Track.__dataclass_fields__}
        | {"time_ms": times, "doubts": doubts}
    )


WORST = {
    "empty": track([], []),
    "one fix": track([0], [(3_000, 0)]),
    "two fixes at one time": track([0, 0], [(3_000, 0), (3_000, 5)]),
    "all at one time": track([0] * 50, [(100.0 * i, 0) for i in range(50)]),
    "all at one place": track(np.arange(50) * 10, [(3_000, 0)] * 50),
    "every doubt on every fix": track(
        np.arange(50) * 10, [(100.0 * i, 0) for i in range(50)], doubts=[2**15 - 1] * 50
    ),
    "everything at once": everything_at_once(),
    "a month of silence": day(
        drive([(200, 0), (3_000, 0)]), drive([(5_000, 0), (9_000, 0)], start_s=30 * 86_400)
    ),
    "two fixes an ocean apart": track([0, 10], [(0, 0), (9_000_000, 0)]),
    "a device that jumps at every fix": track(
        np.arange(400) * 10, [(3_000 + 5_000.0 * (i % 2), 0) for i in range(400)]
    ),
    "begins inside the site": day(drive([(20_000, 0), (25_000, 3_000)])),
    "backwards": day(drive([(19_800, 0), (200, 0)])),
}


@pytest.mark.parametrize("name", WORST)
def test_the_worst_tracks_are_no_exception_and_no_finding_without_evidence(name: str) -> None:
    for draft in judged(WORST[name]):
        assert draft.evidence.figures
        assert draft.evidence.marks
        assert draft.reasons
        assert draft.start_ms <= draft.end_ms
        assert draft.size >= 0


@pytest.mark.parametrize(
    "name",
    [
        "empty",
        "one fix",
        "two fixes at one time",
        "all at one time",
        "every doubt on every fix",
        "backwards",
    ],
)
def test_the_emptiest_of_them_say_nothing(name: str) -> None:
    assert judged(WORST[name]) == []


def test_a_route_that_crosses_itself_and_one_driven_backwards_are_kept_to() -> None:
    corners: list[Point] = [(0, 0), (6_000, 0), (6_000, 4_000), (3_000, 4_000), (3_000, -4_000)]
    dense = drive(corners)[1]
    assert judged(day(drive(corners)), corners=dense) == []
    assert judged(day(drive(corners[::-1])), corners=dense) == []


@pytest.mark.parametrize("lon", [-179.95, -120.0, 0.0, 179.95])
def test_the_same_trip_elsewhere_on_the_globe(lon: float) -> None:
    """One that leaves the road, one that stands; across the antimeridian too."""
    frame = frame_at(31.0, lon)
    off = [
        (200.0, 0.0),
        (8_000.0, 0.0),
        (8_000.0, 400.0),
        (11_000.0, 400.0),
        (11_000.0, 0.0),
        (19_800.0, 0.0),
    ]
    assert kinds(day(drive(off), frame=frame), frame) == ["off_route"]
    there = day(
        drive([(200, 0), (8_000, 0)]),
        stand((8_000, 0), 800, 900),
        drive([(8_000, 0), (19_800, 0)], start_s=1_710),
        frame=frame,
    )
    assert kinds(there, frame) == ["unplanned_stop"]
