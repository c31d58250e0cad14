"""Who takes part in the tests? A fixed cast known by heart, one signed-in person a role and its rivals.

The plant 清源 (operator Qing and her colleague Wen) sends its sludge with the hauler 顺达 (dispatcher Shun)
to the site 绿烧 (gate keeper Lv). The rival plant 碧湖 (Bi) and the rival hauler 通泰 (Tong) have a load of
their own. Rong watches for the drainage authority, Guan administers.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy.orm import Session

from models.facilities import Facility
from models.findings import Finding
from models.fleet import Device, Vehicle
from models.manifests import Manifest
from models.organisations import Organisation, User
from models.vocabulary import FacilityKind, FindingKind, OrganisationKind, Role, VerdictValue, WeighingRole
from tests import factories as make
from tracking.operations.passwords import hash_password

PASSWORD = "correct horse battery"
REGULATOR, PLANT, COLLEAGUE, RIVAL_PLANT = "rong", "qing", "wen", "bi"
HAULER, RIVAL_HAULER, SITE, ADMINISTRATOR = "shun", "tong", "lv", "guan"
EVERYONE = (REGULATOR, PLANT, COLLEAGUE, RIVAL_PLANT, HAULER, RIVAL_HAULER, SITE, ADMINISTRATOR)


@dataclass(frozen=True)
class Load:
    """One load with everything about it."""

    plant: Facility
    site: Facility
    vehicle: Vehicle
    device: Device
    manifest: Manifest
    finding: Finding


@dataclass(frozen=True)
class Cast:
    """The people by user name, and two loads: Qing's with Shun, and Bi's with Tong, both to Lv's site."""

    users: dict[str, User]
    ours: Load
    theirs: Load


def cast(session: Session) -> Cast:
    """Put the cast and its two loads into the database; the caller commits."""
    drainage = _party(session, "DRAIN", "水务局", "Drainage Authority", OrganisationKind.REGULATOR)
    clear = _party(session, "QY", "清源水务", "Clear Spring Water", OrganisationKind.PLANT_OPERATOR)
    lake = _party(session, "BH", "碧湖水务", "Jade Lake Water", OrganisationKind.PLANT_OPERATOR)
    shun = _party(session, "SD", "顺达运输", "Shunda Haulage", OrganisationKind.HAULER)
    tong = _party(session, "TT", "通泰运输", "Tongtai Haulage", OrganisationKind.HAULER)
    burn = _party(session, "LS", "绿烧环保", "Green Kiln", OrganisationKind.SITE_OPERATOR)
    people = {
        REGULATOR: (Role.REGULATOR, drainage),
        PLANT: (Role.PLANT, clear),
        COLLEAGUE: (Role.PLANT, clear),
        RIVAL_PLANT: (Role.PLANT, lake),
        HAULER: (Role.HAULER, shun),
        RIVAL_HAULER: (Role.HAULER, tong),
        SITE: (Role.SITE, burn),
        ADMINISTRATOR: (Role.ADMINISTRATOR, None),
    }
    users = {name: _person(session, name, role, party) for name, (role, party) in people.items()}
    site = make.facility(
        session,
        FacilityKind.SITE,
        burn,
        (120.1, 31.05),
        code="SITE",
        name="绿烧焚烧厂",
        permit_t_per_day=30.0,
    )
    ours = _load(session, clear, shun, site, "QY-1", (120.0, 31.0))
    theirs = _load(session, lake, tong, site, "BH-1", (120.02, 30.98))
    return Cast(users, ours, theirs)


def _party(session: Session, code: str, name: str, name_en: str, kind: OrganisationKind) -> Organisation:
    return make.organisation(session, kind, code=code, name=name, name_en=name_en)


@cache
def password_hash() -> str:
    """The stored form of PASSWORD, made once: making it is slow on purpose."""
    return hash_password(PASSWORD)


def _person(session: Session, username: str, role: Role, party: Organisation | None) -> User:
    return make.user(session, role, party, username=username, password_hash=password_hash())


def _load(
    session: Session,
    sender: Organisation,
    carrier: Organisation,
    site: Facility,
    code: str,
    at: tuple[float, float],
) -> Load:
    """A load that left its corridor on the way, so that there is a finding to look at."""
    plant = make.facility(
        session, FacilityKind.PLANT, sender, at, code=f"P-{code}", name=f"{sender.name}一厂"
    )
    line = [make.centre(plant), [at[0] + 0.05, at[1]], make.centre(site)]
    way = make.route(session, plant, site, code=f"R-{code}", line=line)
    vehicle = make.vehicle(session, carrier, code=f"V-{code}", name=f"苏E·{code}")
    device = make.device(session, vehicle, code=f"D-{code}")
    points = make.drive([line[0], [at[0] + 0.05, at[1] - 0.02], line[2]], make.DAY, 50.0)
    make.fixes(session, device, points, speed_kmh=36.0, course_deg=60.0)
    number = f"M-{code}"
    manifest = make.manifest(session, plant, site, number=number, hauler_id=carrier.id)
    stretch = make.leg(session, manifest, vehicle, way)
    make.weighing(session, manifest, WeighingRole.LOADED, 17_100.0, 0.79, make.DAY)
    make.weighing(session, manifest, WeighingRole.RECEIVED, 17_080.0, 0.789, points[-1][0])
    make.receipt(session, manifest, points[-1][0], accepted_kg=17_080.0)
    make.custody(session, manifest)
    make.assign(session, make.trip(session, vehicle, plant, site, points[0][0], points[-1][0]), stretch)
    finding = _finding(session, manifest, vehicle, points, code)
    make.verdict(session, manifest, VerdictValue.CONTRADICTED, score=0.9, reasons=finding.reasons)
    return Load(plant, site, vehicle, device, manifest, finding)


def _finding(
    session: Session,
    manifest: Manifest,
    vehicle: Vehicle,
    points: list[tuple[datetime, float, float]],
    code: str,
) -> Finding:
    off = [[lon, lat] for _at, lon, lat in points[20:60]]
    span = {"start_ms": make.ms(points[20][0]), "end_ms": make.ms(points[60][0])}
    figures = {"farthest_m": 2100.0, "duration_s": 1200.0, "travelled_m": 4300.0, "route": f"R-{code}"}
    seen = {"vehicle": vehicle.code, "start_ms": span["start_ms"]} | figures
    expected = {"route": f"R-{code}", "corridor_m": 75.0}
    return make.finding(
        session,
        FindingKind.OFF_ROUTE,
        manifest,
        vehicle,
        start=points[20][0],
        minutes=20.0,
        key=f"F-{code}",
        lat=off[20][1],
        lon=off[20][0],
        hauler_id=vehicle.organisation_id,
        reasons=[
            {"code": "off_route.seen", "params": seen},
            {"code": "off_route.expected", "params": expected},
        ],
        evidence={
            "figures": figures,
            "thresholds": {"corridor_m": 75.0},
            "marks": [{"role": "off_route_part", "type": "LineString", "coordinates": off} | span],
        },
    )
