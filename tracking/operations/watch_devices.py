"""Look at what a vehicle's devices sent, day by day, and write down what is doubted of it.

Each UTC day touched by new fixes is looked at anew as a whole, so that what is found does not depend on the
order in which its fixes came.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from functools import partial
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, delete, insert, select, update
from sqlalchemy.orm import Session

from models.device_days import DeviceDay, DoubtStretch, TrackWindow
from models.values import make_track
from models.vocabulary import Datum, FindingKind
from tracking.queries.contradictions import Run
from tracking.queries.device_fixes import device_fixes, first_fix_ms, senders_of
from tracking.queries.doubt_stretches import stretches_of
from tracking.queries.fixes import BEGINNING_MS, AlreadyRead, BoundDevice, SentTrack, bound_devices
from tracking.rules.datum_segments import DayProof, datum_segments
from tracking.rules.device_clock import skew_of_s
from tracking.rules.device_fixes import joined_fixes
from tracking.rules.doubt_stretches import DAY_MS, MARGIN_MS, Stretch, day_of
from tracking.rules.watch_day import WatchedDay, watch_day

CHUNK_DAYS = 7  # read at a time
KEYS_A_QUERY = 400
READ_ANEW = (
    FindingKind.CLOCK_SKEW,
    FindingKind.FROZEN_POSITION,
    FindingKind.CLONED_DEVICE,
    FindingKind.DATUM_SHIFT,
)
"""Kinds that change how a track is read or judged: from their beginning on all is worked out anew."""
COMPARED = (FindingKind.DATUM_SHIFT, FindingKind.REPLAYED_TRACK)
"""Kinds that are not a day's own: they are found by looking at other days."""


def watch_devices(session: Session, vehicle_id: int, dirty_ms: int, run: Run) -> tuple[int, AlreadyRead]:
    """Bring what is doubted of a vehicle's devices up to the run's moment; new fixes came from dirty_ms on.

    Returns from when on the vehicle's track must be worked out anew (dirty_ms or earlier), and what was read.
    """
    read: dict[tuple[int, int], SentTrack] = {}
    for bound in bound_devices(session, vehicle_id):
        since_ms = max(dirty_ms - MARGIN_MS, bound.from_ms)
        until_ms = min(run.until_ms + 1, bound.to_ms)
        days = list(watched_days(session, bound, since_ms, until_ms, run))
        if not days:
            continue
        before = stretches_of(session, vehicle_id, bound.id)
        replace_stretches(session, vehicle_id, bound, days)
        replace_windows(session, vehicle_id, bound.id, days)
        replace_days(session, vehicle_id, bound.id, days)
        replace_segments(session, vehicle_id, bound)
        after = stretches_of(session, vehicle_id, bound.id)
        dirty_ms = min([dirty_ms, *read_anew_from_ms(before, after)])
        read[bound.id, bound.from_ms] = sent_track_of(session, bound, days)
    return dirty_ms, read


def sent_track_of(session: Session, bound: BoundDevice, days: Sequence[WatchedDay]) -> SentTrack:
    """The fixes of the days as a track; where there are none before, it holds from the beginning."""
    from_ms = max(days[0].day * DAY_MS, bound.from_ms)
    first_of_all = first_fix_ms(session, bound.id, bound.from_ms, from_ms) is None
    fixes = joined_fixes([day.fixes for day in days])
    track = make_track(
        time_ms=fixes.time_ms,
        lat=fixes.lat,
        lon=fixes.lon,
        speed_kmh=fixes.speed_kmh,
        received_ms=fixes.received_ms,
        load_state=fixes.load_state,
        acc=fixes.acc,
        doubts=fixes.doubts,
        device=np.full(len(fixes), bound.id),
    )
    return SentTrack(BEGINNING_MS if first_of_all else from_ms, track)


def watched_days(
    session: Session, bound: BoundDevice, since_ms: int, until_ms: int, run: Run
) -> Iterator[WatchedDay]:
    """The days with fixes from the one of `since_ms` on, each looked at with an hour on either side."""
    start_ms: int | None = first_fix_ms(
        session, bound.id, max(day_of(since_ms) * DAY_MS, bound.from_ms), until_ms
    )
    while start_ms is not None:
        first = day_of(start_ms)
        end_ms = (first + CHUNK_DAYS) * DAY_MS
        low, high = max(first * DAY_MS - MARGIN_MS, bound.from_ms), min(end_ms + MARGIN_MS, until_ms)
        chunk = device_fixes(session, bound.id, low, high)
        for day in range(first, first + CHUNK_DAYS):
            watched = watch_day(day, chunk, bound.datum, run.world, partial(senders_of, session))
            if watched is not None:
                yield watched
        start_ms = first_fix_ms(session, bound.id, end_ms, until_ms)


def replace_stretches(
    session: Session, vehicle_id: int, bound: BoundDevice, days: Sequence[WatchedDay]
) -> None:
    """What is stored of these days becomes what they show."""
    session.execute(
        delete(DoubtStretch).where(
            *of_device(DoubtStretch, vehicle_id, bound.id),
            DoubtStretch.from_ms.between(*span_ms(days)),
            DoubtStretch.kind.not_in(COMPARED),
        )
    )
    add_stretches(session, vehicle_id, bound.id, (each for day in days for each in day.stretches))


def add_stretches(session: Session, vehicle_id: int, device_id: int, stretches: Iterable[Stretch]) -> None:
    """Write stretches of one device."""
    rows = [{"vehicle_id": vehicle_id, "device_id": device_id, **asdict(each)} for each in stretches]
    if rows:
        session.execute(insert(DoubtStretch), rows)


def replace_windows(session: Session, vehicle_id: int, device_id: int, days: Sequence[WatchedDay]) -> None:
    """The stored windows of these days become theirs. Days of others that shared one that is gone are to be
    compared again."""
    stored = select(TrackWindow.time_ms, TrackWindow.fingerprint)
    mine = (*of_device(TrackWindow, vehicle_id, device_id), TrackWindow.time_ms.between(*span_ms(days)))
    old = {(time_ms, fingerprint) for time_ms, fingerprint in session.execute(stored.where(*mine))}
    found = [
        window for day in days for window in zip(day.window_ms, day.windows.fingerprint.tolist(), strict=True)
    ]
    new = set(dict(sorted(found, reverse=True)).items())  # two senders of one name may speak in one moment
    gone = sorted(old - new)
    for low in range(0, len(gone), KEYS_A_QUERY):
        part = gone[low : low + KEYS_A_QUERY]
        compare_again(session, [fingerprint for _, fingerprint in part])
        times = TrackWindow.time_ms.in_([time_ms for time_ms, _ in part])
        session.execute(delete(TrackWindow).where(TrackWindow.device_id == device_id, times))
    rows = [
        {"vehicle_id": vehicle_id, "device_id": device_id, "time_ms": time_ms, "fingerprint": fingerprint}
        for time_ms, fingerprint in sorted(new - old)
    ]
    if rows:
        session.execute(insert(TrackWindow), rows)


def span_ms(days: Sequence[WatchedDay]) -> tuple[int, int]:
    """From the first moment of the first day to the last of the last; those between have no fixes."""
    return days[0].day * DAY_MS, (days[-1].day + 1) * DAY_MS - 1


def compare_again(session: Session, fingerprints: Sequence[int]) -> None:
    """The days that hold one of these windows are to be compared again."""
    sharing = session.execute(
        select(TrackWindow.vehicle_id, TrackWindow.device_id, TrackWindow.time_ms).where(
            TrackWindow.fingerprint.in_(fingerprints)
        )
    )
    for vehicle_id, device_id, day in {(v, d, day_of(time_ms)) for v, d, time_ms in sharing}:
        session.execute(
            update(DeviceDay)
            .where(*of_device(DeviceDay, vehicle_id, device_id), DeviceDay.day == day)
            .values(compared=False)
        )


def replace_days(session: Session, vehicle_id: int, device_id: int, days: Sequence[WatchedDay]) -> None:
    """The stored days become these, to be compared and told of."""
    numbers = DeviceDay.day.between(days[0].day, days[-1].day)
    session.execute(delete(DeviceDay).where(*of_device(DeviceDay, vehicle_id, device_id), numbers))
    rows = [
        {
            "vehicle_id": vehicle_id,
            "device_id": device_id,
            "day": day.day,
            "datum": None if day.proof is None else day.proof.datum,
            "figures": day_figures(day),
            "compared": False,
            "told": False,
        }
        for day in days
    ]
    session.execute(insert(DeviceDay), rows)


def day_figures(day: WatchedDay) -> dict[str, int | dict[str, Any]]:
    """First and last fix of a day, what it proves of its coordinates, and where within it they changed."""
    proof: dict[str, Any] = {} if day.proof is None else asdict(day.proof)
    proof.pop("datum", None)
    edges: dict[str, dict[str, Any]] = proof.pop("edges", {})
    told = {"first_ms": int(day.fixes.time_ms[0]), "last_ms": int(day.fixes.time_ms[-1])}
    return told | {"proof": proof} | edges


def day_proof(row: DeviceDay) -> DayProof:
    """A stored day; days that were stored before edges were looked for have none."""
    said = row.figures
    tails, heads = (
        {Datum(datum): at_ms for datum, at_ms in said.get(name, {}).items()} for name in ("tails", "heads")
    )
    return DayProof(row.day, row.datum, said["first_ms"], said["last_ms"], said["proof"], tails, heads)


def replace_segments(session: Session, vehicle_id: int, bound: BoundDevice) -> None:
    """The stored stretches in other coordinates become those that all days together prove."""
    mine = of_device(DeviceDay, vehicle_id, bound.id)
    days = [day_proof(row) for row in session.scalars(select(DeviceDay).where(*mine).order_by(DeviceDay.day))]
    session.execute(
        delete(DoubtStretch).where(
            *of_device(DoubtStretch, vehicle_id, bound.id), DoubtStretch.kind == FindingKind.DATUM_SHIFT
        )
    )
    add_stretches(session, vehicle_id, bound.id, datum_segments(days, bound.datum))


def read_anew_from_ms(before: Sequence[Stretch], after: Sequence[Stretch]) -> list[int]:
    """From when on the track is read otherwise, for each stretch that came, went or changed."""
    one, other = (
        {(each.kind, each.cause, each.from_ms): each for each in side if each.kind in READ_ANEW}
        for side in (before, after)
    )
    found = []
    for key in set(one) | set(other):
        old, new = one.get(key), other.get(key)
        if old is None or new is None:
            found += [read_from_ms(each) for each in (old, new) if each is not None]
        elif reading(old) != reading(new):
            found += [read_from_ms(old), read_from_ms(new)]
        elif old.to_ms != new.to_ms and old.kind is not FindingKind.DATUM_SHIFT:
            found.append(min(old.to_ms, new.to_ms) - reach_ms(new))
    return found


def reading(stretch: Stretch) -> tuple[object, ...]:
    """What of a stretch, beside its end, decides how a track is read."""
    names = ("holds_from_ms", "holds_to_ms", "skew_s", "received_from_ms")
    return tuple(stretch.figures.get(name) for name in names)


def read_from_ms(stretch: Stretch) -> int:
    """From when on a track is read otherwise when this stretch comes or goes."""
    if stretch.kind is FindingKind.DATUM_SHIFT:
        held_ms = stretch.figures.get("holds_from_ms")
        return BEGINNING_MS if held_ms is None else int(held_ms)
    return stretch.from_ms - reach_ms(stretch)


def reach_ms(stretch: Stretch) -> int:
    """How much earlier than its times a stretch may change the track."""
    return round(abs(skew_of_s(stretch)) * 1000) if stretch.kind is FindingKind.CLOCK_SKEW else 0


def of_device(
    table: type[DeviceDay] | type[DoubtStretch] | type[TrackWindow], vehicle_id: int, device_id: int
) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """The condition on the rows of one device on one vehicle."""
    return table.vehicle_id == vehicle_id, table.device_id == device_id
