"""Set the verdicts of manifests; an unchanged one is left alone, a changed one gets a new version."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.findings import Verdict
from tracking.operations.revise_findings import reason_json
from tracking.queries.paper import batches
from tracking.rules.findings import RULE_VERSION
from tracking.rules.verdicts import VerdictDraft


def set_verdicts(session: Session, drafts: Mapping[int, VerdictDraft], recorded_at: datetime) -> None:
    """Make these the current verdicts, by row id of the manifest."""
    standing: dict[int, Verdict] = {}
    for batch in batches(sorted(drafts)):
        rows = session.scalars(select(Verdict).where(Verdict.manifest_id.in_(batch), Verdict.current))
        standing |= {row.manifest_id: row for row in rows}
    changed = {key: draft for key, draft in drafts.items() if not holds(standing.get(key), draft)}
    for key in changed:
        if key in standing:
            standing[key].current = False
    session.flush()  # the old one must be gone before the new one is current
    session.add_all(
        Verdict(
            manifest_id=key,
            version=standing[key].version + 1 if key in standing else 1,
            current=True,
            value=draft.value,
            score=draft.score,
            reasons=[reason_json(reason) for reason in draft.reasons],
            rule_version=RULE_VERSION,
            recorded_at=recorded_at,
        )
        for key, draft in changed.items()
    )


def holds(row: Verdict | None, draft: VerdictDraft) -> bool:
    """Is the stored verdict the same?"""
    return (
        row is not None
        and row.value is draft.value
        and row.score == draft.score
        and row.reasons == [reason_json(reason) for reason in draft.reasons]
        and row.rule_version == RULE_VERSION
    )
