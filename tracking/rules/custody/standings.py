"""What is known of the places, vehicles, plans and permits that a step of custody names?"""

from dataclasses import dataclass
from datetime import date, datetime

from models.custody_words import LicenceKind
from models.vocabulary import (
    DisposalMethod,
    FacilityKind,
    Mode,
    SludgeKind,
)


@dataclass(frozen=True, slots=True)
class Permit:
    """What a place may take and do; blanks are not limited."""

    number: str
    sludge_kinds: frozenset[str] | None
    methods: frozenset[str] | None
    storage_t: float | None
    valid_from: date | None
    valid_to: date | None

    def holds_on(self, day: date) -> bool:
        begun = self.valid_from is None or self.valid_from <= day
        return begun and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class PlaceStanding:
    """A facility with its permits; where none is on record nothing is limited."""

    id: int
    code: str
    kind: FacilityKind
    organisation_id: int | None
    permits: tuple[Permit, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None
    province: str | None = None
    method: DisposalMethod | None = None
    stock_kg: float = 0.0
    owner: str | None = None  # the organisation's code


@dataclass(frozen=True, slots=True)
class Licence:
    kind: LicenceKind
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class VehicleStanding:
    """A registered vehicle; licences are blank where none is on record for any vehicle of its carrier."""

    id: int
    code: str
    mode: Mode
    organisation_id: int | None
    tare_kg: float | None
    rated_payload_kg: float | None
    licences: tuple[Licence, ...] = ()
    loads: tuple[str, ...] = ()  # numbers of other manifests that it carries now
    active_from: date | None = None
    active_to: date | None = None

    def active_on(self, day: date) -> bool:
        """Is it in service on that day? Blank ends limit nothing."""
        begun = self.active_from is None or self.active_from <= day
        return begun and (self.active_to is None or day <= self.active_to)


@dataclass(frozen=True, slots=True)
class PlanStanding:
    """A standing plan and what is left of its quota."""

    code: str
    origin_id: int
    destination_id: int
    sludge_kind: SludgeKind
    active: bool
    valid_from: date
    valid_to: date | None
    quota_kg: float | None
    issued_kg: float


@dataclass(frozen=True, slots=True)
class DiversionStanding:
    code: str
    from_site_id: int
    to_site_id: int
    valid_from: datetime
    valid_to: datetime


@dataclass(frozen=True, slots=True)
class ApprovalStanding:
    """跨省转移批准, and what was issued under it."""

    number: str
    origin_id: int
    destination_id: int
    valid_from: date
    valid_to: date | None
    quota_kg: float | None = None
    issued_kg: float = 0.0


@dataclass(frozen=True, slots=True)
class VoyageStanding:
    """航次: a vessel's trip that takes loads on at one place and gives them over at another."""

    code: str
    vehicle_id: int
    from_id: int
    to_id: int
    departed: bool


@dataclass(frozen=True, slots=True)
class RouteStanding:
    """An approved route, and how long it is planned to take."""

    code: str
    planned_minutes: float | None
