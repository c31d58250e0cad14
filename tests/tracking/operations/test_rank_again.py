"""Do decisions about some findings of a rule rank the others, and nothing else?"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.findings import Finding
from models.journeys import ManifestMark
from models.values import Viewer
from models.vocabulary import DecisionOutcome, FindingKind, Role
from tests import factories as make
from tests.city_factories import user
from tracking.operations.decide_finding import decide_finding
from tracking.operations.rank_again import rank_again
from tracking.queries.rule_tallies import tallies
from tracking.rules.ranking import NOTHING_BESIDE, Tally, rank, shift_of

NOW = datetime(2026, 3, 4, tzinfo=UTC)
KIND = FindingKind.UNPLANNED_STOP


def stored(size: float = 1.0, cap: float = 0.99) -> dict[str, object]:
    ranking = {"size": size, "companions": 0, "families": 0, "cap": cap}
    return {"figures": {}, "thresholds": {}, "marks": [], "ranking": ranking}


def raised(session: Session, size: float = 1.0, kind: FindingKind = KIND, **given: Any) -> Finding:
    score = rank(kind, shift_of(size, NOTHING_BESIDE), 0.99, {})
    return make.finding(session, kind, score=score, evidence=stored(size), **given)


def scored(session: Session, finding: Finding) -> float:
    found = session.scalar(select(Finding.score).where(Finding.id == finding.id))
    assert found is not None
    return found


def test_a_decision_ranks_the_open_findings_of_its_rule(session: Session) -> None:
    inspector = user(session, role=Role.REGULATOR)
    decided, waiting, stronger = raised(session), raised(session), raised(session, 3.0)
    other = raised(session, kind=FindingKind.OFF_ROUTE)
    before = {each.key: each.score for each in (decided, waiting, stronger, other)}
    versions = session.scalar(select(func.count(Finding.id)))
    decide_finding(
        session,
        decided.key,
        DecisionOutcome.DISMISS,
        "the camera shows an empty lay-by",
        Viewer(Role.REGULATOR, None, inspector.id),
        seen_version=1,
        seen_decision_id=0,
        now=NOW,
        contradicted_score=0.5,
    )
    assert scored(session, waiting) < before[waiting.key]
    assert scored(session, stronger) < before[stronger.key]
    assert scored(session, waiting) < scored(session, stronger)
    assert scored(session, decided) == before[decided.key], "it is decided, not ranked"
    assert scored(session, other) == before[other.key], "another rule"
    assert session.scalar(select(func.count(Finding.id))) == versions, "no new version"


def test_manifests_whose_finding_crossed_the_line_are_judged_again(session: Session) -> None:
    inspector = user(session, role=Role.REGULATOR)
    haul = make.haul(session)
    raised(session, of=haul.manifest)
    assert rank_again(session, KIND, 0.5) == 0
    assert session.get(ManifestMark, haul.manifest.id) is None
    for _ in range(12):
        make.decision(session, raised(session), inspector, DecisionOutcome.DISMISS)
    assert rank_again(session, KIND, 0.5) == 1
    mark = session.get(ManifestMark, haul.manifest.id)
    assert mark is not None
    assert mark.dirty


def test_a_tally_knows_how_strong_the_decided_ones_were(session: Session) -> None:
    inspector = user(session, role=Role.REGULATOR)
    first, second, old = raised(session, 8.0), raised(session, 1.0), make.finding(session, KIND)
    make.decision(session, first, inspector, DecisionOutcome.DISMISS)
    make.decision(session, first, inspector, DecisionOutcome.CONFIRM)  # the last word counts
    make.decision(session, second, inspector, DecisionOutcome.EXPLAIN)
    make.decision(session, old, inspector, DecisionOutcome.CONFIRM)  # of an older rule: strength unknown
    assert tallies(session) == {KIND: Tally(2, 3, ((0.0, 1), (1.7, 1)))}
    assert tallies(session, FindingKind.OFF_ROUTE) == {}
