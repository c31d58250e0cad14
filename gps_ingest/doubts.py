"""For which named reasons is a fix distrusted as it arrives?

A doubted fix is kept and the reason recorded: it is evidence. The reasons that can be told from one
message are here, one small predicate each, in the order of ARRIVAL_DOUBTS; those that need the
neighbours of a fix (teleport, clock_skew, frozen_position …) belong to the analysis. A fix whose time
of receipt is not known is neither late nor early.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from gps_ingest.decoders.fix_batch import NEVER, FixBatch
from models.thresholds import DoubtThresholds
from models.values import BoolArray
from models.vocabulary import MS_PER_S, Doubt

ROLLOVER_MS = 1024 * 7 * 86_400 * MS_PER_S  # GPS counts weeks in ten bits: old receivers fall back 19.6 years

# JT/T 808 alarm bits: 4 GNSS module fault, 5 antenna cut off, 6 antenna short, 7 undervoltage, 8 power off
TAMPER_ALARMS = 0b1_1111_0000


@dataclass(frozen=True, slots=True, eq=False)
class DoubtedBatch:
    """A batch with week rollovers undone; doubts uint32 (vocabulary.Doubt), quarantined bool."""

    batch: FixBatch
    doubts: npt.NDArray[np.uint32]
    quarantined: BoolArray


def outside_range(batch: FixBatch, limits: DoubtThresholds) -> BoolArray:
    """No place on Earth, or exactly (0, 0), which receivers send when they know nothing."""
    off_earth = (np.abs(batch.lat) > 90) | (np.abs(batch.lon) > 180)
    nowhere: BoolArray = off_earth | ((batch.lat == 0) & (batch.lon == 0))
    return nowhere


def swapped_axes(batch: FixBatch, limits: DoubtThresholds) -> BoolArray:
    """China lies at 18-54 N, 73-135 E: the other way round is a client that mixed them up (Traccar #3739)."""
    return (batch.lat >= 73) & (batch.lat <= 135) & (batch.lon >= 18) & (batch.lon <= 54)


def not_fixed(batch: FixBatch, limits: DoubtThresholds) -> BoolArray:
    """The device itself says that it has no position."""
    return ~batch.fixed


def in_future(batch: FixBatch, limits: DoubtThresholds) -> BoolArray:
    """Told before it happened: the device's clock is wrong."""
    return _age_s(batch) < -limits.future_doubt_s


def late(batch: FixBatch, limits: DoubtThresholds) -> BoolArray:
    """Buffered while there was no network: normal, marked so that nobody takes it for live."""
    return _age_s(batch) > limits.late_s


def reconstructed(batch: FixBatch, limits: DoubtThresholds) -> BoolArray:
    """So late that no buffer explains it."""
    return _age_s(batch) > limits.reconstructed_s


def low_quality(batch: FixBatch, limits: DoubtThresholds) -> BoolArray:
    """The receiver states a poor accuracy, or saw too few satellites for a good one."""
    few = (batch.satellites >= 0) & (batch.satellites < limits.low_satellites)
    return (batch.accuracy_m > limits.low_accuracy_m) | few


def tampered(batch: FixBatch, limits: DoubtThresholds) -> BoolArray:
    """The terminal itself says that its receiver, antenna or power is out of order."""
    told: BoolArray = (batch.alarm & TAMPER_ALARMS) != 0
    return told


ARRIVAL_DOUBTS: tuple[tuple[Doubt, Callable[[FixBatch, DoubtThresholds], BoolArray]], ...] = (
    (Doubt.RANGE, outside_range),
    (Doubt.SWAPPED_AXES, swapped_axes),
    (Doubt.NOT_FIXED, not_fixed),
    (Doubt.FUTURE, in_future),
    (Doubt.LATE, late),
    (Doubt.RECONSTRUCTED, reconstructed),
    (Doubt.LOW_QUALITY, low_quality),
    (Doubt.TAMPER, tampered),
)


def doubt_arrivals(batch: FixBatch, limits: DoubtThresholds) -> DoubtedBatch:
    """Every reason for each fix; a time too far ahead to be kept as a fix is quarantined.

    batch: n reports as decoded. A week rollover is undone first (+1024 weeks, marked WEEK_ROLLOVER), so
    that the other reasons look at the true time.
    """
    rolled = _age_s(batch) > limits.rollover_age_s
    batch = replace(batch, time_ms=np.where(rolled, batch.time_ms + ROLLOVER_MS, batch.time_ms))
    doubts = np.where(rolled, np.uint32(Doubt.WEEK_ROLLOVER), np.uint32(0)).astype(np.uint32)
    for reason, predicate in ARRIVAL_DOUBTS:
        doubts[predicate(batch, limits)] |= np.uint32(reason)
    return DoubtedBatch(batch, doubts, _age_s(batch) < -limits.future_quarantine_s)


def reasons_of(doubts: int) -> Iterator[str]:
    """The names of the reasons in `doubts`, as answers and pages give them."""
    return (reason.name.lower() for reason in Doubt if reason & doubts and reason.name)


def _age_s(batch: FixBatch) -> npt.NDArray[np.float64]:
    """Seconds from the device's time to the time of receipt; NaN (no reason ever holds) where unknown."""
    return np.where(batch.received_ms == NEVER, np.nan, (batch.received_ms - batch.time_ms) / MS_PER_S)
