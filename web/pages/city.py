"""What do the maps draw under and over everything: base map, places and routes, live positions?"""

from typing import Any

from flask import Blueprint, Response, request

from tracking.queries.city_map import basemap as basemap_of
from tracking.queries.city_map import basemap_stamp, collection, feature
from tracking.queries.city_map import network as network_of
from tracking.queries.data_day import present_moment
from tracking.queries.live_positions import Position, live_positions
from web.clock import now
from web.database import reading
from web.geojson import geojson
from web.languages import language
from web.signed_in import viewer

bp = Blueprint("map", __name__, url_prefix="/map")


@bp.get("/basemap.geojson")
def basemap() -> Response:
    """Roads and waterways; sent again only when they have changed."""
    stamp = basemap_stamp(reading())
    known = request.if_none_match.contains(stamp)
    answer = Response(status=304) if known else geojson(basemap_of(reading()))
    answer.set_etag(stamp)
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


@bp.get("/network.geojson")
def network() -> Response:
    """Places and approved routes that the viewer knows."""
    return geojson(network_of(reading(), viewer()))


@bp.get("/positions.geojson")
def positions() -> Response:
    """Where the viewer's vehicles are now."""
    present = present_moment(reading(), now())
    found = live_positions(reading(), viewer(), present)
    return geojson(collection(_feature(one, one.is_silent(present)) for one in found if one.lat is not None))


def _feature(one: Position, silent: bool) -> dict[str, Any]:
    carried = one.carries[0] if one.carries else None
    return feature(
        {"type": "Point", "coordinates": [one.lon, one.lat]},
        role="vehicle",
        code=one.vehicle.code,
        name=one.vehicle.zh,
        mode=one.mode.value,
        time_ms=round(one.at.timestamp() * 1000) if one.at else None,
        speed_kmh=one.speed_kmh,
        course_deg=one.course_deg,
        state="silent" if silent else "moving" if one.is_moving else "standing",
        findings=one.open_today,
        manifest=carried.number if carried else None,
        destination=carried.destination.in_language(language()) if carried else None,
    )
