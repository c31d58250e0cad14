"""How does the regulator stop a manifest, and let it go on? While a hold stands only wheels are recorded."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.corrections import Hold
from models.values import Viewer
from models.vocabulary import Role
from tracking.operations.custody.aim_correction import refuse, text_blocked
from tracking.operations.custody.refusals import ManifestUnknown, NotYourSignature, StepBlocked
from tracking.operations.custody.take_step import Setting, hold_row
from tracking.queries.custody_facts import custody_by_number
from tracking.rules.custody.arrows import ENDS
from tracking.rules.custody.facts import Custody
from tracking.rules.custody.guards import blocked


def place_hold(session: Session, number: str, reason: str, viewer: Viewer, setting: Setting) -> int:
    """The row id of the hold. Raises NotYourSignature (regulators only), ManifestUnknown, StepBlocked."""
    custody = held_by(session, number, viewer)
    refuse(text_blocked("reason", reason))
    if custody.on_hold:
        raise StepBlocked([blocked("", "held_already", manifest=number)])
    if custody.state in ENDS:
        raise StepBlocked([blocked("", "no_longer_live", manifest=number)])
    row = Hold(
        manifest_id=custody.id,
        reason=reason.strip(),
        placed_by_id=viewer.user_id,
        placed_at=setting.now,
    )
    session.add(row)
    session.flush()
    return row.id


def lift_hold(session: Session, number: str, reason: str, viewer: Viewer, setting: Setting) -> None:
    """End the hold that stands. Raises as place_hold."""
    custody = held_by(session, number, viewer)
    refuse(text_blocked("reason", reason))
    row = session.scalar(select(Hold).where(Hold.manifest_id == custody.id, Hold.lifted_at.is_(None)))
    if row is None:
        raise StepBlocked([blocked("", "not_held", manifest=number)])
    row.lifted_by_id, row.lifted_at, row.lift_reason = viewer.user_id, setting.now, reason.strip()
    session.flush()


def held_by(session: Session, number: str, viewer: Viewer) -> Custody:
    """The manifest, its row kept, for a regulator."""
    hold_row(session, number)
    custody = custody_by_number(session, number, viewer)
    if custody is None:
        raise ManifestUnknown(number)
    if viewer.role is not Role.REGULATOR or viewer.user_id is None:
        raise NotYourSignature
    return custody
