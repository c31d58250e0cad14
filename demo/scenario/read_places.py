"""Which organisations, places, routes, map lines and diversions does the folder have?"""

import hashlib
from collections.abc import Sequence
from typing import Any

import orjson
import shapely

from demo.scenario.fields import NAME, SENTENCE, Fields, as_number
from demo.scenario.folder import Folder, Read, read_csv, read_features, read_jsonl
from demo.scenario.rows import DiversionRow, FacilityRow, MapFeatureRow, OrganisationRow, RouteRow
from models.vocabulary import DisposalMethod, FacilityKind, Mode, OrganisationKind, SludgeKind

GEOMETRIES = ("Point", "LineString", "MultiLineString", "Polygon", "MultiPolygon")


def read_organisations(folder: Folder) -> Read:
    """organisations.csv."""
    return read_csv(folder, "organisations.csv", ("code", "name", "kind"), organisation)


def organisation(fields: Fields) -> OrganisationRow:
    active_from, active_to = fields.active_days()
    return OrganisationRow(
        place=fields.place,
        code=fields.text("code"),
        name=fields.text("name", NAME),
        name_en=fields.optional_text("name_en", NAME),
        kind=fields.word("kind", OrganisationKind),
        active_from=active_from,
        active_to=active_to,
    )


def read_facilities(folder: Folder) -> Read:
    """facilities.geojson: polygons."""
    return read_features(folder, "facilities.geojson", facility)


def facility(fields: Fields, geometry: object) -> FacilityRow:
    valid_from, valid_to = fields.optional_time("valid_from"), fields.optional_time("valid_to")
    fields.ordered("valid_from", valid_from, valid_to, "valid_to")
    return FacilityRow(
        place=fields.place,
        code=fields.text("id"),
        name=fields.text("name", NAME),
        name_en=fields.optional_text("name_en", NAME),
        kind=fields.word("kind", FacilityKind),
        organisation=fields.optional_text("org"),
        polygon=ring(fields, geometry),
        method=fields.optional_word("method", DisposalMethod),
        permit_t_per_day=fields.optional_number("permit_t_per_day", least=0),
        permit_t_per_year=fields.optional_number("permit_t_per_year", least=0),
        storage_t=fields.optional_number("storage_t", least=0),
        max_moisture_fraction=fields.optional_fraction("max_moisture", one_too=True),
        accepts=accepted_kinds(fields),
        valid_from=valid_from,
        valid_to=valid_to,
        min_dwell_s=fields.optional_whole("min_dwell_s"),
        province=fields.optional_text("province", 32),
    )


def accepted_kinds(fields: Fields) -> list[str] | None:
    """The sludge kinds that a permit names, or None where it says nothing."""
    if not fields.has("accepts"):
        return None
    kinds = []
    for index, kind in fields.items("accepts"):
        if kind in [word.value for word in SludgeKind]:
            kinds.append(str(kind))
        else:
            fields.refuse(f"accepts[{index}]", f"is none of {', '.join(SludgeKind)}")
    return kinds


def ring(fields: Fields, geometry: object) -> list[list[float]]:
    """The outer ring of a Polygon, closed; anything that encloses no plain area is refused."""
    rings = coordinates_of(fields, geometry, "Polygon")
    if not isinstance(rings, list) or len(rings) != 1:
        fields.refuse("geometry", "is not a Polygon of one ring (a fence has no holes)")
        return []
    points = positions(fields, rings[0])
    if points and points[0] != points[-1]:
        points.append(list(points[0]))
    if len(points) < 4:
        fields.refuse("geometry", "has fewer than three corners")
    elif not (shape := shapely.Polygon(points)).is_valid or shape.area == 0:
        fields.refuse("geometry", f"encloses no plain area: {shapely.is_valid_reason(shape)}")
    return points


def read_routes(folder: Folder) -> Read:
    """routes.geojson: lines with a corridor."""
    return read_features(folder, "routes.geojson", route)


def route(fields: Fields, geometry: object) -> RouteRow:
    line = positions(fields, coordinates_of(fields, geometry, "LineString"))
    if len({tuple(point) for point in line}) < 2:
        fields.refuse("geometry", "is not a line between two places")
    return RouteRow(
        place=fields.place,
        code=fields.text("id"),
        origin=fields.text("from"),
        destination=fields.text("to"),
        mode=fields.word("mode", Mode),
        corridor_m=fields.number("corridor_m", above=0),
        planned_minutes=fields.optional_number("planned_minutes", above=0),
        line=line,
    )


def read_map(folder: Folder) -> Read:
    """basemap.geojson: roads, canals, names; drawn under everything else."""
    return read_features(folder, "basemap.geojson", map_feature)


def map_feature(fields: Fields, geometry: object) -> MapFeatureRow:
    drawn = geometry if isinstance(geometry, dict) else {}
    kind = drawn.get("type")
    if kind not in GEOMETRIES:
        fields.refuse("geometry", f"is none of {', '.join(GEOMETRIES)}")
    elif not is_drawable(drawn):
        fields.refuse("geometry", f"has no coordinates of a {kind}")
    shape = {"type": kind, "coordinates": drawn.get("coordinates")}
    words = (
        fields.text("layer", 16),
        fields.optional_text("class", 16),
        fields.optional_text("name", NAME),
        fields.optional_text("name_en", NAME),
    )
    return MapFeatureRow(fields.place, *words, shape, digest([*words, shape]))


def is_drawable(geometry: dict[str, Any]) -> bool:
    """Does the geometry say where it is?"""
    try:
        return not shapely.from_geojson(orjson.dumps(geometry)).is_empty
    except (shapely.GEOSException, orjson.JSONEncodeError):
        return False


def digest(content: list[Any]) -> str:
    """SHA-256 of the content of a map feature: the same feature is stored once."""
    return hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()


def read_diversions(folder: Folder) -> Read:
    """diversions.jsonl."""
    return read_jsonl(folder, "diversions.jsonl", diversion)


def diversion(fields: Fields) -> DiversionRow:
    row = DiversionRow(
        place=fields.place,
        code=fields.text("id"),
        from_site=fields.text("from_site"),
        to_site=fields.text("to_site"),
        valid_from=fields.time("valid_from"),
        valid_to=fields.time("valid_to"),
        reason=fields.optional_text("reason", SENTENCE),
    )
    if not fields.refusals:
        fields.ordered("valid_from", row.valid_from, row.valid_to, "valid_to")
    return row


def coordinates_of(fields: Fields, geometry: object, kind: str) -> object:
    """The coordinates of a geometry of the expected type; None otherwise, refused."""
    if isinstance(geometry, dict) and geometry.get("type") == kind:
        return geometry.get("coordinates")
    fields.refuse("geometry", f"is not a {kind}")
    return None


def positions(fields: Fields, values: object) -> list[list[float]]:
    """[lon, lat] pairs on Earth; the first that is none is refused and ends the reading."""
    points: list[list[float]] = []
    for value in values if isinstance(values, list) else ():
        point = position(value)
        if point is None:
            fields.refuse("geometry", f"position {len(points)} is not [longitude, latitude] in degrees")
            return []
        points.append(point)
    return points


def position(value: object) -> list[float] | None:
    if not isinstance(value, Sequence) or isinstance(value, str) or len(value) < 2:
        return None
    lon, lat = as_number(value[0]), as_number(value[1])
    if lon is None or lat is None or abs(lon) > 180 or abs(lat) > 90:
        return None
    return [lon, lat]
