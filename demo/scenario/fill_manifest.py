"""What may a later version of the paper add to a stored manifest, and when is it refused?

Blocks that were absent may appear, blanks may be filled; a value that differs from a stored one is
refused and the manifest with it: paper once signed is not altered by a load.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from sqlalchemy import insert
from sqlalchemy.orm import Session

from demo.scenario.custody import Change, reported_changes
from demo.scenario.filling import differences, fill
from demo.scenario.manifest_tables import PART_KEYS, Key, ManifestTables, Values, part_path, stored_parts
from demo.scenario.rows import ManifestRow
from models.base import Base
from models.journeys import ManifestMark
from models.lineage import ManifestLink
from models.manifests import CustodyEvent, Leg, Manifest
from models.values import Refusal
from models.vocabulary import CustodyState

NewRows = dict[type[Base], list[Values]]
"""Rows to insert under a manifest, by table."""
FOLDER_NAMES = {
    "origin_id": "origin",
    "destination_id": "destination",
    "parent_id": "parent",
    "vehicle_code": "vehicle",
    "from_id": "from",
    "to_id": "to",
    "route_id": "route",
    "handover_at": "handover.at",
    "scale_code": "scale",
    "moisture_fraction": "moisture",
}


def fill_manifest(
    session: Session, manifest: Manifest, row: ManifestRow, tables: ManifestTables
) -> bool | list[Refusal]:
    """Add to a stored manifest what it lacks: was there anything? Or why it is refused, whole."""
    refusals = [Refusal(row.place, field, reason) for field, reason in contradictions(manifest, tables)]
    if refusals:
        return refusals
    filled = fill(manifest, tables.manifest)
    parts = stored_parts(manifest)
    for table, given in tables.parts.items():
        for key in given.keys() & parts[table].keys():
            filled |= fill(parts[table][key], given[key])
    new = missing_parts(tables, parts)
    changes = reported_changes(row)
    on_paper = [change.to_state for change in changes]
    if manifest.custody_state in on_paper:  # else people have taken it further since
        told = {(event.to_state, event.leg_seq) for event in manifest.events}
        new[CustodyEvent] = missing_changes(changes, told)
        if new[CustodyEvent]:
            manifest.custody_state = on_paper[-1]
    filled |= insert_under(session, [(manifest.id, new)])
    if filled:
        mark = session.get(ManifestMark, manifest.id)
        if mark is None:
            session.add(ManifestMark(manifest_id=manifest.id, dirty=True))
        else:
            mark.dirty, mark.changes = True, mark.changes + 1
    return filled


def contradictions(manifest: Manifest, tables: ManifestTables) -> Iterator[tuple[str, str]]:
    """(field, sentence) for each stored value from which the folder differs."""
    for each in differences(manifest, tables.manifest):
        yield FOLDER_NAMES.get(each.field, each.field), each.sentence()
    parts = stored_parts(manifest)
    for table, given in tables.parts.items():
        for key in sorted(given.keys() & parts[table].keys()):
            for each in differences(parts[table][key], given[key]):
                name = FOLDER_NAMES.get(each.field, each.field)
                yield f"{part_path(table, key)}{name}", each.sentence()
    lost = sorted(parts[Leg].keys() - tables.parts[Leg].keys())
    if lost:
        yield "legs", f"leg {lost[0][0]} was reported before and is left out now"


def missing_parts(tables: ManifestTables, stored: Mapping[type[Base], Mapping[Key, object]]) -> NewRows:
    """The rows under a manifest that it does not have yet, by table."""
    return {
        table: [
            {**dict(zip(PART_KEYS[table], key, strict=True)), **values}
            for key, values in given.items()
            if key not in stored.get(table, {})
        ]
        for table, given in tables.parts.items()
    }


def missing_changes(changes: Sequence[Change], told: Collection[tuple[CustodyState, int]]) -> list[Values]:
    """The changes of custody that are not told yet, as rows."""
    before: list[CustodyState | None] = [None, *(change.to_state for change in changes)]
    return [
        {
            "from_state": from_state,
            "to_state": change.to_state,
            "leg_seq": change.leg_seq,
            "at": change.at,
            "actor": change.actor,
            "reason": change.reason,
            "recorded_at": change.recorded_at,
        }
        for from_state, change in zip(before, changes, strict=False)
        if (change.to_state, change.leg_seq) not in told
    ]


def insert_under(session: Session, rows: Iterable[tuple[int, NewRows]]) -> bool:
    """Insert rows under manifests, one statement a table for all of them: was there any row?"""
    by_table: NewRows = {}
    for manifest_id, new in rows:
        for table, values in new.items():
            own = "child_id" if table is ManifestLink else "manifest_id"
            by_table.setdefault(table, []).extend({own: manifest_id, **each} for each in values)
    for table, values in by_table.items():
        if values:
            session.execute(insert(table), values)
    return any(by_table.values())
