"""How does a GPX file become position reports?

gpxpy reads ordinary files, after expat has gone over them once and found nothing active. Files above
STREAM_FROM_BYTES, and those in which anything is wrong, are read point by point (gpx_stream.py), which says
what is wrong where; both ways give the same fixes.
"""

from typing import Any

import gpxpy
import gpxpy.gpx

from gps_ingest.decoders.fix_batch import Decoded, batch_of
from gps_ingest.decoders.gpx_points import CHILDREN, PLACE, read_point
from gps_ingest.decoders.gpx_stream import decode_stream, refuse_active_xml
from models.device_values import DecodedFix

STREAM_FROM_BYTES = 256 * 1024  # gpxpy takes four times as long and many times the memory


def decode(body: bytes) -> Decoded:
    """The points of all tracks in file order; positions count them from 1.

    A DOCTYPE refuses the file, and so does the lack of any time; a bad point is refused by itself.
    """
    if len(body) > STREAM_FROM_BYTES:
        return decode_stream(body)
    try:
        refuse_active_xml(body)
        whole = decode_whole(gpxpy.parse(body))
    except Exception:  # gpxpy lets whatever its parts raise pass, and gives up at the first bad point
        whole = None
    return decode_stream(body) if whole is None else whole


def decode_whole(parsed: "gpxpy.gpx.GPX") -> Decoded | None:
    """The points that gpxpy read, or None unless each of them can be taken."""
    fixes: list[DecodedFix] = []
    for point in (point for track in parsed.tracks for segment in track.segments for point in segment.points):
        fix = read_point(point_values(point), len(fixes) + 1)
        if isinstance(fix, list):
            return None
        fixes.append(fix)
    if not fixes:
        return None
    name = next((track.name for track in parsed.tracks if track.name), None) or parsed.name
    return Decoded(batch_of(fixes, range(1, len(fixes) + 1)), device_code=name and name.strip(), place=PLACE)


def point_values(point: "gpxpy.gpx.GPXTrackPoint") -> dict[str, object]:
    """A point's fields by the names of gpx_points.READERS, its extensions among them."""
    values: dict[str, object] = {
        "lat": point.latitude,
        "lon": point.longitude,
        "time": point.time,
        "speed": point.speed,
        "course": point.course,
        "sat": point.satellites,
    }
    for extension in point.extensions:
        for element in extension.iter():
            name = local_name(element)
            if name in CHILDREN and values[name] is None:
                values[name] = element.text
    return values


def local_name(element: Any) -> str:
    """An element's name without its namespace; comments have none."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
