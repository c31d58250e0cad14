"""What does paper claim was carried, by which vehicle, from where, to where, when?

A claim is one leg, or all legs of one voyage. Only what has left by paper is claimed: a leg whose
vehicle was weighed out, or which was handed over. Of a live manifest the carrier's signature says that it
left; a draft, a cancelled or an expired manifest is nobody's journey. A leg that ends where the vehicle broke
down, or begins where another one did, joins no two places and is not claimed: no track could answer it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from models.values import LegFacts, ManifestFacts
from models.vocabulary import CustodyState, Mode
from tracking.rules.assignment import Claim

NEVER_LEFT = frozenset({CustodyState.DRAFT, CustodyState.CANCELLED, CustodyState.EXPIRED})


def claims_of(manifests: Iterable[ManifestFacts], known_vehicles: Mapping[str, int]) -> list[Claim]:
    """The claims of these manifests in order of departure.

    known_vehicles: vehicle id by code, so that a vehicle registered after the paper was written counts.
    """
    grouped: dict[tuple[object, ...], list[tuple[ManifestFacts, int]]] = defaultdict(list)
    for manifest in manifests:
        if manifest.custody_state in NEVER_LEFT:
            continue
        for index, leg in enumerate(manifest.legs):
            if departed(manifest, index):
                alone = leg.voyage is None
                key = (leg.id,) if alone else (leg.voyage, leg.vehicle_code, leg.from_id, leg.to_id)
                grouped[key].append((manifest, index))
    claims = [joint_claim(group, known_vehicles) for group in grouped.values()]
    return sorted(claims, key=lambda claim: (claim.depart_ms, claim.key))


def departed(manifest: ManifestFacts, index: int) -> bool:
    """Has this leg begun by paper, between two places?"""
    if manifest.begins_anywhere and index == 0:
        return False
    if manifest.live:
        return manifest.legs[index].departed_at_ms is not None and not broke_down(manifest, index)
    if index == 0:
        return manifest.loaded is not None
    return manifest.legs[index - 1].handover_at_ms is not None


def broke_down(manifest: ManifestFacts, index: int) -> bool:
    """Did this leg end at the roadside? The load travels on under a rescue or return."""
    if manifest.custody_state not in (CustodyState.ABORTED, CustodyState.CLOSED):
        return False
    begun = [leg for leg in manifest.legs if leg.departed_at_ms is not None]
    last = bool(begun) and manifest.legs[index].seq == begun[-1].seq
    gone_on = manifest.legs[index].handover_at_ms is not None or manifest.decision is not None
    return last and not gone_on


def joint_claim(group: list[tuple[ManifestFacts, int]], known_vehicles: Mapping[str, int]) -> Claim:
    """One claim for legs that travelled together."""
    legs = [manifest.legs[index] for manifest, index in group]
    leg: LegFacts = legs[0]
    departures = [departure_ms(manifest, index) for manifest, index in group]
    arrivals = [arrival_ms(manifest, index) for manifest, index in group]
    known = [arrival for arrival in arrivals if arrival is not None]
    first_leg = all(index == 0 for _, index in group)
    return Claim(
        key=min(each.id for each in legs),
        leg_ids=tuple(each.id for each in legs),
        manifest_ids=tuple(manifest.id for manifest, _ in group),
        vehicle_id=known_vehicles.get(leg.vehicle_code),
        origin_id=leg.from_id,
        destination_id=leg.to_id,
        depart_ms=max(departures),
        weighed_ms=max(departures) if first_leg and len(group) == 1 else None,
        arrive_ms=min(known) if known and len(known) == len(arrivals) else None,
        patient=leg.mode is Mode.WATER,
        handed=any(len(manifest.legs) > 1 for manifest, _ in group),
    )


def departure_ms(manifest: ManifestFacts, index: int) -> int:
    """From when the leg can have left: signed for, weighed out, or taken over."""
    signed_ms = manifest.legs[index].departed_at_ms
    if signed_ms is not None:
        return signed_ms
    if index == 0:
        if manifest.loaded is None:
            raise ValueError(f"{manifest.number}: a leg that has not left has no departure")
        return manifest.loaded.at_ms
    handover_ms = manifest.legs[index - 1].handover_at_ms
    if handover_ms is None:
        raise ValueError(f"{manifest.number}: a leg that has not left has no departure")
    return handover_ms


def arrival_ms(manifest: ManifestFacts, index: int) -> int | None:
    """When the leg ended by paper: handed over, logged at the gate, or weighed in."""
    handover_ms = manifest.legs[index].handover_at_ms
    if handover_ms is not None:
        return handover_ms
    if index != len(manifest.legs) - 1:
        return None
    if manifest.arrived_at_ms is not None:
        return manifest.arrived_at_ms
    return None if manifest.received is None else manifest.received.at_ms
