"""Set the verdict of a manifest; an unchanged one is left alone, a changed one gets a new version."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.findings import Verdict
from tracking.operations.revise_findings import reason_json
from tracking.rules.findings import RULE_VERSION
from tracking.rules.verdicts import VerdictDraft


def set_verdict(session: Session, manifest_id: int, draft: VerdictDraft, recorded_at: datetime) -> None:
    """Make `draft` the current verdict of a manifest."""
    reasons = [reason_json(reason) for reason in draft.reasons]
    row = session.scalar(select(Verdict).where(Verdict.manifest_id == manifest_id, Verdict.current))
    version = 1
    if row is not None:
        same = row.value is draft.value and row.score == draft.score and row.reasons == reasons
        if same and row.rule_version == RULE_VERSION:
            return
        row.current = False
        version = row.version + 1
        session.flush()
    session.add(
        Verdict(
            manifest_id=manifest_id,
            version=version,
            current=True,
            value=draft.value,
            score=draft.score,
            reasons=reasons,
            rule_version=RULE_VERSION,
            recorded_at=recorded_at,
        )
    )
