"""Which manifests must be judged again?"""

from collections.abc import Collection

from sqlalchemy import Select, insert, literal, select, true, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models.journeys import ManifestMark
from models.manifests import Manifest
from tracking.queries.paper import batches

CHANGED = {"dirty": True, "changes": ManifestMark.__table__.c.changes + 1}
MARKING = {
    dialect: dialect.insert(ManifestMark.__table__).on_conflict_do_update(
        index_elements=["manifest_id"], set_=CHANGED
    )
    for dialect in (postgresql, sqlite)
}


def mark_manifests(session: Session, ids: Select[int]) -> None:
    """Make manifests dirty."""
    changed = {"dirty": True, "changes": ManifestMark.changes + 1}
    session.execute(update(ManifestMark).where(ManifestMark.manifest_id.in_(ids)).values(changed))
    marked = select(ManifestMark.manifest_id)
    new = select(Manifest.id, true(), literal(1)).where(Manifest.id.in_(ids), Manifest.id.not_in(marked))
    session.execute(insert(ManifestMark).from_select(["manifest_id", "dirty", "changes"], new))


def mark_manifest_ids(session: Session, ids: Collection[int]) -> None:
    """Make manifests dirty, by row id."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    for batch in batches(sorted(ids)):
        marks = [{"manifest_id": each, "dirty": True, "changes": 1} for each in batch]
        session.execute(MARKING[dialect], marks)
