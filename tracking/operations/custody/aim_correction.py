"""Does a request for correction name a field that may change to this value, and whom does it touch?"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from models.corrections import Correction
from models.custody_words import Capacity, CorrectionState
from models.values import Viewer
from models.vocabulary import Role
from tracking.operations.custody.apply_correction import names_of, put_right
from tracking.operations.custody.refusals import ManifestUnknown, NotYourSignature, StepBlocked
from tracking.operations.custody.sign import codes_of
from tracking.operations.custody.take_step import Setting
from tracking.queries.custody_facts import custody_by_id
from tracking.queries.custody_ground import places
from tracking.rules.custody.content import content_of
from tracking.rules.custody.corrected import does_not_go, not_a_value, not_correctable, with_value
from tracking.rules.custody.facts import Blocked, Custody, Ground
from tracking.rules.custody.fields import Aim, aim_of, touched_by, value_in
from tracking.rules.custody.guards import blocked

LONGEST_REASON = 1000
EPSILON = 1e-9
SPEAK = frozenset({Role.PLANT, Role.SITE, Role.HAULER})
"""Who speaks for an organisation: a driver signs trips and does not change papers of others."""


@dataclass(frozen=True, slots=True)
class Aimed:
    """A correction against the manifest as it is now."""

    aim: Aim
    custody: Custody
    after: Custody
    sides: Mapping[int, Capacity]  # organisations that it touches


def aimed_at(
    session: Session, custody: Custody, field: str, old: object, new: object, setting: Setting
) -> Aimed:
    """Everything that stands against the field and its new value; raises StepBlocked."""
    aim = aim_of(field)
    if aim is None:
        raise StepBlocked([blocked("field", "field_unknown", given=field[:64])])
    refuse(not_correctable(aim, custody))
    refuse(not_a_value(aim, new))
    content = content_of(custody, codes_of(session, custody))
    now_there = value_in(content, field)
    if not same(now_there, old):
        raise StepBlocked([blocked("old", "old_differs", there=said(now_there))])
    if same(now_there, new):
        raise StepBlocked([blocked("new", "same_value")])
    named = names_of(session, aim, custody, new)
    after = with_value(aim, custody, new, named)
    refuse(does_not_go(aim, custody, after, new, named))
    return Aimed(aim, custody, after, touched_by(aim, custody, ground_for(session, custody, setting)))


def ground_for(session: Session, custody: Custody, setting: Setting) -> Ground:
    """The places that the manifest names: behind them stand its parties."""
    named = {custody.origin_id, custody.destination_id, custody.received_at_id or custody.destination_id}
    named |= {end for leg in custody.legs for end in (leg.from_id, leg.to_id)}
    known = places(session, named, with_permits=False, zone=setting.zone)
    return Ground(places=known, vehicles={}, carriers=frozenset())


def speaker(aimed: Aimed, viewer: Viewer) -> int:
    """The viewer's organisation where it may speak on this field; raises NotYourSignature."""
    organisation_id = viewer.organisation_id
    if viewer.user_id is None or viewer.role not in SPEAK or organisation_id is None:
        raise NotYourSignature
    if organisation_id not in aimed.sides:
        raise NotYourSignature
    return organisation_id


def end_when_all_agree(
    session: Session, row: Correction, viewer: Viewer, setting: Setting
) -> CorrectionState:
    """Put it into the manifest when nobody's answer is missing any more."""
    session.flush()
    session.refresh(row, ["answers"])
    if any(not each.accepted for each in row.answers):
        return row.state
    custody = custody_by_id(session, row.manifest_id)
    if custody is None:
        raise ManifestUnknown(str(row.manifest_id))
    if custody.on_hold:
        raise StepBlocked([blocked("", "on_hold", manifest=custody.number)])
    aimed = aimed_at(session, custody, row.field, row.old, row.new, setting)
    row.version_made = put_right(session, aimed.aim, custody, aimed.after, viewer.user_id, setting)
    return end(row, CorrectionState.ACCEPTED, setting)


def end(row: Correction, state: CorrectionState, setting: Setting) -> CorrectionState:
    row.state, row.ended_at = state, setting.now
    return state


def text_blocked(field: str, text: str, most: int = LONGEST_REASON) -> Iterator[Blocked]:
    """Why a text that must be given is none: blank, or longer than `most` characters."""
    if not text.strip():
        yield blocked(field, "field_missing")
    elif len(text.strip()) > most:
        yield blocked(field, "too_long", most=most)


def same(first: object, second: object) -> bool:
    """Are two values of JSON the same? Numbers as numbers."""
    if isinstance(first, int | float) and isinstance(second, int | float):
        return abs(first - second) <= EPSILON * max(1.0, abs(first))
    return first == second


def said(value: object) -> str | float | int | None:
    return value if isinstance(value, str | float | int) or value is None else str(value)


def refuse(reasons: Iterator[Blocked]) -> None:
    """Raise StepBlocked with all reasons, where there are any."""
    found = list(reasons)
    if found:
        raise StepBlocked(found)
