"""What goes into the score of a folder: its truths, and the findings and verdicts on what belongs to it?"""

import math
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, selectinload

from demo.scenario.fields import Fields
from demo.scenario.folder import Folder, FolderRefused, open_folder, read_jsonl
from demo.scenario.read_fleet import read_vehicles
from demo.scenario.read_manifests import read_manifests
from demo.scenario.read_places import read_facilities
from demo.scenario.rows import ManifestRow
from demo.scenario.score import Carriage, ScoredFinding, ScoredManifest, Truth, score
from gps_ingest.store.watermarks import to_ms
from models.facilities import Facility
from models.findings import Finding, FindingManifest, Verdict
from models.manifests import Manifest
from models.session import read_sessions
from models.vocabulary import FindingKind, VerdictValue


def score_folder(engine: Engine, path: Path) -> dict[str, object]:
    """The figures of SCENARIO.md for the folder; raises FolderRefused when it has no readable truth."""
    folder = open_folder(path)
    truths = read_truths(folder)
    papers: list[ManifestRow] = read_manifests(folder).rows
    with read_sessions(engine)() as session:
        verdicts = current_verdicts(session)
        findings = current_findings(session)
    codes = folder_codes(folder, papers)
    own = [finding for finding in findings if belongs(finding, codes)]
    manifests = [ScoredManifest(row.number, carriages(row), verdicts.get(row.number)) for row in papers]
    return score(truths, own, manifests)


def read_truths(folder: Folder) -> list[Truth]:
    """truth.jsonl; a truth that cannot be read would make every figure wrong, so it refuses the folder."""
    if not (folder.path / "truth.jsonl").is_file():
        raise FolderRefused(f"{folder.path} has no truth.jsonl: there is nothing to score against")
    read = read_jsonl(folder, "truth.jsonl", truth)
    if read.refusals:
        fault = read.refusals[0]
        raise FolderRefused(f"{fault.place}: {fault.field} {fault.reason}")
    return read.rows


def truth(fields: Fields) -> Truth:
    start, end = fields.optional_time("start"), fields.optional_time("end")
    return Truth(
        kind=fields.word("kind", FindingKind),
        manifest=fields.optional_text("manifest"),
        vehicle=fields.optional_text("vehicle"),
        facility=fields.optional_text("facility"),
        start_ms=None if start is None else to_ms(start),
        end_ms=None if end is None else to_ms(end),
    )


@dataclass(frozen=True, slots=True)
class FolderCodes:
    """What belongs to a folder; several worlds may lie in one database."""

    manifests: frozenset[str]
    vehicles: frozenset[str]
    facilities: frozenset[str]


def folder_codes(folder: Folder, papers: list[ManifestRow]) -> FolderCodes:
    """The codes that the folder's own files name."""
    carriers = {leg.vehicle for row in papers for leg in row.legs}
    return FolderCodes(
        manifests=frozenset(row.number for row in papers),
        vehicles=frozenset(carriers | {row.code for row in read_vehicles(folder).rows}),
        facilities=frozenset(row.code for row in read_facilities(folder).rows),
    )


def belongs(finding: ScoredFinding, codes: FolderCodes) -> bool:
    """Is any manifest or vehicle of the finding the folder's; or, where it has none, its facility?"""
    if finding.manifests or finding.vehicles:
        return bool(finding.manifests & codes.manifests or finding.vehicles & codes.vehicles)
    return finding.facility in codes.facilities


def carriages(row: ManifestRow) -> tuple[Carriage, ...]:
    """Who carried the load when: from loading (else issue) over each handover to receipt, or still."""
    start: float = to_ms(row.issued_at if row.loaded is None else row.loaded.at)
    end = math.inf if row.received is None else to_ms(row.received.at)
    found = []
    for leg in row.legs:
        handed = end if leg.handover_at is None or leg is row.legs[-1] else to_ms(leg.handover_at)
        found.append(Carriage(leg.vehicle, start, handed))
        if leg.handover_at is not None:
            start = handed
    return tuple(found)


def current_findings(session: Session) -> list[ScoredFinding]:
    """The findings that hold now; a retracted one holds no more."""
    facilities = {row.id: row.code for row in session.execute(select(Facility.id, Facility.code))}
    rows = session.scalars(
        select(Finding)
        .where(Finding.current, ~Finding.retracted)
        .options(
            selectinload(Finding.manifests).selectinload(FindingManifest.manifest),
            selectinload(Finding.vehicles),
        )
    )
    return [
        ScoredFinding(
            key=row.key,
            kind=row.kind,
            manifests=frozenset(each.manifest.number for each in row.manifests),
            vehicles=frozenset(each.vehicle_code for each in row.vehicles),
            facility=None if row.facility_id is None else facilities[row.facility_id],
            start_ms=row.start_ms,
            end_ms=row.end_ms,
            detected_ms=row.detected_ms,
        )
        for row in rows
    ]


def current_verdicts(session: Session) -> dict[str, VerdictValue]:
    """The verdict that holds now, by manifest number."""
    held = select(Manifest.number, Verdict.value).join(Verdict, Verdict.manifest_id == Manifest.id)
    return {row.number: row.value for row in session.execute(held.where(Verdict.current))}
