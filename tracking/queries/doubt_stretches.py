"""Over which times is a vehicle's track doubted, and in which coordinates was it really sent?"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.device_days import DoubtStretch
from models.vocabulary import Datum, FindingKind
from tracking.rules.doubt_stretches import DAY_MS, Stretch
from tracking.rules.doubted_tracks import clock_reach_ms

CLOCK_REACH_MS = 2 * DAY_MS  # no clock that is further off is taken for one: the fix waits in quarantine
IN_JUDGEMENT = (FindingKind.FROZEN_POSITION, FindingKind.CLONED_DEVICE)
"""Kinds that explain what rules on tracks would otherwise see: silence, jumps."""


def as_stretch(row: DoubtStretch) -> Stretch:
    """A row as the rules see it."""
    return Stretch(row.kind, row.cause, row.from_ms, row.to_ms, row.figures)


def stretches_of(session: Session, vehicle_id: int, device_id: int) -> list[Stretch]:
    """Everything doubted of a device on a vehicle, in order of time."""
    chosen = select(DoubtStretch).where(
        DoubtStretch.vehicle_id == vehicle_id, DoubtStretch.device_id == device_id
    )
    ordered = chosen.order_by(DoubtStretch.from_ms, DoubtStretch.kind, DoubtStretch.cause)
    return [as_stretch(row) for row in session.scalars(ordered)]


def stretches_seen(session: Session, vehicle_id: int, start_ms: int, end_ms: int) -> dict[int, list[Stretch]]:
    """device id → what is doubted of it while on a vehicle, where it touches [start, end].

    What a clock confused, and the coordinates in which it spoke, may reach beyond the fixes that proved them,
    so these are there for two days around, and always all.
    """
    touching = (DoubtStretch.from_ms <= end_ms) & (DoubtStretch.to_ms >= start_ms)
    clock = (
        (DoubtStretch.kind == FindingKind.CLOCK_SKEW)
        & (DoubtStretch.from_ms <= end_ms + CLOCK_REACH_MS)
        & (DoubtStretch.to_ms >= start_ms - CLOCK_REACH_MS)
    )
    chosen = select(DoubtStretch).where(
        DoubtStretch.vehicle_id == vehicle_id,
        touching | clock | (DoubtStretch.kind == FindingKind.DATUM_SHIFT),
    )
    found: dict[int, list[Stretch]] = defaultdict(list)
    for row in session.scalars(chosen.order_by(DoubtStretch.from_ms)):
        found[row.device_id].append(as_stretch(row))
    return found


@dataclass(frozen=True, slots=True)
class DatumShift:
    """In which coordinates a device was found to speak over [from, to), ms UTC; None for no limit."""

    device_id: int
    datum: Datum
    from_ms: int | None
    to_ms: int | None

    def speaks(self, device_id: int, at_ms: int) -> bool:
        """Is it about this device at this moment?"""
        begun = self.from_ms is None or at_ms >= self.from_ms
        return device_id == self.device_id and begun and (self.to_ms is None or at_ms < self.to_ms)


def datum_shifts(session: Session) -> Mapping[int, tuple[DatumShift, ...]]:
    """vehicle id → the coordinates that its devices were found to speak, where not those registered."""
    found: dict[int, list[DatumShift]] = defaultdict(list)
    chosen = select(DoubtStretch).where(DoubtStretch.kind == FindingKind.DATUM_SHIFT)
    for row in session.scalars(chosen.order_by(DoubtStretch.from_ms)):
        held = row.figures.get("holds_from_ms"), row.figures.get("holds_to_ms")
        found[row.vehicle_id].append(DatumShift(row.device_id, Datum(row.cause), *held))
    return {vehicle_id: tuple(shifts) for vehicle_id, shifts in found.items()}


def behind_ms(session: Session, vehicle_id: int, at_ms: int) -> int:
    """By how much a vehicle's clock may be behind around a moment: a fix dated before it may be later."""
    seen = stretches_seen(session, vehicle_id, at_ms, at_ms)
    return max((clock_reach_ms(stretches)[0] for stretches in seen.values()), default=0)


def judgement_stretches(session: Session) -> Mapping[int, tuple[Stretch, ...]]:
    """vehicle id → the stretches that explain findings of its track; they are few."""
    found: dict[int, list[Stretch]] = defaultdict(list)
    chosen = select(DoubtStretch).where(DoubtStretch.kind.in_(IN_JUDGEMENT))
    for row in session.scalars(chosen.order_by(DoubtStretch.from_ms)):
        found[row.vehicle_id].append(as_stretch(row))
    return {vehicle_id: tuple(stretches) for vehicle_id, stretches in found.items()}
