"""What does a scenario folder say, row by row? Frozen values, not yet in the database.

Codes refer to codes; `place` is where the row stands ("vehicles.csv:3").
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from models.custody_words import ManifestSource, MoistureMethod
from models.vocabulary import (
    CustodyState,
    Datum,
    DisposalMethod,
    FacilityKind,
    ManifestKind,
    Mode,
    OrganisationKind,
    Protocol,
    ReceiptDecision,
    SludgeKind,
    WeighingRole,
)


@dataclass(frozen=True, slots=True)
class OrganisationRow:
    place: str
    code: str
    name: str
    name_en: str | None
    kind: OrganisationKind
    active_from: date | None = None
    active_to: date | None = None


@dataclass(frozen=True, slots=True)
class FacilityRow:
    place: str
    code: str
    name: str
    name_en: str | None
    kind: FacilityKind
    organisation: str | None
    polygon: list[list[float]]
    method: DisposalMethod | None
    permit_t_per_day: float | None
    permit_t_per_year: float | None
    storage_t: float | None
    max_moisture_fraction: float | None
    accepts: list[str] | None
    valid_from: datetime | None
    valid_to: datetime | None
    min_dwell_s: int | None
    province: str | None = None


@dataclass(frozen=True, slots=True)
class RouteRow:
    place: str
    code: str
    origin: str
    destination: str
    mode: Mode
    corridor_m: float
    planned_minutes: float | None
    line: list[list[float]]


@dataclass(frozen=True, slots=True)
class MapFeatureRow:
    place: str
    layer: str
    grade: str | None
    name: str | None
    name_en: str | None
    geometry: dict[str, Any]
    digest: str


@dataclass(frozen=True, slots=True)
class VehicleRow:
    place: str
    code: str
    mode: Mode
    name: str
    organisation: str | None
    tare_kg: float | None
    rated_payload_kg: float | None
    mmsi: str | None
    active_from: date | None = None
    active_to: date | None = None


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """A device, and where `vehicle` is given its stay on that vehicle."""

    place: str
    code: str
    protocol: Protocol
    datum: Datum
    vehicle: str | None
    valid_from: datetime | None
    valid_to: datetime | None


@dataclass(frozen=True, slots=True)
class ScaleRow:
    place: str
    code: str
    facility: str
    accuracy_class: str | None
    division_kg: float | None
    max_kg: float | None
    certificate_valid_to: datetime | None


@dataclass(frozen=True, slots=True)
class WeighingRow:
    """A weighing and its moisture test, each as far as the paper has it."""

    at: datetime
    gross_kg: float | None
    tare_kg: float | None
    moisture_fraction: float | None
    scale: str | None
    ticket: str | None
    u_moisture_fraction: float | None = None
    moisture_method: MoistureMethod | None = None


@dataclass(frozen=True, slots=True)
class LegRow:
    seq: int
    mode: Mode
    vehicle: str
    origin: str
    destination: str
    route: str | None
    driver: str | None
    voyage: str | None
    handover_at: datetime | None
    handover_weighing: WeighingRow | None
    carrier: str | None = None


@dataclass(frozen=True, slots=True)
class ReceiptRow:
    decision: ReceiptDecision
    accepted_kg: float | None
    refused_kg: float | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class DisposalRow:
    method: DisposalMethod
    at: datetime
    mass_kg: float | None


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One change of custody as it was recorded."""

    to_state: CustodyState
    leg_seq: int
    at: datetime
    actor: str
    reason: str | None
    recorded_at: datetime | None


@dataclass(frozen=True, slots=True)
class PartRow:
    """What the load carries on of a parent."""

    number: str
    wet_kg: float
    dry_kg: float | None
    at: datetime


@dataclass(frozen=True, slots=True)
class ArrivalRow:
    """What the gate wrote down."""

    at: datetime
    facility: str
    gross_kg: float | None
    scale: str | None
    ticket: str | None


@dataclass(frozen=True, slots=True)
class LiveRow:
    """What only a manifest has that people moved step by step (version 2 of the format).

    weighings: (role, leg, weighing) beside `loaded`, `received` and those of handovers.
    """

    source: ManifestSource
    version: int
    leg_seq: int
    issuer: str | None
    custodian: str | None
    gate: str | None
    planned_kg: float | None
    approval: str | None
    place_lat: float | None
    place_lon: float | None
    due_at: datetime | None
    overdue: bool
    updated_at: datetime | None
    custody: tuple[ChangeRow, ...]
    parts: tuple[PartRow, ...]
    arrival: ArrivalRow | None
    weighings: tuple[tuple[WeighingRole, int, WeighingRow], ...]


@dataclass(frozen=True, slots=True)
class ManifestRow:
    place: str
    number: str
    kind: ManifestKind
    parent: str | None
    children: tuple[str, ...]
    origin: str
    destination: str
    sludge_kind: SludgeKind
    plan: str | None
    diversion: str | None
    issued_at: datetime
    legs: tuple[LegRow, ...]
    loaded: WeighingRow | None
    received: WeighingRow | None
    receipt: ReceiptRow | None
    disposal: DisposalRow | None
    live: LiveRow | None = None


@dataclass(frozen=True, slots=True)
class DiversionRow:
    place: str
    code: str
    from_site: str
    to_site: str
    valid_from: datetime
    valid_to: datetime
    reason: str | None


@dataclass(frozen=True, slots=True)
class DayRow:
    """A day's report of a plant or site; `figures` by column name, absent where blank."""

    place: str
    facility: str
    day: date
    figures: dict[str, float]
