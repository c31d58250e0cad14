"""Which devices are made to lie, on which loads? The vehicles drive as they drive."""

import numpy as np
from numpy.typing import NDArray

from demo.town.plane import Points
from demo.world.fleet import DAY_S, Device, devices
from demo.world.lies import Lie, LieKind
from demo.world.loads import Load, Misdeed
from demo.world.stage import World

AWAY_M = 3_000.0  # between a device and its clone, all the time
REJOINS_M = 500.0  # a copy ends as near to where the vehicle then is
LEAST_SEEN_S = 30.0
BEFORE_S, AFTER_S = 1_200.0, 900.0  # around a leg, that a clock is wrong
ZONE_SHARE, ZONE_S = 0.25, 28_800.0  # of wrong clocks: the time of Beijing taken for UTC


def device_of(world: World, vehicle: str, at_s: float) -> Device:
    """The terminal in use on a vehicle at a time."""
    mounted = devices(world.seed, list(world.fleet.values()), world.days)
    return next(d for d in mounted if d.vehicle == vehicle and d.from_s <= at_s < (d.to_s or np.inf))


def leg_of(load: Load) -> tuple[float, float]:
    """Out of the fence at the start, into the fence at the end."""
    leg = load.carriages[0]
    return leg.left_s, leg.reached_s or leg.trip.end_s


def places(world: World, vehicle: str, at_s: NDArray[np.float64]) -> Points:
    """(n, 2) metres: where a vehicle really was."""
    t, xy = world.journals[vehicle].track()
    return np.column_stack([np.interp(at_s, t + np.arange(len(t)) * 1e-7, xy[:, k]) for k in (0, 1)])


def _stretch(load: Load, size_s: float, rng: np.random.Generator) -> tuple[float, float] | None:
    """A stretch of the leg, well inside it."""
    left_s, reached_s = leg_of(load)
    room_s = reached_s - left_s - 120.0
    if size_s > room_s:
        return None
    start_s = left_s + 60.0 + float(rng.uniform(0, room_s - size_s))
    return start_s, start_s + size_s


def _lie(world: World, load: Load, misdeed: Misdeed, lie: Lie) -> bool:
    journal = world.journals[load.truck]
    if any(other.from_s < lie.to_s and other.to_s > lie.from_s for other in journal.lies):
        return False
    journal.lies.append(lie)
    load.misdeed = misdeed
    load.extra |= {"lie_from_s": lie.from_s, "lie_to_s": lie.to_s}
    return True


def freeze(world: World, load: Load, misdeed: Misdeed, rng: np.random.Generator) -> bool:
    """The place stands still while the wheels turn: only a device with an odometer gives it away."""
    span = _stretch(load, misdeed.size, rng)
    if span is None or not device_of(world, load.truck, span[0]).sends_odometer:
        return False
    start, end = places(world, load.truck, np.array(span))
    if float(np.hypot(*(end - start))) < 5.0 * misdeed.size**0.5:
        return False
    return _lie(world, load, misdeed, Lie(LieKind.FROZEN, *span))


def replay(world: World, load: Load, misdeed: Misdeed, rng: np.random.Generator) -> bool:
    """Reports of an earlier load of the same route are sent again, from where both were at one place."""
    moving_s = device_of(world, load.truck, load.loaded_s).moving_s
    size_s = misdeed.size * moving_s
    left_s, reached_s = leg_of(load)
    earlier = [
        x
        for x in world.loads
        if x.carriages
        and x.line.id == load.line.id
        and leg_of(x)[1] < left_s - 3_600.0
        and x.misdeed is None
        and not world.journals[x.truck].lies
    ]
    for k in rng.permutation(len(earlier))[:20]:
        old = earlier[int(k)]
        begun_s, over_s = leg_of(old)
        if device_of(world, old.truck, begun_s).moving_s != moving_s or over_s - begun_s < size_s:
            continue
        offset_s = float(rng.uniform(0.0, max(0.0, over_s - begun_s - size_s)))
        began = places(world, old.truck, np.array([begun_s + offset_s]))[0]
        when = np.arange(left_s, max(left_s + 1.0, reached_s - size_s), 5.0)
        near = np.hypot(*(places(world, load.truck, when) - began).T)
        at_s = float(when[int(np.argmin(near))])
        ended = places(world, old.truck, np.array([begun_s + offset_s + size_s]))[0]
        there = places(world, load.truck, np.array([at_s + size_s]))[0]
        if near.min() < REJOINS_M and float(np.hypot(*(ended - there))) < REJOINS_M:
            by_s = float(round(at_s - begun_s - offset_s))
            old.extra["copied"] = 1.0  # its own reports stay as they were
            return _lie(world, load, misdeed, Lie(LieKind.REPLAYED, at_s, at_s + size_s, old.truck, by_s))
    return False


def clone(world: World, load: Load, misdeed: Misdeed, rng: np.random.Generator) -> bool:
    """A second device of the same identity rides on a vehicle far away."""
    span = _stretch(load, misdeed.size, rng)
    if span is None:
        return False
    when = np.arange(*span, LEAST_SEEN_S)
    own = places(world, load.truck, when)
    others = [v.id for v in world.fleet.values() if v.mode == "road" and v.id != load.truck]
    for k in rng.permutation(len(others)):
        away = np.hypot(*(places(world, others[int(k)], when) - own).T)
        if away.min() > AWAY_M:
            load.extra["size_m"] = float(away.min())
            return _lie(world, load, misdeed, Lie(LieKind.CLONED, *span, others[int(k)]))
    return False


def set_clock(world: World, load: Load, misdeed: Misdeed, rng: np.random.Generator) -> bool:
    """The clock is ahead or behind from before the leg until after it; some take one zone for another."""
    left_s, reached_s = leg_of(load)
    by_s = ZONE_S if rng.random() < ZONE_SHARE else misdeed.size
    behind = bool(rng.random() < 0.5)
    load.extra["size_s"] = round(by_s) if behind else -round(by_s)
    lie = Lie(LieKind.SKEWED, left_s - BEFORE_S, reached_s + AFTER_S, by_s=load.extra["size_s"])
    return _lie(world, load, misdeed, lie)


def blind(world: World, load: Load, misdeed: Misdeed, rng: np.random.Generator) -> bool:
    """Somebody covers the antenna on the way, or jams it."""
    span = _stretch(load, misdeed.size, rng)
    dark = load.carriages[0].trip.dark
    if span is None or any(a - 300 < span[1] and b + 300 > span[0] for a, b in dark):
        return False
    return _lie(world, load, misdeed, Lie(LieKind.BLINDED, *span))


def shift(world: World, load: Load, misdeed: Misdeed, rng: np.random.Generator) -> bool:
    """From the morning of this load on, the terminal turns its places into GCJ-02."""
    del rng
    start_s = float(int(load.loaded_s // DAY_S) * DAY_S)
    later = [x for x in world.loads if x.truck == load.truck and x.loaded_s >= start_s]
    if any(x.misdeed is not None or {"shared", "copied"} & x.extra.keys() for x in later):
        return False
    for each in later:
        each.extra["shifted"] = 1.0
    return _lie(world, load, misdeed, Lie(LieKind.SHIFTED, start_s, world.end_s))
