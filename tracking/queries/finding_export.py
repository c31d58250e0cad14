"""Which findings hold now, in the form in which they are handed out?"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from models.facilities import Facility, Route
from models.findings import Finding, FindingManifest
from models.fleet import Vehicle
from models.organisations import Organisation
from models.vocabulary import FindingKind, Severity


@dataclass(frozen=True, slots=True)
class FindingLine:
    """One current finding with the codes of its subjects; times ms UTC."""

    key: str
    kind: FindingKind
    severity: Severity
    score: float
    manifests: tuple[str, ...]
    vehicles: tuple[str, ...]
    facility: str | None
    route: str | None
    hauler: str | None
    scale: str | None
    device: str | None
    start_ms: int
    end_ms: int
    detected_ms: int
    lat: float | None
    lon: float | None
    reasons: tuple[dict[str, Any], ...]
    rule_version: str
    version: int
    code_names: Mapping[str, tuple[str, str]]

    def names(self, locale: str) -> dict[str, str]:
        """Human names by code, for wording reasons."""
        return {code: pair[0] if locale == "zh" else pair[1] for code, pair in self.code_names.items()}


def finding_lines(session: Session) -> list[FindingLine]:
    """All current findings, the most probable first."""
    rows = session.scalars(
        select(Finding)
        .where(Finding.current)
        .options(
            selectinload(Finding.manifests).options(joinedload(FindingManifest.manifest)),
            selectinload(Finding.vehicles),
        )
        .order_by(Finding.score.desc(), Finding.start_ms, Finding.key)
    ).all()
    places = codes(session, Facility)
    routes = dict(session.execute(select(Route.id, Route.code)).all())
    haulers = codes(session, Organisation)
    names = {code: (name, name_en or name) for code, name, name_en in places.values()}
    names |= {code: (name, name) for code, name in session.execute(select(Vehicle.code, Vehicle.name))}
    return [
        FindingLine(
            key=row.key,
            kind=row.kind,
            severity=row.severity,
            score=row.score,
            manifests=tuple(link.manifest.number for link in row.manifests),
            vehicles=tuple(link.vehicle_code for link in row.vehicles),
            facility=None if row.facility_id is None else places[row.facility_id][0],
            route=None if row.route_id is None else routes[row.route_id],
            hauler=None if row.hauler_id is None else haulers[row.hauler_id][0],
            scale=row.scale_code,
            device=row.device_code,
            start_ms=row.start_ms,
            end_ms=row.end_ms,
            detected_ms=row.detected_ms,
            lat=row.lat,
            lon=row.lon,
            reasons=tuple(row.reasons),
            rule_version=row.rule_version,
            version=row.version,
            code_names=names,
        )
        for row in rows
    ]


def codes(
    session: Session, table: type[Facility] | type[Organisation]
) -> dict[int, tuple[str, str, str | None]]:
    """(code, name, English name) by row id."""
    rows = session.execute(select(table.id, table.code, table.name, table.name_en))
    return {row_id: (code, name, name_en) for row_id, code, name, name_en in rows}
