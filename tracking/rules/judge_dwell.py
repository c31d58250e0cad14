"""Did the vehicle stay long enough to load or unload what the paper declares? The findings of `no_dwell`.

Only the longest that a stay can have been counts, from the last fix outside before it to the first one
after it; where the data do not show one of these, nothing is said. Least stay: the facility's own, else the
5th percentile of at least LEARNED_STAYS stays of loads that were carried as declared, else `min_dwell_s`.
Source: DETECTION.md section 6.
"""

from dataclasses import dataclass

from models.values import Evidence, Figures, LegFacts, ManifestFacts, Reason
from models.vocabulary import MS_PER_S, NODE_KINDS, FindingKind, ReceiptDecision
from tracking.rules.assignment import Link
from tracking.rules.findings import FindingDraft
from tracking.rules.judge_assignment import Paper, about
from tracking.rules.world import World

LEARNED_STAYS = 30


@dataclass(frozen=True, slots=True)
class EndStay:
    """The stay at one end of a trip; ms UTC of the last fix outside before it, and of the first after it."""

    facility_id: int
    outside_before_ms: int
    outside_after_ms: int
    unloading: bool

    @property
    def longest_s(self) -> float:
        """The longest that it can have been, in s."""
        return (self.outside_after_ms - self.outside_before_ms) / MS_PER_S


def least_stay_s(facility_id: int, world: World) -> float:
    """How long loading or unloading takes there at least, in s."""
    own_s = world.places[facility_id].min_dwell_s
    if own_s is not None:
        return float(own_s)
    return world.usual_stay_s.get(facility_id, world.thresholds.track.min_dwell_s)


def too_short(stay: EndStay, world: World) -> bool:
    """Was it shorter than what is done there takes?"""
    in_a_node = world.places[stay.facility_id].kind in NODE_KINDS
    return in_a_node and stay.longest_s < least_stay_s(stay.facility_id, world)


def declares(stay: EndStay, link: Link, manifest: ManifestFacts, leg: LegFacts) -> bool:
    """Does paper say that the load was taken on, or put down, in that stay?"""
    if not stay.unloading:
        return stay.facility_id == link.claim.origin_id
    if stay.facility_id not in (link.claim.destination_id, manifest.received_at_id):
        return False
    last = leg.seq == max(each.seq for each in manifest.legs)
    if not last:
        return link.claim.arrive_ms is not None
    return manifest.received is not None and manifest.decision is not ReceiptDecision.REJECTED


def dwell_draft(stay: EndStay, link: Link, paper: Paper, world: World) -> FindingDraft | None:
    """The finding of a stay that was too short for what paper says happened in it."""
    leg = paper.leg(link.claim)
    declared = any(declares(stay, link, paper.manifests[key], leg) for key in link.claim.manifest_ids)
    if link.how != "matched" or not declared or not too_short(stay, world):
        return None
    least_s = least_stay_s(stay.facility_id, world)
    vehicle = world.vehicles[link.journey.vehicle_id].code
    figures: Figures = {"stay_s": stay.longest_s, "unloading": int(stay.unloading)}
    params = figures | {
        "vehicle": vehicle,
        "manifest": paper.numbers(link.claim),
        "facility": world.code_of(stay.facility_id),
        "least_s": least_s,
        "entered_ms": stay.outside_before_ms,
    }
    shared = about(link.claim, paper)
    shared["subject"] = f"{shared['subject']}/{world.code_of(stay.facility_id)}"
    return FindingDraft(
        kind=FindingKind.NO_DWELL,
        start_ms=stay.outside_before_ms,
        end_ms=stay.outside_after_ms,
        detected_ms=stay.outside_after_ms,
        size=least_s / max(stay.longest_s, 1.0),
        reasons=(Reason("no_dwell.seen", params), Reason("no_dwell.expected", params)),
        vehicle_codes=(vehicle,),
        facility_id=stay.facility_id,
        evidence=Evidence(figures, {"least_s": least_s}),
        **shared,
    )
