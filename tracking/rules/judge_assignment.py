"""What does the match of trips and paper contradict?

`wrong_vehicle`, `wrong_destination`, `shared_trip` of links; `ghost_trip` of trips alone;
`unknown_vehicle`, `phantom_manifest` or a silent whole leg (`signal_gap`) of claims alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from models.values import Evidence, Figures, LegFacts, ManifestFacts, Reason
from models.vocabulary import RECEIVING_KINDS, FindingKind, Severity
from tracking.rules.assignment import Claim, Journey, Link, right_destination
from tracking.rules.findings import FindingDraft
from tracking.rules.world import World

SILENT_SCORE = 0.45  # silence proves nothing: ranked, but below the line that contradicts


@dataclass(frozen=True, slots=True)
class Paper:
    """The manifests and legs behind claims, by row id."""

    manifests: Mapping[int, ManifestFacts]
    legs: Mapping[int, LegFacts]

    def leg(self, claim: Claim) -> LegFacts:
        return self.legs[claim.key]

    def numbers(self, claim: Claim) -> str:
        return ", ".join(self.manifests[key].number for key in claim.manifest_ids)

    def hauler_id(self, claim: Claim) -> int | None:
        return self.manifests[claim.manifest_ids[0]].hauler_id


def about(claim: Claim, paper: Paper, *, timeless: bool = True) -> dict[str, Any]:
    """The subjects that findings about a claim share."""
    leg = paper.leg(claim)
    return {
        "subject": f"{paper.numbers(claim)}/{leg.seq}",
        "manifest_ids": claim.manifest_ids,
        "hauler_id": paper.hauler_id(claim),
        "route_id": leg.route_id,
        "timeless": timeless,
    }


def link_drafts(
    link: Link, paper: Paper, world: World, unreached: bool, sharing: Sequence[int] = ()
) -> list[FindingDraft]:
    """Findings of one link.

    unreached: the track has a silence in which the paper's destination could have been visited, so
    going elsewhere is not shown; sharing: manifests of the other claim, for a shared link.
    """
    drafts = []
    leg = paper.leg(link.claim)
    if link.how == "shared":
        drafts.append(shared_draft(link, paper, world, sharing))
    elif link.journey.vehicle_id != link.claim.vehicle_id:
        drafts.append(wrong_vehicle_draft(link, leg, paper, world))
    elsewhere = not right_destination(link.claim, link.journey, world.diversions)
    if elsewhere and not link.journey.end_censored and not unreached:
        drafts.append(wrong_destination_draft(link, paper, world))
    return drafts


def trip_figures(link: Link) -> Figures:
    """The figures of a link that every reader wants to see."""
    return {
        "departed_ms": link.journey.departed_ms,
        "arrived_ms": link.journey.arrived_ms,
        "paper_departed_ms": link.claim.depart_ms,
        "paper_arrived_ms": link.claim.arrive_ms,
        "cost": round(link.cost, 2),
        "margin": round(link.margin, 2),
    }


def wrong_vehicle_draft(link: Link, leg: LegFacts, paper: Paper, world: World) -> FindingDraft:
    """Another vehicle than the manifest's made the trip."""
    driven = world.vehicles[link.journey.vehicle_id]
    params: Figures = {
        "vehicle": driven.code,
        "paper_vehicle": leg.vehicle_code,
        "manifest": paper.numbers(link.claim),
    }
    return FindingDraft(
        kind=FindingKind.WRONG_VEHICLE,
        start_ms=link.journey.departed_ms,
        end_ms=link.journey.arrived_ms,
        detected_ms=link.journey.arrived_ms,
        size=1.0 + min(link.margin, 8.0) / 2.0,
        reasons=(
            Reason("wrong_vehicle.seen", params | trip_figures(link)),
            Reason("wrong_vehicle.expected", params),
        ),
        vehicle_codes=(driven.code, leg.vehicle_code),
        facility_id=link.claim.origin_id,
        evidence=Evidence(
            trip_figures(link), {"margin_for_person": world.thresholds.assignment.margin_for_person}
        ),
        **about(link.claim, paper),
    )


def put_down_at(journey: Journey, world: World) -> str | None:
    """The code of the place where the load can have been put down; None where no place received it."""
    if journey.destination_id is None or world.places[journey.destination_id].kind not in RECEIVING_KINDS:
        return None
    return world.code_of(journey.destination_id)


def wrong_destination_draft(link: Link, paper: Paper, world: World) -> FindingDraft:
    """The load went to another place than the manifest's, and no diversion was in force."""
    went_to = put_down_at(link.journey, world)
    params: Figures = {
        "vehicle": world.vehicles[link.journey.vehicle_id].code,
        "manifest": paper.numbers(link.claim),
        "facility": went_to,
        "paper_facility": world.code_of(link.claim.destination_id),
    }
    code = "wrong_destination.seen" if went_to else "wrong_destination.nowhere"
    return FindingDraft(
        kind=FindingKind.WRONG_DESTINATION,
        start_ms=link.journey.departed_ms,
        end_ms=link.journey.arrived_ms,
        detected_ms=link.journey.arrived_ms,
        size=2.5,
        reasons=(
            Reason(code, params | trip_figures(link)),
            Reason("wrong_destination.expected", params),
        ),
        vehicle_codes=(str(params["vehicle"]),),
        facility_id=link.journey.destination_id,
        evidence=Evidence(trip_figures(link)),
        **about(link.claim, paper),
    )


def shared_draft(link: Link, paper: Paper, world: World, sharing: Sequence[int]) -> FindingDraft:
    """Two manifests claim one trip."""
    others = ", ".join(paper.manifests[key].number for key in sharing)
    vehicle = world.vehicles[link.journey.vehicle_id].code
    params: Figures = {"vehicle": vehicle, "manifest": paper.numbers(link.claim), "other_manifest": others}
    subjects = about(link.claim, paper)
    subjects["manifest_ids"] = (*link.claim.manifest_ids, *sharing)
    return FindingDraft(
        kind=FindingKind.SHARED_TRIP,
        start_ms=link.journey.departed_ms,
        end_ms=link.journey.arrived_ms,
        detected_ms=link.journey.arrived_ms,
        size=2.0,
        reasons=(
            Reason("shared_trip.seen", params | trip_figures(link)),
            Reason("shared_trip.expected", params),
        ),
        vehicle_codes=(vehicle,),
        evidence=Evidence(trip_figures(link)),
        **subjects,
    )


def ghost_draft(journey: Journey, world: World) -> FindingDraft:
    """A vehicle loaded at an origin and left, and no manifest covers it."""
    vehicle = world.vehicles[journey.vehicle_id]
    figures: Figures = {
        "departed_ms": journey.departed_ms,
        "arrived_ms": journey.arrived_ms,
        "stay_s": None
        if journey.stay_from_ms is None
        else (journey.departed_ms - journey.stay_from_ms) / 1000.0,
    }
    went_to = put_down_at(journey, world)
    params = figures | {
        "vehicle": vehicle.code,
        "facility": world.code_of(journey.origin_id),
        "to_facility": went_to,
    }
    return FindingDraft(
        kind=FindingKind.GHOST_TRIP,
        subject=vehicle.code,
        start_ms=journey.departed_ms,
        end_ms=journey.arrived_ms,
        detected_ms=journey.arrived_ms,
        size=2.0,
        reasons=(
            Reason("ghost_trip.seen" if went_to else "ghost_trip.nowhere", params),
            Reason("ghost_trip.expected", params),
        ),
        vehicle_codes=(vehicle.code,),
        facility_id=journey.origin_id,
        hauler_id=vehicle.organisation_id,
        evidence=Evidence(figures, {"gate_s": world.thresholds.assignment.gate_s}),
    )


def unknown_vehicle_draft(claim: Claim, paper: Paper) -> FindingDraft:
    """The manifest's vehicle is not registered."""
    code = paper.leg(claim).vehicle_code
    params: Figures = {"vehicle": code, "manifest": paper.numbers(claim)}
    return FindingDraft(
        kind=FindingKind.UNKNOWN_VEHICLE,
        start_ms=claim.depart_ms,
        end_ms=max(claim.depart_ms, claim.arrive_ms or claim.depart_ms),
        detected_ms=claim.depart_ms,
        size=3.0,
        reasons=(Reason("unknown_vehicle.seen", params), Reason("unknown_vehicle.expected", params)),
        vehicle_codes=(code,),
        evidence=Evidence(params),
        **about(claim, paper),
    )


def lone_claim_draft(
    claim: Claim, paper: Paper, world: World, coverage_fraction: float, until_ms: int
) -> FindingDraft:
    """Paper without a trip: `phantom_manifest` where the vehicle was demonstrably elsewhere, else silence.

    coverage_fraction: share of the paper's time in which the named vehicle's devices were heard.
    """
    end_ms = max(claim.arrive_ms if claim.arrive_ms is not None else until_ms, claim.depart_ms)
    covered = coverage_fraction >= world.thresholds.assignment.coverage_min_fraction
    code = paper.leg(claim).vehicle_code
    figures: Figures = {
        "coverage_fraction": round(coverage_fraction, 3),
        "duration_s": (end_ms - claim.depart_ms) / 1000.0,
    }
    params = figures | {"vehicle": code, "manifest": paper.numbers(claim), "start_ms": claim.depart_ms}
    kind = FindingKind.PHANTOM_MANIFEST if covered else FindingKind.SIGNAL_GAP
    stem = kind.value if covered else "signal_gap.whole"
    return FindingDraft(
        kind=kind,
        start_ms=claim.depart_ms,
        end_ms=end_ms,
        detected_ms=end_ms,
        size=1.0 + 2.0 * coverage_fraction if covered else 1.0,
        reasons=(Reason(f"{stem}.seen", params), Reason(f"{stem}.expected", params)),
        vehicle_codes=(code,),
        severity=Severity.HIGH,
        score_cap=0.99 if covered else SILENT_SCORE,
        evidence=Evidence(
            figures, {"coverage_min_fraction": world.thresholds.assignment.coverage_min_fraction}
        ),
        **about(claim, paper),
    )
