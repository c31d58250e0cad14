"""What do organisations, facilities, routes, the map and diversions look like in a folder?"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from demo.scenario.sheet_rows import written
from models.facilities import Facility, MapFeature, Route
from models.manifests import Diversion
from models.organisations import Organisation

ORGANISATIONS = ("code", "name", "name_en", "kind", "active_from", "active_to")


def organisations(session: Session) -> Iterator[tuple[Any, ...]]:
    """Rows of organisations.csv."""
    for row in session.scalars(select(Organisation).order_by(Organisation.code)):
        days = written(row.active_from), written(row.active_to)
        yield row.code, row.name, row.name_en, row.kind.value, *days


def facilities(session: Session) -> dict[str, Any]:
    """facilities.geojson."""
    rows = session.scalars(
        select(Facility).options(joinedload(Facility.organisation)).order_by(Facility.code)
    )
    return collection(
        feature(
            {"type": "Polygon", "coordinates": [row.polygon]},
            id=row.code,
            name=row.name,
            name_en=row.name_en,
            kind=row.kind.value,
            org=row.organisation.code if row.organisation else None,
            method=row.method.value if row.method else None,
            permit_t_per_day=row.permit_t_per_day,
            permit_t_per_year=row.permit_t_per_year,
            storage_t=row.storage_t,
            max_moisture=row.max_moisture_fraction,
            accepts=row.accepts,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            min_dwell_s=row.min_dwell_s,
            province=row.province,
        )
        for row in rows
    )


def routes(session: Session) -> dict[str, Any]:
    """routes.geojson."""
    ends = (joinedload(Route.origin), joinedload(Route.destination))
    rows = session.scalars(select(Route).options(*ends).order_by(Route.code))
    return collection(
        feature(
            {"type": "LineString", "coordinates": row.line},
            id=row.code,
            **{"from": row.origin.code, "to": row.destination.code},
            mode=row.mode.value,
            corridor_m=row.corridor_m,
            planned_minutes=row.planned_minutes,
        )
        for row in rows
    )


def base_map(session: Session) -> dict[str, Any]:
    """basemap.geojson."""
    rows = session.scalars(select(MapFeature).order_by(MapFeature.layer, MapFeature.id))
    return collection(
        feature(row.geometry, layer=row.layer, **{"class": row.grade}, name=row.name, name_en=row.name_en)
        for row in rows
    )


def diversions(session: Session) -> Iterator[dict[str, Any]]:
    """Lines of diversions.jsonl."""
    codes = dict(session.execute(select(Facility.id, Facility.code)).all())
    for row in session.scalars(select(Diversion).order_by(Diversion.code)):
        line = {
            "id": row.code,
            "from_site": codes[row.from_site_id],
            "to_site": codes[row.to_site_id],
            "valid_from": written(row.valid_from),
            "valid_to": written(row.valid_to),
            "reason": row.reason,
        }
        yield {key: value for key, value in line.items() if value is not None}


def feature(geometry: dict[str, Any], **properties: Any) -> dict[str, Any]:
    """A feature; what is blank is left out."""
    kept = {key: written(value) for key, value in properties.items() if value is not None}
    return {"type": "Feature", "properties": kept, "geometry": geometry}


def collection(features: Iterator[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features)}
