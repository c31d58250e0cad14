"""What do one manifest's own figures contradict? 17.1 t of cake at 79 %, from a plant to an incinerator."""

from datetime import date
from typing import Any

import pytest

from models.values import ManifestFacts, WeighingFacts
from models.vocabulary import DisposalMethod, FacilityKind, FindingKind, Mode, SludgeKind
from tests.tracking.ground import at, city, place, truck
from tests.tracking.ledger import leg, manifest, weighed
from tracking.rules.findings import FindingDraft
from tracking.rules.judge_masses import judge_masses
from tracking.rules.world import Limit, World

LIMITS = (
    Limit("moisture_leaving:plant", 0.80, False, "GB/T 24188", "4.2", date(2009, 1, 1)),
    Limit("moisture_into:incineration", 0.80, False, "CJJ 131", None, date(2009, 1, 1)),
    Limit("moisture_into:incineration", 0.50, True, "stricter", None, date(2027, 1, 1)),
)
NOW = 0.0
IN_2027 = 400 * 86_400.0


def town(plant: dict[str, Any] | None = None, site: dict[str, Any] | None = None) -> World:
    return city(
        [
            place(1, FacilityKind.PLANT, (0, 0), **(plant or {})),
            place(
                2,
                FacilityKind.SITE,
                (10_000, 0),
                **({"method": DisposalMethod.INCINERATION} | (site or {})),
            ),
        ],
        vehicles=[truck(1), truck(2, rated_payload_kg=None), truck(9, mode=Mode.WATER)],
        limits=LIMITS,
    )


TOWN = town()
GOOD = weighed(17_100, 0.79, 0, ticket="A1")


def load(
    loaded: WeighingFacts | None = GOOD, received: WeighingFacts | None = None, **given: Any
) -> ManifestFacts:
    return manifest(1, loaded=loaded, received=received, **given)


def kinds(drafts: list[FindingDraft]) -> list[FindingKind]:
    return sorted(draft.kind for draft in drafts)


def judged(received_kg: float, moisture: float | None, world: World = TOWN) -> list[FindingDraft]:
    return judge_masses(load(received=weighed(received_kg, moisture, 3_600)), world)


def test_an_honest_load_gives_nothing() -> None:
    assert judged(17_080, 0.789) == []
    assert judge_masses(load(), TOWN) == []
    assert judge_masses(load(loaded=None), TOWN) == []


def test_thirteen_percent_are_missing() -> None:
    drafts = judged(14_900, 0.79)
    assert kinds(drafts) == [FindingKind.DRY_GAP, FindingKind.WET_GAP]
    wet = next(draft for draft in drafts if draft.kind is FindingKind.WET_GAP)
    assert wet.evidence.figures["wet_gap_kg"] == pytest.approx(17_100 - 14_900 - 34.2, abs=0.1)
    assert wet.evidence.figures["loaded_kg"] == 17_100
    assert wet.reasons[0].code == "wet_gap.lost"
    assert (wet.start_ms, wet.end_ms) == (at(0), at(3_600))
    assert wet.timeless


def test_more_came_in_than_left() -> None:
    drafts = judged(19_900, 0.79)
    assert {draft.reasons[0].code for draft in drafts} == {"wet_gap.gained", "dry_gap.gained"}


def test_water_was_added() -> None:
    drafts = judged(17_080, 0.845, town(site={"max_moisture_fraction": 0.9}))
    assert kinds(drafts) == [FindingKind.DILUTION, FindingKind.DRY_GAP]


def test_a_drier_receipt_of_the_same_mass_is_a_gain_and_no_dilution() -> None:
    assert kinds(judged(17_080, 0.70)) == [FindingKind.DRY_GAP]


def test_ten_percent_of_a_small_load_are_significant_whatever_u_is() -> None:
    """500 kg on a scale of 100 kg: 11 % are 55 kg of u = 170 kg, and still 40 CFR 264.72."""
    small = load(weighed(500, None, scale_division_kg=100.0), weighed(440, None, scale_division_kg=100.0))
    (draft,) = judge_masses(small, TOWN)
    assert draft.kind is FindingKind.WET_GAP
    assert abs(float(draft.evidence.figures["ratio"] or 0)) < 3.3


def test_without_moisture_only_the_wet_mass_is_judged() -> None:
    assert kinds(judged(14_900, None)) == [FindingKind.WET_GAP]


def test_overload_by_rating_beyond_what_the_scale_may_be_off() -> None:
    """Rated 20 t; u is 35 kg, so up to 20.115 t nothing is said."""
    assert judge_masses(load(weighed(20_100)), TOWN) == []
    (draft,) = judge_masses(load(weighed(21_000)), TOWN)
    assert draft.kind is FindingKind.OVERLOAD
    assert draft.reasons[0].code == "overload.seen"
    assert draft.evidence.figures["over_kg"] == 1_000
    assert draft.vehicle_codes == ("V1",)
    assert draft.size == pytest.approx(2.0)  # 5 % over count once more


def test_overload_by_the_roads_cap_where_no_rating_is_known() -> None:
    heavy = weighed(38_500, gross_kg=49_500.0)
    (draft,) = judge_masses(load(heavy, legs=(leg(10, 2),)), TOWN)
    assert draft.reasons[0].code == "overload.cap"
    assert draft.evidence.figures["limit_kg"] == 49_000
    assert judge_masses(load(heavy, legs=(leg(10, 9, mode=Mode.WATER),)), TOWN)[0].reasons[0].code == (
        "overload.seen"
    )


def test_an_unregistered_truck_has_the_cap_only() -> None:
    assert judge_masses(load(weighed(30_000), legs=(leg(10, None),)), TOWN) == []
    assert kinds(judge_masses(load(weighed(39_000), legs=(leg(10, None),)), TOWN)) == [FindingKind.OVERLOAD]


@pytest.mark.parametrize(
    ("moisture", "inclusive_permit", "found"),
    [(0.7999, False, 0), (0.80, False, 1), (0.8001, False, 1), (0.80, True, 0), (0.8001, True, 1)],
)
def test_exactly_at_the_limit_of_what_may_enter(moisture: float, inclusive_permit: bool, found: int) -> None:
    """The standard says "< 80 %", a permit of "80 %" allows it."""
    world = town(site={"max_moisture_fraction": 0.80} if inclusive_permit else None)
    received = load(loaded=None, received=weighed(17_000, moisture, 3_600))
    assert len(judge_masses(received, world)) == found


@pytest.mark.parametrize(("moisture", "found"), [(0.7999, 0), (0.80, 1)])
def test_exactly_at_the_limit_of_what_may_leave(moisture: float, found: int) -> None:
    """The standard's "< 80 %" holds although the plant's permit of 80 % would allow it."""
    assert len(judge_masses(load(weighed(17_000, moisture)), town({"max_moisture_fraction": 0.80}))) == found


def test_a_stricter_permit_of_the_plant_holds() -> None:
    assert len(judge_masses(load(weighed(17_000, 0.79)), town({"max_moisture_fraction": 0.75}))) == 1


@pytest.mark.parametrize("kind", [SludgeKind.DREDGED, SludgeKind.LIQUID])
def test_the_plants_limit_is_of_dewatered_cake_only(kind: SludgeKind) -> None:
    assert judge_masses(load(weighed(17_000, 0.97), sludge_kind=kind), TOWN) == []


def test_a_transfer_station_is_not_a_plant() -> None:
    world = city(
        [place(1, FacilityKind.TRANSFER, (0, 0)), place(2, FacilityKind.SITE, (9_000, 0))], limits=LIMITS
    )
    assert judge_masses(load(weighed(17_000, 0.97), weighed(17_000, 0.97, 60)), world) == []


def test_of_both_ends_the_worse_one_is_said_once() -> None:
    drafts = judge_masses(load(weighed(17_000, 0.81), weighed(17_000, 0.83, 3_600)), TOWN)
    over = [draft for draft in drafts if draft.kind is FindingKind.MOISTURE_OVER_LIMIT]
    assert len(over) == 1
    assert over[0].facility_id == 2
    assert over[0].evidence.figures["moisture_fraction"] == 0.83


def test_how_far_beyond_is_counted_in_its_own_uncertainty() -> None:
    (draft,) = judge_masses(load(weighed(17_000, 0.85, u_moisture_fraction=0.0125)), TOWN)
    assert draft.size == pytest.approx(0.05 / 0.025)


def test_a_dated_limit_holds_from_its_day_on() -> None:
    before, after = weighed(17_000, 0.79, NOW), weighed(17_000, 0.79, IN_2027)
    assert judge_masses(load(loaded=None, received=before), TOWN) == []
    (draft,) = judge_masses(load(loaded=None, received=after), TOWN)
    assert draft.evidence.figures["limit_fraction"] == 0.50


def test_impossible_times_are_no_exception_and_no_negative_interval() -> None:
    """Received a day before it was loaded."""
    drafts = judge_masses(load(weighed(17_100, 0.79, 86_400), weighed(14_000, 0.79, 0)), TOWN)
    assert drafts
    assert all(draft.start_ms <= draft.end_ms for draft in drafts)


def test_every_finding_carries_evidence_reasons_and_expectation() -> None:
    drafts = judge_masses(load(weighed(21_000, 0.85), weighed(14_000, 0.88, 3_600)), TOWN)
    assert len(drafts) >= 4
    for draft in drafts:
        assert draft.evidence.figures
        assert draft.evidence.thresholds
        assert draft.reasons[-1].code.endswith(".expected")
        assert draft.manifest_ids == (1,)
