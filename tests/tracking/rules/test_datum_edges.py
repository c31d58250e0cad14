"""Is the moment found at which a device began, or ceased, to speak in other coordinates?"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.thresholds import DeviceThresholds
from models.values import RouteLine
from models.vocabulary import Datum, Mode
from tests.tracking.ground import DAY_MS
from tracking.rules.datum import from_wgs84
from tracking.rules.datum_ground import DatumGround
from tracking.rules.datum_segments import DayProof, datum_segments
from tracking.rules.device_datum import DatumProof, prove_datum
from tracking.rules.device_fixes import DeviceFixes, make_fixes
from tracking.rules.doubt_stretches import DAY_MS as A_DAY_MS
from tracking.rules.doubt_stretches import day_of

WGS, GCJ = Datum.WGS84, Datum.GCJ02
SETTINGS = DeviceThresholds()
LAT, LON = 31.2, 120.6
CORNER, END = (120.63, 31.2), (120.63, 31.23)
ROUTE = RouteLine(1, "R1", 1, 2, Mode.ROAD, 75.0, ((LON, LAT), CORNER, END))
FIXES = 600  # of one way along the route and back
STEP_MS = 10_000


def driven(changes_at: int, before: Datum, after: Datum) -> DeviceFixes:
    """A day along the route and back, in `after` from fix `changes_at` on; 5 m of noise."""
    way = np.concatenate((np.linspace(0, 2, FIXES // 2), np.linspace(2, 0, FIXES // 2)))
    lon = np.interp(way, [0, 1, 2], [LON, CORNER[0], END[0]])
    lat = np.interp(way, [0, 1, 2], [LAT, CORNER[1], END[1]])
    noise = np.random.default_rng(5).normal(0, 5 / 111_000, (2, FIXES))
    lat, lon = lat + noise[0], lon + noise[1]
    later = np.arange(FIXES) >= changes_at
    first, second = from_wgs84(lat, lon, before), from_wgs84(lat, lon, after)
    sent = [np.where(later, two, one) for one, two in zip(first, second, strict=True)]
    times = [DAY_MS + index * STEP_MS for index in range(FIXES)]
    return make_fixes(time_ms=times, lat_e7=np.round(sent[0] * 1e7), lon_e7=np.round(sent[1] * 1e7))


def proof_of(fixes: DeviceFixes, declared: Datum = WGS) -> DatumProof | None:
    return prove_datum(fixes, declared, lambda lat, lon: DatumGround({}, {1: ROUTE}, lat, lon), SETTINGS)


def at_fix(index: int) -> int:
    return DAY_MS + index * STEP_MS


@pytest.mark.parametrize("changes_at", [350, 450, 560])
def test_a_change_after_most_of_the_day_is_a_tail(changes_at: int) -> None:
    proof = proof_of(driven(changes_at, WGS, GCJ))
    assert proof is not None
    assert proof.datum is WGS
    assert proof.edges.tails == {GCJ: at_fix(changes_at)}
    assert proof.edges.heads == {}


@pytest.mark.parametrize("changes_at", [40, 150, 250])
def test_a_change_before_most_of_the_day_is_a_head(changes_at: int) -> None:
    proof = proof_of(driven(changes_at, WGS, GCJ))
    assert proof is not None
    assert proof.datum is GCJ
    assert proof.edges.heads == {WGS: at_fix(changes_at)}
    assert proof.edges.tails == {}


def test_a_day_in_one_datum_has_no_edges() -> None:
    for datum in (WGS, GCJ):
        proof = proof_of(driven(FIXES, datum, datum))
        assert proof is not None
        assert (proof.datum, dict(proof.edges.tails), dict(proof.edges.heads)) == (datum, {}, {})


def test_a_way_off_every_route_is_no_change_of_datum() -> None:
    fixes = driven(FIXES, WGS, WGS)
    aside = fixes.lat_e7 + np.where(np.arange(FIXES) > 500, -27_000, 0)  # 300 m, no offset that is in use
    proof = proof_of(make_fixes(time_ms=fixes.time_ms, lat_e7=aside, lon_e7=fixes.lon_e7))
    assert proof is not None
    assert (proof.datum, dict(proof.edges.tails)) == (WGS, {})


@settings(max_examples=25, deadline=None)
@given(changes_at=st.integers(30, FIXES - 30))
def test_what_is_read_by_the_edges_is_read_rightly(changes_at: int) -> None:
    proof = proof_of(driven(changes_at, WGS, GCJ))
    if proof is None:
        return  # as much of the one as of the other may prove neither
    edge = proof.edges.tails.get(GCJ) or proof.edges.heads.get(WGS)
    assert edge is not None
    assert abs(edge - at_fix(changes_at)) <= STEP_MS


def day(number: int, datum: Datum | None, **edges: dict[Datum, int]) -> DayProof:
    first_ms = DAY_MS + number * A_DAY_MS
    return DayProof(day_of(first_ms), datum, first_ms, first_ms + A_DAY_MS - 1, {}, **edges)


def test_a_segment_begins_and_ends_at_the_edges() -> None:
    begins, ends = DAY_MS + 60_000_000, DAY_MS + 2 * A_DAY_MS + 9_000_000
    days = [day(0, WGS, tails={GCJ: begins}), day(1, GCJ), day(2, WGS, heads={GCJ: ends})]
    (found,) = datum_segments(days, WGS)
    assert (found.figures["holds_from_ms"], found.figures["holds_to_ms"]) == (begins, ends)
    assert (found.from_ms, found.to_ms) == (begins, ends - 1)


def test_an_edge_that_no_later_day_proves_is_nothing() -> None:
    days = [day(0, WGS, tails={GCJ: DAY_MS + 60_000_000}), day(1, WGS)]
    assert datum_segments(days, WGS) == []


def test_a_day_without_proof_between_may_show_the_edge() -> None:
    begins = DAY_MS + A_DAY_MS + 5_000_000
    days = [day(0, WGS), day(1, None, tails={GCJ: begins}), day(2, GCJ)]
    (found,) = datum_segments(days, WGS)
    assert found.figures["holds_from_ms"] == begins
