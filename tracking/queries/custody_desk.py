"""Who answers for a load now, whose turn it is, who has signed, and with which loads is it one family?

What stands at the head of a manifest's page, beside what track and mass say of it.
"""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from models.values import Viewer
from models.vocabulary import CustodyState, ManifestKind, Role
from tracking.queries.custody_facts import custody_by_number
from tracking.queries.names import Name
from tracking.queries.next_steps import NextStep, next_steps, organisation_names
from tracking.queries.signatures import SignatureRow, signatures_of
from tracking.rules.custody.facts import Custody, Part
from tracking.rules.custody.quantities import ROUNDING_KG, left_kg

CHILDREN_OF: dict[CustodyState, tuple[ManifestKind, ...]] = {
    CustodyState.REJECTED: (ManifestKind.RETURN, ManifestKind.ALTERNATE),
    CustodyState.PART_ACCEPTED: (ManifestKind.RETURN, ManifestKind.ALTERNATE),
    CustodyState.DISPOSED: (ManifestKind.RETURN, ManifestKind.ALTERNATE),
    CustodyState.ABORTED: (ManifestKind.RESCUE,),
    CustodyState.AT_TRANSFER: (ManifestKind.SPLIT,),
    CustodyState.IN_STORE: (ManifestKind.SPLIT,),
}
"""How what is left of a load travels on, by the state it is in."""

MAY_SEND_ON = frozenset({Role.PLANT, Role.SITE, Role.HAULER})


@dataclass(frozen=True, slots=True)
class CustodyDesk:
    """`children`: the ways on for what is left, where the viewer may issue such a manifest at all."""

    custody: Custody
    custodian: Name | None
    steps: tuple[NextStep, ...]
    signatures: tuple[SignatureRow, ...]
    children: tuple[ManifestKind, ...]
    left_kg: float | None

    @property
    def parents(self) -> tuple[Part, ...]:
        return self.custody.parts_in

    @property
    def mine(self) -> tuple[NextStep, ...]:
        """What the viewer may sign now; what takes the load on comes before what stops it."""
        return tuple(sorted((step for step in self.steps if step.mine), key=lambda step: step.stops))

    @property
    def others(self) -> tuple[NextStep, ...]:
        """What waits for somebody else: nobody waits for a load to be stopped."""
        return tuple(step for step in self.steps if not step.mine and not step.stops)


def custody_desk(session: Session, number: str, viewer: Viewer) -> CustodyDesk | None:
    """None if there is no such manifest or the viewer may not see it."""
    custody = custody_by_number(session, number, viewer)
    if custody is None:
        return None
    left = left_kg(custody)
    names = organisation_names(session, {custody.custodian_id})
    return CustodyDesk(
        custody=custody,
        custodian=names.get(custody.custodian_id or 0),
        steps=next_steps(session, custody, viewer),
        signatures=signatures_of(session, custody.id),
        children=ways_on(custody, left, viewer),
        left_kg=left,
    )


def ways_on(custody: Custody, left: float | None, viewer: Viewer) -> tuple[ManifestKind, ...]:
    """As which children what is left may travel on; nothing where nothing is left."""
    if viewer.role not in MAY_SEND_ON or left is None or left <= ROUNDING_KG:
        return ()
    return CHILDREN_OF.get(custody.state, ())
