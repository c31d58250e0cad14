"""What lies under a printed map? Roads, canals and blocks near a place, as the renderer needs them."""

from dataclasses import dataclass

import shapely
from sqlalchemy import Text, cast, select
from sqlalchemy.orm import Session

from models.facilities import MapFeature

Bounds = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class MapPiece:
    """One line or area of the base map, cut to the window; degrees WGS 84, (lon, lat)."""

    layer: str
    grade: str | None
    zh: str | None
    en: str | None
    shape: shapely.Geometry

    def name(self, language: str) -> str | None:
        """The name for a reader of `language`, if it has one."""
        return self.en if language == "en" and self.en else self.zh


def base_map_within(session: Session, bounds_deg: Bounds) -> list[MapPiece]:
    """The pieces of the base map inside (west, south, east, north), in stored order."""
    # The text is read by GEOS in one call; building the geometries in Python would take ten times as long.
    columns = (MapFeature.layer, MapFeature.grade, MapFeature.name, MapFeature.name_en)
    query = select(*columns, cast(MapFeature.geometry, Text)).order_by(MapFeature.id)
    rows = session.execute(query).all()
    shapes = shapely.clip_by_rect(shapely.from_geojson([row[4] for row in rows]), *bounds_deg)
    kept = ~shapely.is_empty(shapes)
    return [MapPiece(*row[:4], shape) for row, shape, keep in zip(rows, shapes, kept, strict=True) if keep]
