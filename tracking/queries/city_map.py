"""What lies under every map: roads and canals of the base map, places, approved routes?"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.facilities import Facility, MapFeature, Route
from models.values import Viewer
from tracking.queries.visibility import facilities_known

GeoJson = dict[str, Any]


def basemap(session: Session) -> GeoJson:
    """Every line and area of the base map as a GeoJSON FeatureCollection."""
    query = select(
        MapFeature.layer, MapFeature.grade, MapFeature.name, MapFeature.name_en, MapFeature.geometry
    ).order_by(MapFeature.id)
    return collection(
        feature(geometry, layer=layer, grade=grade, name=name, name_en=name_en)
        for layer, grade, name, name_en, geometry in session.execute(query)
    )


def basemap_stamp(session: Session) -> str:
    """Changes whenever the base map does: features are only ever added or removed as a whole."""
    count, newest = session.execute(select(func.count(), func.max(MapFeature.id))).one()
    return f"{count}-{newest or 0}"


def network(session: Session, viewer: Viewer) -> GeoJson:
    """Places and approved routes that the viewer knows."""
    known = facilities_known(viewer)
    places = select(Facility.code, Facility.name, Facility.name_en, Facility.kind, Facility.polygon).where(
        known
    )
    ids = select(Facility.id).where(known)
    routes = select(Route.code, Route.mode, Route.corridor_m, Route.line).where(
        Route.origin_id.in_(ids), Route.destination_id.in_(ids)
    )
    features = [place_feature(*row) for row in session.execute(places)]
    for code, mode, corridor_m, line in session.execute(routes):
        shape = {"type": "LineString", "coordinates": line}
        features.append(feature(shape, role="route", code=code, mode=mode.value, corridor_m=corridor_m))
    return collection(features)


def place_feature(
    code: str, name: str, name_en: str | None, kind: Any, polygon: list[list[float]]
) -> GeoJson:
    """A place as a GeoJSON feature."""
    shape = {"type": "Polygon", "coordinates": [polygon]}
    return feature(shape, role="facility", code=code, name=name, name_en=name_en, kind=kind.value)


def feature(geometry: GeoJson, **properties: Any) -> GeoJson:
    """A GeoJSON feature without empty properties."""
    given = {name: value for name, value in properties.items() if value is not None}
    return {"type": "Feature", "properties": given, "geometry": geometry}


def collection(features: Iterable[GeoJson]) -> GeoJson:
    """A GeoJSON FeatureCollection."""
    return {"type": "FeatureCollection", "features": list(features)}
