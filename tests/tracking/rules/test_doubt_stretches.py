"""Do stretches of days join, do proofs make segments, and is a track read by them rightly?"""

import numpy as np

from models.values import make_track
from models.vocabulary import Datum, Doubt, FindingKind
from tests.tracking.ground import DAY_MS, at
from tracking.rules.datum import from_wgs84, to_wgs84
from tracking.rules.datum_segments import DayProof, datum_segments
from tracking.rules.doubt_stretches import DAY_MS as A_DAY_MS
from tracking.rules.doubt_stretches import Stretch, day_of, joined_stretches, within
from tracking.rules.doubted_tracks import clock_reach_ms, read_right
from tracking.rules.trip_context import usable

FROZEN = FindingKind.FROZEN_POSITION
DAY = day_of(DAY_MS)


def stretch(start_s: float, end_s: float, **figures: float) -> Stretch:
    return Stretch(FROZEN, "wheels", at(start_s), at(end_s), figures)


def test_what_goes_on_over_midnight_is_one() -> None:
    whole = joined_stretches(
        [stretch(100, 200, fixes=10, moved_km=1.0), stretch(210, 400, fixes=20, moved_km=2.5)]
    )
    assert whole == [stretch(100, 400, fixes=30, moved_km=3.5)]


def test_what_lies_apart_stays_apart() -> None:
    parts = [stretch(100, 200, fixes=1), stretch(900, 950, fixes=2)]
    assert joined_stretches(reversed(parts)) == parts


def test_parts_of_a_day() -> None:
    (part,) = within([stretch(-100, 100), stretch(500, 600)], at(0), at(300))
    assert (part.from_ms, part.to_ms) == (at(0), at(100))


def proofs(*data: Datum | None) -> list[DayProof]:
    """One day after the other."""
    return [
        DayProof(DAY + k, datum, DAY_MS + k * A_DAY_MS + 1, DAY_MS + k * A_DAY_MS + 2, {"fixes": k})
        for k, datum in enumerate(data)
    ]


def test_a_proof_holds_until_the_next_and_the_first_for_all_before() -> None:
    gcj, wgs = Datum.GCJ02, Datum.WGS84
    (found,) = datum_segments(proofs(None, gcj, None, wgs, None), wgs)
    assert (found.cause, found.from_ms, found.to_ms) == ("gcj02", at(0) + 1, DAY_MS + 2 * A_DAY_MS + 2)
    assert found.figures["holds_from_ms"] is None
    assert found.figures["holds_to_ms"] == DAY_MS + 3 * A_DAY_MS


def test_as_registered_is_no_segment() -> None:
    assert datum_segments(proofs(None, Datum.GCJ02), Datum.GCJ02) == []
    assert datum_segments(proofs(None, None), Datum.WGS84) == []


def test_registered_as_gcj02_is_read_so() -> None:
    lat, lon = np.array([31.0, 31.01]), np.array([120.0, 120.01])
    sent = make_track(time_ms=[0, 1_000], lat=lat, lon=lon)
    read = read_right(sent, Datum.GCJ02, [])
    assert (read.lat.tolist(), read.lon.tolist()) == tuple(
        x.tolist() for x in to_wgs84(lat, lon, Datum.GCJ02)
    )
    assert read_right(sent, Datum.WGS84, []).lat.tolist() == lat.tolist()


def test_a_found_datum_is_read_while_it_holds() -> None:
    true = np.array([31.0, 31.0, 31.0]), np.array([120.0, 120.0, 120.0])
    shifted = from_wgs84(*true, Datum.GCJ02)
    lat, lon = (
        np.where([False, True, False], moved, right) for moved, right in zip(shifted, true, strict=True)
    )
    sent = make_track(time_ms=[0, 1_000, 2_000], lat=lat, lon=lon)
    held = Stretch(FindingKind.DATUM_SHIFT, "gcj02", 900, 1_100, {"holds_from_ms": 500, "holds_to_ms": 1_500})
    read = read_right(sent, Datum.WGS84, [held])
    assert np.allclose(read.lat, true[0], atol=1e-9)
    assert np.allclose(read.lon, true[1], atol=1e-9)
    assert (read.doubts & int(Doubt.DATUM_SHIFT)).tolist() == [0, int(Doubt.DATUM_SHIFT), 0]


def test_frozen_fixes_but_the_first_say_nothing() -> None:
    sent = make_track(time_ms=[at(s) for s in (90, 100, 150, 200, 210)], lat=np.zeros(5), lon=np.zeros(5))
    read = usable(read_right(sent, Datum.WGS84, [stretch(100, 200)]))
    assert read.time_ms.tolist() == [at(90), at(100), at(210)]


def test_a_wrong_clock_is_set_by_receipt_and_the_order_with_it() -> None:
    sent = make_track(
        time_ms=[at(0), at(5), at(10)],
        lat=[1.0, 2.0, 3.0],
        lon=np.zeros(3),
        received_ms=[at(602), at(7), at(612)],
        doubts=[int(Doubt.LATE), 0, int(Doubt.LATE)],
    )
    skew = Stretch(
        FindingKind.CLOCK_SKEW,
        "skew",
        at(0),
        at(10),
        {"skew_s": 600.0, "received_from_ms": at(602), "received_to_ms": at(612)},
    )
    read = read_right(sent, Datum.WGS84, [skew])
    assert read.lat.tolist() == [2.0, 1.0, 3.0]
    assert read.time_ms.tolist() == [at(5), at(600), at(610)]
    assert read.doubts.tolist() == [0, int(Doubt.CLOCK_SKEW), int(Doubt.CLOCK_SKEW)]
    assert clock_reach_ms([skew]) == (600_000, 0)
