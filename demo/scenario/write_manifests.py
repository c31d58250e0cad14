"""How does paper get into its tables, each manifest whole?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from demo.scenario.custody import reported_changes
from demo.scenario.fill_manifest import (
    NewRows,
    fill_manifest,
    insert_under,
    missing_changes,
    missing_parts,
)
from demo.scenario.known import References, read_known
from demo.scenario.manifest_tables import ManifestTables, manifest_tables
from demo.scenario.outcome import Tally
from demo.scenario.rows import ManifestRow, PartRow
from models.journeys import ManifestMark
from models.lineage import ManifestLink
from models.manifests import CustodyEvent, Manifest
from models.values import Refusal
from tracking.operations.mark_manifests import mark_followers

WHOLE = (
    selectinload(Manifest.legs),
    selectinload(Manifest.weighings),
    selectinload(Manifest.moisture_tests),
    selectinload(Manifest.receipt),
    selectinload(Manifest.disposal),
    selectinload(Manifest.events),
)


@dataclass(frozen=True, slots=True)
class Fresh:
    """A manifest that the database does not have yet."""

    manifest: Manifest
    under: NewRows


def write_manifests(
    session: Session, rows: Sequence[ManifestRow], parents: dict[str, str], tally: Tally
) -> Iterator[Refusal]:
    """Store a batch of manifests, parents before their children; `parents` by number of the child."""
    known = read_known(session)
    stored = _stored(session, [row.number for row in rows])
    fresh: list[Fresh] = []
    for row in rows:
        references = References(row.place)
        tables = manifest_tables(row, known, references)
        if row.number in parents:
            _insert(session, fresh, tally)  # the parent may be among them
            tables.manifest["parent_id"] = _parent_id(session, parents[row.number], references)
        if row.live is not None and row.live.parts:
            _insert(session, fresh, tally)
            _add_links(session, row, row.live.parts, tables, references)
        if references.refusals:
            yield from references.refusals
        elif row.number in stored:
            yield from _fill(session, stored[row.number], row, tables, tally)
        else:
            fresh.append(_fresh(row, tables))
    _insert(session, fresh, tally)


def _stored(session: Session, numbers: Sequence[str]) -> dict[str, Manifest]:
    found = session.scalars(select(Manifest).where(Manifest.number.in_(numbers)).options(*WHOLE))
    return {manifest.number: manifest for manifest in found}


def _parent_id(session: Session, number: str, references: References) -> int | None:
    """The parent's row id; a parent that was refused a moment ago takes its child with it."""
    parent_id = session.scalar(select(Manifest.id).where(Manifest.number == number))
    if parent_id is None:
        references.refuse("parent", f"manifest '{number}' was refused")
    return parent_id


def _add_links(
    session: Session,
    row: ManifestRow,
    parts: Sequence[PartRow],
    tables: ManifestTables,
    references: References,
) -> None:
    """What the load carries on of each parent."""
    for part in parts:
        parent_id = _parent_id(session, part.number, references)
        if parent_id is not None:
            values = {"kind": row.kind, "wet_kg": part.wet_kg, "dry_kg": part.dry_kg, "at": part.at}
            tables.parts[ManifestLink][(parent_id,)] = values


def _fill(
    session: Session, manifest: Manifest, row: ManifestRow, tables: ManifestTables, tally: Tally
) -> Iterator[Refusal]:
    outcome = fill_manifest(session, manifest, row, tables)
    if isinstance(outcome, list):
        yield from outcome
    elif outcome:
        mark_followers(session, [manifest.id])
        tally.filled += 1
    else:
        tally.unchanged += 1


def _fresh(row: ManifestRow, tables: ManifestTables) -> Fresh:
    changes = reported_changes(row)
    manifest = Manifest(number=row.number, custody_state=changes[-1].to_state, **tables.manifest)
    under = missing_parts(tables, {})
    under[CustodyEvent] = missing_changes(changes, ())
    under[ManifestMark] = [{"dirty": True, "changes": 1}]
    return Fresh(manifest, under)


def _insert(session: Session, fresh: list[Fresh], tally: Tally) -> None:
    """Insert what has gathered, and empty the list."""
    session.add_all(each.manifest for each in fresh)
    session.flush()
    insert_under(session, [(each.manifest.id, each.under) for each in fresh])
    mark_followers(session, [each.manifest.id for each in fresh])
    tally.new += len(fresh)
    fresh.clear()
