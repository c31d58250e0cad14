"""What is known of one finding: evidence, subjects, earlier versions and what people decided?"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ScalarSelect, select
from sqlalchemy.orm import Session, aliased

from models.facilities import Facility, Route
from models.findings import Decision, Finding, FindingVehicle
from models.organisations import Organisation, User
from models.values import Viewer
from models.vocabulary import DecisionOutcome, Severity
from tracking.queries.finding_list import COLUMNS, FindingRow, named_rows
from tracking.queries.known_subjects import known_subjects
from tracking.queries.names import Name, name_or_none
from tracking.queries.visibility import findings_visible


@dataclass(frozen=True, slots=True)
class FindingVersion:
    """One state of the finding; a later one superseded it, nothing is deleted."""

    version: int
    current: bool
    retracted: bool
    severity: Severity
    score: float
    rule_version: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Opinion:
    """What an inspector decided about a version, and why."""

    id: int
    version: int
    outcome: DecisionOutcome
    reason: str
    by: str
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class FindingStory:
    """A finding as its page shows it. `evidence` holds figures, thresholds and marks."""

    row: FindingRow
    retracted: bool
    facility: Name | None
    route: str | None
    hauler: Name | None
    hauler_id: int | None
    scale: str | None
    device: str | None
    evidence: dict[str, Any]
    rule_version: str
    recorded_at: datetime
    versions: tuple[FindingVersion, ...]
    decisions: tuple[Opinion, ...]

    @property
    def last_decision_id(self) -> int:
        """What a decision form has seen: a decision added since makes it out of date."""
        return self.decisions[-1].id if self.decisions else 0


def finding_story(session: Session, key: str, viewer: Viewer) -> FindingStory | None:
    """A finding as it stands, with its history; None if the viewer may not see it."""
    story = finding_evidence(session, key, viewer)
    if story is None:
        return None
    return replace(story, versions=_versions(session, key), decisions=decisions_about(session, key))


def finding_evidence(session: Session, key: str, viewer: Viewer) -> FindingStory | None:
    """The same without versions and decisions: what a map needs."""
    hauler = aliased(Organisation)
    columns: list[Any] = [Finding.retracted, Finding.scale_code, Finding.device_code, Finding.evidence]
    columns += [Finding.rule_version, Finding.recorded_at, Route.code]
    columns += [Facility.code, Facility.name, Facility.name_en]
    columns += [hauler.code, hauler.name, hauler.name_en, hauler.id]
    query = (
        select(*COLUMNS, *columns)
        .join(Route, Route.id == Finding.route_id, isouter=True)
        .join(Facility, Facility.id == Finding.facility_id, isouter=True)
        .join(hauler, hauler.id == Finding.hauler_id, isouter=True)
        .where(Finding.id == _last_word(key), findings_visible(viewer))
    )
    row = session.execute(query).first()
    if row is None:
        return None
    story = _story(named_rows(session, viewer, [row])[0], row[len(COLUMNS) :])
    return _as_told(session, story, viewer)


def _last_word(key: str) -> ScalarSelect[int]:
    """The id of the version that holds, or of the last one where the finding was taken back."""
    versions = select(Finding.id).where(Finding.key == key)
    return versions.order_by(Finding.current.desc(), Finding.version.desc()).limit(1).scalar_subquery()


def _as_told(session: Session, story: FindingStory, viewer: Viewer) -> FindingStory:
    """The story without what belongs to other parties alone: their names, places, devices and scales."""
    if viewer.sees_all:
        return story
    query = select(FindingVehicle.vehicle_code).where(FindingVehicle.finding_id == story.row.id)
    vehicles = session.scalars(query).all()
    known = known_subjects(session, viewer, (), [story.evidence], vehicles)
    own = bool(story.row.manifests)  # a party of the load; others see the part of their own vehicle only
    return replace(
        story,
        evidence=known.evidence(story.evidence, vehicles),
        device=story.device if known.knows_vehicles(vehicles) else None,
        scale=story.scale if own else None,
        hauler=story.hauler if own or story.hauler_id == viewer.organisation_id else None,
    )


def _story(row: FindingRow, rest: Any) -> FindingStory:
    return FindingStory(
        row=row,
        retracted=rest[0],
        scale=rest[1],
        device=rest[2],
        evidence=rest[3],
        rule_version=rest[4],
        recorded_at=rest[5],
        route=rest[6],
        facility=name_or_none(*rest[7:10]),
        hauler=name_or_none(*rest[10:13]),
        hauler_id=rest[13],
        versions=(),
        decisions=(),
    )


def _versions(session: Session, key: str) -> tuple[FindingVersion, ...]:
    query = (
        select(
            Finding.version,
            Finding.current,
            Finding.retracted,
            Finding.severity,
            Finding.score,
            Finding.rule_version,
            Finding.recorded_at,
        )
        .where(Finding.key == key)
        .order_by(Finding.version)
    )
    return tuple(FindingVersion(*row) for row in session.execute(query))


def decisions_about(session: Session, key: str) -> tuple[Opinion, ...]:
    """Everything that was decided about a finding, oldest first."""
    query = (
        select(
            Decision.id,
            Decision.finding_version,
            Decision.outcome,
            Decision.reason,
            User.display_name,
            Decision.decided_at,
        )
        .join(User, User.id == Decision.user_id)
        .where(Decision.finding_key == key)
        .order_by(Decision.id)
    )
    return tuple(Opinion(*row) for row in session.execute(query))
