"""What did each rule raise of late, and how often was it right?"""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.findings import Decision, Finding
from models.journeys import TripRow
from models.vocabulary import DecisionOutcome, FindingKind
from tracking.rules.rule_record import RuleRecord

WINDOW_DAYS = 90
DAY_MS = 86_400_000
HOUR_MS = 3_600_000


def rule_records(session: Session, now_ms: int, days: int = WINDOW_DAYS) -> list[RuleRecord]:
    """Of every rule that raised anything in the last `days`, by what it raised; for the regulator alone.

    Counted are findings that stand; of several decisions about one the last counts.
    """
    since_ms = now_ms - days * DAY_MS
    recent = (Finding.current, ~Finding.retracted, Finding.start_ms.between(since_ms, now_ms))
    raised = dict(
        session.execute(select(Finding.kind, func.count()).where(*recent).group_by(Finding.kind)).all()
    )
    latest = select(func.max(Decision.id)).group_by(Decision.finding_key)
    rows = session.execute(
        select(Finding.kind, Decision.outcome, func.count())
        .join(Decision, Decision.finding_key == Finding.key)
        .where(*recent, Decision.id.in_(latest))
        .group_by(Finding.kind, Decision.outcome)
    )
    said: dict[tuple[FindingKind, DecisionOutcome], int] = {
        (kind, outcome): count for kind, outcome, count in rows
    }
    driven_ms = session.scalar(
        select(func.sum(TripRow.arrived_ms - TripRow.departed_ms)).where(
            TripRow.departed_ms.between(since_ms, now_ms)
        )
    )
    hours = float(driven_ms or 0) / HOUR_MS
    return [
        RuleRecord(
            kind,
            count,
            confirmed=said.get((kind, DecisionOutcome.CONFIRM), 0),
            explained=said.get((kind, DecisionOutcome.EXPLAIN), 0),
            dismissed=said.get((kind, DecisionOutcome.DISMISS), 0),
            vehicle_hours=hours,
        )
        for kind, count in sorted(raised.items(), key=lambda item: (-item[1], item[0].value))
    ]
