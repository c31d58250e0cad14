"""What does one decision change for the findings that still wait? The scores of its rule's open ones.

A score is no part of a finding's contents: ranking it anew makes no new version. Findings without what they
are ranked by (written by an older rule) keep their score until they are judged again.
"""

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from models.findings import Decision, Finding, FindingManifest
from models.vocabulary import FindingKind
from tracking.operations.mark_manifests import mark_manifest_ids
from tracking.queries.rule_tallies import stored_shift, tallies
from tracking.rules.ranking import rank

MOST_AT_ONCE = 5_000
"""The top of a rule's queue; what lies below is ranked anew when it is judged again."""
CHUNK = 500


def rank_again(session: Session, kind: FindingKind, contradicted_score: float) -> int:
    """Rank a rule's open findings by all decisions so far, in the caller's transaction.

    Returns how many moved.

    contradicted_score: manifests of findings that crossed it are marked, so that the next analysis sets their
    verdicts anew.
    """
    learned = tallies(session, kind)
    undecided = ~select(Decision.id).where(Decision.finding_key == Finding.key).exists()
    ranking = Finding.evidence["ranking"]
    rows = session.execute(
        select(Finding.id, Finding.score, ranking)
        .where(Finding.current, Finding.kind == kind, undecided)
        .order_by(Finding.score.desc(), Finding.id.desc())
        .limit(MOST_AT_ONCE)
    ).all()
    moved: list[dict[str, float]] = []
    crossed: list[int] = []
    for finding_id, score, stored in rows:
        if stored is None:
            continue
        ranked = rank(kind, stored_shift(stored), float(stored["cap"]), learned)
        if ranked == score:
            continue
        moved.append({"which": finding_id, "to_score": ranked})
        if (score >= contradicted_score) != (ranked >= contradicted_score):
            crossed.append(finding_id)
    write_scores(session, moved)
    mark_manifest_ids(session, manifests_of(session, crossed))
    return len(moved)


def write_scores(session: Session, moved: list[dict[str, float]]) -> None:
    """Scores by row id of the finding."""
    if not moved:
        return
    statement = update(Finding).where(Finding.id == bindparam("which")).values(score=bindparam("to_score"))
    session.connection().execute(statement, moved)
    session.expire_all()


def manifests_of(session: Session, finding_ids: list[int]) -> set[int]:
    """The manifests (row ids) that findings are about."""
    found: set[int] = set()
    for low in range(0, len(finding_ids), CHUNK):
        chosen = select(FindingManifest.manifest_id)
        found |= set(
            session.scalars(chosen.where(FindingManifest.finding_id.in_(finding_ids[low : low + CHUNK])))
        )
    return found
