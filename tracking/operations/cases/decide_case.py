"""How does a case end? Decided with an outcome and a reason, closed, and opened again where it must be."""

from datetime import datetime

from sqlalchemy.orm import Session

from models.custody_words import CaseAct, CaseOutcome, CaseState
from models.values import Viewer
from tracking.operations.cases.entries import add_entry, case_for, checked_text, move_case

UNDECIDED = frozenset({CaseState.OPEN, CaseState.WAITING})
ENDED = frozenset({CaseState.DECIDED, CaseState.CLOSED})


def decide_case(
    session: Session,
    number: str,
    outcome: CaseOutcome,
    reason: str,
    viewer: Viewer,
    now: datetime,
    seen: CaseState | None = None,
) -> None:
    """Decide what it was; open questions need no answer any more.

    Raises CaseUnknown, NotYours, CaseMoved, StepBlocked.
    """
    case = case_for(session, number, viewer)
    said = checked_text(reason, field="reason")
    move_case(session, case, seen, UNDECIDED, state=CaseState.DECIDED, outcome=outcome)
    add_entry(session, case, CaseAct.DECIDED, viewer, now, text=said, details={"outcome": outcome.value})


def close_case(
    session: Session, number: str, viewer: Viewer, now: datetime, seen: CaseState | None = None
) -> None:
    """Close what is decided: its manifests may be closed from then on. Raises as decide_case."""
    case = case_for(session, number, viewer)
    move_case(session, case, seen, {CaseState.DECIDED}, state=CaseState.CLOSED)
    add_entry(session, case, CaseAct.CLOSED, viewer, now)


def reopen_case(
    session: Session,
    number: str,
    reason: str,
    viewer: Viewer,
    now: datetime,
    seen: CaseState | None = None,
) -> None:
    """Look at it again; the earlier decision stays in the story. Raises as decide_case."""
    case = case_for(session, number, viewer)
    said = checked_text(reason, field="reason")
    move_case(session, case, seen, ENDED, state=CaseState.OPEN, outcome=None)
    add_entry(session, case, CaseAct.REOPENED, viewer, now, text=said)
