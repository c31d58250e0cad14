"""What is drawn for a manifest: corridor, places, tracks, gaps and the marks of its findings, as GeoJSON.

The same FeatureCollection serves the page's map, the certificate's map and the file attached to the
certificate. Every feature has a `role`: corridor, route, facility, track, gap, or what a finding's
evidence marks (off_route_part, stop, jump, seen, expected, reach, …).
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from models.facilities import Facility
from models.thresholds import TrackThresholds
from models.values import FloatArray
from tracking.queries.manifest_paper import Place, place_of
from tracking.queries.manifest_story import ManifestStory
from tracking.queries.manifest_tracks import ManifestTrack, manifest_tracks
from tracking.rules.track_parts import corridor_rings

GeoJson = dict[str, Any]
DIGITS = 6  # 1e-6 degree = 0.11 m: finer than any device, shorter than a float's own digits


def manifest_map(
    session: Session, story: ManifestStory, thresholds: TrackThresholds | None = None
) -> GeoJson:
    """The map of a manifest as a FeatureCollection, in the order in which it is drawn."""
    return drawn_map(story, manifest_tracks(session, story, thresholds), places_on_map(session, story))


def drawn_map(story: ManifestStory, tracks: tuple[ManifestTrack, ...], places: tuple[Place, ...]) -> GeoJson:
    """The FeatureCollection of what has been read already."""
    features = [*_ways(story), *map(_facility, places)]
    for each in tracks:
        features += [*track_features(each), *gap_features(each)]
    return {"type": "FeatureCollection", "features": [*features, *_marks(story)]}


def places_on_map(session: Session, story: ManifestStory) -> tuple[Place, ...]:
    """The places of the paper, those where its vehicles stood, and those that findings name."""
    known = {place.name.code: place for place in _paper_places(story)}
    others = {visit.facility.code for visit in story.visits}
    others |= {found.facility.code for found in story.findings if found.facility}
    missing = sorted(others - set(known))
    if missing:
        query = select(Facility).options(joinedload(Facility.organisation))
        rows = session.scalars(query.where(Facility.code.in_(missing)).order_by(Facility.code))
        known |= {row.code: place_of(row) for row in rows}
    return tuple(known.values())


def _paper_places(story: ManifestStory) -> Iterator[Place]:
    yield story.origin
    for leg in story.legs:
        yield from (leg.origin, leg.destination)
    yield story.destination


def feature(role: str, kind: str, coordinates: Any, /, **properties: Any) -> GeoJson:
    """A GeoJSON feature with its role and the properties that are known."""
    given = {name: value for name, value in properties.items() if value is not None}
    geometry = {"type": kind, "coordinates": coordinates}
    return {"type": "Feature", "properties": {"role": role} | given, "geometry": geometry}


def _ways(story: ManifestStory) -> Iterator[GeoJson]:
    seen: set[int] = set()
    for leg in story.legs:
        way = leg.route
        if way is None or way.id in seen or len(way.line) < 2:
            continue
        seen.add(way.id)
        said = {"code": way.code, "corridor_m": way.corridor_m, "leg_seq": leg.seq, "mode": leg.mode.value}
        rings = [[list(point) for point in ring] for ring in corridor_rings(way.line, way.corridor_m)]
        yield feature("corridor", "Polygon", rings, **said)
        yield feature("route", "LineString", [list(point) for point in way.line], **said)


def _facility(place: Place) -> GeoJson:
    ring = [list(corner) for corner in place.ring]
    said = {
        "code": place.name.code,
        "name": place.name.zh,
        "name_en": place.name.en,
        "kind": place.kind.value,
    }
    return feature("facility", "Polygon", [ring], **said)


def track_features(each: ManifestTrack) -> Iterator[GeoJson]:
    errand, track = each.errand, each.track
    for part in each.parts:
        points = np.column_stack((track.lon[part], track.lat[part])).round(DIGITS).tolist()
        yield feature(
            "track",
            "LineString" if len(points) > 1 else "Point",
            points if len(points) > 1 else points[0],
            leg_seq=errand.leg_seq,
            vehicle=errand.vehicle.code,
            assigned=errand.assigned,
            times_ms=track.time_ms[part].tolist(),
            speeds_kmh=_numbers(each.speed_kmh[part]),
            from_route_m=_numbers(each.from_route_m[part]) if errand.route else None,
        )


def gap_features(each: ManifestTrack) -> Iterator[GeoJson]:
    """The silence between two parts, as a straight line from the last fix to the next."""
    for before, after in zip(each.parts[:-1], each.parts[1:], strict=True):
        ends = [before.stop - 1, after.start]
        points = [
            [round(float(each.track.lon[fix]), DIGITS), round(float(each.track.lat[fix]), DIGITS)]
            for fix in ends
        ]
        times = [int(each.track.time_ms[fix]) for fix in ends]
        yield feature(
            "gap",
            "LineString",
            points,
            leg_seq=each.errand.leg_seq,
            vehicle=each.errand.vehicle.code,
            start_ms=times[0],
            end_ms=times[1],
        )


def _marks(story: ManifestStory) -> Iterator[GeoJson]:
    for found in story.findings:
        for mark in found.evidence.get("marks", ()):
            said = {
                name: value for name, value in mark.items() if name not in ("role", "type", "coordinates")
            }
            said |= {"finding": found.key, "kind": found.kind.value}
            yield feature(mark["role"], mark["type"], mark["coordinates"], **said)


def _numbers(values: FloatArray) -> list[float | None]:
    return [None if np.isnan(value) else round(float(value), 1) for value in values]
