"""Which manifests does a typed text mean? Found by indexes, however many manifests there are.

A text that begins many numbers means all of these. Otherwise it means the newest AT_MOST of: numbers that it
begins, loads of vehicles whose plate or name it is in, and, among the newest RECENT that may concern the
viewer, what has it anywhere in the number, the voyage or the driver's name (docs/decisions/0112).
"""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from models.fleet import Vehicle
from models.manifests import Leg, Manifest
from models.sight import VehicleLoad
from models.values import Viewer
from tracking.queries.visibility import in_sight

LIKE_SIGNS: Final = str.maketrans({"\\": r"\\", "%": r"\%", "_": r"\_"})
AT_MOST: Final = 1_000
RECENT: Final = 2_000
VEHICLES: Final = 50
LAST_SIGN: Final = "\U0010ffff"


def meant(session: Session, viewer: Viewer, text: str) -> tuple[ColumnElement[bool], bool]:
    """The condition on Manifest for being meant by a text that is not empty, and whether these are few.

    Visibility is asked elsewhere.
    """
    ids: Sequence[int] = ()
    for typed in dict.fromkeys((text, text.upper())):
        begun = select(Manifest.id).where(begins(session, Manifest.number, typed))
        ids = session.scalars(begun.limit(AT_MOST + 1)).all()
        if len(ids) > AT_MOST:  # so many that going through the list in its own order meets them soon
            return func.substr(Manifest.number, 1, len(typed)) == typed, False
        if ids:
            break
    return Manifest.id.in_({*ids, *_carried(session, text), *_recent(session, viewer, text)}), True


def begins(session: Session, column: InstrumentedAttribute[str], text: str) -> ColumnElement[bool]:
    """The condition that a text begins a column, in the order of characters that its index has."""
    if (
        session.get_bind().dialect.name == "postgresql"
    ):  # an order of words would not keep beginnings together
        return column.bool_op("~>=~")(text) & column.bool_op("~<~")(text + LAST_SIGN)
    return (column >= text) & (column < text + LAST_SIGN)


def vehicle_codes(session: Session, text: str) -> Sequence[str]:
    """Vehicles whose plate or name has the text, and the unregistered one of just this plate."""
    like = f"%{text.translate(LIKE_SIGNS)}%"
    named = or_(Vehicle.code.ilike(like, escape="\\"), Vehicle.name.ilike(like, escape="\\"))
    codes = session.scalars(select(Vehicle.code).where(named).order_by(Vehicle.code).limit(VEHICLES))
    return [*codes, text, text.upper()]


def _carried(session: Session, text: str) -> Sequence[int]:
    """The newest loads of the vehicles that the text names."""
    loads = select(VehicleLoad.manifest_id).where(VehicleLoad.vehicle_code.in_(vehicle_codes(session, text)))
    return session.scalars(loads.order_by(VehicleLoad.issued_at.desc()).limit(AT_MOST)).all()


def _recent(session: Session, viewer: Viewer, text: str) -> Sequence[int]:
    """Of the newest that may concern the viewer: those that have the text anywhere."""
    like = f"%{text.translate(LIKE_SIGNS)}%"
    columns: list[Any] = [Manifest.id, Manifest.number]
    query, order = in_sight(select(*columns), viewer)
    sorts: list[Any] = [order.column.desc(), order.id.desc()]
    newest = query.order_by(*sorts).limit(RECENT).subquery()
    carried = (
        select(newest.c.id)
        .join(Leg, Leg.manifest_id == newest.c.id)
        .where(or_(Leg.voyage.ilike(like, escape="\\"), Leg.driver.ilike(like, escape="\\")))
    )
    numbered = select(newest.c.id).where(newest.c.number.ilike(like, escape="\\"))
    return session.scalars(numbered.union(carried).limit(AT_MOST)).all()
