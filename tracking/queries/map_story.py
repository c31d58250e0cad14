"""What of a manifest's story does a map need: its legs, its trips, where it stood, what was found?

The same value as `manifest_story`, read in half the statements: what a map does not draw stays empty.
"""

from dataclasses import replace

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload, selectinload

from models.facilities import Facility
from models.fleet import Vehicle
from models.manifests import Leg, Manifest
from models.thresholds import MassThresholds
from models.values import Viewer
from tracking.queries.manifest_judgement import NEVER_JUDGED, findings_of
from tracking.queries.manifest_movement import trips_of, visits_of
from tracking.queries.manifest_paper import legs_of, organisation_name, place_of
from tracking.queries.manifest_story import ManifestStory, span_of, stays_wanted
from tracking.queries.visibility import manifests_visible


def track_story(session: Session, number: str, viewer: Viewer) -> ManifestStory | None:
    """Legs and trips of manifest `number`; None if there is none or the viewer may not see it."""
    visible = manifests_visible(viewer)
    manifest = session.scalars(_with_legs().where(Manifest.number == number, visible)).unique().first()
    if manifest is None:
        return None
    legs, trips = legs_of(session, manifest), trips_of(session, manifest.id)
    start_ms, end_ms = span_of(manifest.issued_at, legs, trips)
    return ManifestStory(
        id=manifest.id,
        number=manifest.number,
        kind=manifest.kind,
        sludge_kind=manifest.sludge_kind,
        custody_state=manifest.custody_state,
        issued_at=manifest.issued_at,
        plan=manifest.plan,
        diversion=manifest.diversion,
        origin=place_of(manifest.origin),
        destination=place_of(manifest.destination),
        hauler=organisation_name(manifest.hauler),
        parent=None,
        children=(),
        legs=legs,
        weighings=(),
        custody=(),
        receipt=None,
        disposal=None,
        trips=trips,
        visits=(),
        findings=(),
        verdict=NEVER_JUDGED,
        thresholds=MassThresholds(),
        named={},
        start_ms=start_ms,
        end_ms=end_ms,
    )


def map_story(session: Session, number: str, viewer: Viewer) -> ManifestStory | None:
    """The same with stays and findings: everything that the map of a manifest draws."""
    story = track_story(session, number, viewer)
    if story is None:
        return None
    stays = visits_of(session, [*stays_wanted(story.legs, story.trips)])
    found = findings_of(session, story.id, viewer)
    return replace(story, visits=stays, findings=found)


def _with_legs() -> Select[Manifest]:
    run_by = joinedload(Facility.organisation)
    return select(Manifest).options(
        joinedload(Manifest.origin).options(run_by),
        joinedload(Manifest.destination).options(run_by),
        joinedload(Manifest.hauler),
        joinedload(Manifest.receipt),
        selectinload(Manifest.weighings),
        selectinload(Manifest.legs).options(
            joinedload(Leg.vehicle).joinedload(Vehicle.organisation),
            joinedload(Leg.origin).options(run_by),
            joinedload(Leg.destination).options(run_by),
            joinedload(Leg.route),
        ),
    )
