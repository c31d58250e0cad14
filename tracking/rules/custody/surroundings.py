"""What do checks look at besides the ground of a step? Earlier loads, limits, the day's sums, positions.

Read only for the acts that need it (tracking/queries/surroundings.py); what was not read is blank and warns
of nothing.
"""

from dataclasses import dataclass
from datetime import date

from models.values import Track
from tracking.rules.judge_repeats import NOTHING_EARLIER, EarlierLoads
from tracking.rules.visits import Fences
from tracking.rules.world import Limit


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """Where a vehicle was heard during the half hour before the step; `fence`: of the place of the step."""

    vehicle: str
    track: Track
    fence: Fences
    facility: str
    least_dwell_s: float


@dataclass(frozen=True, slots=True)
class QuotaUse:
    """How much of a quota is used, this load included; `field`: plan or approval, `name`: which."""

    field: str
    name: str
    quota_kg: float
    used_kg: float


@dataclass(frozen=True, slots=True)
class StorageUse:
    """What lies in a store by its books, this load included; dry is None where any of it is unknown."""

    facility: str
    permit: str
    allowed_kg: float
    stored_kg: float
    stored_dry_kg: float | None


@dataclass(frozen=True, slots=True, eq=False)
class Surroundings:
    """Masses kg; `issued_t80` of the origin's day with this one, `influent_m3` of its last reported day."""

    earlier: EarlierLoads = NOTHING_EARLIER
    division_kg: float | None = None
    limit: Limit | None = None  # of moisture: for leaving on LOAD, for entering on the receipt
    production: Limit | None = None  # t of 80 % moisture per 10,000 m3
    issued_t80: float = 0.0
    influent_m3: float | None = None
    disposed_t: float = 0.0  # by the site on the day of the step, this load included
    capacity_t: float | None = None  # a day, by the permits that hold
    planned_s: float | None = None  # of the leg's route
    seen: Seen | None = None  # the vehicle of the leg
    other: Seen | None = None  # at a take-over: the vehicle that gave
    quotas: tuple[QuotaUse, ...] = ()  # of plan and approval, on LOAD
    storage: StorageUse | None = None  # of the store, on STORE
    scale_lapsed: tuple[str, date] | None = None  # the step's scale, and when its certificate had ended


NOTHING_AROUND = Surroundings()
