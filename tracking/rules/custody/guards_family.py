"""What keeps a load from travelling on under a child: refused, broken down, split or grouped?"""

from collections.abc import Iterator

from models.vocabulary import CustodyState, FacilityKind, ManifestKind
from tracking.rules.custody.facts import Blocked, Custody, Step
from tracking.rules.custody.guards import blocked
from tracking.rules.custody.parties import who_may_pass_on
from tracking.rules.custody.quantities import ROUNDING_KG, left_kg, resting_place, share_dry_kg

STOPPED = frozenset({CustodyState.ABORTED})
REFUSED = frozenset(
    {
        CustodyState.REJECTED,
        CustodyState.PART_ACCEPTED,
        CustodyState.DISPOSED,  # what was accepted of it: what was refused may still stand at the gate
    }
)
STANDING = frozenset({CustodyState.AT_TRANSFER, CustodyState.IN_STORE})

PARENTS_MAY_BE: dict[ManifestKind, frozenset[CustodyState]] = {
    ManifestKind.RETURN: REFUSED | STOPPED,
    ManifestKind.ALTERNATE: REFUSED | STOPPED,
    ManifestKind.RESCUE: STOPPED,
    ManifestKind.SPLIT: STANDING,
    ManifestKind.GROUP: STANDING,
}
"""From which states each kind of child carries a load on."""

BEFORE_DEPARTURE = frozenset({CustodyState.DRAFT, CustodyState.ISSUED, CustodyState.LOADED})


def family_fits(step: Step) -> Iterator[Blocked]:
    """A child carries on loads that may travel on, of its own sludge, from where they are."""
    custody = step.custody
    parts = custody.parts_in
    if custody.kind is ManifestKind.NORMAL:
        return
    if (len(parts) > 1) != (custody.kind is ManifestKind.GROUP):
        yield blocked("parents", "parents_how_many", kind=custody.kind.value)
    if custody.kind is ManifestKind.RESCUE and custody.place is None:
        yield blocked("place", "place_missing")
    for index, part in enumerate(parts):
        parent = step.ground.parents.get(part.manifest_id)
        if parent is not None:
            yield from parent_fits(step, parent, f"parents[{index}].number")


def parent_fits(step: Step, parent: Custody, field: str) -> Iterator[Blocked]:
    """One parent and its child."""
    custody = step.custody
    if parent.state not in PARENTS_MAY_BE[custody.kind]:
        yield blocked(
            field,
            "kind_does_not_fit_parent",
            manifest=parent.number,
            kind=custody.kind.value,
            state=parent.state.value,
        )
        return
    if custody.issuer_id not in who_may_pass_on(parent, step.ground):
        yield blocked(field, "not_your_load", manifest=parent.number)
    if parent.on_hold:
        yield blocked(field, "on_hold", manifest=parent.number)
    if parent.sludge_kind is not custody.sludge_kind:
        yield blocked(
            "sludge_kind",
            "other_sludge_than_parent",
            manifest=parent.number,
            sludge_kind=parent.sludge_kind.value,
        )
    place_id = resting_place(parent)
    if place_id is not None and place_id != custody.origin_id:
        facility = step.ground.places[place_id].code
        yield blocked("origin", "load_is_elsewhere", manifest=parent.number, facility=facility)
    if step.given.at < parent.last_event_at:
        before = parent.last_event_at.isoformat()
        yield blocked("at", "before_the_last_step", at=step.given.at.isoformat(), before=before)
    yield from goes_home(step, parent)


def goes_home(step: Step, parent: Custody) -> Iterator[Blocked]:
    """A return goes to the plant or works that the load came from."""
    if step.custody.kind is not ManifestKind.RETURN or step.custody.destination_id == parent.origin_id:
        return
    home = step.ground.places[step.custody.destination_id]
    from_a_child = parent.kind is not ManifestKind.NORMAL
    if not from_a_child or home.kind not in (FacilityKind.PLANT, FacilityKind.WORKS):
        yield blocked("destination", "return_elsewhere", manifest=parent.number, facility=home.code)


def parents_not_on_hold(step: Step) -> Iterator[Blocked]:
    """A hold on a load holds what travels on of it."""
    for parent in step.ground.parents.values():
        if parent.on_hold:
            yield blocked("", "on_hold", manifest=parent.number)


def within_parents(step: Step) -> Iterator[Blocked]:
    """A child takes no more than its parents have left."""
    for index, part in enumerate(step.custody.parts_in):
        parent = step.ground.parents.get(part.manifest_id)
        left = None if parent is None else left_kg(parent)
        if left is not None and part.wet_kg > left + ROUNDING_KG:
            yield blocked(
                f"parents[{index}].wet_kg",
                "child_too_big",
                parent=part.number,
                left_kg=round(max(left, 0.0), 1),
                wanted_kg=part.wet_kg,
            )


def child_as_its_parts(step: Step) -> Iterator[Blocked]:
    """A child is loaded with what its parents gave."""
    parts = step.custody.parts_in
    if parts:
        dry = [part.dry_kg for part in parts]
        dry_kg = None if None in dry else sum(each for each in dry if each is not None)
        yield from weighed_as_books(step, sum(part.wet_kg for part in parts), dry_kg)


def reload_as_stored(step: Step) -> Iterator[Blocked]:
    """What leaves the store is what lay there."""
    left = left_kg(step.custody)
    if left is not None and left > 0:
        yield from weighed_as_books(step, left, share_dry_kg(step.custody, left))


def weighed_as_books(step: Step, books_kg: float, books_dry_kg: float | None) -> Iterator[Blocked]:
    """Neither more nor less than the books say, beyond what scales and moisture tests may differ.

    Sludge dries in store, so that less is judged by its dry mass where both are known; without it, and of
    sludge too liquid for a moisture test to tell, by its wet mass.
    """
    given = step.given.weighed
    if given is None or given.net_kg is None:
        return
    net_kg, mass = given.net_kg, step.rules.mass
    another_load = mass.significant_wet_fraction  # beyond it, it is no longer a matter of scales
    if net_kg > books_kg * (1 + another_load):
        yield blocked(
            "weighing.gross_kg", "more_than_books", net_kg=round(net_kg, 1), books_kg=round(books_kg, 1)
        )
        return
    expected_kg, found_kg, tolerance_kg = books_kg, net_kg, another_load * books_kg
    if books_dry_kg is not None and given.moisture_fraction is not None:
        u_kg = mass.default_u_moisture_fraction * max(books_kg, net_kg)
        dry_tolerance_kg = max(another_load * books_dry_kg, mass.gap_u * u_kg)
        if dry_tolerance_kg < books_dry_kg / 2:
            expected_kg, tolerance_kg = books_dry_kg, dry_tolerance_kg
            found_kg = net_kg * (1 - given.moisture_fraction)
    if found_kg < expected_kg - tolerance_kg:
        yield blocked(
            "weighing.gross_kg", "less_than_books", net_kg=round(net_kg, 1), books_kg=round(books_kg, 1)
        )


def all_passed_on(step: Step) -> Iterator[Blocked]:
    """A load ends as regrouped when all of it has left under children."""
    waiting = [part.number for part in step.custody.parts_out if part.state in BEFORE_DEPARTURE]
    if waiting:
        yield blocked("", "children_not_departed", manifests=", ".join(sorted(waiting)))
    left = left_kg(step.custody)
    if not step.custody.parts_out or left is None or left > ROUNDING_KG:
        yield blocked("", "not_all_passed_on", left_kg=None if left is None else round(left, 1))
