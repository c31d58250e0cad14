"""What does the paper of one manifest say: places, legs, weighings, acts, receipt and disposal?

Frozen values for pages and prints. Masses of a weighing carry their standard uncertainty
(BALANCE.md, "Uncertainty"); times are aware UTC.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from models.custody_words import PaperState
from models.facilities import Facility
from models.fleet import Device, DeviceBinding, Scale
from models.manifests import CustodyEvent, Leg, Manifest, MoistureTest, Weighing
from models.organisations import Organisation
from models.thresholds import MassThresholds
from models.values import WeighingFacts
from models.vocabulary import CustodyState, DisposalMethod, FacilityKind, Mode, ReceiptDecision, WeighingRole
from tracking.queries.names import Name
from tracking.rules.mass_balance import LoadMass, load_masses

Ring = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A facility with the organisation that runs it; `ring` is closed, (lon, lat)."""

    id: int
    name: Name
    kind: FacilityKind
    organisation: Name | None
    method: DisposalMethod | None
    max_moisture_fraction: float | None
    ring: Ring


@dataclass(frozen=True, slots=True)
class ApprovedWay:
    """The approved route of a leg; `line` is (lon, lat), corridor_m the half-width."""

    id: int
    code: str
    corridor_m: float
    planned_minutes: float | None
    line: Ring


@dataclass(frozen=True, slots=True)
class LegStory:
    """One carrier's stretch. `vehicle` carries the paper's code as its name when it is not registered."""

    id: int
    seq: int
    mode: Mode
    vehicle: Name
    vehicle_id: int | None
    hauler: Name | None
    driver: str | None
    devices: tuple[str, ...]
    origin: Place
    destination: Place
    route: ApprovedWay | None
    voyage: str | None
    starts_at: datetime
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class WeighingStory:
    """A weighing with its moisture test and the masses that follow from both."""

    role: WeighingRole
    leg_seq: int
    facts: WeighingFacts
    at: datetime
    masses: LoadMass


@dataclass(frozen=True, slots=True)
class CustodyStep:
    """An act that moved the load on. `on_paper`: taken over from a report, not signed in this system."""

    state: CustodyState
    before: CustodyState | None
    leg_seq: int
    at: datetime
    actor: str
    reason: str | None
    paper: PaperState | None = None  # of an act that was typed in from emergency paper

    @property
    def on_paper(self) -> bool:
        return self.actor == "paper"


@dataclass(frozen=True, slots=True)
class ReceiptStory:
    """What the receiver decided; masses in kg."""

    decision: ReceiptDecision
    accepted_kg: float | None
    refused_kg: float | None
    reason: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class DisposalStory:
    """What became of the load; mass in kg."""

    method: DisposalMethod
    mass_kg: float | None
    at: datetime


def organisation_name(organisation: Organisation | None) -> Name | None:
    """An organisation's name, None where there is none."""
    if organisation is None:
        return None
    return Name(organisation.code, organisation.name, organisation.name_en)


def place_of(facility: Facility) -> Place:
    """A facility as a story shows it."""
    return Place(
        id=facility.id,
        name=Name(facility.code, facility.name, facility.name_en),
        kind=facility.kind,
        organisation=organisation_name(facility.organisation),
        method=facility.method,
        max_moisture_fraction=facility.max_moisture_fraction,
        ring=tuple((float(lon), float(lat)) for lon, lat in facility.polygon),
    )


def legs_of(session: Session, manifest: Manifest) -> tuple[LegStory, ...]:
    """The legs in order, each with the time it takes on paper and the devices its vehicle had then."""
    if not manifest.legs:
        return ()
    ends = [*(leg.handover_at for leg in manifest.legs[:-1]), _end_on_paper(manifest)]
    starts = [_start_on_paper(manifest), *ends[:-1]]
    bound = _devices_on(session, {leg.vehicle_id for leg in manifest.legs if leg.vehicle_id is not None})
    return tuple(
        _leg(leg, start or manifest.issued_at, end, bound)
        for leg, start, end in zip(manifest.legs, starts, ends, strict=True)
    )


def _leg(
    leg: Leg, start: datetime, end: datetime | None, bound: Mapping[int, Sequence[tuple[DeviceBinding, str]]]
) -> LegStory:
    vehicle = leg.vehicle
    devices = [
        code
        for binding, code in bound.get(leg.vehicle_id or 0, ())
        if binding.valid_from <= (end or start) and (binding.valid_to is None or binding.valid_to > start)
    ]
    return LegStory(
        id=leg.id,
        seq=leg.seq,
        mode=leg.mode,
        vehicle=Name(leg.vehicle_code, vehicle.name if vehicle else leg.vehicle_code),
        vehicle_id=leg.vehicle_id,
        hauler=organisation_name(vehicle.organisation) if vehicle else None,
        driver=leg.driver,
        devices=tuple(devices),
        origin=place_of(leg.origin),
        destination=place_of(leg.destination),
        route=_way(leg),
        voyage=leg.voyage,
        starts_at=start,
        ends_at=end,
    )


def _way(leg: Leg) -> ApprovedWay | None:
    route = leg.route
    if route is None:
        return None
    line = tuple((float(lon), float(lat)) for lon, lat in route.line)
    return ApprovedWay(route.id, route.code, route.corridor_m, route.planned_minutes, line)


def _start_on_paper(manifest: Manifest) -> datetime:
    loaded = [each.at for each in manifest.weighings if each.role is WeighingRole.LOADED]
    return loaded[0] if loaded else manifest.issued_at


def _end_on_paper(manifest: Manifest) -> datetime | None:
    received = [each.at for each in manifest.weighings if each.role is WeighingRole.RECEIVED]
    if received:
        return received[0]
    return manifest.receipt.at if manifest.receipt else None


def _devices_on(session: Session, vehicle_ids: set[int]) -> dict[int, list[tuple[DeviceBinding, str]]]:
    query = (
        select(DeviceBinding, Device.code)
        .join(DeviceBinding.device)
        .where(DeviceBinding.vehicle_id.in_(vehicle_ids))
        .order_by(DeviceBinding.valid_from)
    )
    found: dict[int, list[tuple[DeviceBinding, str]]] = {}
    for binding, code in session.execute(query):
        found.setdefault(binding.vehicle_id, []).append((binding, code))
    return found


def weighings_of(
    session: Session, manifest: Manifest, thresholds: MassThresholds
) -> tuple[WeighingStory, ...]:
    """The weighings in order of time, each with the moisture test of its end and its masses."""
    tests = {(test.role, test.leg_seq): test for test in manifest.moisture_tests}
    codes = {each.scale_code for each in manifest.weighings if each.scale_code}
    divisions = dict(
        session.execute(select(Scale.code, Scale.division_kg).where(Scale.code.in_(codes))).all()
    )
    stories = []
    for row in manifest.weighings:
        facts = weighing_facts(row, tests.get((row.role, row.leg_seq)), divisions.get(row.scale_code or ""))
        stories.append(WeighingStory(row.role, row.leg_seq, facts, row.at, load_masses(facts, thresholds)))
    return tuple(stories)


def weighing_facts(row: Weighing, test: MoistureTest | None, division_kg: float | None) -> WeighingFacts:
    """A stored weighing as the rules see it."""
    return WeighingFacts(
        gross_kg=row.gross_kg,
        tare_kg=row.tare_kg,
        at_ms=round(row.at.timestamp() * 1000),
        moisture_fraction=test.moisture_fraction if test else None,
        u_moisture_fraction=test.u_moisture_fraction if test else None,
        scale_code=row.scale_code,
        scale_division_kg=division_kg,
        ticket=row.ticket,
    )


def custody_of(manifest: Manifest, paper: Mapping[datetime, PaperState]) -> tuple[CustodyStep, ...]:
    """The acts in order of time; `paper`: of those that were typed in from emergency paper, by their time."""
    return tuple(_step(event, paper.get(event.at)) for event in manifest.events)


def _step(event: CustodyEvent, paper: PaperState | None) -> CustodyStep:
    return CustodyStep(
        event.to_state, event.from_state, event.leg_seq, event.at, event.actor, event.reason, paper
    )


def receipt_of(manifest: Manifest) -> ReceiptStory | None:
    """The receipt; None before the receiver decided."""
    row = manifest.receipt
    if row is None:
        return None
    return ReceiptStory(row.decision, row.accepted_kg, row.refused_kg, row.reason, row.at)


def disposal_of(manifest: Manifest) -> DisposalStory | None:
    """The disposal; None before it was recorded."""
    row = manifest.disposal
    return None if row is None else DisposalStory(row.method, row.mass_kg, row.at)


def relatives_of(
    session: Session, manifest: Manifest, visible: ColumnElement[bool]
) -> tuple[str | None, tuple[str, ...]]:
    """The numbers of the parent and of the children, so far as the viewer may see them."""
    query = select(Manifest.id, Manifest.number).where(
        or_(Manifest.id == manifest.parent_id, Manifest.parent_id == manifest.id), visible
    )
    rows = session.execute(query.order_by(Manifest.number)).all()
    parent = next((number for row_id, number in rows if row_id == manifest.parent_id), None)
    return parent, tuple(number for row_id, number in rows if row_id != manifest.parent_id)
