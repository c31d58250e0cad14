"""What is remembered of a vehicle between two of its fixes?

A few numbers a vehicle (`python -m bench streaming` measures the bytes). Nothing in here is a conclusion:
the watch only says when there is something to conclude, and all conclusions come from the whole track.
"""

from dataclasses import dataclass
from enum import StrEnum

from models.vocabulary import Mode
from tracking.rules.stops import Box

NEVER_MS = -(2**62)
NOWHERE = -1


class Sign(StrEnum):
    """Why a vehicle's track should be judged now rather than with the next sweep."""

    ENTERED = "entered"  # a facility's fence
    LEFT = "left"
    OFF_ROUTE = "off_route"  # the sum over the distances from every approved route has reached its alarm
    BACK = "back"  # on an approved route again
    STANDS = "stands"  # outside every fence, for as long as a stop takes
    JUMPED = "jumped"  # farther than it can drive
    LATE = "late"  # a fix older than the last one: what was concluded may change


@dataclass(slots=True)
class Watched:
    """One vehicle. Times ms UTC, places degrees WGS 84, lengths m, durations s.

    place: index of the fence it is in; crossing: fixes in a row that say otherwise; origin_id: the facility
    it left last (row id); total: Page's sum; astray: where the sum was last zero; box: the extent of where it
    stands, in m; moving_s, standing_s: usual intervals of its reports.
    """

    mode: Mode
    time_ms: int = NEVER_MS
    lat: float = 0.0
    lon: float = 0.0
    place: int = NOWHERE
    crossing: int = 0
    origin_id: int | None = None
    total: float = 0.0
    astray: tuple[float, float] | None = None
    far_fixes: int = 0
    off_route: bool = False
    box: Box | None = None
    since_ms: int = NEVER_MS
    strays: int = 0
    stood: bool = False
    moving: bool = False
    moving_s: float = 0.0
    standing_s: float = 0.0
    told_silent: bool = False
