"""Which verdicts hold now, in the form in which they are handed out?"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.findings import Verdict
from models.manifests import Manifest
from models.vocabulary import VerdictValue


@dataclass(frozen=True, slots=True)
class VerdictLine:
    """The current verdict of one manifest."""

    manifest: str
    value: VerdictValue
    score: float
    reasons: tuple[dict[str, Any], ...]


def verdict_lines(session: Session) -> list[VerdictLine]:
    """All current verdicts in order of manifest number."""
    rows = session.execute(
        select(Manifest.number, Verdict.value, Verdict.score, Verdict.reasons)
        .join(Verdict, Verdict.manifest_id == Manifest.id)
        .where(Verdict.current)
        .order_by(Manifest.number)
    )
    return [VerdictLine(number, value, score, tuple(reasons)) for number, value, score, reasons in rows]
