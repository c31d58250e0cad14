"""Which manifests must be judged again?"""

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import Select, func, insert, literal, select, true, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models.journeys import ManifestMark
from models.manifests import Manifest, Weighing
from models.vocabulary import WeighingRole
from tracking.queries.custody_facts import aware_moment
from tracking.queries.earlier_loads import LOOKBACK
from tracking.queries.paper import batches

CHANGED = {"dirty": True, "changes": ManifestMark.__table__.c.changes + 1}
MARKING = {
    dialect: dialect.insert(ManifestMark.__table__).on_conflict_do_update(
        index_elements=["manifest_id"], set_=CHANGED
    )
    for dialect in (postgresql, sqlite)
}
FIRST_LOADED = (Weighing.role == WeighingRole.LOADED, Weighing.leg_seq == 0)
A_DAY = timedelta(days=1)  # from issue to loading, at most


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


def mark_followers(session: Session, ids: Collection[int]) -> None:
    """Make the loads dirty that came after these in the same place, or that have one of their tickets.

    Whether a weight, a moisture or a ticket repeats is judged by what came before (`repeated_weight`): older
    paper that comes late, or changes, changes what is true of the loads after it.
    """
    for batch in batches(sorted(ids)):
        mine = (Weighing.manifest_id.in_(batch), *FIRST_LOADED)
        places = session.execute(
            select(Manifest.origin_id, func.min(Weighing.at), func.max(Weighing.at))
            .join(Weighing, Weighing.manifest_id == Manifest.id)
            .where(*mine)
            .group_by(Manifest.origin_id)
        ).all()
        tickets = select(Weighing.ticket).where(*mine, Weighing.ticket.is_not(None))
        for origin_id, first, last in places:
            after = select(Manifest.id).join(Weighing, Weighing.manifest_id == Manifest.id)
            here = (Manifest.origin_id == origin_id, *FIRST_LOADED, Manifest.id.not_in(batch))
            issued = Manifest.issued_at.between(aware_moment(first) - A_DAY, aware_moment(last) + LOOKBACK)
            mark_manifests(session, after.where(*here, issued, Weighing.at > aware_moment(first)))
        again = select(Weighing.manifest_id).where(Weighing.ticket.in_(tickets), *FIRST_LOADED)
        mark_manifests(session, again.where(Weighing.manifest_id.not_in(batch)))
