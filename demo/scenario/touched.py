"""Which manifests must be judged again because something that they refer to is new or better known?"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, or_, select, tuple_, update
from sqlalchemy.orm import Session

from models.facilities import Facility, Route
from models.fleet import Scale, Vehicle
from models.journeys import ManifestMark
from models.manifests import Diversion, Leg, Manifest, Weighing


def touch_facilities(session: Session, changed: Collection[Facility]) -> None:
    """Manifests that begin, end or change carrier at one of the places."""
    ids = [place.id for place in changed]
    at_either_end = or_(Manifest.origin_id.in_(ids), Manifest.destination_id.in_(ids))
    _touch(session, select(Manifest.id).where(at_either_end))
    _touch(session, select(Leg.manifest_id).where(or_(Leg.from_id.in_(ids), Leg.to_id.in_(ids))))


def touch_routes(session: Session, changed: Collection[Route]) -> None:
    """Manifests with a leg between the ends of one of the routes: it is one more approved way."""
    ends = [(route.origin_id, route.destination_id) for route in changed]
    _touch(session, select(Leg.manifest_id).where(tuple_(Leg.from_id, Leg.to_id).in_(ends)))


def touch_diversions(session: Session, changed: Collection[Diversion]) -> None:
    """Manifests to a site that loads were sent away from, issued before that ended."""
    for diversion in changed:
        bound_there = Manifest.destination_id == diversion.from_site_id
        _touch(session, select(Manifest.id).where(bound_there, Manifest.issued_at <= diversion.valid_to))


def touch_scales(session: Session, changed: Collection[Scale]) -> None:
    """Manifests weighed on one of the scales."""
    codes = [scale.code for scale in changed]
    _touch(session, select(Weighing.manifest_id).where(Weighing.scale_code.in_(codes)))


def touch_vehicles(session: Session, changed: Collection[Vehicle]) -> None:
    """Manifests that name one of the vehicles, which perhaps was not registered when they were loaded."""
    codes = [vehicle.code for vehicle in changed]
    for vehicle in changed:
        unlinked = (Leg.vehicle_code == vehicle.code, Leg.vehicle_id.is_(None))
        session.execute(update(Leg).where(*unlinked).values(vehicle_id=vehicle.id))
        if vehicle.organisation_id is not None:
            _name_hauler(session, vehicle)
    _touch(session, select(Leg.manifest_id).where(Leg.vehicle_code.in_(codes)))


def _name_hauler(session: Session, vehicle: Vehicle) -> None:
    first_legs = select(Leg.manifest_id).where(Leg.vehicle_id == vehicle.id, Leg.seq == 1)
    nameless = (Manifest.hauler_id.is_(None), Manifest.id.in_(first_legs))
    session.execute(update(Manifest).where(*nameless).values(hauler_id=vehicle.organisation_id))


def _touch(session: Session, manifest_ids: Select[Any]) -> None:
    marks = update(ManifestMark).where(ManifestMark.manifest_id.in_(manifest_ids))
    session.execute(marks.values(dirty=True, changes=ManifestMark.changes + 1))
