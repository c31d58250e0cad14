"""What did inspectors decide of each rule's findings so far, and how strong were those?"""

from collections import Counter, defaultdict

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from models.findings import Decision, Finding
from models.vocabulary import DecisionOutcome, FindingKind
from tracking.rules.ranking import Corroboration, Tally, shift_of


def tallies(session: Session, kind: FindingKind | None = None) -> dict[FindingKind, Tally]:
    """By kind, or of one kind; of several decisions on one finding the last counts.

    A finding counts as strong as it was in the version that was decided. What was dismissed and what was
    explained alike was not confirmed.
    """
    latest = select(func.max(Decision.id)).group_by(Decision.finding_key)
    ranking = Finding.evidence["ranking"]
    decided = and_(Finding.key == Decision.finding_key, Finding.version == Decision.finding_version)
    query = (
        select(Finding.kind, Decision.outcome, ranking).join(Finding, decided).where(Decision.id.in_(latest))
    )
    query = query if kind is None else query.where(Finding.kind == kind)
    counted: dict[FindingKind, list[int]] = defaultdict(lambda: [0, 0])
    shifts: dict[FindingKind, Counter[float]] = defaultdict(Counter)
    for row_kind, outcome, stored in session.execute(query):
        counted[row_kind][0] += outcome is DecisionOutcome.CONFIRM
        counted[row_kind][1] += 1
        if stored is not None:
            shifts[row_kind][round(stored_shift(stored), 1)] += 1
    return {
        each: Tally(confirmed, decided_count, tuple(sorted(shifts[each].items())))
        for each, (confirmed, decided_count) in counted.items()
    }


def stored_shift(ranking: dict[str, float]) -> float:
    """The shift of a stored finding, of the "ranking" in its evidence."""
    beside = Corroboration(int(ranking["companions"]), int(ranking["families"]))
    return shift_of(float(ranking["size"]), beside)
