"""What does paper claim was carried, by which vehicle, from where, to where, when?

A claim is one leg, or all legs of one voyage. Only what has left by paper is claimed: a leg whose
vehicle was weighed out, or which was handed over.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from models.values import LegFacts, ManifestFacts
from models.vocabulary import Mode
from tracking.rules.assignment import Claim


def claims_of(manifests: Iterable[ManifestFacts], known_vehicles: Mapping[str, int]) -> list[Claim]:
    """The claims of these manifests in order of departure.

    known_vehicles: vehicle id by code, so that a vehicle registered after the paper was written counts.
    """
    grouped: dict[tuple[object, ...], list[tuple[ManifestFacts, int]]] = defaultdict(list)
    for manifest in manifests:
        for index, leg in enumerate(manifest.legs):
            if departed(manifest, index):
                alone = leg.voyage is None
                key = (leg.id,) if alone else (leg.voyage, leg.vehicle_code, leg.from_id, leg.to_id)
                grouped[key].append((manifest, index))
    claims = [joint_claim(group, known_vehicles) for group in grouped.values()]
    return sorted(claims, key=lambda claim: (claim.depart_ms, claim.key))


def departed(manifest: ManifestFacts, index: int) -> bool:
    """Has this leg begun by paper?"""
    if index == 0:
        return manifest.loaded is not None
    return manifest.legs[index - 1].handover_at_ms is not None


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
    )


def departure_ms(manifest: ManifestFacts, index: int) -> int:
    """From when the leg can have left: weighed out, or taken over."""
    if index == 0:
        if manifest.loaded is None:
            raise ValueError(f"{manifest.number}: a leg that has not left has no departure")
        return manifest.loaded.at_ms
    handover_ms = manifest.legs[index - 1].handover_at_ms
    if handover_ms is None:
        raise ValueError(f"{manifest.number}: a leg that has not left has no departure")
    return handover_ms


def arrival_ms(manifest: ManifestFacts, index: int) -> int | None:
    """When the leg ended by paper: handed over, or weighed in."""
    handover_ms = manifest.legs[index].handover_at_ms
    if handover_ms is not None:
        return handover_ms
    last = index == len(manifest.legs) - 1
    return manifest.received.at_ms if last and manifest.received is not None else None
