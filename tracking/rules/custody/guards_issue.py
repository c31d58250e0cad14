"""What keeps a manifest from being issued? Parties, permits, plan, legs (DOMAIN.md section 5, → ISSUED)."""

from collections.abc import Iterator
from itertools import pairwise

from models.custody_words import LicenceKind
from models.vocabulary import FacilityKind, ManifestKind, Mode, SludgeKind
from tracking.rules.custody.facts import Blocked, Step, Stretch
from tracking.rules.custody.guards import blocked
from tracking.rules.custody.quantities import wet_kg
from tracking.rules.custody.standings import PlaceStanding

LICENCES = {Mode.ROAD: LicenceKind.ROAD_TRANSPORT, Mode.WATER: LicenceKind.WATERWAY_TRANSPORT}
"""What each mode asks of its vehicle. A vessel needs no road licence and a truck no waterway licence: each
leg is looked at by its own mode alone, whatever comes before or after it."""

RECEIVES = frozenset({FacilityKind.SITE, FacilityKind.STORE})


def places_in_force(step: Step) -> Iterator[Blocked]:
    """Origin and receiver exist on that day and the receiver may take this sludge."""
    for field, place_id in (("origin", step.custody.origin_id), ("destination", step.custody.destination_id)):
        place = step.ground.places[place_id]
        begun = place.valid_from is None or place.valid_from <= step.day
        if not begun or (place.valid_to is not None and step.day > place.valid_to):
            yield blocked(field, "place_not_in_force", facility=place.code, day=step.day.isoformat())
    receiver = step.ground.places[step.custody.destination_id]
    home = step.custody.kind is ManifestKind.RETURN  # what is refused may go back to where it came from
    if receiver.kind not in RECEIVES and not home:
        yield blocked("destination", "no_receiver", facility=receiver.code)
    elif not home:
        yield from permitted(step, receiver)


def permitted(step: Step, place: PlaceStanding) -> Iterator[Blocked]:
    """Has the place a permit on that day for this kind of sludge? None on record at all limits nothing."""
    if not place.permits:
        return
    held = [permit for permit in place.permits if permit.holds_on(step.day)]
    kind = step.custody.sludge_kind
    if not held:
        yield blocked("destination", "no_permit_on_day", facility=place.code, day=step.day.isoformat())
    elif not any(permit.sludge_kinds is None or kind.value in permit.sludge_kinds for permit in held):
        yield blocked("sludge_kind", "kind_not_permitted", facility=place.code, sludge_kind=kind.value)


def parties_active(step: Step) -> Iterator[Blocked]:
    """Who issues, carries and receives is in business on that day."""
    inactive, places = step.ground.inactive, step.ground.places
    named: list[tuple[str, int | None]] = [
        ("origin", step.custody.issuer_id or places[step.custody.origin_id].organisation_id),
        ("destination", places[step.custody.destination_id].organisation_id),
    ]
    named += [(f"legs[{index}].carrier", leg.carrier_id) for index, leg in enumerate(step.custody.legs)]
    for field, organisation_id in named:
        if organisation_id is not None and organisation_id in inactive:
            code = step.ground.organisations.get(organisation_id)
            yield blocked(field, "organisation_not_active", organisation=code, day=step.day.isoformat())


def dredged_from_works(step: Step) -> Iterator[Blocked]:
    """A moving works digs sewer sludge and nothing else, and a plant has none of it to give: the limits of
    the one are not those of the other. What a child carries on is its parents' kind (family_fits)."""
    origin = step.ground.places[step.custody.origin_id]
    if origin.kind is FacilityKind.WORKS and step.custody.sludge_kind is not SludgeKind.DREDGED:
        kind = step.custody.sludge_kind.value
        yield blocked("sludge_kind", "works_give_dredged", facility=origin.code, sludge_kind=kind)
    own = step.custody.kind is ManifestKind.NORMAL and origin.kind is FacilityKind.PLANT
    if own and step.custody.sludge_kind is SludgeKind.DREDGED:
        yield blocked("sludge_kind", "plants_give_no_dredged", facility=origin.code)


def plan_open(step: Step) -> Iterator[Blocked]:
    """The plan that is named fits, runs on that day and has quota left."""
    custody, plan = step.custody, step.ground.plan
    if custody.plan is None:
        return
    if plan is None or not plan.active:
        yield blocked("plan", "no_such_plan", plan=custody.plan)
        return
    named = (custody.origin_id, custody.destination_id, custody.sludge_kind)
    if (plan.origin_id, plan.destination_id, plan.sludge_kind) != named:
        yield blocked("plan", "plan_for_others", plan=plan.code)
    if step.day < plan.valid_from or (plan.valid_to is not None and step.day > plan.valid_to):
        yield blocked("plan", "plan_not_in_force", plan=plan.code, day=step.day.isoformat())
    yield from quota_left(step, plan.quota_kg, plan.issued_kg, "plan", plan.code)


def quota_left(
    step: Step, quota_kg: float | None, issued_kg: float, field: str, name: str
) -> Iterator[Blocked]:
    """A quota is used by the planned mass, which must therefore be told."""
    wanted = wet_kg(step.custody)
    if quota_kg is None:
        return
    if wanted is None:
        yield blocked("planned_kg", "planned_mass_missing", ground=name)
    elif issued_kg + wanted > quota_kg:
        left = round(max(quota_kg - issued_kg, 0.0), 1)
        yield blocked(field, f"{field}_used_up", left_kg=left, wanted_kg=wanted, **{field: name})


def approved_out_of_province(step: Step) -> Iterator[Blocked]:
    """Out of the province only with an approval for these two places that holds on that day."""
    ends = [
        step.ground.places[each].province for each in (step.custody.origin_id, step.custody.destination_id)
    ]
    if None in ends or ends[0] == ends[1]:
        return
    approval = step.ground.approval
    if approval is None:
        yield blocked("approval", "approval_missing", from_province=ends[0], to_province=ends[1])
        return
    fits = (approval.origin_id, approval.destination_id) == (
        step.custody.origin_id,
        step.custody.destination_id,
    )
    late = approval.valid_to is not None and step.day > approval.valid_to
    if not fits or late or step.day < approval.valid_from:
        yield blocked("approval", "approval_not_for_this", approval=approval.number)
    yield from quota_left(step, approval.quota_kg, approval.issued_kg, "approval", approval.number)


def legs_complete(step: Step) -> Iterator[Blocked]:
    """Every leg has a carrier, a registered vehicle of that carrier and of its mode, from and to."""
    if not step.custody.legs:
        yield blocked("legs", "no_leg")
    for index, leg in enumerate(step.custody.legs):
        path = f"legs[{index}]"
        if leg.carrier_id is None or leg.carrier_id not in step.ground.carriers:
            yield blocked(f"{path}.carrier", "no_carrier", leg=leg.seq)
        yield from vehicle_fits(step, leg, path)
        if leg.from_id == leg.to_id and step.custody.place is None:
            yield blocked(f"{path}.to", "leg_goes_nowhere", leg=leg.seq)


def vehicle_fits(step: Step, leg: Stretch, path: str) -> Iterator[Blocked]:
    """The vehicle is registered, its carrier's, and licensed for the mode of this leg and for no other."""
    vehicle = None if leg.vehicle_id is None else step.ground.vehicles.get(leg.vehicle_id)
    if vehicle is None:
        yield blocked(f"{path}.vehicle", "vehicle_not_registered", vehicle=leg.vehicle_code)
        return
    if vehicle.mode is not leg.mode:
        yield blocked(f"{path}.vehicle", "vehicle_of_other_mode", vehicle=vehicle.code, mode=leg.mode.value)
    if leg.carrier_id is not None and vehicle.organisation_id != leg.carrier_id:
        yield blocked(f"{path}.vehicle", "vehicle_of_other_carrier", vehicle=vehicle.code)
    if not vehicle.active_on(step.day):
        yield blocked(f"{path}.vehicle", "vehicle_not_active", vehicle=vehicle.code, day=step.day.isoformat())
    if vehicle.licences and not any(
        each.kind is LICENCES[leg.mode]
        and each.valid_from <= step.day
        and (each.valid_to is None or step.day <= each.valid_to)
        for each in vehicle.licences
    ):
        yield blocked(
            f"{path}.vehicle", "vehicle_not_licensed", vehicle=vehicle.code, day=step.day.isoformat()
        )


def legs_join(step: Step) -> Iterator[Blocked]:
    """From the origin, each leg from where the one before ended, to the receiver."""
    legs = step.custody.legs
    if not legs:
        return
    if legs[0].from_id != step.custody.origin_id:
        yield blocked("legs[0].from", "first_leg_elsewhere")
    for index, (leg, following) in enumerate(pairwise(legs), start=1):
        if following.from_id != leg.to_id:
            yield blocked(f"legs[{index}].from", "legs_apart", leg=following.seq)
        change = step.ground.places[leg.to_id]
        if change.kind not in (FacilityKind.TRANSFER, FacilityKind.STORE):
            yield blocked(f"legs[{index - 1}].to", "no_place_to_change", facility=change.code)
    if legs[-1].to_id != step.custody.destination_id:
        yield blocked(f"legs[{len(legs) - 1}].to", "last_leg_elsewhere")
