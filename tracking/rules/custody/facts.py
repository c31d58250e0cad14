"""What do guards and checks look at? A manifest, the ground it stands on, and what somebody wants to do.

Masses kg, moisture a mass fraction, times aware UTC; ids are row ids.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from models.custody_words import Act, ManifestSource, MoistureMethod
from models.thresholds import DEFAULTS, Thresholds
from models.values import Reason
from models.vocabulary import (
    CustodyState,
    DisposalMethod,
    ManifestKind,
    Mode,
    ReceiptDecision,
    SludgeKind,
    WeighingRole,
)
from tracking.rules.custody.standings import (
    ApprovalStanding,
    DiversionStanding,
    PlaceStanding,
    PlanStanding,
    RouteStanding,
    VehicleStanding,
    VoyageStanding,
)


@dataclass(frozen=True, slots=True)
class Blocked:
    """Why a step is refused: the field of the request (dotted path; blank: the whole) and the reason.

    The reason's code is worded by the catalogue "custody" in the reader's language.
    """

    field: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Stretch:
    """A leg of the manifest: `vehicle_id` is blank for an unregistered vehicle."""

    seq: int
    mode: Mode
    carrier_id: int | None
    vehicle_id: int | None
    vehicle_code: str
    from_id: int
    to_id: int
    route_id: int | None = None
    driver_id: int | None = None
    driver: str | None = None
    voyage: str | None = None


@dataclass(frozen=True, slots=True)
class Weighed:
    """A weighing with its moisture test; either half may be missing."""

    at: datetime
    gross_kg: float | None = None
    tare_kg: float | None = None
    scale_code: str | None = None
    ticket: str | None = None
    scale_ticket_id: int | None = None
    moisture_fraction: float | None = None
    u_moisture_fraction: float | None = None
    moisture_method: MoistureMethod | None = None

    @property
    def net_kg(self) -> float | None:
        if self.gross_kg is None or self.tare_kg is None:
            return None
        return self.gross_kg - self.tare_kg


@dataclass(frozen=True, slots=True)
class Part:
    """How much of a load a link takes to (or from) another manifest."""

    manifest_id: int
    number: str
    state: CustodyState
    wet_kg: float
    dry_kg: float | None


@dataclass(frozen=True, slots=True)
class Custody:
    """A manifest as the table of arrows sees it.

    `leg_seq`: the leg it is on or was on last, 0 before the first departure. `parts_out`: what travels on
    under children that were not cancelled; `parts_in`: what it carries on of its parents.
    """

    id: int
    number: str
    kind: ManifestKind
    source: ManifestSource
    state: CustodyState
    leg_seq: int
    version: int
    issuer_id: int | None
    custodian_id: int | None
    origin_id: int
    destination_id: int
    received_at_id: int | None
    sludge_kind: SludgeKind
    planned_kg: float | None
    plan: str | None
    diversion: str | None
    approval: str | None
    issued_at: datetime
    last_event_at: datetime
    place: tuple[float, float] | None = None  # of a rescue: (lat, lon) where the load changed vehicle
    legs: tuple[Stretch, ...] = ()
    weighed: Mapping[tuple[WeighingRole, int], Weighed] = field(default_factory=dict)
    arrival: Weighed | None = None  # what the gate wrote down
    decision: ReceiptDecision | None = None
    accepted_kg: float | None = None
    refused_kg: float | None = None
    parts_out: tuple[Part, ...] = ()
    parts_in: tuple[Part, ...] = ()
    stored_kg: float = 0.0  # of this load, as it went into store and as the pile was surveyed since
    stored_dry_kg: float | None = None
    store_pile: str | None = None  # in which it lies, in store or as accepted
    departed: bool = False
    on_hold: bool = False
    correction_open: bool = False
    open_cases: int = 0
    parties: Mapping[int, str] = field(default_factory=dict)  # codes of organisations by row id
    paper_unconfirmed: int = 0  # signatures of emergency paper that neither party nor regulator settled
    gap_undecided: bool = False  # a finding says that masses do not balance, and nobody decided on it

    def leg(self, seq: int) -> Stretch | None:
        """The leg with this number."""
        return next((leg for leg in self.legs if leg.seq == seq), None)

    @property
    def following(self) -> Stretch | None:
        """The leg that comes next."""
        return min(
            (leg for leg in self.legs if leg.seq > self.leg_seq), key=lambda leg: leg.seq, default=None
        )

    @property
    def current(self) -> Stretch | None:
        """The leg it is on."""
        return self.leg(self.leg_seq)


@dataclass(frozen=True, slots=True)
class Ground:
    """What the step stands on: only what the manifest names is in here."""

    places: Mapping[int, PlaceStanding]
    vehicles: Mapping[int, VehicleStanding]
    carriers: frozenset[int]  # ids of organisations that are haulers (or carry for themselves)
    plan: PlanStanding | None = None
    approval: ApprovalStanding | None = None
    diversions: tuple[DiversionStanding, ...] = ()
    parents: Mapping[int, Custody] = field(default_factory=dict)
    voyage: VoyageStanding | None = None  # the one that is named with the step
    organisations: Mapping[int, str] = field(default_factory=dict)  # codes by row id
    routes: Mapping[int, RouteStanding] = field(default_factory=dict)
    inactive: frozenset[int] = frozenset()  # ids of organisations that are out of business on the day


@dataclass(frozen=True, slots=True)
class Given:
    """What somebody gives with a step; blanks where the act has no such thing.

    at: when it happened (server time unless the signer's device was offline or paper is typed in).
    """

    at: datetime
    weighed: Weighed | None = None
    accepted_kg: float | None = None
    refused_kg: float | None = None
    reason: str | None = None
    method: DisposalMethod | None = None
    mass_kg: float | None = None
    pile: str | None = None
    place_id: int | None = None  # ARRIVE: the facility whose gate it is
    voyage: str | None = None  # DEPART, TAKE_OVER: the voyage that takes the load on
    backdated: bool = False  # from a device that was offline, or from paper


@dataclass(frozen=True, slots=True)
class Step:
    """An act that somebody wants to do with a manifest."""

    act: Act
    custody: Custody
    ground: Ground
    given: Given
    now: datetime
    day: date  # of `given.at` in the city's zone: permits hold by the day
    rules: Thresholds = DEFAULTS  # of the installation
