"""Which fixes of a message are kept as raw bytes only, and why? Those too far ahead, and those of a time of
which the sender may not tell."""

import numpy as np

from gps_ingest.decoders.faults import Faults
from gps_ingest.decoders.fix_batch import Decoded, FixBatch
from models.thresholds import DoubtThresholds
from models.values import BoolArray, IntArray, Refusal
from models.vocabulary import MS_PER_S

OUTSIDE_STAYS = "the device was not on a vehicle of whoever files this then"
TOO_FAR_AHEAD = "the time lies more than {hours:g} h after the time of receipt"

Stays = tuple[tuple[int, int], ...]
"""Stretches of time in ms UTC, each from its begin to before its end."""


def within(time_ms: IntArray, stays: Stays) -> BoolArray:
    """Which of these times lie in one of the stays?"""
    inside: BoolArray = np.zeros(time_ms.size, dtype=np.bool_)
    for begin, end in stays:
        inside |= (begin <= time_ms) & (time_ms < end)
    return inside


def reasons_held_back(
    batch: FixBatch, decoded: Decoded, stays: Stays | None, limits: DoubtThresholds
) -> tuple[Refusal, ...]:
    """Why each of these fixes of a message is held back, as far as it is told one by one."""
    ahead = TOO_FAR_AHEAD.format(hours=limits.future_quarantine_s * MS_PER_S / 3_600_000)
    own = np.ones(len(batch), np.bool_) if stays is None else within(batch.time_ms, stays)
    faults = Faults()
    for position, is_own in zip(batch.position.tolist(), own.tolist(), strict=True):
        reason = ahead if is_own else OUTSIDE_STAYS
        faults.turn_away([Refusal(decoded.place_of(position), "recorded_at", reason)])
    return faults.refusals
