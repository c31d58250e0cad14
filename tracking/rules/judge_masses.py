"""What do the weighings and moisture tests of one manifest contradict?

`wet_gap`, `dry_gap`, `dilution`, `overload`, `moisture_over_limit` (BALANCE.md "single load",
DOMAIN.md section 6). "Unaccounted for", never "stolen".
"""

import math
from datetime import datetime
from typing import Any

from models.thresholds import MassThresholds
from models.values import Evidence, Figures, LegFacts, ManifestFacts, Reason, WeighingFacts
from models.vocabulary import FacilityKind, FindingKind, Mode, SludgeKind, WeighingRole
from tracking.rules.claims import NEVER_LEFT
from tracking.rules.findings import FindingDraft
from tracking.rules.mass_balance import MassGap, mass_gap, u_moisture, wet_uncertainty_kg
from tracking.rules.world import Limit, World

NOT_DEWATERED = (SludgeKind.DREDGED, SludgeKind.LIQUID)  # the limit for leaving a plant is of dewatered cake
TAKING_ON = frozenset({WeighingRole.LOADED, WeighingRole.TAKEN})


def judge_masses(manifest: ManifestFacts, world: World) -> list[FindingDraft]:
    """All findings that one manifest's own figures give."""
    if manifest.custody_state in NEVER_LEFT:
        return []
    drafts = []
    loaded = manifest.last_loaded
    if loaded is not None and manifest.received is not None:
        drafts += gap_drafts(manifest, loaded, manifest.received, world)
    return drafts + overloads(manifest, world) + moisture_drafts(manifest, world)


def about(manifest: ManifestFacts, weighing: WeighingFacts) -> dict[str, Any]:
    """The subjects that findings about one manifest's masses share."""
    return {
        "subject": manifest.number,
        "manifest_ids": (manifest.id,),
        "hauler_id": manifest.hauler_id,
        "scale_code": weighing.scale_code,
        "detected_ms": weighing.at_ms,
        "timeless": True,
    }


def interval(manifest: ManifestFacts) -> tuple[int, int]:
    """From loading to receipt."""
    first = manifest.loaded or manifest.received
    last = manifest.received or manifest.loaded
    if first is None or last is None:
        raise ValueError(f"{manifest.number} was never weighed")
    return min(first.at_ms, last.at_ms), max(first.at_ms, last.at_ms)


def gap_drafts(
    manifest: ManifestFacts, loaded: WeighingFacts, received: WeighingFacts, world: World
) -> list[FindingDraft]:
    """Wet gap, dry gap and dilution between the two ends."""
    mass = world.thresholds.mass
    gap = mass_gap(loaded, received, mass)
    wet_off = abs(gap.wet_ratio) >= mass.gap_u or abs(gap.wet_share) > mass.significant_wet_fraction
    drafts = []
    if wet_off:
        drafts.append(gap_draft(FindingKind.WET_GAP, manifest, received, gap, world))
    if gap.dry_ratio is not None and abs(gap.dry_ratio) >= mass.gap_u:
        drafts.append(gap_draft(FindingKind.DRY_GAP, manifest, received, gap, world))
        if not wet_off and gap.dry_ratio > 0:
            drafts.append(gap_draft(FindingKind.DILUTION, manifest, received, gap, world))
    return drafts


def gap_draft(
    kind: FindingKind, manifest: ManifestFacts, received: WeighingFacts, gap: MassGap, world: World
) -> FindingDraft:
    """One finding about a gap, with every term that went into it."""
    loaded = manifest.last_loaded
    if loaded is None:
        raise ValueError(f"{manifest.number} was never loaded")
    ratio = gap.wet_ratio if kind is FindingKind.WET_GAP else (gap.dry_ratio or 0.0)
    figures: Figures = {
        "loaded_kg": loaded.net_kg,
        "received_kg": received.net_kg,
        "wet_gap_kg": round(gap.wet_kg, 1),
        "u_wet_gap_kg": round(gap.u_wet_kg, 1),
        "wet_gap_fraction": round(gap.wet_share, 4),
        "dry_gap_kg": None if gap.dry_kg is None else round(gap.dry_kg, 1),
        "u_dry_gap_kg": None if gap.u_dry_kg is None else round(gap.u_dry_kg, 1),
        "dry_gap_fraction": None if gap.dry_share is None else round(gap.dry_share, 4),
        "loaded_moisture_fraction": loaded.moisture_fraction,
        "received_moisture_fraction": received.moisture_fraction,
        "ratio": round(ratio, 2),
    }
    sign = "lost" if ratio >= 0 else "gained"
    start_ms, end_ms = interval(manifest)
    params = figures | {"manifest": manifest.number}
    return FindingDraft(
        kind=kind,
        start_ms=start_ms,
        end_ms=end_ms,
        size=abs(ratio) / world.thresholds.mass.gap_u,
        reasons=(
            Reason(f"{kind.value}.seen" if kind is FindingKind.DILUTION else f"{kind.value}.{sign}", params),
            Reason(f"{kind.value}.expected", {"gap_u": world.thresholds.mass.gap_u, **params}),
        ),
        facility_id=manifest.receiver_id,
        evidence=Evidence(
            figures,
            {
                "gap_u": world.thresholds.mass.gap_u,
                "significant_wet_fraction": world.thresholds.mass.significant_wet_fraction,
                "evaporation_fraction": world.thresholds.mass.evaporation_fraction,
            },
        ),
        **about(manifest, received),
    )


def overloads(manifest: ManifestFacts, world: World) -> list[FindingDraft]:
    """An overload of each leg at most, by the weighing that shows the most of it.

    Only by what was weighed as the leg began: what a carrier took on is the carrier's to answer for.
    """
    worst: dict[int, FindingDraft] = {}
    for (role, seq), weighed in carried_weighings(manifest).items():
        leg = leg_of(manifest, role, seq) if role in TAKING_ON else None
        draft = None if leg is None else overload_draft(manifest, leg, weighed, world)
        if leg is not None and draft is not None and draft.size > worst.get(leg.seq, draft).size - 1e-9:
            worst[leg.seq] = draft
    return [worst[seq] for seq in sorted(worst)]


def carried_weighings(manifest: ManifestFacts) -> dict[tuple[WeighingRole, int], WeighingFacts]:
    """Every weighing of the loaded vehicle of a leg; what a store weighed in was the last carrier's."""
    found = dict(manifest.weighings)
    for role, weighed in (
        (WeighingRole.LOADED, manifest.loaded),
        (WeighingRole.RECEIVED, manifest.received),
    ):
        if weighed is not None:
            found.setdefault((role, 0), weighed)
    return found


def leg_of(manifest: ManifestFacts, role: WeighingRole, seq: int) -> LegFacts | None:
    """Whose vehicle stood on the scale: the first leg's, the named one's, or at the end the last one's."""
    if not manifest.legs:
        return None
    if seq:
        return next((leg for leg in manifest.legs if leg.seq == seq), None)
    if role is WeighingRole.LOADED:
        return manifest.legs[0]
    return manifest.legs[-1] if role is WeighingRole.RECEIVED else None


def overload_draft(
    manifest: ManifestFacts, leg: LegFacts, weighed: WeighingFacts, world: World
) -> FindingDraft | None:
    """Net over the rated payload, or gross over the road's cap, beyond what the scale may be off."""
    reason = overload_reason(weighed, leg.mode, rated_kg_of(leg, world), world.thresholds.mass)
    if reason is None:
        return None
    params = dict(reason.params) | {"manifest": manifest.number, "vehicle": leg.vehicle_code}
    figures: Figures = dict(reason.params)
    over_kg, limit_kg = float(figures["over_kg"] or 0.0), float(figures["limit_kg"] or 1.0)
    subjects = about(manifest, weighed)
    if leg.seq != manifest.legs[0].seq:
        subjects["subject"] = f"{manifest.number}/{leg.seq}"
    return FindingDraft(
        kind=FindingKind.OVERLOAD,
        start_ms=weighed.at_ms,
        end_ms=weighed.at_ms,
        size=1.0 + over_kg / (0.05 * limit_kg),
        reasons=(Reason(reason.code, params), Reason("overload.expected", params)),
        vehicle_codes=(leg.vehicle_code,),
        facility_id=leg.from_id,
        evidence=Evidence(figures, {"u_factor": world.thresholds.mass.overload_u}),
        **subjects,
    )


def rated_kg_of(leg: LegFacts, world: World) -> float | None:
    vehicle = None if leg.vehicle_id is None else world.vehicles.get(leg.vehicle_id)
    return None if vehicle is None else vehicle.rated_payload_kg


def overload_reason(
    weighed: WeighingFacts, mode: Mode, rated_kg: float | None, mass: MassThresholds
) -> Reason | None:
    """By how much too much was loaded, by the rating or by the road's cap, whichever is more."""
    u_kg = math.hypot(*wet_uncertainty_kg(weighed, mass))
    over_rated_kg = float("-inf") if rated_kg is None else weighed.net_kg - rated_kg
    over_cap_kg = weighed.gross_kg - mass.road_cap_kg if mode is Mode.ROAD else float("-inf")
    over_kg = max(over_rated_kg, over_cap_kg)
    if over_kg <= mass.overload_u * u_kg:
        return None
    by_rating = over_rated_kg >= over_cap_kg
    return Reason(
        "overload.seen" if by_rating else "overload.cap",
        {
            "net_kg": weighed.net_kg,
            "gross_kg": weighed.gross_kg,
            "limit_kg": rated_kg if by_rating else mass.road_cap_kg,
            "over_kg": round(over_kg, 1),
            "u_kg": round(u_kg, 1),
        },
    )


def moisture_drafts(manifest: ManifestFacts, world: World) -> list[FindingDraft]:
    """Moisture beyond what may leave the plant, or may enter the site: one finding, the worst of both."""
    worst: FindingDraft | None = None
    for weighing, facility_id, leaving in (
        (manifest.loaded, manifest.origin_id, True),
        (manifest.received, manifest.receiver_id, False),
    ):
        if weighing is None or weighing.moisture_fraction is None:
            continue
        limit = moisture_limit(manifest, facility_id, leaving, weighing.at_ms, world)
        draft = None if limit is None else moisture_draft(manifest, weighing, facility_id, limit, world)
        if draft is not None and (worst is None or draft.size > worst.size):
            worst = draft
    return [] if worst is None else [worst]


def moisture_limit(
    manifest: ManifestFacts, facility_id: int, leaving: bool, at_ms: int, world: World
) -> Limit | None:
    """The limit that holds: of what leaves a plant the stricter of standard and permit; of what enters a
    site its permit, else the standard of its method."""
    place = world.places[facility_id]
    day = datetime.fromtimestamp(at_ms / 1000, world.zone).date()
    if leaving and (place.kind is not FacilityKind.PLANT or manifest.sludge_kind in NOT_DEWATERED):
        return None
    permit = None
    if place.max_moisture_fraction is not None:
        permit = Limit(f"permit:{place.code}", place.max_moisture_fraction, True, "permit", place.code, day)
    if leaving:
        standard = world.limit_on("moisture_leaving:plant", day)
        both = [limit for limit in (permit, standard) if limit is not None]
        return min(both, key=lambda limit: (limit.value, limit.inclusive), default=None)
    if permit is not None:
        return permit
    return world.limit_on(f"moisture_into:{place.method.value}", day) if place.method is not None else None


def moisture_draft(
    manifest: ManifestFacts, weighing: WeighingFacts, facility_id: int, limit: Limit, world: World
) -> FindingDraft | None:
    """The finding when the measured moisture is beyond the limit; its size says how far beyond its own u."""
    mass = world.thresholds.mass
    moisture = weighing.moisture_fraction or 0.0
    u = u_moisture(weighing, mass)
    if moisture < limit.value or (limit.inclusive and moisture == limit.value):
        return None
    figures: Figures = {
        "moisture_fraction": moisture,
        "limit_fraction": limit.value,
        "u_moisture_fraction": u,
    }
    params = figures | {
        "manifest": manifest.number,
        "facility": world.code_of(facility_id),
        "standard": limit.standard,
        "clause": limit.clause or "",
    }
    start_ms, end_ms = interval(manifest)
    return FindingDraft(
        kind=FindingKind.MOISTURE_OVER_LIMIT,
        start_ms=start_ms,
        end_ms=end_ms,
        size=(moisture - limit.value) / (2 * u),
        reasons=(Reason("moisture_over_limit.seen", params), Reason("moisture_over_limit.expected", params)),
        facility_id=facility_id,
        evidence=Evidence(figures, {"limit_fraction": limit.value}),
        **about(manifest, weighing),
    )
