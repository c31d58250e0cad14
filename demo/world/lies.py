"""In which ways can a device lie about what its vehicle does?"""

from dataclasses import dataclass
from enum import StrEnum


class LieKind(StrEnum):
    """What the device's data are not: a true track."""

    FROZEN = "frozen_position"
    REPLAYED = "replayed_track"
    CLONED = "cloned_device"
    SKEWED = "clock_skew"
    SHIFTED = "datum_shift"
    BLINDED = "device_tamper"


@dataclass(frozen=True)
class Lie:
    """From one second to another, as the vehicle lived them, the device lies.

    source: of a replay the vehicle whose reports are sent again, of a clone the one that the second device
    rides on. by_s: of a replay how much earlier the source was at the place, of a clock how far it is behind.
    """

    kind: LieKind
    from_s: float
    to_s: float
    source: str = ""
    by_s: float = 0.0
