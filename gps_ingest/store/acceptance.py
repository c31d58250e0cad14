"""How are decoded messages taken: raw bytes, fixes and watermarks in one transaction?

The promise of gps_ingest: no acknowledged fix is lost, none counted twice, none silently altered. The
caller commits, then acknowledges. Messages of many devices are taken together: what is done once a
transaction, and not once a message, is what lets a gateway keep up.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from sqlalchemy.orm import Session

from gps_ingest.decoders.fix_batch import NEVER, Decoded, FixBatch, merge
from gps_ingest.decoders.fix_fields import device_code_fault
from gps_ingest.doubts import DoubtedBatch, doubt_arrivals, reasons_of
from gps_ingest.store.fix_rows import FixRows, insert_fixes
from gps_ingest.store.held_back import Stays, reasons_held_back, within
from gps_ingest.store.known_devices import known_devices
from gps_ingest.store.raw_messages import Filing, KeptMessage, Message, keep_messages
from gps_ingest.store.repeated_alarms import alarms_in_raw_only
from gps_ingest.store.watermarks import mark_new_fixes, to_ms
from models.thresholds import DoubtThresholds
from models.values import BoolArray, IntArray, Refusal, not_taken
from models.vocabulary import RawStatus

UNKNOWN_DEVICE = "the device is not registered"
OUT_OF_SERVICE = "the device is out of service"


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message and what its decoder read. `distrust` says why it waits in quarantine although its device
    is known, for example because its sender did not prove to be it. `stays`: the times of which the sender
    may tell; a fix of any other time is kept as raw bytes only."""

    message: Message
    decoded: Decoded
    distrust: str | None = None
    stays: Stays | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Acceptance:
    """What became of a message.

    accepted: fixes that are new; repeated: fixes that were there before. positions, doubts: one entry
    for each fix taken (new or repeated), as it stood in the message (FixBatch.position). refused: what
    could not be read; quarantined: what was read but is kept as raw bytes only. `waiting`: the device
    is not registered or out of service, or the sender not trusted: the whole message waits. `raw_id` is the
    row of its bytes, blank only for a message of which nothing is kept. newest_ms: the latest time of a fix
    that is new, NEVER without one. raw_only_alarms: repeated fixes with an alarm that the stored one has not.
    """

    accepted: int
    repeated: int
    positions: IntArray
    doubts: npt.NDArray[np.uint32]
    refused: tuple[Refusal, ...] = ()
    quarantined: tuple[Refusal, ...] = ()
    waiting: bool = False
    raw_id: int | None = None
    newest_ms: int = NEVER
    raw_only_alarms: int = 0

    @property
    def whole(self) -> bool:
        """Was everything in the message taken?"""
        return not (self.refused or self.quarantined or self.waiting)

    @property
    def doubted(self) -> list[tuple[int, list[str]]]:
        """(position, names of the reasons) of each fix with a reason to distrust it."""
        where = np.flatnonzero(self.doubts)
        names = {each: list(reasons_of(each)) for each in np.unique(self.doubts[where]).tolist()}
        pairs = zip(self.positions[where].tolist(), self.doubts[where].tolist(), strict=True)
        return [(position, names[doubts]) for position, doubts in pairs]


NO_POSITIONS: IntArray = np.array([], dtype=np.int64)
NO_DOUBTS: npt.NDArray[np.uint32] = np.array([], dtype=np.uint32)


@dataclass(frozen=True, slots=True, eq=False)
class Doubted:
    """The fixes of all messages of a transaction, one after the other; `bounds[i]` to `bounds[i + 1]` are
    the rows of message i."""

    rows: DoubtedBatch
    bounds: IntArray

    def of(self, index: int) -> slice:
        return slice(int(self.bounds[index]), int(self.bounds[index + 1]))


def accept(
    session: Session,
    message: Message,
    decoded: Decoded,
    limits: DoubtThresholds,
    *,
    stamp_receipt: bool = True,
    stays: Stays | None = None,
) -> Acceptance:
    """Take one message (accept_all)."""
    arrival = Arrival(message, decoded, stays=stays)
    return accept_all(session, [arrival], limits, stamp_receipt=stamp_receipt)[0]


def accept_all(
    session: Session, arrivals: Sequence[Arrival], limits: DoubtThresholds, *, stamp_receipt: bool = True
) -> list[Acceptance]:
    """Write messages and their fixes; what became of each, in order. A message that came before changes
    nothing.

    `stamp_receipt` gives every fix its message's time of receipt; without it what the decoder read stands,
    and a scenario's blank stays unknown. The message of a device that is not known, or not in service, goes
    to quarantine whole and nothing else is written; what cannot be the code of a device is refused and not
    kept.
    """
    known = known_devices(session, {arrival.message.device_code for arrival in arrivals})
    doubted = _doubt_all(arrivals, limits, stamp_receipt=stamp_receipt)
    held = _all_held_back(doubted, arrivals, limits)
    filings = [_filing(arrival, known, of_it) for arrival, of_it in zip(arrivals, held, strict=True)]
    kept_rows = iter(keep_messages(session, [filing for filing in filings if filing is not None]))
    kept = [None if filing is None else next(kept_rows) for filing in filings]
    new, unheard = _take_fixes(session, doubted, filings, kept)
    taken = _taken(doubted, new, unheard)
    return [
        _acceptance(arrival, filing, row, of_it, held[index])
        for index, (arrival, filing, row, of_it) in enumerate(
            zip(arrivals, filings, kept, taken, strict=True)
        )
    ]


def _doubt_all(arrivals: Sequence[Arrival], limits: DoubtThresholds, *, stamp_receipt: bool) -> Doubted:
    batches = [arrival.decoded.reports for arrival in arrivals]
    counts = np.array([len(batch) for batch in batches], dtype=np.int64)
    whole = merge(batches)
    if stamp_receipt:
        moments = {arrival.message.received_at for arrival in arrivals}
        ms_of = {moment: to_ms(moment) for moment in moments}  # messages of one read came at one moment
        received = np.array([ms_of[arrival.message.received_at] for arrival in arrivals], dtype=np.int64)
        whole = stamped(whole, np.repeat(received, counts))
    doubted = Doubted(doubt_arrivals(whole, limits), np.concatenate([[0], np.cumsum(counts)]))
    for index, arrival in enumerate(arrivals):
        if arrival.stays is not None:
            rows = doubted.of(index)
            doubted.rows.quarantined[rows] |= ~within(doubted.rows.batch.time_ms[rows], arrival.stays)
    return doubted


def stamped(batch: FixBatch, received_ms: IntArray) -> FixBatch:
    """The batch with its messages' time of receipt: no sender has a say in it."""
    return replace(batch, received_ms=received_ms)


def _all_held_back(
    doubted: Doubted, arrivals: Sequence[Arrival], limits: DoubtThresholds
) -> list[tuple[Refusal, ...]]:
    """Of each message, the fixes that are kept as raw bytes only."""
    if not doubted.rows.quarantined.any():
        return [()] * len(arrivals)
    return [_held_back(doubted, index, arrival, limits) for index, arrival in enumerate(arrivals)]


def _held_back(
    doubted: Doubted, index: int, arrival: Arrival, limits: DoubtThresholds
) -> tuple[Refusal, ...]:
    """The fixes of a message that are kept as raw bytes only, each with its reason as far as it is told."""
    held = doubted.rows.quarantined[doubted.of(index)]
    if not held.any():
        return ()
    rows = np.flatnonzero(held) + int(doubted.bounds[index])
    return reasons_held_back(doubted.rows.batch.take(rows), arrival.decoded, arrival.stays, limits)


def _filing(arrival: Arrival, known: dict[str, tuple[int, bool]], held: tuple[Refusal, ...]) -> Filing | None:
    """How the message is kept; None for a sender whose name cannot be one."""
    message = arrival.message
    if message.device_code not in known and device_code_fault(message.device_code):
        return None
    device_id, active = known.get(message.device_code, (None, True))
    if device_id is None or not active or arrival.distrust:
        why = arrival.distrust or (UNKNOWN_DEVICE if device_id is None else OUT_OF_SERVICE)
        return Filing(message, None, RawStatus.QUARANTINED, why)
    return Filing(message, device_id, *_status(arrival.decoded, held))


def _status(decoded: Decoded, held: tuple[Refusal, ...]) -> tuple[RawStatus, str | None]:
    """A message of which anything could not be taken stays visible in quarantine, with the reasons."""
    faults = decoded.refusals + held
    if not faults:
        return RawStatus.ACCEPTED, None
    reason = "; ".join(f"{fault.place} {fault.field}: {fault.reason}" for fault in faults[:5])
    status = RawStatus.QUARANTINED if len(decoded) else RawStatus.REFUSED
    return status, f"{not_taken(faults)} not taken: {reason}"


def _take_fixes(
    session: Session,
    doubted: Doubted,
    filings: Sequence[Filing | None],
    kept: Sequence[KeptMessage | None],
) -> tuple[BoolArray, BoolArray]:
    """Insert what is not held back and was not taken before, mark the vehicles; which rows are new, and
    which have an alarm that stands in the raw bytes only."""
    counts = np.diff(doubted.bounds)
    takes = [
        row is not None
        and filing is not None
        and filing.device_id is not None
        and not (row.repeated and row.status is RawStatus.ACCEPTED)
        for filing, row in zip(filings, kept, strict=True)
    ]
    where = np.repeat(np.array(takes, dtype=np.bool_), counts) & ~doubted.rows.quarantined
    new: BoolArray = np.zeros(where.size, dtype=np.bool_)
    unheard = new.copy()
    if not where.any():
        return new, unheard
    devices = np.array([filing.device_id or 0 if filing else 0 for filing in filings], dtype=np.int64)
    raws = np.array([row.id if row else 0 for row in kept], dtype=np.int64)
    rows = FixRows(
        np.repeat(devices, counts), np.repeat(raws, counts), doubted.rows.batch, doubted.rows.doubts
    ).take(where)
    known = frozenset(row.id for row in kept if row is not None and row.repeated)
    new[where] = insert_fixes(session.connection(), rows, known)
    fresh = new[where]
    unheard[where] = alarms_in_raw_only(session.connection(), rows, fresh)
    mark_new_fixes(session, rows.device_id[fresh], rows.batch.time_ms[fresh])
    return new, unheard


@dataclass(frozen=True, slots=True, eq=False)
class Taken:
    """Of one message: the fixes that were taken, how many are new, and the latest time of those."""

    positions: IntArray
    doubts: npt.NDArray[np.uint32]
    accepted: int
    newest_ms: int
    raw_only_alarms: int


def _taken(doubted: Doubted, new: BoolArray, unheard: BoolArray) -> list[Taken]:
    """What was taken of each message, counted for all at once."""
    batch, bounds = doubted.rows.batch, doubted.bounds
    accepted, alarms = (
        np.diff(np.concatenate([[0], np.cumsum(each)])[bounds]).tolist() for each in (new, unheard)
    )
    newest = np.full(len(accepted), NEVER, dtype=np.int64)
    filled = np.flatnonzero(np.diff(bounds))
    if filled.size:
        times = np.where(new, batch.time_ms, NEVER)
        newest[filled] = np.maximum.reduceat(times, bounds[:-1][filled])
    good = ~doubted.rows.quarantined
    ends = bounds.tolist()
    if good.all():
        wheres: Iterable[slice | IntArray] = map(slice, ends[:-1], ends[1:])
    else:
        wheres = (start + np.flatnonzero(good[start:end]) for start, end in pairwise(ends))
    return [
        Taken(batch.position[where], doubted.rows.doubts[where], *counts)
        for where, *counts in zip(wheres, accepted, newest.tolist(), alarms, strict=True)
    ]


def _acceptance(
    arrival: Arrival,
    filing: Filing | None,
    row: KeptMessage | None,
    taken: Taken,
    held: tuple[Refusal, ...],
) -> Acceptance:
    """What became of one message."""
    if filing is None or row is None:
        fault = device_code_fault(arrival.message.device_code)
        no_code = Refusal("message", "device", f"the device's code {fault}")
        return Acceptance(0, 0, NO_POSITIONS, NO_DOUBTS, (no_code,))
    if filing.device_id is None:
        unread = arrival.decoded.refusals
        return Acceptance(0, 0, NO_POSITIONS, NO_DOUBTS, unread, waiting=True, raw_id=row.id)
    return Acceptance(
        accepted=taken.accepted,
        repeated=len(taken.positions) - taken.accepted,
        positions=taken.positions,
        doubts=taken.doubts,
        refused=arrival.decoded.refusals,
        quarantined=held,
        raw_id=row.id,
        newest_ms=taken.newest_ms,
        raw_only_alarms=taken.raw_only_alarms,
    )
