"""Which loads standing at a wharf or in a store can travel on together, and how much is left of each?"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from models.corrections import Hold
from models.facilities import Facility
from models.manifests import Leg, Manifest
from models.values import Viewer
from models.vocabulary import CustodyState, ManifestKind, Mode, SludgeKind
from tracking.queries.custody_facts import custody_by_number
from tracking.queries.issue_offers import Paper, PaperLeg, PaperPart
from tracking.queries.keyset import Key, Page
from tracking.queries.loads import LoadRow, oldest_loads
from tracking.queries.names import Name
from tracking.queries.own_places import own_place_ids
from tracking.rules.custody.quantities import left_kg, resting_place

STANDING = (CustodyState.AT_TRANSFER, CustodyState.IN_STORE)
MOST_PARENTS = 12
"""More loads than this fill no truck, and a barge takes a voyage instead."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A load that may be grouped: what no child carries yet, kg (None: unknown), and where it stands."""

    number: str
    state: CustodyState
    sludge_kind: SludgeKind
    place: Name | None
    left_kg: float | None


def groupable(session: Session, viewer: Viewer, after: Key | None = None) -> Page[LoadRow]:
    """Loads that the viewer's organisation may send on from where they stand, the oldest first."""
    return oldest_loads(session, viewer, _sent_on_by(viewer), after)


def _sent_on_by(viewer: Viewer) -> ColumnElement[bool]:
    """The operator of the place sends on, at a wharf the carrier that brought it too; none on hold."""
    here = (Leg.manifest_id == Manifest.id) & (Leg.seq == Manifest.leg_seq)
    at_own = exists().where(here, Leg.to_id.in_(own_place_ids(viewer)))
    brought = exists().where(here, Leg.carrier_id == viewer.organisation_id)
    held = exists().where(Hold.manifest_id == Manifest.id, Hold.lifted_at.is_(None))
    may = or_(at_own, and_(brought, Manifest.custody_state == CustodyState.AT_TRANSFER))
    return and_(Manifest.custody_state.in_(STANDING), may, ~held)


def standing(session: Session, numbers: Iterable[str], viewer: Viewer) -> dict[str, Standing]:
    """Those of the loads that the viewer sees, by number; at most MOST_PARENTS are looked at."""
    found = {}
    for number in list(dict.fromkeys(numbers))[:MOST_PARENTS]:
        custody = custody_by_number(session, number, viewer)
        if custody is None:
            continue
        left, place_id = left_kg(custody), resting_place(custody)
        place = None if place_id is None else place_name(session, place_id)
        found[number] = Standing(
            number, custody.state, custody.sludge_kind, place, None if left is None else max(left, 0.0)
        )
    return found


def place_name(session: Session, place_id: int) -> Name:
    row = session.execute(
        select(Facility.code, Facility.name, Facility.name_en).where(Facility.id == place_id)
    ).one()
    return Name(*row)


def paper_of_group(session: Session, numbers: Iterable[str], viewer: Viewer) -> Paper | None:
    """Several loads as one, all that is left of each; None where one of them is not seen."""
    chosen = list(dict.fromkeys(numbers))
    loads = standing(session, chosen, viewer)
    if not chosen or len(loads) < len(chosen):
        return None
    first = loads[chosen[0]]
    here = "" if first.place is None else first.place.code
    left = [load.left_kg for load in loads.values()]
    parts = tuple(
        PaperPart(number, None if load.left_kg is None else round(load.left_kg, 1))
        for number, load in loads.items()
    )
    return Paper(
        origin=here,
        destination="",
        sludge_kind=first.sludge_kind,
        legs=(PaperLeg(Mode.ROAD, "", here, ""),),
        planned_kg=None if None in left else sum(each for each in left if each is not None),
        kind=ManifestKind.GROUP,
        parts=parts,
    )
