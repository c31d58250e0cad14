"""What may a later version of the paper add to a stored manifest, and when is it refused?

Blocks that were absent may appear, blanks may be filled; a value that differs from a stored one is
refused and the manifest with it: paper once signed is not altered by a load.
"""

from collections.abc import Iterator, Sequence

from sqlalchemy import insert
from sqlalchemy.orm import Session

from demo.scenario.custody import Change, reported_changes
from demo.scenario.filling import differences, fill
from demo.scenario.manifest_tables import PART_KEYS, ManifestTables, part_path, stored_parts
from demo.scenario.rows import ManifestRow
from models.journeys import ManifestMark
from models.manifests import CustodyEvent, Leg, Manifest
from models.values import Refusal
from models.vocabulary import CustodyState

ACTOR = "paper"
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
    filled |= add_parts(session, manifest, tables)
    filled |= add_changes(session, manifest, reported_changes(row))
    if filled:
        session.merge(ManifestMark(manifest_id=manifest.id, dirty=True))
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


def add_parts(session: Session, manifest: Manifest, tables: ManifestTables) -> bool:
    """Insert the rows under a manifest that it does not have yet: was there any?"""
    parts = stored_parts(manifest)
    added = False
    for table, given in tables.parts.items():
        rows = [
            {"manifest_id": manifest.id, **dict(zip(PART_KEYS[table], key, strict=True)), **values}
            for key, values in given.items()
            if key not in parts[table]
        ]
        if rows:
            session.execute(insert(table), rows)
            added = True
    return added


def add_changes(session: Session, manifest: Manifest, changes: Sequence[Change]) -> bool:
    """Append the changes of custody that are new, unless people have taken the manifest further since."""
    told = {(event.to_state, event.leg_seq) for event in manifest.events}
    fresh = [change for change in changes if (change.to_state, change.leg_seq) not in told]
    on_paper = [change.to_state for change in changes]
    if not fresh or (told and manifest.custody_state not in on_paper):
        return False
    before: list[CustodyState | None] = [None, *on_paper]
    came_from = dict(zip(changes, before, strict=False))
    rows = [
        {
            "manifest_id": manifest.id,
            "from_state": came_from[change],
            "to_state": change.to_state,
            "leg_seq": change.leg_seq,
            "at": change.at,
            "actor": ACTOR,
        }
        for change in fresh
    ]
    session.execute(insert(CustodyEvent), rows)
    manifest.custody_state = on_paper[-1]
    return True
