"""Was everybody permitted what paper says they did? `not_permitted` (DOMAIN.md sections 5 and 6).

Receiver, kind of sludge, way of disposal, temporary storage, vehicle and transfer out of the province, each
on its own day. What is not on record at all limits nothing: a register that is empty accuses nobody.
"""

from collections.abc import Iterator
from datetime import date, datetime

from models.values import Evidence, Figures, ManifestFacts, Reason
from models.vocabulary import FacilityKind, FindingKind, ManifestKind, Severity
from tracking.rules.custody.standings import PlaceStanding
from tracking.rules.findings import FindingDraft
from tracking.rules.world import World

CHANGES = (FacilityKind.TRANSFER, FacilityKind.STORE)
RECEIVES = (FacilityKind.SITE, FacilityKind.STORE, FacilityKind.TRANSFER)


def permit_drafts(manifest: ManifestFacts, world: World) -> list[FindingDraft]:
    """One finding with everything that was not permitted, or none. Only of a load that left."""
    left_ms = left_at_ms(manifest)
    if left_ms is None:
        return []
    reasons = list(unpermitted(manifest, left_ms, world))
    if not reasons:
        return []
    first = reasons[0].params
    end_ms = max(filter(None, (left_ms, manifest.arrived_at_ms, manifest.disposed_at_ms)))
    figures: Figures = {"count": len(reasons)} | {key: first[key] for key in sorted(first)}
    return [
        FindingDraft(
            kind=FindingKind.NOT_PERMITTED,
            subject=manifest.number,
            start_ms=left_ms,
            end_ms=end_ms,
            detected_ms=end_ms,
            size=1.5 + 0.5 * len(reasons),
            reasons=(*reasons, Reason("not_permitted.expected", {"manifest": manifest.number})),
            manifest_ids=(manifest.id,),
            vehicle_codes=tuple(dict.fromkeys(leg.vehicle_code for leg in manifest.legs)),
            facility_id=manifest.receiver_id,
            hauler_id=manifest.hauler_id,
            severity=Severity.HIGH,
            timeless=True,
            evidence=Evidence(figures),
        )
    ]


def left_at_ms(manifest: ManifestFacts) -> int | None:
    """When it left by paper; a live one when the carrier signed."""
    if manifest.live:
        departed = [leg.departed_at_ms for leg in manifest.legs if leg.departed_at_ms is not None]
        return min(departed, default=None)
    return None if manifest.loaded is None else manifest.loaded.at_ms


def unpermitted(manifest: ManifestFacts, left_ms: int, world: World) -> Iterator[Reason]:
    """Each thing that was not permitted."""
    in_ms = manifest.received.at_ms if manifest.received is not None else manifest.arrived_at_ms
    yield from at_receiver(manifest, day_of(in_ms or left_ms, world), world)
    yield from by_method(manifest, world)
    yield from on_the_way(manifest, world)
    yield from by_vehicle(manifest, left_ms, world)
    yield from out_of_province(manifest, day_of(left_ms, world), world)


def day_of(at_ms: int, world: World) -> date:
    return datetime.fromtimestamp(at_ms / 1000, world.zone).date()


def receivers(manifest: ManifestFacts, day: date, world: World) -> list[PlaceStanding]:
    """Where it may have come in: at the gate that is known, else at the receiver, or at any place to which a
    diversion led from there around that day."""
    ids = [manifest.receiver_id]
    if manifest.received_at_id is None:
        for each in world.diversions:
            begun = day_of(each.valid_from_ms, world) <= day <= day_of(each.valid_to_ms, world)
            if each.from_site_id == manifest.destination_id and begun:
                ids.append(each.to_site_id)
    return [world.permits.places[each] for each in ids if each in world.permits.places]


def at_receiver(manifest: ManifestFacts, day: date, world: World) -> Iterator[Reason]:
    """The receiver is in force on that day and may take this kind of sludge."""
    places = receivers(manifest, day, world)
    if manifest.kind is ManifestKind.RETURN:
        return  # what was refused may go back to where it came from
    against = [receiver_reason(manifest, place, day) for place in places]
    if against and all(each is not None for each in against):
        yield from filter(None, against[:1])


def receiver_reason(manifest: ManifestFacts, place: PlaceStanding, day: date) -> Reason | None:
    """Why this place may not have taken the load; None: it may."""
    params: Figures = {"manifest": manifest.number, "facility": place.code, "day": day.isoformat()}
    if place.kind not in RECEIVES:
        return Reason("not_permitted.receiver", params)
    if not in_force(place, day):
        return Reason("not_permitted.not_in_force", params)
    held = [permit for permit in place.permits if permit.holds_on(day)]
    kind = manifest.sludge_kind.value
    if place.permits and not held:
        return Reason("not_permitted.no_permit", params)
    if held and not any(permit.sludge_kinds is None or kind in permit.sludge_kinds for permit in held):
        return Reason("not_permitted.sludge_kind", params | {"sludge_kind": kind})
    return None


def in_force(place: PlaceStanding, day: date) -> bool:
    begun = place.valid_from is None or place.valid_from <= day
    return begun and (place.valid_to is None or day <= place.valid_to)


def by_method(manifest: ManifestFacts, world: World) -> Iterator[Reason]:
    """The site disposed of it in a way that a permit of that day names."""
    method, at_ms = manifest.disposed_by, manifest.disposed_at_ms
    if method is None or at_ms is None:
        return
    in_ms = manifest.received.at_ms if manifest.received is not None else manifest.arrived_at_ms
    places = receivers(manifest, day_of(in_ms or at_ms, world), world)
    day = day_of(at_ms, world)
    if places and not any(may_dispose(place, method.value, day) for place in places):
        params = {"manifest": manifest.number, "facility": places[0].code, "method": method.value}
        yield Reason("not_permitted.method", params)


def may_dispose(place: PlaceStanding, method: str, day: date) -> bool:
    """Does a permit of that day name the method? A site without any was told of already."""
    held = [permit for permit in place.permits if permit.holds_on(day)]
    return not held or any(each.methods is None or method in each.methods for each in held)


def on_the_way(manifest: ManifestFacts, world: World) -> Iterator[Reason]:
    """Loads change vehicle, and are stored meanwhile, only at wharves, transfer stations and stores."""
    for leg in manifest.legs[:-1]:
        place = world.places.get(leg.to_id)
        if place is not None and place.kind not in CHANGES:
            yield Reason("not_permitted.storage", {"manifest": manifest.number, "facility": place.code})


def by_vehicle(manifest: ManifestFacts, left_ms: int, world: World) -> Iterator[Reason]:
    """Every vehicle was licensed for its leg's mode on the day that it left."""
    for index, leg in enumerate(manifest.legs):
        before = manifest.legs[index - 1].handover_at_ms if index else left_ms
        at_ms = leg.departed_at_ms or before
        if leg.vehicle_id is None or at_ms is None:
            continue
        day = day_of(at_ms, world)
        if not world.permits.licensed(leg.vehicle_id, leg.mode, day):
            yield Reason(
                "not_permitted.vehicle",
                {
                    "manifest": manifest.number,
                    "vehicle": leg.vehicle_code,
                    "mode": leg.mode.value,
                    "day": day.isoformat(),
                },
            )


def out_of_province(manifest: ManifestFacts, day: date, world: World) -> Iterator[Reason]:
    """Out of the province only with an approval for these two places."""
    origin = world.permits.places.get(manifest.origin_id)
    receiver = world.permits.places.get(manifest.destination_id)
    if origin is None or receiver is None or None in (origin.province, receiver.province):
        return
    if origin.province == receiver.province:
        return
    if not world.permits.approved(manifest.approval, manifest.origin_id, manifest.destination_id, day):
        yield Reason(
            "not_permitted.approval",
            {
                "manifest": manifest.number,
                "from_province": origin.province,
                "to_province": receiver.province,
                "approval": manifest.approval or "-",
            },
        )
