"""Which rows may a viewer see? Conditions for WHERE; what is not granted here is not seen.

Regulators and administrators see all. A plant sees the manifests that leave its facilities, a hauler
those it carries (also one leg of several), a site those that come to it, by a diversion too, and what
leaves it again. Nobody else's row exists for them, so that a page answers 404 and never "forbidden". Pages,
prints and the API share these rules.
"""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, or_, select, true
from sqlalchemy.orm import aliased

from models.facilities import Facility
from models.findings import Finding, FindingManifest, FindingVehicle
from models.fleet import Device, DeviceBinding, Vehicle
from models.journeys import TripLeg, TripRow
from models.manifests import Diversion, Leg, Manifest
from models.sight import FacilitySight, ManifestSight
from models.values import Viewer
from models.vocabulary import CustodyState, ManifestKind, Role
from tracking.queries.keyset import Order

OneLeg = aliased(Leg)


def in_sight(query: Select[Any], viewer: Viewer) -> tuple[Select[Any], Order]:
    """A query of manifests, and the order of issue in which the viewer's are found one after the other.

    It adds no right and takes none: manifests_visible is asked of each all the same.
    """
    if viewer.sees_all or viewer.organisation_id is None:
        return query, Order(Manifest.issued_at.expression, Manifest.id.expression)
    noted = and_(
        ManifestSight.manifest_id == Manifest.id, ManifestSight.organisation_id == viewer.organisation_id
    )
    order = Order(ManifestSight.issued_at.expression, ManifestSight.manifest_id.expression)
    return query.join(ManifestSight, noted), order


def manifests_visible(viewer: Viewer) -> ColumnElement[bool]:
    """The condition on Manifest."""
    if viewer.sees_all:
        return true()
    if viewer.organisation_id is None:
        return false()
    own = _own_facilities(viewer.organisation_id)
    issued = Manifest.issuer_id == viewer.organisation_id
    begun = Manifest.custody_state != CustodyState.DRAFT  # a draft is its author's alone
    if viewer.role == Role.PLANT:
        back = and_(begun, Manifest.kind == ManifestKind.RETURN, Manifest.destination_id.in_(own))
        return or_(and_(begun, Manifest.origin_id.in_(own)), issued, back)
    if viewer.role == Role.SITE:
        ends = or_(
            Manifest.origin_id.in_(own),  # a child leaves it that another party issued
            Manifest.destination_id.in_(own),
            Manifest.received_at_id.in_(own),
            _has_leg(OneLeg.to_id.in_(own)),
            _diverted(own),
        )
        return or_(issued, and_(begun, ends))
    if viewer.role == Role.HAULER:
        carried = _has_leg(_carried_by(viewer.organisation_id))
        named = or_(Manifest.hauler_id == viewer.organisation_id, carried)
        return or_(issued, and_(begun, named))
    if viewer.role == Role.DRIVER:
        return and_(begun, _driven(viewer, viewer.organisation_id))
    return false()


def _has_leg(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """One of the manifest's legs is such a OneLeg: looked up for each manifest, never collected for all."""
    return _any(select(OneLeg.id).where(OneLeg.manifest_id == Manifest.id, condition).correlate(Manifest))


def names_vehicle(code: str) -> ColumnElement[bool]:
    """The condition on Manifest that one of its legs names a vehicle."""
    return _has_leg(OneLeg.vehicle_code == code)


def _any(found: Select[Any]) -> ColumnElement[bool]:
    """As EXISTS; but that one PostgreSQL may answer by collecting all rows of all outer rows beforehand."""
    return found.limit(1).scalar_subquery().is_not(None)


def _carried_by(organisation_id: int) -> ColumnElement[bool]:
    owned = select(Vehicle.id).where(Vehicle.organisation_id == organisation_id)
    return or_(OneLeg.carrier_id == organisation_id, OneLeg.vehicle_id.in_(owned))


def _diverted(own: Select[int]) -> ColumnElement[bool]:
    """On its way to a site from which a diversion, over at the earliest after it was issued, leads here."""
    leads_here = exists().where(
        Diversion.from_site_id == Manifest.destination_id,
        Diversion.to_site_id.in_(own),
        Diversion.valid_to > Manifest.issued_at,
    )
    return and_(Manifest.custody_state == CustodyState.IN_TRANSIT, leads_here)


def _driven(viewer: Viewer, organisation_id: int) -> ColumnElement[bool]:
    """It has a leg that the driver is named for, or that the own carrier has for anybody."""
    nobody = and_(
        OneLeg.driver_id.is_(None),
        OneLeg.driver.is_(None),  # a name without a login is somebody else
        _carried_by(organisation_id),
    )
    return _has_leg(or_(OneLeg.driver_id == viewer.user_id, nobody))


def findings_visible(viewer: Viewer) -> ColumnElement[bool]:
    """The condition on Finding: about a visible manifest; for haulers also about one of their vehicles."""
    if viewer.sees_all:
        return true()
    about = _any(
        select(FindingManifest.finding_id)
        .join(FindingManifest.manifest)
        .where(FindingManifest.finding_id == Finding.id, manifests_visible(viewer))
        .correlate(Finding)
    )
    if viewer.role != Role.HAULER or viewer.organisation_id is None:
        return about
    own = select(Vehicle.code).where(Vehicle.organisation_id == viewer.organisation_id)
    driven = _any(
        select(FindingVehicle.finding_id)
        .where(FindingVehicle.finding_id == Finding.id, FindingVehicle.vehicle_code.in_(own))
        .correlate(Finding)
    )
    return or_(about, driven, Finding.hauler_id == viewer.organisation_id)


def facilities_visible(viewer: Viewer) -> ColumnElement[bool]:
    """The condition on Facility for its own page and for lists: one's own."""
    if viewer.sees_all:
        return true()
    if viewer.organisation_id is None:
        return false()
    return Facility.organisation_id == viewer.organisation_id


def facilities_known(viewer: Viewer) -> ColumnElement[bool]:
    """The condition on Facility for maps and choices: one's own, and those that one's manifests name."""
    if viewer.sees_all:
        return true()
    if viewer.organisation_id is None:
        return false()
    seen = manifests_visible(viewer)
    named = [  # sorted as their indexes are, so that no planner hopes to meet one early in the whole table
        _any(
            select(Manifest.id)
            .where(place == Facility.id, seen)
            .order_by(place, Manifest.issued_at)
            .correlate(Facility)
        )
        for place in (Manifest.origin_id, Manifest.destination_id)
    ]
    named += [
        _any(
            select(Leg.id)
            .join(Leg.manifest)
            .where(place == Facility.id, seen)
            .order_by(place, Leg.manifest_id)
            .correlate(Facility)
        )
        for place in (Leg.from_id, Leg.to_id)
    ]
    noted = select(FacilitySight.facility_id).where(FacilitySight.organisation_id == viewer.organisation_id)
    return or_(facilities_visible(viewer), and_(Facility.id.in_(noted), or_(*named)))


def vehicles_visible(viewer: Viewer) -> ColumnElement[bool]:
    """The condition on Vehicle: one's own."""
    if viewer.sees_all:
        return true()
    if viewer.organisation_id is None:
        return false()
    return Vehicle.organisation_id == viewer.organisation_id


def vehicle_codes_known(viewer: Viewer, code: ColumnElement[str]) -> ColumnElement[bool]:
    """The condition on a vehicle's `code` for naming it: one's own, and those that one's manifests name.

    A vehicle that really carried a load is known to those who see the load's manifest.
    """
    if viewer.sees_all:
        return true()
    seen = manifests_visible(viewer)
    other, outer = aliased(Vehicle), code.table
    named = select(Leg.id).join(Leg.manifest).where(Leg.vehicle_code == code, seen)
    drove = (
        select(TripLeg.trip_id)
        .join(Leg, Leg.id == TripLeg.leg_id)
        .join(Leg.manifest)
        .join(TripRow, TripRow.id == TripLeg.trip_id)
        .join(other, other.id == TripRow.vehicle_id)
        .where(other.code == code, seen)
    )
    own = select(Vehicle.code).where(vehicles_visible(viewer))
    return or_(code.in_(own), _any(named.correlate(outer)), _any(drove.correlate(outer)))


def devices_visible(viewer: Viewer) -> ColumnElement[bool]:
    """The condition on Device: bound at some time to a visible vehicle."""
    if viewer.sees_all:
        return true()
    bound = select(DeviceBinding.device_id).join(DeviceBinding.vehicle).where(vehicles_visible(viewer))
    return Device.id.in_(bound)


def _own_facilities(organisation_id: int) -> Select[int]:
    return select(Facility.id).where(Facility.organisation_id == organisation_id)
