"""Which vehicle does a simulated device ride on, and which way does it go?"""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from demo.terminals.course import Course
from gps_ingest.store.device_changes import clear_registration
from gps_ingest.store.devices import bind_device, issue_token, register_device
from models.facilities import Route
from models.fleet import Device, Vehicle
from models.organisations import Organisation
from models.vocabulary import Mode, OrganisationKind, Protocol

TRUCK_KMH, VESSEL_KMH = 38.0, 11.0


class NoWay(ValueError):
    """The database has no route to shuttle on; the message is the sentence for a person."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One of the three simulated devices: how it speaks and what it rides on."""

    protocol: Protocol
    mode: Mode
    device_code: str
    vehicle_code: str
    vehicle_name: str
    needs_token: bool


KINDS = {
    "jt808": Kind(Protocol.JT808, Mode.ROAD, "13900000808", "DEMO-JT808", "演示车·部标终端", False),
    "ais": Kind(Protocol.AIS, Mode.WATER, "413900001", "DEMO-AIS", "演示船·AIS", False),
    "owntracks": Kind(Protocol.OWNTRACKS, Mode.ROAD, "demo-driver", "DEMO-PHONE", "演示车·驾驶员手机", True),
}


@dataclass(frozen=True, slots=True)
class Outfit:
    """A device that is ready to start; `token` is blank where its protocol has none or brings its own."""

    device_code: str
    token: str
    course: Course


def outfit(session: Session, kind: Kind, now: datetime) -> Outfit:
    """Register the vehicle and device unless they are there, and choose a way of the city."""
    vehicle = session.scalar(select(Vehicle).where(Vehicle.code == kind.vehicle_code))
    if vehicle is None:
        hauler = session.scalar(
            select(Organisation.id)
            .where(Organisation.kind == OrganisationKind.HAULER)
            .order_by(Organisation.code)
            .limit(1)
        )
        vehicle = Vehicle(
            code=kind.vehicle_code, mode=kind.mode, name=kind.vehicle_name, organisation_id=hauler
        )
        session.add(vehicle)
        session.flush()
    device = session.scalar(select(Device).where(Device.code == kind.device_code))
    if device is None:
        device = register_device(session, kind.device_code, kind.protocol)
        bind_device(session, device, vehicle.code, now)
    elif kind.protocol is Protocol.JT808:
        clear_registration(session, device)  # a simulated terminal forgets its token from run to run
    token = issue_token(session, device.code) if kind.needs_token else ""
    return Outfit(device.code, token, course_for(session, kind))


def course_for(session: Session, kind: Kind) -> Course:
    """The longest approved route of the mode; the kinds of one mode take different ones. Raises NoWay."""
    routes = list(session.scalars(select(Route).where(Route.mode == kind.mode).order_by(Route.code)))
    if not routes:
        raise NoWay(f"the database has no approved route by {kind.mode.value}: start `make demo` first")
    routes.sort(key=lambda route: len(route.line), reverse=True)
    same_mode = [each.protocol for each in KINDS.values() if each.mode == kind.mode]
    route = routes[same_mode.index(kind.protocol) % len(routes)]
    speed_kmh = TRUCK_KMH if kind.mode is Mode.ROAD else VESSEL_KMH
    return Course(np.array(route.line, dtype=np.float64), speed_kmh)
