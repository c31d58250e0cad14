"""What does the paper of one manifest contradict: permits, tares, repetitions, both sides of a handover?"""

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from models.custody_words import Act, LicenceKind
from models.values import DiversionFacts, ManifestFacts, Reason, SignedFacts
from models.vocabulary import (
    CustodyState,
    DisposalMethod,
    FacilityKind,
    FindingKind,
    ManifestKind,
    Mode,
    SludgeKind,
    WeighingRole,
)
from tests.tracking.ground import HOME, at, city, place, track, truck
from tests.tracking.ledger import journey, leg, manifest, weighed
from tracking.rules.custody.standings import ApprovalStanding, Licence, Permit, PlaceStanding
from tracking.rules.findings import FindingDraft
from tracking.rules.judge_handover import early_takers, signed_elsewhere
from tracking.rules.judge_masses import judge_masses
from tracking.rules.judge_paper import judge_paper
from tracking.rules.judge_repeats import EarlierLoads, same_ticket
from tracking.rules.permit_book import PermitBook
from tracking.rules.world import World

DAY = date(2026, 3, 2)
WHARF, DEPOT = 4, 5
TICKET = weighed(17_100, 0.79, 0, ticket="P-77", scale_code="W1", scale_division_kg=20.0)


def standing(place_id: int, kind: FacilityKind, *permits: Permit, **given: Any) -> PlaceStanding:
    return PlaceStanding(place_id, f"{kind.value.upper()}-{place_id}", kind, 1, permits, **given)


def permit(**given: Any) -> Permit:
    values: dict[str, Any] = {
        "number": "X",
        "sludge_kinds": None,
        "methods": None,
        "storage_t": None,
        "valid_from": date(2026, 1, 1),
        "valid_to": date(2026, 12, 31),
    }
    return Permit(**values | given)


def town(*places: PlaceStanding, **given: Any) -> World:
    book = {
        "places": {
            1: standing(1, FacilityKind.PLANT),
            2: standing(2, FacilityKind.SITE),
            **{each.id: each for each in places},
        },
        "licences": given.pop("licences", {}),
        "approvals": given.pop("approvals", {}),
    }
    grounds = [
        place(1, FacilityKind.PLANT, (0, 0)),
        place(2, FacilityKind.SITE, (10_000, 0)),
        place(3, FacilityKind.SITE, (20_000, 0)),
        place(WHARF, FacilityKind.TRANSFER, (5_000, 0)),
        place(DEPOT, FacilityKind.DEPOT, (5_000, 5_000)),
    ]
    vehicles = [truck(1), truck(2), truck(9, mode=Mode.WATER, tare_kg=None, rated_payload_kg=300_000.0)]
    return city(grounds, vehicles=vehicles, permits=PermitBook(**book), **given)


def load(**given: Any) -> ManifestFacts:
    return manifest(1, **({"loaded": TICKET, "received": weighed(17_080, 0.79, 3_600)} | given))


def codes(drafts: list[FindingDraft]) -> list[str]:
    return [reason.code for draft in drafts for reason in draft.reasons[:-1]]


def test_an_honest_load_gives_nothing() -> None:
    assert judge_paper(load(), town()) == []


@pytest.mark.parametrize(
    ("site", "code"),
    [
        (standing(2, FacilityKind.SITE, permit()), None),
        (standing(2, FacilityKind.SITE, permit(sludge_kinds=frozenset({"dewatered"}))), None),
        (standing(2, FacilityKind.SITE, permit(sludge_kinds=frozenset({"dried"}))), "sludge_kind"),
        (standing(2, FacilityKind.SITE, permit(valid_to=date(2026, 3, 1))), "no_permit"),
        (standing(2, FacilityKind.SITE, permit(valid_to=DAY)), None),
        (standing(2, FacilityKind.SITE, permit(valid_to=date(2026, 3, 1)), permit()), None),
        (standing(2, FacilityKind.SITE, valid_to=date(2026, 2, 1)), "not_in_force"),
        (standing(2, FacilityKind.DEPOT), "receiver"),
    ],
)
def test_the_receiver_must_be_permitted_on_the_day(site: PlaceStanding, code: str | None) -> None:
    found = codes(judge_paper(load(), town(site)))
    assert found == ([] if code is None else [f"not_permitted.{code}"])


def test_a_diversion_to_a_permitted_site_makes_it_lawful() -> None:
    closed = standing(2, FacilityKind.SITE, permit(valid_to=date(2026, 3, 1)))
    other = standing(3, FacilityKind.SITE, permit(methods=frozenset({"landfill"})))
    lawful = DiversionFacts(2, 3, at(-86_400), at(86_400))
    disposed = load(disposed_by=DisposalMethod.LANDFILL, disposed_at_ms=at(90_000))
    assert judge_paper(disposed, town(closed, other, diversions=[lawful])) == []
    assert codes(judge_paper(load(), town(closed, other))) == ["not_permitted.no_permit"]


def test_disposal_in_a_way_that_no_permit_names() -> None:
    site = standing(2, FacilityKind.SITE, permit(methods=frozenset({"incineration"})))
    burnt = load(disposed_by=DisposalMethod.INCINERATION, disposed_at_ms=at(86_400))
    assert judge_paper(burnt, town(site)) == []
    (draft,) = judge_paper(replace(burnt, disposed_by=DisposalMethod.LANDFILL), town(site))
    assert (draft.kind, codes([draft])) == (FindingKind.NOT_PERMITTED, ["not_permitted.method"])


def test_storage_only_at_a_node() -> None:
    def through(place_id: int) -> ManifestFacts:
        legs = (
            leg(10, to_id=place_id, handover_at_ms=at(600)),
            leg(11, 2, seq=2, from_id=place_id),
        )
        return load(legs=legs)

    assert judge_paper(through(WHARF), town()) == []
    assert codes(judge_paper(through(DEPOT), town())) == ["not_permitted.storage"]


@pytest.mark.parametrize(
    ("held", "found"),
    [
        ((), []),
        ((Licence(LicenceKind.ROAD_TRANSPORT, date(2026, 1, 1), None),), []),
        (
            (Licence(LicenceKind.ROAD_TRANSPORT, date(2025, 1, 1), date(2026, 3, 1)),),
            ["not_permitted.vehicle"],
        ),
        ((Licence(LicenceKind.WATERWAY_TRANSPORT, date(2026, 1, 1), None),), ["not_permitted.vehicle"]),
    ],
)
def test_a_vehicle_needs_the_licence_of_its_mode(held: tuple[Licence, ...], found: list[str]) -> None:
    assert codes(judge_paper(load(), town(licences={1: held}))) == found


def test_a_vessel_needs_no_road_licence_and_a_truck_after_it_no_waterway_licence() -> None:
    held = {
        9: (Licence(LicenceKind.WATERWAY_TRANSPORT, date(2026, 1, 1), None),),
        1: (Licence(LicenceKind.ROAD_TRANSPORT, date(2026, 1, 1), None),),
    }
    legs = (
        leg(10, 9, mode=Mode.WATER, to_id=WHARF, handover_at_ms=at(600)),
        leg(11, 1, seq=2, from_id=WHARF),
    )
    assert judge_paper(load(legs=legs), town(licences=held)) == []


def test_out_of_the_province_only_with_an_approval() -> None:
    places = (
        standing(1, FacilityKind.PLANT, province="江苏"),
        standing(2, FacilityKind.SITE, province="安徽"),
    )
    approval = ApprovalStanding("皖 1", 1, 2, date(2026, 1, 1), None)
    world = town(*places, approvals={"皖 1": approval})
    assert codes(judge_paper(load(), world)) == ["not_permitted.approval"]
    assert judge_paper(load(approval="皖 1"), world) == []
    late = town(*places, approvals={"皖 1": replace(approval, valid_to=date(2026, 3, 1))})
    assert codes(judge_paper(load(approval="皖 1"), late)) == ["not_permitted.approval"]


@pytest.mark.parametrize("state", [CustodyState.DRAFT, CustodyState.CANCELLED, CustodyState.EXPIRED])
def test_what_never_left_is_not_judged(state: CustodyState) -> None:
    closed = town(standing(2, FacilityKind.DEPOT))
    never = load(custody_state=state, loaded=weighed(31_000, 0.95))
    assert judge_paper(never, closed) == []
    assert judge_masses(never, closed) == []


def test_what_is_refused_may_go_home() -> None:
    home = load(kind=ManifestKind.RETURN, origin_id=2, destination_id=1)
    assert judge_paper(home, town()) == []


@pytest.mark.parametrize(("tare_kg", "found"), [(11_200, 0), (11_240, 1), (10_760, 1), (10_800, 0)])
def test_a_tare_is_off_by_more_than_two_per_cent(tare_kg: float, found: int) -> None:
    """Registered 11,000 kg; 220 kg are 2 %."""
    off = weighed(17_100, 0.79, 0, gross_kg=tare_kg + 17_100, tare_kg=tare_kg)
    drafts = judge_paper(load(loaded=off), town())
    assert [draft.kind for draft in drafts] == [FindingKind.TARE_DRIFT] * found


def test_six_equal_loads_in_a_row_are_no_chance_and_five_are_none_of_our_business() -> None:
    spread = (16_940.0, 17_260.0, 17_080.0, 17_320.0, 16_800.0, 17_180.0)
    five = EarlierLoads(nets_kg=(*spread, *[17_100.0] * 5))
    (draft,) = judge_paper(load(), town(), five)
    assert codes([draft]) == ["repeated_weight.net"]
    assert draft.reasons[0].params["count"] == 6
    four = EarlierLoads(nets_kg=(*spread, *[17_100.0] * 4))
    assert judge_paper(load(), town(), four) == []


def test_a_coarse_scale_repeats_honestly() -> None:
    """On 500 kg six equal loads of 17 t are nothing."""
    coarse = replace(TICKET, scale_division_kg=500.0)
    assert judge_paper(load(loaded=coarse), town(), EarlierLoads(nets_kg=(17_100.0,) * 6)) == []


def test_a_laboratory_that_states_whole_per_cent_repeats_honestly() -> None:
    whole = EarlierLoads(moistures=(0.80, 0.78, 0.79, 0.79, 0.79, 0.79, 0.79, 0.79))
    assert judge_paper(load(), town(), whole) == []
    fine = EarlierLoads(moistures=(0.802, 0.781, *[0.7936] * 6))
    repeated = replace(TICKET, moisture_fraction=0.7936)
    assert codes(judge_paper(load(loaded=repeated), town(), fine)) == ["repeated_weight.moisture"]


def test_one_ticket_on_two_manifests() -> None:
    other = replace(TICKET, at_ms=at(-3_600), gross_kg=29_000.0)
    (draft,) = judge_paper(load(), town(), EarlierLoads(ticket_of=("M-0", other)))
    assert codes([draft]) == ["repeated_weight.ticket"]
    assert same_ticket(TICKET, other)
    last_week = replace(other, at_ms=at(-7 * 86_400))
    assert not same_ticket(TICKET, last_week), "numbers begin anew each day at many scales"
    assert same_ticket(TICKET, replace(TICKET, at_ms=at(-7 * 86_400))), "copied with its masses"
    assert not same_ticket(TICKET, replace(other, scale_code="W2"))
    assert not same_ticket(TICKET, replace(other, at_ms=TICKET.at_ms)), "one weighing of a shared load"


def over_the_wharf(**given: Any) -> ManifestFacts:
    legs = (
        leg(10, 1, to_id=WHARF, handover_at_ms=at(600)),
        leg(11, 2, seq=2, from_id=WHARF, handover_at_ms=None),
    )
    return load(legs=legs, **given)


@pytest.mark.parametrize(("taken_kg", "found"), [(17_060, []), (15_900, ["handover_mismatch.weight"])])
def test_both_sides_of_a_handover_weigh_the_same(taken_kg: float, found: list[str]) -> None:
    weighings = {
        (WeighingRole.HANDOVER, 1): weighed(17_080, None, 600),
        (WeighingRole.TAKEN, 2): weighed(taken_kg, None, 900),
    }
    assert codes(judge_paper(over_the_wharf(weighings=weighings), town())) == found


def test_an_overload_of_the_second_leg() -> None:
    weighings = {(WeighingRole.TAKEN, 2): weighed(22_000, None, 900)}
    (draft,) = [
        each
        for each in judge_masses(over_the_wharf(weighings=weighings), town())
        if each.kind is FindingKind.OVERLOAD
    ]
    assert (draft.vehicle_codes, draft.subject, draft.facility_id) == (("V2",), "M-1/2", WHARF)


def test_after_a_store_the_second_loading_is_what_must_come_in() -> None:
    again = weighed(12_000, 0.70, 7_200)
    stored = load(
        weighings={(WeighingRole.LOADED, 0): TICKET, (WeighingRole.LOADED, 2): again},
        received=weighed(11_980, 0.70, 9_000),
    )
    assert judge_masses(stored, town()) == []


@pytest.mark.parametrize(("left_s", "found"), [(2_900, 0), (1_000, 1), (2_300, 0)])
def test_a_taker_that_left_before_the_giver_came(left_s: float, found: int) -> None:
    journeys = {
        10: journey(10, 60, 2_900, destination_id=WHARF),
        11: journey(11, left_s, 9_000, vehicle_id=2, origin_id=WHARF),
    }
    drafts = early_takers(over_the_wharf(), journeys, town())
    assert [draft.reasons[0].code for draft in drafts] == ["handover_mismatch.early"] * found


@pytest.mark.parametrize(("away_m", "at_s", "found"), [(300, 0, 0), (5_000, 0, 1), (5_000, 4_000, 0)])
def test_a_signature_far_from_the_vehicle(away_m: float, at_s: float, found: int) -> None:
    lat, lon = HOME.to_degrees(np.array([away_m]), np.array([0.0]))
    signed = SignedFacts(Act.DEPART, 1, at(at_s), float(lat[0]), float(lon[0]), 20.0)
    standing_still = track([-60, 0, 60], [(0, 0)] * 3)
    signing = load()
    draft = signed_elsewhere(signing, signing.legs[0], signed, standing_still, town())
    assert (draft is not None) == bool(found)


def test_an_unregistered_vehicle_on_paper_that_was_never_weighed_out() -> None:
    paper = load(loaded=None, legs=(leg(10, None),))
    (draft,) = judge_paper(paper, town())
    assert (draft.kind, draft.vehicle_codes) == (FindingKind.UNKNOWN_VEHICLE, ("UNREGISTERED",))


def test_every_reason_names_its_manifest() -> None:
    closed = town(standing(2, FacilityKind.DEPOT))
    wet = load(sludge_kind=SludgeKind.LIQUID)
    reasons: list[Reason] = [reason for draft in judge_paper(wet, closed) for reason in draft.reasons]
    assert {reason.params["manifest"] for reason in reasons} == {"M-1"}
