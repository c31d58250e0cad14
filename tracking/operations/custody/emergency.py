"""How does paper get in that was written while the system was away (应急纸质联单补录)?

The regulator opens a window: whose paper, of which time, until when. What is typed in goes through the same
arrows and guards as everything else, dated when it happened, each signature of the lowest assurance. A
signature of another party than the one that types it in is unconfirmed until that party says that it signed
so (confirm_paper.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.cases import Attachment
from models.corrections import EmergencyWindow
from models.custody_words import Act, ManifestSource, PaperState, SigningMethod
from models.emergency import PaperSignature
from models.organisations import Organisation
from models.values import Viewer
from models.vocabulary import Role
from tracking.operations.add_row import add_row
from tracking.operations.custody.draw_up import ManifestDraft, draw_up
from tracking.operations.custody.refusals import (
    ActNotPossible,
    ManifestUnknown,
    NotYourSignature,
    StepBlocked,
)
from tracking.operations.custody.take_step import (
    Setting,
    Signer,
    Taken,
    hold_row,
    prepare,
    refuse_repeated,
    sign_step,
)
from tracking.queries.custody_facts import custody_by_number
from tracking.rules.custody.facts import Given
from tracking.rules.custody.guards import blocked
from tracking.rules.custody.parties import ROLES, organisation_for

REASON_AT_MOST = 1000


@dataclass(frozen=True, slots=True)
class WindowDraft:
    """A window as typed; organisation: a code, blank for everybody."""

    covers_from: datetime
    covers_to: datetime
    enter_until: datetime
    reason: str
    organisation: str | None = None


@dataclass(frozen=True, slots=True)
class PaperStep:
    """A step as the paper shows it: `given.at` is when it happened, `signer` the name under it.

    `evidence_id`: an attachment of whoever types it in, a photo of the paper.
    """

    act: Act
    given: Given
    signer: str
    evidence_id: int | None = None


@dataclass(frozen=True, slots=True)
class Entering:
    """Who types paper in, by which window."""

    viewer: Viewer
    setting: Setting
    window_id: int


def open_window(session: Session, draft: WindowDraft, viewer: Viewer, setting: Setting) -> int:
    """Row id of a new window. Regulators only: raises NotYourSignature, StepBlocked."""
    if viewer.role is not Role.REGULATOR or viewer.user_id is None:
        raise NotYourSignature
    found = []
    organisation = None
    if draft.organisation:
        organisation = session.scalar(select(Organisation).where(Organisation.code == draft.organisation))
        if organisation is None:
            found.append(blocked("organisation", "no_such_organisation", given=draft.organisation))
    if draft.covers_to <= draft.covers_from:
        found.append(blocked("covers_to", "window_ends_before_it_begins"))
    if draft.enter_until <= setting.now:
        found.append(blocked("enter_until", "window_over_already", at=draft.enter_until.isoformat()))
    if not draft.reason.strip():
        found.append(blocked("reason", "reason_missing"))
    if found:
        raise StepBlocked(found)
    row = EmergencyWindow(
        organisation_id=None if organisation is None else organisation.id,
        covers_from=draft.covers_from,
        covers_to=draft.covers_to,
        enter_until=draft.enter_until,
        reason=draft.reason.strip()[:REASON_AT_MOST],
        opened_by_id=viewer.user_id,
        opened_at=setting.now,
    )
    session.add(row)
    session.flush()
    return row.id


def close_window(session: Session, window_id: int, viewer: Viewer, setting: Setting) -> None:
    """Nothing more is typed in by this window; what was, stays. Regulators only.

    Raises NotYourSignature, StepBlocked where there is no such window or it is over already.
    """
    if viewer.role is not Role.REGULATOR or viewer.user_id is None:
        raise NotYourSignature
    kept = select(EmergencyWindow).where(EmergencyWindow.id == window_id).with_for_update(of=EmergencyWindow)
    row = session.scalar(kept.execution_options(populate_existing=True))
    if row is None:
        raise StepBlocked([blocked("window", "not_known", given=str(window_id))])
    if row.enter_until <= setting.now:
        raise StepBlocked([blocked("window", "window_over_already", at=row.enter_until.isoformat())])
    row.enter_until, row.closed_at, row.closed_by_id = setting.now, setting.now, viewer.user_id
    session.flush()


def enter_paper(
    session: Session, draft: ManifestDraft, steps: Sequence[PaperStep], viewer: Viewer, setting: Setting
) -> str:
    """The number of a whole paper manifest with its steps, entered by who issued it.

    Signatures of other parties stay unconfirmed until they confirm them. In the caller's writing
    transaction; raises a CustodyRefused, fields begin with `steps[i].` then.
    """
    if not steps or steps[0].act is not Act.ISSUE:
        raise StepBlocked([blocked("steps", "paper_begins_with_issue")])
    entering = Entering(viewer, setting, window_for(session, steps, viewer, setting))
    on_paper = replace(draft, source=ManifestSource.EMERGENCY)
    number = draw_up(session, on_paper, viewer, setting, at=steps[0].given.at)
    for index, step in enumerate(steps):
        enter_step(session, number, step, entering, index)
    return number


def continue_on_paper(
    session: Session, number: str, steps: Sequence[PaperStep], viewer: Viewer, setting: Setting
) -> tuple[Taken, ...]:
    """Steps of a manifest that is there already: everybody enters what they signed themselves.

    Raises a CustodyRefused; NotYourSignature for a step that another organisation signs.
    """
    if not steps:
        raise StepBlocked([blocked("steps", "paper_without_steps")])
    entering = Entering(viewer, setting, window_for(session, steps, viewer, setting))
    return tuple(
        enter_step(session, number, step, entering, index, own_only=True) for index, step in enumerate(steps)
    )


def window_for(session: Session, steps: Sequence[PaperStep], viewer: Viewer, setting: Setting) -> int:
    """Row id of a window that is open and covers all times of the paper: raises StepBlocked without one."""
    times = [step.given.at for step in steps]
    for_whom = or_(
        EmergencyWindow.organisation_id.is_(None), EmergencyWindow.organisation_id == viewer.organisation_id
    )
    window = session.scalar(
        select(EmergencyWindow.id)
        .where(for_whom, EmergencyWindow.opened_at <= setting.now, EmergencyWindow.enter_until > setting.now)
        .where(EmergencyWindow.covers_from <= min(times), EmergencyWindow.covers_to >= max(times))
        .order_by(EmergencyWindow.id)
        .limit(1)
    )
    if window is None:
        raise StepBlocked([blocked("at", "no_emergency_window", at=min(times).isoformat())])
    return window


def enter_step(
    session: Session,
    number: str,
    paper: PaperStep,
    entering: Entering,
    index: int,
    *,
    own_only: bool = False,
) -> Taken:
    """One step with the signatures that its arrow asks for, as the paper shows them."""
    viewer = entering.viewer
    hold_row(session, number)
    custody = custody_by_number(session, number, viewer)
    if custody is None:
        raise ManifestUnknown(number)
    refuse_repeated(session, custody, paper.act)
    refuse_foreign_file(session, paper, viewer, index)
    given = replace(paper.given, backdated=True)
    step, arrow = prepare(session, custody, paper.act, given, entering.setting)
    if not arrow.signers:
        raise ActNotPossible(paper.act, custody.state)
    taken = None
    for capacity in arrow.signers:
        organisation_id = organisation_for(paper.act, capacity, custody, step.ground, step.given.place_id)
        own = organisation_id == viewer.organisation_id and viewer.role in ROLES[capacity]
        if organisation_id is None or (own_only and not own):
            raise NotYourSignature
        signer = Signer(paper.signer, organisation_id, SigningMethod.EMERGENCY_PAPER, viewer.user_id)
        try:
            taken = sign_step(session, step, arrow, signer, entering.setting)
        except StepBlocked as refused:
            named = [replace(each, field=f"steps[{index}].{each.field}") for each in refused.blocked]
            raise StepBlocked(named) from refused
        keep_paper(session, custody.id, taken, paper, entering, organisation_id)
    if taken is None:
        raise NotYourSignature
    return taken


def refuse_foreign_file(session: Session, paper: PaperStep, viewer: Viewer, index: int) -> None:
    """A photo of the paper is a file that the party which types it in has sent."""
    if paper.evidence_id is None:
        return
    sent_by = select(Attachment.organisation_id).where(Attachment.id == paper.evidence_id)
    if session.scalar(sent_by) != viewer.organisation_id:
        raise StepBlocked([blocked(f"steps[{index}].evidence", "attachment_unknown")])


def keep_paper(
    session: Session,
    manifest_id: int,
    taken: Taken,
    paper: PaperStep,
    entering: Entering,
    organisation_id: int,
) -> None:
    """Beside the signature: who typed it in, and whether its party is still to be asked."""
    own = organisation_id == entering.viewer.organisation_id
    add_row(
        session,
        PaperSignature,
        signature_id=taken.signature_id,
        manifest_id=manifest_id,
        organisation_id=organisation_id,
        window_id=entering.window_id,
        happened_at=paper.given.at,
        evidence_id=paper.evidence_id,
        entered_by_id=entering.viewer.user_id,
        entered_at=entering.setting.now,
        state=PaperState.OWN if own else PaperState.UNCONFIRMED,
    )
