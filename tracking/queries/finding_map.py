"""What is drawn for a finding: the marks of its evidence, on the tracks and corridors they belong to?"""

from collections.abc import Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.facilities import Facility
from models.fleet import Vehicle
from models.values import Viewer
from tracking.queries.city_map import GeoJson, collection, place_feature
from tracking.queries.finding_page import FindingStory
from tracking.queries.manifest_map import feature, manifest_map
from tracking.queries.map_story import track_story
from tracking.queries.names import Name
from tracking.queries.vehicle_map import wandering
from tracking.queries.visibility import vehicles_visible

AROUND_MS = 30 * 60_000  # of the track before and after what was seen, so that it can be understood


def finding_map(session: Session, story: FindingStory, viewer: Viewer) -> GeoJson:
    """The map of a finding as a FeatureCollection; the finding's own marks carry its key and come last."""
    numbers = story.row.manifests
    features = _manifest(session, numbers[0], viewer) if numbers else _vehicles(session, story, viewer)
    if story.facility:
        features += _facility(session, story.facility.code, features)
    return collection([*features, *_marks(story)])


def _manifest(session: Session, number: str, viewer: Viewer) -> list[GeoJson]:
    known = track_story(session, number, viewer)
    drawn: list[GeoJson] = manifest_map(session, known)["features"] if known else []
    return drawn


def _vehicles(session: Session, story: FindingStory, viewer: Viewer) -> list[GeoJson]:
    """The tracks of the viewer's own vehicles while it happened: what no manifest covers."""
    row = story.row
    codes = [vehicle.code for vehicle in row.vehicles]
    registered = session.execute(
        select(Vehicle.id, Vehicle.code, Vehicle.name).where(
            Vehicle.code.in_(codes), vehicles_visible(viewer)
        )
    )
    span = (row.start_ms - AROUND_MS, row.end_ms + AROUND_MS)
    return [
        each
        for vehicle_id, code, name in registered.all()
        for each in wandering(session, vehicle_id, Name(code, name), *span)
    ]


def _facility(session: Session, code: str, drawn: Sequence[GeoJson]) -> Iterator[GeoJson]:
    if any(each["properties"].get("code") == code for each in drawn):
        return
    place = session.scalar(select(Facility).where(Facility.code == code))
    if place is not None:
        yield place_feature(place.code, place.name, place.name_en, place.kind, place.polygon)


def _marks(story: FindingStory) -> Iterator[GeoJson]:
    row = story.row
    about = {"finding": row.key, "kind": row.kind.value}
    for mark in story.evidence.get("marks", ()):
        said = {name: value for name, value in mark.items() if name not in ("role", "type", "coordinates")}
        yield feature(mark["role"], mark["type"], mark["coordinates"], **(said | about))
    if row.lat is not None and row.lon is not None:
        yield feature("place", "Point", [row.lon, row.lat], start_ms=row.start_ms, end_ms=row.end_ms, **about)
