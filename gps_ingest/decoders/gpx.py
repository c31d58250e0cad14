"""How does a GPX file become position reports?

gpxpy reads ordinary files, after expat has gone over them once and found nothing active. Files above
STREAM_FROM_BYTES, and those of which gpxpy would take nothing because one point is bad, are read point
by point (gpx_stream.py); both ways give the same fixes.
"""

from typing import Any

import gpxpy
import gpxpy.gpx

from gps_ingest.decoders.fix_batch import Decoded, batch_of, nothing_decoded
from gps_ingest.decoders.gpx_points import CHILDREN, PLACE, read_point
from gps_ingest.decoders.gpx_stream import NO_POINTS, NO_TIMES, XmlRefused, decode_stream, refuse_active_xml
from models.values import DecodedFix, Refusal

STREAM_FROM_BYTES = 5 * 1024 * 1024


def decode(body: bytes) -> Decoded:
    """The points of all tracks in file order; positions count them from 1.

    A DOCTYPE refuses the file, and so does the lack of any time; a bad point is refused by itself.
    """
    if len(body) > STREAM_FROM_BYTES:
        return decode_stream(body)
    try:
        refuse_active_xml(body)
        parsed = gpxpy.parse(body)
    except XmlRefused:
        return decode_stream(body)  # says the same, and keeps the points before XML that breaks off
    except Exception:  # gpxpy lets whatever its parts raise pass, and gives up at the first bad point
        return decode_stream(body)
    return decode_tracks(parsed)


def decode_tracks(parsed: "gpxpy.gpx.GPX") -> Decoded:
    """The points that gpxpy read."""
    fixes: list[DecodedFix] = []
    positions: list[int] = []
    refusals: list[Refusal] = []
    points = [point for track in parsed.tracks for segment in track.segments for point in segment.points]
    if not points:
        return nothing_decoded("file", "trkpt", NO_POINTS)
    if not any(point.time for point in points):
        return nothing_decoded("file", "time", NO_TIMES)
    for number, point in enumerate(points, start=1):
        fix = read_point(point_values(point), number)
        if isinstance(fix, list):
            refusals += fix
        else:
            fixes.append(fix)
            positions.append(number)
    name = next((track.name for track in parsed.tracks if track.name), None) or parsed.name
    return Decoded(batch_of(fixes, positions), tuple(refusals), name and name.strip(), PLACE)


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
