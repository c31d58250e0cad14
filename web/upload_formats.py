"""Which formats come as files, under which names and media types, and who may file for a device?"""

from gps_ingest.decoders.formats import DECODERS
from models.values import Viewer
from models.vocabulary import Protocol
from tracking.queries.device_list import DeviceRow

FILE_FORMATS = (
    Protocol.GPX,
    Protocol.CSV,
    Protocol.GEOJSON,
    Protocol.JSON,
    Protocol.NMEA,
    Protocol.AIS,
    Protocol.JT808,
)
SUFFIXES = {
    ".gpx": Protocol.GPX,
    ".csv": Protocol.CSV,
    ".geojson": Protocol.GEOJSON,
    ".json": Protocol.JSON,
    ".nmea": Protocol.NMEA,
    ".ais": Protocol.AIS,
}
MEDIA_TYPES = {
    "application/gpx+xml": Protocol.GPX,
    "text/csv": Protocol.CSV,
    "application/geo+json": Protocol.GEOJSON,
    "application/json": Protocol.JSON,
}
LOGGER_FORMATS = frozenset({Protocol.GPX, Protocol.CSV, Protocol.GEOJSON})
"""Formats of devices whose data come by file anyway; only such ones may be filled by their own carrier."""


def file_formats() -> list[Protocol]:
    """Those that have a decoder."""
    return [protocol for protocol in FILE_FORMATS if protocol in DECODERS]


def format_of_name(name: str) -> Protocol | None:
    """What a file holds by its suffix, None where that says nothing."""
    _stem, dot, suffix = name.lower().rpartition(".")
    found = SUFFIXES.get(dot + suffix)
    return found if found in DECODERS else None


def format_of_media_type(media_type: str) -> Protocol | None:
    """What a body holds by its Content-Type, None for a type that is none of ours."""
    found = MEDIA_TYPES.get(media_type.lower())
    return found if found in DECODERS else None


def may_fill(row: DeviceRow, viewer: Viewer) -> bool:
    """May this viewer file positions of a device that it sees?"""
    if viewer.sees_all:
        return True
    return row.vehicle is not None and row.active and row.protocol in LOGGER_FORMATS
