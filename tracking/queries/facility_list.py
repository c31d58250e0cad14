"""Which places are there, whose are they, and what may they do?"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from models.facilities import Facility
from models.fleet import Scale
from models.organisations import Organisation
from models.values import Viewer
from models.vocabulary import DisposalMethod, FacilityKind
from tracking.queries.keyset import Key, Order, Page, continued, page_of
from tracking.queries.names import Name, name_or_none
from tracking.queries.text_search import LIKE_SIGNS
from tracking.queries.visibility import facilities_known


@dataclass(frozen=True, slots=True)
class FacilityFilter:
    """What the person asked for; None or empty means: all."""

    text: str = ""
    kind: FacilityKind | None = None


@dataclass(frozen=True, slots=True)
class FacilityRow:
    """A place. `polygon` is one closed ring of [lon, lat]."""

    id: int
    name: Name
    kind: FacilityKind
    owner: Name | None
    method: DisposalMethod | None
    permit_t_per_day: float | None
    permit_t_per_year: float | None
    storage_t: float | None
    max_moisture_fraction: float | None
    accepts: tuple[str, ...]
    valid_from: datetime | None
    valid_to: datetime | None
    min_dwell_s: int | None
    polygon: list[list[float]]


@dataclass(frozen=True, slots=True)
class ScaleRow:
    """A weighbridge of a place."""

    code: str
    accuracy_class: str | None
    division_kg: float | None
    max_kg: float | None
    certificate_valid_to: datetime | None


def facility_page(
    session: Session, viewer: Viewer, wanted: FacilityFilter, after: Key | None = None, limit: int = 50
) -> Page[FacilityRow]:
    """A page of the places that the viewer knows, by code."""
    query = _rows().where(facilities_known(viewer))
    if wanted.kind:
        query = query.where(Facility.kind == wanted.kind)
    if wanted.text:
        like = f"%{wanted.text.translate(LIKE_SIGNS)}%"
        named = [
            column.ilike(like, escape="\\") for column in (Facility.code, Facility.name, Facility.name_en)
        ]
        query = query.where(named[0] | named[1] | named[2])
    order = Order(Facility.code.expression, Facility.id.expression, descending=False)
    rows = session.execute(continued(query, order, after, limit)).all()
    return page_of(rows, limit, lambda row: (row[1], row[0])).map(_facility_row)


def facility_by_code(session: Session, code: str, viewer: Viewer) -> FacilityRow | None:
    """One place; None if there is none or the viewer has nothing to do with it."""
    row = session.execute(_rows().where(Facility.code == code, facilities_known(viewer))).first()
    return None if row is None else _facility_row(row)


def scales_of(session: Session, facility_id: int) -> list[ScaleRow]:
    """The weighbridges of a place."""
    query = (
        select(Scale.code, Scale.accuracy_class, Scale.division_kg, Scale.max_kg, Scale.certificate_valid_to)
        .where(Scale.facility_id == facility_id)
        .order_by(Scale.code)
    )
    return [ScaleRow(*row) for row in session.execute(query)]


def facility_names(session: Session, viewer: Viewer) -> list[tuple[FacilityKind, Name]]:
    """Kind and name of every place the viewer knows: the choices of a filter, and codes to words."""
    query = (
        select(Facility.kind, Facility.code, Facility.name, Facility.name_en)
        .where(facilities_known(viewer))
        .order_by(Facility.code)
    )
    return [(kind, Name(code, zh, en)) for kind, code, zh, en in session.execute(query)]


def _rows() -> Select[Any]:
    columns: list[Any] = [Facility.id, Facility.code, Facility.name, Facility.name_en, Facility.kind]
    columns += [Organisation.code, Organisation.name, Organisation.name_en]
    columns += [Facility.method, Facility.permit_t_per_day, Facility.permit_t_per_year, Facility.storage_t]
    columns += [Facility.max_moisture_fraction, Facility.accepts, Facility.valid_from, Facility.valid_to]
    columns += [Facility.min_dwell_s, Facility.polygon]
    return select(*columns).join(Organisation, Organisation.id == Facility.organisation_id, isouter=True)


def _facility_row(row: Any) -> FacilityRow:
    return FacilityRow(
        id=row[0],
        name=Name(*row[1:4]),
        kind=row[4],
        owner=name_or_none(*row[5:8]),
        method=row[8],
        permit_t_per_day=row[9],
        permit_t_per_year=row[10],
        storage_t=row[11],
        max_moisture_fraction=row[12],
        accepts=tuple(row[13] or ()),
        valid_from=row[14],
        valid_to=row[15],
        min_dwell_s=row[16],
        polygon=row[17],
    )
