"""Which frozen values do the layers hand to each other?

Import-free of SQLAlchemy and Flask. Times are milliseconds UTC in arrays and in `*_ms` fields;
positions are degrees WGS 84; masses kg; moisture a mass fraction.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

import numpy as np
import numpy.typing as npt

from models.custody_words import Act
from models.vocabulary import (
    CustodyState,
    DisposalMethod,
    FacilityKind,
    ManifestKind,
    Mode,
    ReceiptDecision,
    Role,
    SludgeKind,
    WeighingRole,
)

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

Figures = dict[str, float | int | str | None]
"""Named figures of evidence or of a reason; the suffix of a name is its unit."""

LOAD_UNKNOWN, LOAD_EMPTY, LOAD_HALF, LOAD_FULL = 0, 1, 2, 3
ACC_UNKNOWN, ACC_OFF, ACC_ON = 0, 1, 2


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """A vehicle's fixes in time order: struct of arrays, each of n elements.

    time_ms int64 UTC; lat, lon float64 degrees WGS 84; speed_kmh, course_deg, accuracy_m and
    odometer_km float32, NaN where unknown; received_ms int64, -1 where unknown; load_state uint8
    (LOAD_*); acc uint8 (ACC_*); doubts uint32 (vocabulary.Doubt); device int64 (row id).
    """

    time_ms: IntArray
    lat: FloatArray
    lon: FloatArray
    speed_kmh: npt.NDArray[np.float32]
    course_deg: npt.NDArray[np.float32]
    accuracy_m: npt.NDArray[np.float32]
    odometer_km: npt.NDArray[np.float32]
    received_ms: IntArray
    load_state: npt.NDArray[np.uint8]
    acc: npt.NDArray[np.uint8]
    doubts: npt.NDArray[np.uint32]
    device: IntArray

    def __len__(self) -> int:
        return int(self.time_ms.size)

    def take(self, where: "slice | BoolArray | IntArray") -> "Track":
        """The fixes at a slice, mask or index array, as a new track."""
        return Track(*[column[where] for column in COLUMNS_OF(self)])

    def between(self, start_ms: int, end_ms: int) -> "Track":
        """The fixes with start_ms <= time <= end_ms."""
        low = int(np.searchsorted(self.time_ms, start_ms, side="left"))
        high = int(np.searchsorted(self.time_ms, end_ms, side="right"))
        return self.take(slice(low, high))


TRACK_COLUMNS = tuple(Track.__dataclass_fields__)
COLUMNS_OF = attrgetter(*TRACK_COLUMNS)  # tracks are cut often: one call for all columns
TRACK_DTYPES: dict[str, Any] = {
    "time_ms": np.int64,
    "lat": np.float64,
    "lon": np.float64,
    "speed_kmh": np.float32,
    "course_deg": np.float32,
    "accuracy_m": np.float32,
    "odometer_km": np.float32,
    "received_ms": np.int64,
    "load_state": np.uint8,
    "acc": np.uint8,
    "doubts": np.uint32,
    "device": np.int64,
}
TRACK_BLANKS: dict[str, float] = {
    "speed_kmh": np.nan,
    "course_deg": np.nan,
    "accuracy_m": np.nan,
    "odometer_km": np.nan,
    "received_ms": -1,
    "load_state": LOAD_UNKNOWN,
    "acc": ACC_UNKNOWN,
    "doubts": 0,
    "device": 0,
}


def make_track(**columns: npt.ArrayLike) -> Track:
    """A track from the columns given (time_ms, lat, lon at least), blanks for the others."""
    count = len(np.atleast_1d(np.asarray(columns["time_ms"])))
    arrays = {
        name: np.asarray(columns[name], dtype=TRACK_DTYPES[name])
        if name in columns
        else np.full(count, TRACK_BLANKS[name], dtype=TRACK_DTYPES[name])
        for name in TRACK_COLUMNS
    }
    return Track(**arrays)


@dataclass(frozen=True, slots=True)
class Refusal:
    """An item that could not be taken: where it stood, which field, and a sentence for a person.

    `count`: for how many items it stands, where they are too many to tell one by one.
    """

    place: str  # "manifests.jsonl:12", "[3]", "track 1, segment 1, point 7"
    field: str
    reason: str  # a message key of models.messages or a plain English sentence
    count: int = 1


def not_taken(refusals: Iterable[Refusal]) -> int:
    """How many items the refusals stand for."""
    return sum(refusal.count for refusal in refusals)


@dataclass(frozen=True, slots=True)
class FacilityArea:
    """A facility as the rules see it. `polygon` is one ring of (lon, lat), closed."""

    id: int
    code: str
    kind: FacilityKind
    polygon: tuple[tuple[float, float], ...]
    organisation_id: int | None = None
    method: DisposalMethod | None = None
    min_dwell_s: int | None = None
    max_moisture_fraction: float | None = None
    valid_from_ms: int | None = None
    valid_to_ms: int | None = None


@dataclass(frozen=True, slots=True)
class RouteLine:
    """An approved route: `line` is (lon, lat) along the way; corridor_m is the half-width."""

    id: int
    code: str
    origin_id: int
    destination_id: int
    mode: Mode
    corridor_m: float
    line: tuple[tuple[float, float], ...]
    planned_minutes: float | None = None


@dataclass(frozen=True, slots=True)
class VehicleFacts:
    """A registered vehicle. `organisation_id` is the carrier that owns it."""

    id: int
    code: str
    mode: Mode
    organisation_id: int | None
    tare_kg: float | None
    rated_payload_kg: float | None


@dataclass(frozen=True, slots=True)
class WeighingFacts:
    """One weighing with its moisture test; None where unknown or not happened."""

    gross_kg: float
    tare_kg: float
    at_ms: int
    moisture_fraction: float | None = None
    u_moisture_fraction: float | None = None  # standard uncertainty, absolute
    scale_code: str | None = None
    scale_division_kg: float | None = None
    ticket: str | None = None

    @property
    def net_kg(self) -> float:
        return self.gross_kg - self.tare_kg


@dataclass(frozen=True, slots=True)
class LegFacts:
    """One carrier's stretch of a manifest. `vehicle_id` is None for an unregistered vehicle."""

    id: int
    seq: int
    mode: Mode
    vehicle_code: str
    vehicle_id: int | None
    from_id: int
    to_id: int
    route_id: int | None = None
    voyage: str | None = None
    handover_at_ms: int | None = None
    departed_at_ms: int | None = None  # when it was signed for; known of live manifests only
    carrier_id: int | None = None


@dataclass(frozen=True, slots=True)
class SignedFacts:
    """Where and when somebody signed for a leg, as the signer's device said."""

    act: Act
    leg_seq: int
    at_ms: int
    lat: float
    lon: float
    accuracy_m: float | None = None


@dataclass(frozen=True, slots=True)
class ManifestFacts:
    """A manifest as the rules see it: paper only, nothing that the machine concluded."""

    id: int
    number: str
    origin_id: int
    destination_id: int
    sludge_kind: SludgeKind
    kind: ManifestKind
    custody_state: CustodyState
    issued_at_ms: int
    legs: tuple[LegFacts, ...]
    hauler_id: int | None = None
    loaded: WeighingFacts | None = None
    received: WeighingFacts | None = None
    decision: ReceiptDecision | None = None
    accepted_kg: float | None = None
    refused_kg: float | None = None
    has_child: bool = False  # what was refused or aborted travels on under a manifest of its own
    live: bool = False  # every step was signed here; else it is paper as it was reported
    weighings: Mapping[tuple[WeighingRole, int], WeighingFacts] = field(default_factory=dict)
    arrived_at_ms: int | None = None  # at the gate; known of live manifests only
    received_at_id: int | None = None  # the gate, where a diversion named another than the receiver
    approval: str | None = None  # number of the approval to leave the province
    begins_anywhere: bool = False  # a rescue: the load changed vehicle at the roadside
    disposed_by: DisposalMethod | None = None
    disposed_at_ms: int | None = None
    signed: tuple[SignedFacts, ...] = ()

    @property
    def receiver_id(self) -> int:
        """Where it came in, or should."""
        return self.received_at_id or self.destination_id

    @property
    def last_loaded(self) -> WeighingFacts | None:
        """The weighing with which it left for its receiver: after a store it was loaded again."""
        again = [each for (role, seq), each in self.weighings.items() if role is WeighingRole.LOADED and seq]
        return max(again, key=lambda each: each.at_ms) if again else self.loaded


@dataclass(frozen=True, slots=True)
class RefusalFacts:
    """A load that a site refused, wholly or in part, and that no further manifest covers."""

    vehicle_id: int
    site_id: int
    at_ms: int


@dataclass(frozen=True, slots=True)
class RoadsideFacts:
    """A leg that ended where its vehicle broke down, or began there: its trip is lawful without a claim."""

    vehicle_id: int
    from_ms: int
    to_ms: int


@dataclass(frozen=True, slots=True)
class DiversionFacts:
    """应急调度: an authorised temporary change of destination."""

    from_site_id: int
    to_site_id: int
    valid_from_ms: int
    valid_to_ms: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a finding rests on: figures with units in their names, and places on the map.

    `marks` are GeoJSON-like features: {"role", "type", "coordinates"} in (lon, lat).
    """

    figures: Mapping[str, float | int | str | None] = field(default_factory=dict)
    thresholds: Mapping[str, float | int | str | None] = field(default_factory=dict)
    marks: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who is looking: queries show a viewer only what the role and organisation may see."""

    role: Role
    organisation_id: int | None = None
    user_id: int | None = None
    name: str = ""

    @property
    def sees_all(self) -> bool:
        return self.role in (Role.REGULATOR, Role.ADMINISTRATOR)


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason in words: a message code and its figures, worded by reports/wording.py.

    The suffix of a parameter's name says its unit (`_m`, `_s`, `_kg`, `_fraction`, `_kmh`, `_ms` for a
    moment); a name without one is text, e.g. a code of a facility or vehicle.
    """

    code: str
    params: Mapping[str, float | int | str | None] = field(default_factory=dict)
