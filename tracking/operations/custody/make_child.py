"""How does a load travel on under a child: back, elsewhere, on another vehicle, in parts, or with others?

Drawn up and issued in one transaction, so that no quantity is promised twice: the parents' rows are kept
until it ends, and what a child takes must be left in each of them.
"""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from models.custody_words import Act
from models.values import Viewer
from models.vocabulary import ManifestKind
from tracking.operations.custody.draw_up import ManifestDraft, PartDraft, draw_up
from tracking.operations.custody.refusals import ManifestUnknown, StepBlocked
from tracking.operations.custody.take_step import Setting, Signer, Taken, take_step
from tracking.queries.custody_facts import custody_by_number
from tracking.rules.custody.facts import Given
from tracking.rules.custody.guards import blocked
from tracking.rules.custody.quantities import left_kg


def make_child(
    session: Session,
    draft: ManifestDraft,
    viewer: Viewer,
    signer: Signer,
    setting: Setting,
    at: datetime | None = None,
) -> Taken:
    """Draw up and issue a child of `draft.parents` in the caller's writing transaction.

    Only who has the load or answers for it may (rules/custody/parties.py); raises a CustodyRefused.
    """
    if draft.kind is ManifestKind.NORMAL:
        raise StepBlocked([blocked("parents", "parents_do_not_fit_kind", kind=draft.kind.value)])
    return draw_up_and_issue(session, draft, viewer, signer, setting, at)


def draw_up_and_issue(
    session: Session,
    draft: ManifestDraft,
    viewer: Viewer,
    signer: Signer,
    setting: Setting,
    at: datetime | None = None,
) -> Taken:
    """Draw up any manifest and issue it at once; raises a CustodyRefused, and nothing is kept then."""
    number = draw_up(session, draft, viewer, setting, at)
    return take_step(session, number, Act.ISSUE, viewer, signer, Given(at=at or setting.now), setting)


def whole_of(session: Session, number: str, viewer: Viewer) -> PartDraft:
    """All that is left of a load, as the part a child would take. Raises ManifestUnknown."""
    parent = custody_by_number(session, number, viewer)
    if parent is None:
        raise ManifestUnknown(number)
    return PartDraft(number, round(max(left_kg(parent) or 0.0, 0.0), 1))


def taking_all(
    session: Session, draft: ManifestDraft, numbers: tuple[str, ...], viewer: Viewer
) -> ManifestDraft:
    """The draft with all that is left of these parents. Raises ManifestUnknown."""
    return replace(draft, parents=tuple(whole_of(session, number, viewer) for number in numbers))
