"""Were the two sides of a handover, and who signed for it, at one place at one time? `handover_mismatch`.

Three tests that honest delay cannot fail: the taker's vehicle was gone before the giver's came; the handover
was written down before the giver's vehicle came; and whoever signed beside the own vehicle stood far from
where its device was at that moment.
"""

from collections.abc import Mapping

import numpy as np

from models.values import Figures, LegFacts, ManifestFacts, Reason, SignedFacts, Track
from models.vocabulary import MS_PER_S
from tracking.rules.assignment import Journey
from tracking.rules.findings import FindingDraft
from tracking.rules.geometry import frame_at
from tracking.rules.judge_paper import handover_draft
from tracking.rules.world import World


def early_takers(
    manifest: ManifestFacts, journeys: Mapping[int, Journey], world: World
) -> list[FindingDraft]:
    """journeys: the trip of each leg (row id) that a trip of the leg's own vehicle answers."""
    found = []
    for leg, following in zip(manifest.legs, manifest.legs[1:], strict=False):
        gave, took = journeys.get(leg.id), journeys.get(following.id)
        if gave is None or took is None or gave.end_censored or took.start_censored:
            continue
        if gave.destination_id != leg.to_id or took.origin_id != following.from_id:
            continue  # told as a wrong destination
        early_s = (gave.arrived_ms - took.departed_ms) / MS_PER_S
        if early_s > world.thresholds.mass.handover_early_s:
            reason = Reason(
                "handover_mismatch.early",
                {"early_s": early_s, "arrived_ms": gave.arrived_ms, "departed_ms": took.departed_ms},
            )
            found.append(handover_draft(manifest, leg, following, took.departed_ms, reason, world))
    return found


def handed_too_soon(
    manifest: ManifestFacts, journeys: Mapping[int, Journey], world: World
) -> list[FindingDraft]:
    """journeys: the trip of each leg (row id) that a trip of the leg's own vehicle answers."""
    found = []
    for leg, following in zip(manifest.legs, manifest.legs[1:], strict=False):
        gave, written_ms = journeys.get(leg.id), leg.handover_at_ms
        if gave is None or written_ms is None or gave.end_censored or gave.destination_id != leg.to_id:
            continue
        ahead_s = (gave.arrived_ms - written_ms) / MS_PER_S
        if ahead_s > world.thresholds.mass.handover_early_s:
            figures: Figures = {"ahead_s": ahead_s, "arrived_ms": gave.arrived_ms, "written_ms": written_ms}
            reason = Reason("handover_mismatch.ahead", figures)
            found.append(handover_draft(manifest, leg, following, written_ms, reason, world))
    return found


def signed_elsewhere(
    manifest: ManifestFacts, leg: LegFacts, signed: SignedFacts, track: Track, world: World
) -> FindingDraft | None:
    """A signature for a leg far from the vehicle of that leg; nothing where no fix is near the moment.

    track: usable fixes of the leg's vehicle around the signature.
    """
    reason = apart_from_device(signed, track, world)
    if reason is None:
        return None
    params = dict(reason.params) | {"act": signed.act.value}
    draft = handover_draft(manifest, leg, leg, signed.at_ms, Reason(reason.code, params), world)
    return draft


def apart_from_device(signed: SignedFacts, track: Track, world: World) -> Reason | None:
    """How far the signer's device was from the vehicle's, where that is too far."""
    mass = world.thresholds.mass
    if len(track) == 0:
        return None
    apart_ms = np.abs(track.time_ms - signed.at_ms)
    near = apart_ms <= mass.signing_moment_s * MS_PER_S
    if not near.any():
        return None
    x_m, y_m = frame_at(signed.lat, signed.lon).to_xy(track.lat[near], track.lon[near])
    distance_m = float(np.hypot(x_m, y_m).min())  # the nearest of them all: a vehicle may be about to move
    if distance_m <= mass.signing_place_m + (signed.accuracy_m or 0.0):
        return None
    return Reason("handover_mismatch.place", {"distance_m": round(distance_m, 0), "at_ms": signed.at_ms})
