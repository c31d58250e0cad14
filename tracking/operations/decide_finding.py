"""What does an inspector's decision about a finding change? One row beside the earlier ones."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.findings import Decision, Finding
from models.organisations import User
from models.values import Viewer
from models.vocabulary import DecisionOutcome, Role
from tracking.operations.rank_again import rank_again
from tracking.queries.visibility import findings_visible

MAX_REASON = 1000


class DecisionRefused(Exception):
    """Base of what can stand against a decision."""


class FindingUnknown(DecisionRefused):
    """There is no such finding for this viewer."""


class NotAnInspector(DecisionRefused):
    """Only the regulator decides."""


class ReasonMissing(DecisionRefused):
    """A decision needs a reason of at most MAX_REASON characters."""


class DecidedMeanwhile(DecisionRefused):
    """Somebody else decided since the page was read."""

    def __init__(self, by: str, outcome: DecisionOutcome, at: datetime) -> None:
        super().__init__(f"{by} decided {outcome.value} at {at.isoformat()}")
        self.by, self.outcome, self.at = by, outcome, at


class RevisedMeanwhile(DecisionRefused):
    """The analysis revised the finding since the page was read."""

    def __init__(self, version: int) -> None:
        super().__init__(f"the finding is in version {version} now")
        self.version = version


def decide_finding(
    session: Session,
    key: str,
    outcome: DecisionOutcome,
    reason: str,
    viewer: Viewer,
    *,
    seen_version: int,
    seen_decision_id: int,
    now: datetime,
    contradicted_score: float,
) -> Decision:
    """Record a decision in the caller's writing transaction.

    `seen_version` and `seen_decision_id` (0 for none) are what the page showed: whoever decides second
    learns of the first instead of overruling it unread. The other open findings of the rule are ranked anew
    (contradicted_score: the line above which a finding contradicts its manifest). Raises a DecisionRefused.
    """
    if viewer.role != Role.REGULATOR or viewer.user_id is None:
        raise NotAnInspector
    reason = reason.strip()
    if not reason or len(reason) > MAX_REASON:
        raise ReasonMissing
    # The row lock makes two inspectors wait for each other on PostgreSQL; SQLite has one writer anyway.
    query = select(Finding.version, Finding.kind).where(
        Finding.key == key, Finding.current, findings_visible(viewer)
    )
    found = session.execute(query.with_for_update()).first()
    if found is None:
        raise FindingUnknown
    version, kind = found
    if version != seen_version:
        raise RevisedMeanwhile(version)
    _refuse_if_decided_since(session, key, seen_decision_id)
    decision = Decision(
        finding_key=key,
        finding_version=version,
        outcome=outcome,
        reason=reason,
        user_id=viewer.user_id,
        decided_at=now,
    )
    session.add(decision)
    session.flush()
    rank_again(session, kind, contradicted_score)
    return decision


def _refuse_if_decided_since(session: Session, key: str, seen_decision_id: int) -> None:
    newest = session.scalar(select(func.max(Decision.id)).where(Decision.finding_key == key))
    if newest is None or newest <= seen_decision_id:
        return
    row = session.execute(
        select(User.display_name, Decision.outcome, Decision.decided_at)
        .join(User, User.id == Decision.user_id)
        .where(Decision.id == newest)
    ).one()
    raise DecidedMeanwhile(*row)
