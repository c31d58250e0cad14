"""Which limits does a new installation begin with?

DOMAIN.md section 6. Each row is unconfirmed until an administrator has checked it against the official
text, and the regulator edits the table from then on; nothing in the code repeats a value. Subjects:
"moisture_leaving:plant" for what leaves a plant, "moisture_into:<method>" for a disposal method
(vocabulary.DisposalMethod), with a third part where one use of a method has its own limit. Sewer-dredged
sludge has no limit here: the plant's does not apply to it.
"""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class LimitSeed:
    """A limit: `inclusive` says whether the value itself may be reached."""

    subject: str
    value: float
    inclusive: bool
    unit: str
    standard: str
    valid_from: date
    clause: str | None = None


LIMIT_SEEDS = (
    LimitSeed("moisture_leaving:plant", 0.80, False, "fraction", "GB/T 24188-2009", date(2010, 4, 1)),
    LimitSeed("moisture_into:landfill", 0.60, False, "fraction", "GB/T 23485-2009", date(2009, 12, 1)),
    LimitSeed("moisture_into:land_use", 0.60, True, "fraction", "GB 4284-2018", date(2019, 6, 1)),
    LimitSeed(
        "moisture_into:land_use:landscaping", 0.40, False, "fraction", "GB/T 23486-2009", date(2009, 12, 1)
    ),
    LimitSeed(
        "moisture_into:land_use:improvement", 0.65, False, "fraction", "GB/T 24600-2009", date(2010, 3, 1)
    ),
    LimitSeed("moisture_into:incineration", 0.80, False, "fraction", "GB/T 24602-2009", date(2010, 3, 1)),
    LimitSeed(
        "moisture_into:incineration:self_sustaining",
        0.50,
        False,
        "fraction",
        "GB/T 24602-2009",
        date(2010, 3, 1),
    ),
    LimitSeed("moisture_into:building_material", 0.40, True, "fraction", "GB/T 25031-2010", date(2011, 5, 1)),
    # A prompt to look, not a proof: planning takes 6-9 t, surveys found 5-8.
    LimitSeed("production:least", 5.0, True, "t80/10km3", "规划与调查区间", date(2010, 1, 1)),
    LimitSeed("production:most", 9.0, True, "t80/10km3", "规划与调查区间", date(2010, 1, 1)),
    LimitSeed("ph_into:land_use:least", 5.5, True, "pH", "GB 4284-2018", date(2019, 6, 1)),
    LimitSeed("ph_into:land_use:most", 8.5, True, "pH", "GB 4284-2018", date(2019, 6, 1)),
)
