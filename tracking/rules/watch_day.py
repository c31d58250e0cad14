"""What is doubted of one device's UTC day, and which of its windows may be looked up by others?"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from models.vocabulary import Datum
from tracking.rules.device_clock import find_skews, skew_of_s
from tracking.rules.device_clone import Sender, clone_suspects, find_clone
from tracking.rules.device_datum import DatumProof, prove_datum
from tracking.rules.device_fixes import DeviceFixes
from tracking.rules.device_frozen import find_frozen
from tracking.rules.device_replay import Windows, find_windows
from tracking.rules.device_tamper import find_tampering
from tracking.rules.doubt_stretches import DAY_MS, MARGIN_MS, Stretch, within
from tracking.rules.world import World

SendersOf = Callable[[list[int]], Mapping[int, Sender]]
"""By what and from where messages (row ids) came; asked for the few fixes that are suspected."""


@dataclass(frozen=True, slots=True, eq=False)
class WatchedDay:
    """What a day shows: its own fixes, what is doubted in it, what its coordinates prove, its windows."""

    day: int
    fixes: DeviceFixes
    stretches: tuple[Stretch, ...]
    proof: DatumProof | None
    windows: Windows
    window_ms: tuple[int, ...]  # when each window begins


def watch_day(
    day: int, around: DeviceFixes, declared: Datum, world: World, senders_of: SendersOf
) -> WatchedDay | None:
    """What a day shows, from its fixes and an hour of those around it; None for a day without fixes."""
    start_ms, end_ms = day * DAY_MS, (day + 1) * DAY_MS
    fixes = around.between(start_ms, end_ms)
    if len(fixes) == 0:
        return None
    settings = world.thresholds.device
    seen = around.between(start_ms - MARGIN_MS, end_ms + MARGIN_MS)
    placed = seen.placed()
    skews = find_skews(fixes, settings)
    found = [*find_frozen(placed, settings), *find_tampering(seen, world, settings)]
    found += find_clones(placed, skews, world, senders_of)
    own = fixes.placed()
    windows = find_windows(own, settings)
    return WatchedDay(
        day,
        fixes,
        (*within(found, start_ms, end_ms), *skews),
        prove_datum(own, declared, world.ground, settings),
        windows,
        tuple(own.time_ms[windows.first].tolist()),
    )


def find_clones(
    placed: DeviceFixes, skews: Sequence[Stretch], world: World, senders_of: SendersOf
) -> list[Stretch]:
    """The stretches in which two devices spoke under one identity, but for times that a clock confused."""
    settings = world.thresholds.device
    found = []
    for first, last in clone_suspects(placed, settings):
        if any(confused(int(placed.time_ms[first]), int(placed.time_ms[last]), skew) for skew in skews):
            continue
        senders = senders_of(sorted(set(placed.raw_id[first : last + 1].tolist())))
        stretch = find_clone(placed, first, last, senders, settings)
        if stretch is not None:
            found.append(stretch)
    return found


def confused(from_ms: int, to_ms: int, skew: Stretch) -> bool:
    """Does a time touch one in which a wrong clock's times and right ones run over each other?"""
    reach_ms = abs(skew_of_s(skew)) * 1000
    return skew.from_ms - reach_ms <= to_ms and skew.to_ms + reach_ms >= from_ms
