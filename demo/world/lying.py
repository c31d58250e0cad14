"""What does a device send where it lies? Its true reports, changed; nothing that the vehicle did changes."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from demo.town.plane import Points
from demo.world.crooked_coordinates import gcj_02
from demo.world.fleet import Device, devices
from demo.world.lies import Lie, LieKind
from demo.world.receiver import Reports, merged, report
from demo.world.reception import Reception
from demo.world.stage import World

Mask = NDArray[np.bool_]
FEW_SATELLITES, MANY_SATELLITES = 2, 11
BLIND_DRIFT_M = 60.0  # what a receiver without sky makes up from its gyroscope


def reports_of(world: World, device: Device, reception: Reception) -> Reports:
    """All that a device sends in its life, lies and all."""
    sent = true_reports(world, device, reception)
    for lie in sorted(world.journals[device.vehicle].lies, key=lambda each: ORDER.index(each.kind)):
        if lie.from_s < (device.to_s or world.end_s) and lie.to_s > device.from_s:
            sent = LIARS[lie.kind](world, device, sent, lie, reception)
    return sent


def true_reports(world: World, device: Device, reception: Reception) -> Reports:
    rng = world.rng("signal", device.id)
    return report(world.journals[device.vehicle], reception.outfitted(device), rng, world.end_s, reception)


def _within(device: Device, sent: Reports, lie: Lie) -> Mask:
    at_s = sent.recorded_s - device.skew_s
    return np.asarray((at_s >= lie.from_s) & (at_s <= lie.to_s))


def _frozen(world: World, device: Device, sent: Reports, lie: Lie, reception: Reception) -> Reports:
    """The place of the first report is repeated; the odometer goes on."""
    del world, reception
    inside = _within(device, sent, lie)
    if not inside.any():
        return sent
    first = int(np.flatnonzero(inside)[np.argmin(sent.recorded_s[inside])])
    xy, speed, course = sent.xy.copy(), sent.speed_kmh.copy(), sent.course_deg.copy()
    xy[inside], speed[inside], course[inside] = xy[first], 0.0, course[first]
    return replace(sent, xy=xy, speed_kmh=speed, course_deg=course)


def _replayed(world: World, device: Device, sent: Reports, lie: Lie, reception: Reception) -> Reports:
    """Earlier reports are sent again under later times; the true ones of that time are not sent."""
    source = next(
        d
        for d in devices(world.seed, list(world.fleet.values()), world.days)
        if d.vehicle == lie.source and d.from_s <= lie.from_s - lie.by_s < (d.to_s or world.end_s)
    )
    old = true_reports(world, source, reception)
    old = old.take(_within(source, old, Lie(lie.kind, lie.from_s - lie.by_s, lie.to_s - lie.by_s)))
    old = old.take(np.unique(old.recorded_s, return_index=True)[1])
    shift = round(lie.by_s)
    waits = world.rng("replay", device.id, int(lie.from_s)).gamma(1.6, 1.3, len(old.recorded_s)) + 1.0
    moved = old.recorded_s + shift
    copy = replace(old.like(sent), recorded_s=moved, received_s=moved + np.round(waits).astype(np.int64))
    if sent.odometer_km is not None and copy.odometer_km is not None:  # counted on from the own wheels
        own = float(np.interp(lie.from_s, sent.recorded_s, sent.odometer_km))
        copy = replace(copy, odometer_km=copy.odometer_km - copy.odometer_km[0] + own)
    whole = merged(sent.take(~_within(device, sent, lie)), copy)
    return replace(whole, copied=(*sent.copied, (lie.from_s, len(copy.recorded_s))))


def _cloned(world: World, device: Device, sent: Reports, lie: Lie, reception: Reception) -> Reports:
    """A second device of the same identity rides on another vehicle."""
    rng = world.rng("clone", device.id, int(lie.from_s))
    other = report(world.journals[lie.source], reception.outfitted(device), rng, world.end_s, reception)
    return merged(sent, other.take(_within(device, other, lie)))


def _skewed(world: World, device: Device, sent: Reports, lie: Lie, reception: Reception) -> Reports:
    """The clock is wrong; what arrives when is not."""
    del world, reception
    inside = _within(device, sent, lie)
    return replace(sent, recorded_s=sent.recorded_s - inside * round(lie.by_s))


def _shifted(world: World, device: Device, sent: Reports, lie: Lie, reception: Reception) -> Reports:
    """Places are turned into GCJ-02 although WGS 84 is declared."""
    del reception
    inside, plane = _within(device, sent, lie), world.town.plane
    xy = sent.xy.copy()
    xy[inside] = plane.to_metres(gcj_02(plane.to_degrees(xy[inside])))
    return replace(sent, xy=xy)


def _blinded(world: World, device: Device, sent: Reports, lie: Lie, reception: Reception) -> Reports:
    """The antenna is covered: hardly a satellite, a wandering place, the mobile network as ever."""
    del reception
    rng = world.rng("blind", device.id, int(lie.from_s))
    inside = _within(device, sent, lie)
    count = len(sent.recorded_s)
    satellites, signal = sent.satellites, sent.signal
    if satellites is None or signal is None:
        satellites = np.clip(np.round(rng.normal(MANY_SATELLITES, 1.1, count)), 8, 20).astype(np.int64)
        signal = np.clip(np.round(rng.normal(24, 1.0, count)), 22, 26).astype(np.int64)
    satellites = np.where(inside, rng.integers(0, FEW_SATELLITES + 1, count), satellites)
    wander: Points = np.zeros((count, 2))
    order = np.argsort(sent.recorded_s, kind="stable")
    order = order[inside[order]]
    steps = rng.normal(0, 6.0, (len(order), 2)).cumsum(axis=0)
    wander[order] = np.clip(steps, -BLIND_DRIFT_M, BLIND_DRIFT_M)
    return replace(sent, xy=sent.xy + wander, satellites=satellites, signal=signal)


Liar = Callable[[World, Device, Reports, Lie, Reception], Reports]
LIARS: dict[LieKind, Liar] = {
    LieKind.REPLAYED: _replayed,
    LieKind.FROZEN: _frozen,
    LieKind.CLONED: _cloned,
    LieKind.BLINDED: _blinded,
    LieKind.SHIFTED: _shifted,
    LieKind.SKEWED: _skewed,
}
ORDER = list(LIARS)  # the clock last: the others look at true times
