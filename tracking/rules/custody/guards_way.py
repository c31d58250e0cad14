"""What keeps a load from being loaded, driven, handed over, stored or let in at the gate?"""

from collections.abc import Iterator
from math import isfinite

from models.vocabulary import FacilityKind, ManifestKind
from tracking.rules.custody.facts import Blocked, Step
from tracking.rules.custody.guards import CLOCKS_APART, OFFLINE_AT_MOST, blocked
from tracking.rules.custody.guards_issue import vehicle_fits
from tracking.rules.custody.quantities import ROUNDING_KG, left_kg

HEAVIEST_KG = 10_000_000.0  # the largest river vessels carry 10 000 t
CHILDREN = frozenset({ManifestKind.RETURN, ManifestKind.ALTERNATE, ManifestKind.RESCUE})
"""Sludge that is on a vehicle already: its masses are those of the parent unless it is weighed again."""


def weighed_to_load(step: Step) -> Iterator[Blocked]:
    """gross > tare > 0 and a moisture; of a child on the road they may come from its parent."""
    given = step.given.weighed
    carried_over = step.custody.kind in CHILDREN
    if (given is None or given.gross_kg is None or given.tare_kg is None) and not carried_over:
        for name in ("gross_kg", "tare_kg"):
            if given is None or getattr(given, name) is None:
                yield blocked(f"weighing.{name}", "weighing_missing")
    if (given is None or given.moisture_fraction is None) and not carried_over:
        yield blocked("moisture.fraction", "moisture_missing")
    yield from plausible_weighing(step)


def plausible_weighing(step: Step) -> Iterator[Blocked]:
    """What is given can be a weighing at all: gross > tare > 0, 0 <= moisture < 1."""
    given = step.given.weighed
    if given is None:
        return
    for name in ("gross_kg", "tare_kg"):
        value = getattr(given, name)
        if value is not None and not 0 < value <= HEAVIEST_KG:
            why = "mass_not_positive" if value <= 0 else "mass_beyond_all"
            yield blocked(f"weighing.{name}", why, given_kg=value if isfinite(value) else None)
    if not step.given.at - OFFLINE_AT_MOST <= given.at <= step.given.at + CLOCKS_APART:
        yield blocked("weighing.at", "weighed_at_another_time", at=given.at.isoformat())
    if given.net_kg is not None and given.net_kg <= 0:
        yield blocked(
            "weighing.gross_kg", "gross_not_above_tare", gross_kg=given.gross_kg, tare_kg=given.tare_kg
        )
    if given.moisture_fraction is not None and not 0 <= given.moisture_fraction < 1:
        yield blocked("moisture.fraction", "moisture_out_of_range")


def next_leg_exists(step: Step) -> Iterator[Blocked]:
    """There is a further leg to take over."""
    if step.custody.following is None:
        yield blocked("", "no_next_leg", manifest=step.custody.number)


def next_vehicle_fits(step: Step) -> Iterator[Blocked]:
    """The vehicle that takes over is fit for its own mode on that day; the leg before does not matter."""
    leg = step.custody.following
    if leg is not None:
        yield from vehicle_fits(step, leg, f"legs[{step.custody.legs.index(leg)}]")


def in_store_at_a_node(step: Step) -> Iterator[Blocked]:
    """Only a licensed store takes sludge in between, up to its capacity."""
    leg = step.custody.current
    place = None if leg is None else step.ground.places[leg.to_id]
    if place is None or place.kind not in (FacilityKind.STORE, FacilityKind.TRANSFER):
        yield blocked("", "no_store_here")
        return
    held = [permit for permit in place.permits if permit.holds_on(step.day)]
    storage = [permit.storage_t for permit in held if permit.storage_t is not None]
    if place.kind is FacilityKind.TRANSFER and not storage:
        yield blocked("", "store_not_licensed", facility=place.code)
    elif place.permits and not held:
        yield blocked("", "no_permit_on_day", facility=place.code, day=step.day.isoformat())
    if not (step.given.pile or "").strip():
        yield blocked("pile", "pile_missing")


def voyage_takes_it(step: Step) -> Iterator[Blocked]:
    """The voyage that is named is this vessel's, between these places, and has not sailed."""
    leg, voyage = step.custody.following, step.ground.voyage
    if step.given.voyage is None:
        return
    if voyage is None:
        yield blocked("voyage", "no_such_voyage", voyage=step.given.voyage)
    elif leg is not None and (voyage.vehicle_id, voyage.from_id, voyage.to_id) != (
        leg.vehicle_id,
        leg.from_id,
        leg.to_id,
    ):
        yield blocked("voyage", "voyage_of_others", voyage=voyage.code, manifest=step.custody.number)
    elif voyage.departed:
        yield blocked("voyage", "voyage_has_sailed", voyage=voyage.code)


def on_its_last_leg(step: Step) -> Iterator[Blocked]:
    """A load comes in at the gate only from its last leg."""
    if step.custody.following is not None:
        yield blocked("", "legs_left", manifest=step.custody.number, leg=step.custody.following.seq)


def at_the_named_gate(step: Step) -> Iterator[Blocked]:
    """The gate is the receiver's, or a diversion that holds now names it."""
    place_id = step.given.place_id
    if place_id is None or place_id == step.custody.destination_id:
        return
    named = any(
        each.from_site_id == step.custody.destination_id
        and each.to_site_id == place_id
        and each.valid_from <= step.given.at < each.valid_to
        for each in step.ground.diversions
    )
    if not named:
        yield blocked("facility", "not_the_receiver", facility=step.ground.places[place_id].code)


def nothing_passed_on(step: Step) -> Iterator[Blocked]:
    """A load of which parts travel under children does not travel on itself."""
    if step.custody.parts_out:
        numbers = ", ".join(part.number for part in step.custody.parts_out)
        yield blocked("", "passed_on", manifest=step.custody.number, manifests=numbers)


def something_left_in_store(step: Step) -> Iterator[Blocked]:
    """What is loaded again is still in the pile."""
    left = left_kg(step.custody)
    if left is not None and left <= ROUNDING_KG:
        yield blocked("", "nothing_left", manifest=step.custody.number)
