"""Which steps come next for a load, who must sign them, and which of them are the viewer's?

Read from the table of arrows, so that no page offers what the table refuses. What guards say is asked only
when somebody signs.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.custody_words import Act, Capacity
from models.facilities import Facility
from models.organisations import Organisation
from models.signatures import Signature, SignedDocument
from models.values import Viewer
from models.vocabulary import ManifestKind
from tracking.queries.names import Name
from tracking.rules.custody.arrows import ARROWS
from tracking.rules.custody.facts import Custody, Ground
from tracking.rules.custody.parties import ROLES, organisation_for
from tracking.rules.custody.standings import PlaceStanding

STOPS = frozenset({Act.DISCARD, Act.CANCEL, Act.CANCEL_LOADED, Act.ABORT})


@dataclass(frozen=True, slots=True)
class Signing:
    """A signature that a load waits for: whose, and whether the viewer may give it."""

    act: Act
    capacity: Capacity
    organisation_id: int | None
    mine: bool


@dataclass(frozen=True, slots=True)
class NextStep:
    """The same with the party's name, for a page."""

    act: Act
    capacity: Capacity
    party: Name | None
    mine: bool

    @property
    def stops(self) -> bool:
        """Does it end the load's way, instead of taking it on?"""
        return self.act in STOPS


def signings(custody: Custody, ground: Ground, viewer: Viewer) -> tuple[Signing, ...]:
    """Every signature of every arrow that leaves the state, in the order of the table.

    A draft's author may also throw it away, which nobody signs.
    """
    found = []
    for arrow in ARROWS:
        if arrow.source is not custody.state or not on_its_leg(arrow.act, custody):
            continue
        signers = (Capacity.ORIGIN,) if arrow.act is Act.DISCARD else arrow.signers
        for capacity in signers:
            party = organisation_for(arrow.act, capacity, custody, ground)
            own = party is not None and party == viewer.organisation_id
            found.append(Signing(arrow.act, capacity, party, own and viewer.role in ROLES[capacity]))
    return tuple(found)


def on_its_leg(act: Act, custody: Custody) -> bool:
    """Handed over before its last leg, it arrives on that; a plant disposes of nothing it took back."""
    if act is Act.DISPOSE and custody.kind is ManifestKind.RETURN:
        return False
    if act is Act.ARRIVE:
        return custody.following is None
    return custody.following is not None or act not in (Act.HAND_OVER, Act.TAKE_OVER, Act.RELOAD)


def next_steps(session: Session, custody: Custody, viewer: Viewer) -> tuple[NextStep, ...]:
    """What comes next for a load, without the signatures that were given already."""
    waited = signings(custody, ground_of_parties(session, custody), viewer)
    given = signatures_given(session, custody) if waited else frozenset()
    open_ones = [each for each in waited if (each.act, each.capacity) not in given]
    names = organisation_names(session, {each.organisation_id for each in open_ones})
    return tuple(
        NextStep(each.act, each.capacity, names.get(each.organisation_id or 0), each.mine)
        for each in open_ones
    )


def ground_of_parties(session: Session, custody: Custody) -> Ground:
    """The places that the manifest names, as far as parties depend on them."""
    named = {custody.origin_id, custody.destination_id, custody.received_at_id}
    named |= {leg.to_id for leg in custody.legs}
    wanted = sorted(each for each in named if each is not None)
    return parties_ground(session.scalars(select(Facility).where(Facility.id.in_(wanted))))


def parties_ground(facilities: Iterable[Facility]) -> Ground:
    """A ground that knows whose the places are, and nothing of permits or vehicles."""
    places = {row.id: PlaceStanding(row.id, row.code, row.kind, row.organisation_id) for row in facilities}
    return Ground(places, {}, frozenset())


def signatures_given(session: Session, custody: Custody) -> frozenset[tuple[Act, Capacity]]:
    """Who has signed which act of the manifest as it stands: of an act that two parties sign, the first."""
    query = (
        select(Signature.act, Signature.capacity)
        .join(SignedDocument, SignedDocument.id == Signature.document_id)
        .where(Signature.manifest_id == custody.id, Signature.leg_seq == custody.leg_seq)
        .where(SignedDocument.version == custody.version)
    )
    return frozenset((act, capacity) for act, capacity in session.execute(query))


def organisation_names(session: Session, ids: set[int | None]) -> dict[int, Name]:
    """Names of organisations by row id."""
    wanted = sorted(each for each in ids if each is not None)
    if not wanted:
        return {}
    columns = (Organisation.id, Organisation.code, Organisation.name, Organisation.name_en)
    rows = session.execute(select(*columns).where(Organisation.id.in_(wanted)))
    return {row_id: Name(code, zh, en) for row_id, code, zh, en in rows}
