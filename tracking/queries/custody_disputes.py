"""What keeps a manifest open though its load is at its end: cases, mass gaps, paper that nobody confirmed?"""

from dataclasses import replace

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from models.cases import Case, CaseFinding
from models.custody_words import CaseState, PaperState
from models.emergency import PaperSignature
from models.findings import Decision, Finding, FindingManifest
from models.vocabulary import FindingKind
from tracking.rules.custody.facts import Custody

GAPS = (FindingKind.WET_GAP, FindingKind.DRY_GAP, FindingKind.DILUTION)
UNSETTLED = (PaperState.UNCONFIRMED, PaperState.REFUSED, PaperState.WITH_REGULATOR)


def with_disputes(session: Session, custody: Custody) -> Custody:
    """The manifest with what is undecided about it, which only the machine that closes it asks."""
    cases, gap = in_dispute(session, custody.id)
    waits = select(func.count()).where(
        PaperSignature.manifest_id == custody.id, PaperSignature.state.in_(UNSETTLED)
    )
    paper = session.scalar(waits) or 0
    return replace(custody, open_cases=cases, gap_undecided=gap, paper_unconfirmed=paper)


def in_dispute(session: Session, manifest_id: int) -> tuple[int, bool]:
    """(how many open cases are about it, does a finding of a mass gap wait for a decision)."""
    about = (
        select(Finding.key)
        .join(FindingManifest, FindingManifest.finding_id == Finding.id)
        .where(FindingManifest.manifest_id == manifest_id, Finding.current, ~Finding.retracted)
    )
    cases = session.scalar(
        select(func.count(func.distinct(Case.id)))
        .join(CaseFinding, CaseFinding.case_id == Case.id)
        .where(CaseFinding.finding_key.in_(about), Case.state != CaseState.CLOSED)
    )
    decided = select(Decision.finding_key)
    gap = session.scalar(
        select(exists(about.where(Finding.kind.in_(GAPS), Finding.key.not_in(decided)).subquery().select()))
    )
    return cases or 0, bool(gap)
