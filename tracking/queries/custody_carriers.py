"""Which vehicles, organisations and routes does a step of custody stand on?

The statements are built once, as those of tracking/queries/custody_statements.py.
"""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import bindparam, case, or_, select
from sqlalchemy.orm import Session

from models.custody_words import Act
from models.facilities import Route
from models.fleet import Vehicle
from models.manifests import Leg, Manifest
from models.organisations import Organisation
from models.permits import VehicleLicence
from models.vocabulary import CustodyState, OrganisationKind
from tracking.rules.custody.facts import Custody
from tracking.rules.custody.standings import Licence, RouteStanding, VehicleStanding

CARRIERS = (OrganisationKind.HAULER, OrganisationKind.PLANT_OPERATOR, OrganisationKind.WORKS_OPERATOR)
"""Haulers, and plants or works that drive themselves."""
LOADED = Manifest.custody_state == CustodyState.LOADED  # onto the leg that comes next
UNDERWAY = (CustodyState.LOADED, CustodyState.IN_TRANSIT, CustodyState.AT_TRANSFER)
WITH_OTHER_LOADS = frozenset({Act.LOAD, Act.RELOAD})

VEHICLES = (
    select(
        *(Vehicle.id, Vehicle.code, Vehicle.mode, Vehicle.organisation_id, Vehicle.tare_kg),
        *(Vehicle.rated_payload_kg, Vehicle.active_from, Vehicle.active_to),
        *(VehicleLicence.kind, VehicleLicence.valid_from, VehicleLicence.valid_to),
    )
    .outerjoin(VehicleLicence, VehicleLicence.vehicle_id == Vehicle.id)
    .where(Vehicle.id.in_(bindparam("ids", expanding=True)))
    .order_by(Vehicle.id, VehicleLicence.id)
)
CARRIED = (
    select(Leg.vehicle_id, Manifest.number)
    .join(Manifest, Manifest.id == Leg.manifest_id)
    .where(Leg.vehicle_id.in_(bindparam("ids", expanding=True)), Manifest.custody_state.in_(UNDERWAY))
    .where(Manifest.id != bindparam("manifest_id"))
    .where(Leg.seq == case((LOADED, Manifest.leg_seq + 1), else_=Manifest.leg_seq))
    .order_by(Manifest.number)
)


def vehicles(session: Session, custody: Custody, act: Act) -> dict[int, VehicleStanding]:
    """The vehicles of the legs; where they are being loaded with what else they carry now."""
    ids = sorted({leg.vehicle_id for leg in custody.legs if leg.vehicle_id is not None})
    if not ids:
        return {}
    loads: dict[int, list[str]] = {}
    carried = {"ids": ids, "manifest_id": custody.id}
    for vehicle_id, number in session.execute(CARRIED, carried) if act in WITH_OTHER_LOADS else ():
        if vehicle_id is not None:
            loads.setdefault(vehicle_id, []).append(number)
    found: dict[int, VehicleStanding] = {}
    for row in session.execute(VEHICLES, {"ids": ids}):
        before = found[row.id].licences if row.id in found else ()
        licence = () if row.kind is None else (Licence(row.kind, row.valid_from, row.valid_to),)
        found[row.id] = VehicleStanding(
            id=row.id,
            code=row.code,
            mode=row.mode,
            organisation_id=row.organisation_id,
            tare_kg=row.tare_kg,
            rated_payload_kg=row.rated_payload_kg,
            licences=before + licence,
            loads=tuple(loads.get(row.id, ())),
            active_from=row.active_from,
            active_to=row.active_to,
        )
    return found


CARRYING = select(Organisation.id).where(
    Organisation.id.in_(bindparam("ids", expanding=True)), Organisation.kind.in_(CARRIERS)
)
INACTIVE = select(Organisation.id).where(
    Organisation.id.in_(bindparam("ids", expanding=True)),
    or_(Organisation.active_from > bindparam("day"), Organisation.active_to < bindparam("day")),
)
ROUTES = select(Route.id, Route.code, Route.planned_minutes).where(
    Route.id.in_(bindparam("ids", expanding=True))
)


def carriers(session: Session, custody: Custody) -> frozenset[int]:
    """Which of the carriers that the legs name are organisations that carry."""
    ids = sorted({leg.carrier_id for leg in custody.legs if leg.carrier_id is not None})
    return frozenset(session.scalars(CARRYING, {"ids": ids})) if ids else frozenset()


def inactive(session: Session, parties: Iterable[int], day: date) -> frozenset[int]:
    """Which of these organisations are out of business on that day."""
    ids = sorted(set(parties))
    return frozenset(session.scalars(INACTIVE, {"ids": ids, "day": day})) if ids else frozenset()


def routes(session: Session, custody: Custody) -> dict[int, RouteStanding]:
    """The approved routes that legs name."""
    ids = sorted({leg.route_id for leg in custody.legs if leg.route_id is not None})
    rows = session.execute(ROUTES, {"ids": ids}) if ids else ()
    return {row.id: RouteStanding(row.code, row.planned_minutes) for row in rows}
