"""What of a track is told as what it is: bad reception, a clone, a frozen place; and in which words?"""

import pytest

from models.thresholds import DeviceThresholds
from models.values import Figures, Track
from models.vocabulary import FindingKind
from reports.wording import say
from tests.tracking.ground import at, city, drive, track, truck
from tracking.rules.device_clock import SKEW
from tracking.rules.doubt_stretches import Stretch
from tracking.rules.findings import FindingDraft, score_of
from tracking.rules.judge_devices import NO_PROOF_AGAINST_A_LOAD, DeviceContext, device_draft
from tracking.rules.judge_track import judge_track
from tracking.rules.trip_context import TripContext

LIMITS = DeviceThresholds()
NOWHERE = track([], [])
STRETCHES: dict[FindingKind, tuple[str, Figures]] = {
    FindingKind.CLOCK_SKEW: (
        SKEW,
        {"skew_s": 400.0, "zone_slip_s": None, "received_from_ms": at(0), "received_to_ms": at(600)},
    ),
    FindingKind.FROZEN_POSITION: ("wheels", {"fixes": 60, "moved_km": 6.0, "lat": 31.0, "lon": 120.0}),
    FindingKind.REPLAYED_TRACK: (
        "copy",
        {"fixes": 90, "windows": 4, "source_vehicle": "V9", "source_ms": at(-86_400)},
    ),
    FindingKind.CLONED_DEVICE: (
        "clone",
        {
            "fixes": 100,
            "other_fixes": 40,
            "distance_m": 9_000.0,
            "lat": 31.0,
            "lon": 120.0,
            "other_lat": 31.1,
            "other_lon": 120.0,
        },
    ),
    FindingKind.DATUM_SHIFT: (
        "gcj02",
        {
            "basis": "route",
            "proved_ms": at(300),
            "fixes": 54,
            "before_m": 415.0,
            "after_m": 2.0,
            "offset_m": 466.0,
        },
    ),
    FindingKind.DEVICE_TAMPER: ("alarm", {"fixes": 12, "receiver": 0, "antenna": 1, "power": 1}),
}


def judged(there: Track, *doubted: Stretch) -> list[FindingKind]:
    trip = TripContext(truck(1), there, NOWHERE, (), (), "D1", doubted=doubted)
    return [draft.kind for draft in judge_track(trip, city(vehicles=[truck(1)])).findings]


def away_for(fixes: int) -> Track:
    """A drive of 20 km with some fixes 6 km beside it."""
    seconds, points = drive([(200, 0), (19_800, 0)])
    for fix in range(60, 60 + fixes):
        points[fix] = (points[fix][0], 6_000.0)
    return track(seconds, points)


@pytest.mark.parametrize(("fixes", "told"), [(1, False), (3, False), (4, True), (20, True)])
def test_a_few_fixes_away_and_back_are_reception(fixes: int, told: bool) -> None:
    assert (FindingKind.TELEPORT in judged(away_for(fixes))) is told


def test_jumps_between_a_clones_places_are_the_clones() -> None:
    clone = Stretch(FindingKind.CLONED_DEVICE, "clone", at(500), at(900), {})
    assert FindingKind.TELEPORT not in judged(away_for(20), clone)


def test_what_is_left_of_a_frozen_place_is_no_silence() -> None:
    seconds, points = drive([(200, 0), (19_800, 0)])
    kept = [k for k, second in enumerate(seconds) if not 600 < second < 1_300]
    there = track([seconds[k] for k in kept], [points[k] for k in kept])
    frozen = Stretch(FindingKind.FROZEN_POSITION, "wheels", at(600), at(1_290), {})
    assert judged(there) == [FindingKind.SIGNAL_GAP]
    assert judged(there, frozen) == []


def drafted(kind: FindingKind) -> FindingDraft:
    cause, figures = STRETCHES[kind]
    stretch = Stretch(kind, cause, at(0), at(600), figures)
    return device_draft(stretch, DeviceContext(truck(1), "D1", "wgs84", (7,)), LIMITS)


@pytest.mark.parametrize("locale", ["zh", "en"])
@pytest.mark.parametrize("kind", STRETCHES)
def test_every_kind_is_told_in_words(kind: FindingKind, locale: str) -> None:
    draft = drafted(kind)
    assert (draft.kind, draft.device_code, draft.manifest_ids) == (kind, "D1", (7,))
    for reason in draft.reasons:
        words = say(reason, locale)
        assert reason.code not in words, "not worded, or with other parameters"
        assert "{" not in words


@pytest.mark.parametrize("kind", STRETCHES)
def test_what_was_read_wrongly_contradicts_no_load(kind: FindingKind) -> None:
    score = score_of(drafted(kind), {})
    harmless = kind in (FindingKind.CLOCK_SKEW, FindingKind.DATUM_SHIFT)
    assert (score <= NO_PROOF_AGAINST_A_LOAD) is harmless
