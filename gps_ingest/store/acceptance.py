"""How is a decoded message taken: raw bytes, fixes and watermark in one transaction?

The promise of gps_ingest: no acknowledged fix is lost, none counted twice, none silently altered. The
caller commits, then acknowledges.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from sqlalchemy import select
from sqlalchemy.orm import Session

from gps_ingest.decoders.fix_batch import NEVER, Decoded, FixBatch
from gps_ingest.decoders.fix_fields import device_code_fault
from gps_ingest.doubts import DoubtedBatch, doubt_arrivals, reasons_of
from gps_ingest.store.fix_rows import insert_fixes
from gps_ingest.store.raw_messages import Message, keep_message
from gps_ingest.store.watermarks import mark_new_fixes, to_ms
from models.fleet import Device
from models.thresholds import DoubtThresholds
from models.values import IntArray, Refusal
from models.vocabulary import RawStatus

UNKNOWN_DEVICE = "the device is not registered"
OUT_OF_SERVICE = "the device is out of service"
TOO_FAR_AHEAD = "the time lies more than {hours:g} h after the time of receipt"


@dataclass(frozen=True, slots=True, eq=False)
class Acceptance:
    """What became of a message.

    accepted: fixes that are new; repeated: fixes that were there before. positions, doubts: one entry
    for each fix taken (new or repeated), as it stood in the message (FixBatch.position). refused: what
    could not be read; quarantined: what was read but is kept as raw bytes only. `waiting`: the device
    is not registered or out of service, the whole message waits for it.
    """

    accepted: int
    repeated: int
    positions: IntArray
    doubts: npt.NDArray[np.uint32]
    refused: tuple[Refusal, ...] = ()
    quarantined: tuple[Refusal, ...] = ()
    waiting: bool = False

    @property
    def whole(self) -> bool:
        """Was everything in the message taken?"""
        return not (self.refused or self.quarantined or self.waiting)

    @property
    def doubted(self) -> list[tuple[int, list[str]]]:
        """(position, names of the reasons) of each fix with a reason to distrust it."""
        where = np.flatnonzero(self.doubts)
        pairs = zip(self.positions[where].tolist(), self.doubts[where].tolist(), strict=True)
        return [(position, list(reasons_of(doubts))) for position, doubts in pairs]


def accept(
    session: Session,
    message: Message,
    decoded: Decoded,
    limits: DoubtThresholds,
    *,
    stamp_receipt: bool = True,
) -> Acceptance:
    """Write the message and its fixes; a message that came before changes nothing.

    `stamp_receipt` gives fixes that carry no time of receipt the message's own; a scenario's blank
    stays unknown. The message of a device that is not known, or not in service, goes to quarantine whole
    and nothing else is written; what cannot be the code of a device is refused.
    """
    fault = device_code_fault(message.device_code)
    if fault:
        return _taken_none((Refusal("message", "device", f"the device's code {fault}"),), waiting=False)
    device = session.execute(
        select(Device.id, Device.active).where(Device.code == message.device_code)
    ).one_or_none()
    if device is None or not device.active:
        why = UNKNOWN_DEVICE if device is None else OUT_OF_SERVICE
        keep_message(session, message, None, RawStatus.QUARANTINED, why)
        return _taken_none(decoded.refusals, waiting=True)
    batch = stamped(decoded.batch, to_ms(message.received_at)) if stamp_receipt else decoded.batch
    doubted = doubt_arrivals(batch, limits)
    held = _held_back(doubted, limits, decoded)
    kept = keep_message(session, message, device.id, *_status(decoded, held))
    if kept.repeated and kept.status is RawStatus.ACCEPTED:
        return _taken(doubted, decoded, held, new=0)
    return take_fixes(session, device.id, kept.id, doubted, decoded, held)


def take_fixes(
    session: Session,
    device_id: int,
    raw_id: int,
    doubted: DoubtedBatch,
    decoded: Decoded,
    held: tuple[Refusal, ...],
) -> Acceptance:
    """Insert what is not held back, and mark the vehicles that it concerns."""
    good = ~doubted.quarantined
    connection = session.connection()
    times = insert_fixes(connection, device_id, raw_id, doubted.batch.take(good), doubted.doubts[good])
    mark_new_fixes(session, device_id, times)
    return _taken(doubted, decoded, held, new=int(times.size))


def stamped(batch: FixBatch, received_ms: int) -> FixBatch:
    """The batch with the message's time of receipt where a fix carries none of its own."""
    return replace(batch, received_ms=np.where(batch.received_ms == NEVER, received_ms, batch.received_ms))


def _held_back(doubted: DoubtedBatch, limits: DoubtThresholds, decoded: Decoded) -> tuple[Refusal, ...]:
    """The fixes that are kept as raw bytes only, each with its reason."""
    reason = TOO_FAR_AHEAD.format(hours=limits.future_quarantine_s / 3600)
    positions = doubted.batch.position[doubted.quarantined].tolist()
    return tuple(Refusal(decoded.place_of(position), "recorded_at", reason) for position in positions)


def _status(decoded: Decoded, held: tuple[Refusal, ...]) -> tuple[RawStatus, str | None]:
    """A message of which anything could not be taken stays visible in quarantine, with the reasons."""
    faults = decoded.refusals + held
    if not faults:
        return RawStatus.ACCEPTED, None
    reason = "; ".join(f"{fault.place} {fault.field}: {fault.reason}" for fault in faults[:5])
    status = RawStatus.QUARANTINED if len(decoded.batch) else RawStatus.REFUSED
    return status, f"{len(faults)} not taken: {reason}"


def _taken(doubted: DoubtedBatch, decoded: Decoded, held: tuple[Refusal, ...], new: int) -> Acceptance:
    good = ~doubted.quarantined
    return Acceptance(
        accepted=new,
        repeated=int(good.sum()) - new,
        positions=doubted.batch.position[good],
        doubts=doubted.doubts[good],
        refused=decoded.refusals,
        quarantined=held,
    )


def _taken_none(refused: tuple[Refusal, ...], *, waiting: bool) -> Acceptance:
    return Acceptance(
        accepted=0,
        repeated=0,
        positions=np.array([], dtype=np.int64),
        doubts=np.array([], dtype=np.uint32),
        refused=refused,
        waiting=waiting,
    )
