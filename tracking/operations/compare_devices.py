"""Look up each new day of a device among everybody's days: was its track sent before?

A day is compared with the earlier ones that share a window with it. Days that come later in time but were
here first are compared again, so the order in which data come does not matter.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import BigInteger, Engine, cast, delete, exists, literal, select, update
from sqlalchemy.orm import Session, aliased

from models.device_days import DeviceDay, DoubtStretch, TrackWindow
from models.session import read_sessions, write_sessions
from models.vocabulary import FindingKind
from tracking.operations.watch_devices import add_stretches, of_device
from tracking.queries.contradictions import Run
from tracking.queries.device_fixes import device_fixes
from tracking.rules.device_fixes import DeviceFixes
from tracking.rules.device_replay import find_copies
from tracking.rules.doubt_stretches import DAY_MS, Stretch, day_of

MIRROR_MS = 60_000  # two feeds of one vehicle at one time are one drive told twice
APART_MS = 600_000  # a device does not repeat itself within this
REACH_MS = 4 * 3_600_000  # read this much around a shared window of the source
MOST_SOURCES = 5  # of one day: the earliest prove it
COPY = "copy"

Day = tuple[int, int, int]
"""Vehicle, device (row ids) and UTC day."""


@dataclass(frozen=True, slots=True)
class Shared:
    """A window of a day (begun at time_ms) that a device sent at source_ms too."""

    time_ms: int
    vehicle_id: int
    device_id: int
    source_ms: int


def compare_devices(engine: Engine, this_run: Callable[[Session], Run]) -> None:
    """Compare every day that is to be compared; one transaction each."""
    done: set[Day] = set()
    with read_sessions(engine)() as session:
        run = this_run(session)
    pass_over_quiet(engine)
    while waiting := [day for day in days_to_compare(engine) if day not in done]:
        for which in waiting:
            done.add(which)
            with write_sessions(engine).begin() as session:
                compare_day(session, which, done, run)


def pass_over_quiet(engine: Engine) -> None:
    """Nearly all days share no window with anybody, and never did: there is nothing to compare."""
    own, other = aliased(TrackWindow), aliased(TrackWindow)
    begins_ms = cast(DeviceDay.day, BigInteger) * literal(DAY_MS, BigInteger)
    ends_ms = begins_ms + literal(DAY_MS - 1, BigInteger)
    shared = exists().where(
        other.fingerprint == own.fingerprint,
        (other.device_id != own.device_id) | (other.time_ms != own.time_ms),
    )
    same_day = own.time_ms.between(begins_ms, ends_ms)
    mine = (own.vehicle_id == DeviceDay.vehicle_id, own.device_id == DeviceDay.device_id)
    sharing = exists().where(*mine, same_day, shared)
    told = exists().where(
        DoubtStretch.vehicle_id == DeviceDay.vehicle_id,
        DoubtStretch.device_id == DeviceDay.device_id,
        DoubtStretch.kind == FindingKind.REPLAYED_TRACK,
        DoubtStretch.from_ms.between(begins_ms, ends_ms),
    )
    quiet = update(DeviceDay).where(DeviceDay.compared.is_(False), ~sharing, ~told)
    with write_sessions(engine).begin() as session:
        session.execute(quiet.values(compared=True), execution_options={"synchronize_session": False})


def days_to_compare(engine: Engine) -> list[Day]:
    """The days whose windows nobody has looked up yet."""
    chosen = select(DeviceDay.vehicle_id, DeviceDay.device_id, DeviceDay.day).where(
        DeviceDay.compared.is_(False)
    )
    with read_sessions(engine)() as session:
        rows = session.execute(chosen.order_by(DeviceDay.day, DeviceDay.device_id, DeviceDay.vehicle_id))
        return [(vehicle_id, device_id, day) for vehicle_id, device_id, day in rows]


def compare_day(session: Session, which: Day, done: Collection[Day], run: Run) -> None:
    """Find what of a day repeats earlier fixes; later days that may repeat it are compared too.

    done: days compared since windows last changed.
    """
    vehicle_id, device_id, day = which
    earlier, later = shared_windows(session, which)
    for other_vehicle, other_device, other_day in later:
        if (other_vehicle, other_device, other_day) not in done:
            theirs = (*of_device(DeviceDay, other_vehicle, other_device), DeviceDay.day == other_day)
            session.execute(update(DeviceDay).where(*theirs).values(compared=False))
    found = copies_of_day(session, which, earlier, run)
    mine = of_device(DoubtStretch, vehicle_id, device_id)
    kept = (
        DoubtStretch.kind == FindingKind.REPLAYED_TRACK,
        DoubtStretch.from_ms.between(day * DAY_MS, (day + 1) * DAY_MS - 1),
    )
    gone = session.execute(delete(DoubtStretch).where(*mine, *kept)).rowcount  # type: ignore[attr-defined]
    add_stretches(session, vehicle_id, device_id, found)
    changes = {"compared": True} | ({"told": False} if gone or found else {})
    session.execute(
        update(DeviceDay)
        .where(*of_device(DeviceDay, vehicle_id, device_id), DeviceDay.day == day)
        .values(changes)
    )


def shared_windows(session: Session, which: Day) -> tuple[list[Shared], list[Day]]:
    """The windows of a day that others sent before it, and the days of those who sent one after it."""
    vehicle_id, device_id, day = which
    own, other = aliased(TrackWindow), aliased(TrackWindow)
    rows = session.execute(
        select(own.time_ms, other.vehicle_id, other.device_id, other.time_ms)
        .join(other, other.fingerprint == own.fingerprint)
        .where(
            own.vehicle_id == vehicle_id,
            own.device_id == device_id,
            own.time_ms.between(day * DAY_MS, (day + 1) * DAY_MS - 1),
            (other.device_id != own.device_id) | (other.time_ms != own.time_ms),
        )
        .order_by(other.time_ms, other.device_id, own.time_ms)
    )
    earlier, later = list[Shared](), set[Day]()
    for time_ms, with_vehicle, with_device, with_ms in rows:
        apart_ms = abs(with_ms - time_ms)
        mirrored = with_vehicle == vehicle_id and apart_ms <= MIRROR_MS
        if mirrored or (with_device == device_id and apart_ms <= APART_MS):
            continue
        if (with_ms, with_device) < (time_ms, device_id):
            earlier.append(Shared(time_ms, with_vehicle, with_device, with_ms))
        else:
            later.add((with_vehicle, with_device, day_of(with_ms)))
    return earlier, sorted(later - {which})


def copies_of_day(session: Session, which: Day, earlier: Sequence[Shared], run: Run) -> list[Stretch]:
    """The stretches of a day that repeat an earlier track, the earliest source of each."""
    if not earlier:
        return []
    _, device_id, day = which
    fixes = device_fixes(session, device_id, day * DAY_MS, (day + 1) * DAY_MS).placed()
    sources: dict[Day, list[Shared]] = defaultdict(list)
    for each in earlier:
        sources[each.vehicle_id, each.device_id, day_of(each.source_ms)].append(each)
    found: list[Stretch] = []
    for (source_vehicle, source_id, _), shared in list(sources.items())[:MOST_SOURCES]:
        for stretch in copies_from(session, fixes, source_vehicle, source_id, shared, run):
            if all(stretch.from_ms > known.to_ms or stretch.to_ms < known.from_ms for known in found):
                found.append(stretch)
    return sorted(found, key=lambda stretch: stretch.from_ms)


def copies_from(
    session: Session,
    fixes: DeviceFixes,
    vehicle_id: int,
    source_id: int,
    shared: Sequence[Shared],
    run: Run,
) -> list[Stretch]:
    """The stretches that repeat one device's day."""
    low, high = min(each.source_ms for each in shared), max(each.source_ms for each in shared)
    source = device_fixes(session, source_id, low - REACH_MS, high + REACH_MS).placed()
    anchors = [(each.time_ms, each.source_ms) for each in shared]
    settings = run.world.thresholds.device
    return [
        Stretch(
            FindingKind.REPLAYED_TRACK,
            COPY,
            int(fixes.time_ms[copy.low]),
            int(fixes.time_ms[copy.high]),
            {
                "fixes": copy.high - copy.low + 1,
                "windows": (copy.high - copy.low + 1) // settings.replay_fixes,
                "source_vehicle": run.world.vehicles[vehicle_id].code,
                "source_ms": int(source.time_ms[copy.source]),
            },
        )
        for copy in find_copies(fixes, source, anchors, settings)
    ]
