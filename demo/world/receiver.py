"""What does a terminal report of its vehicle's day, and when does it arrive?"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from demo.town.plane import Points
from demo.world.fleet import Device
from demo.world.journal import MOVING, OFF, Journal
from demo.world.noise import add_bursts, bursts, errors_at
from demo.world.reception import USUAL, Reception

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
LATE_EVERY_S = 2.2 * 86_400.0  # an outage of the mobile network, per device
LATE_S = (300.0, 3_600.0)
DOUBLED_SHARE = 0.003


@dataclass(frozen=True)
class Reports:
    """All reports of one device, in order of arrival."""

    recorded_s: Ints
    received_s: Ints
    xy: Points
    speed_kmh: Floats
    course_deg: Ints
    load: Ints | None
    acc: Ints | None
    odometer_km: Floats | None
    accuracy_m: Floats | None
    satellites: Ints | None = None
    signal: Ints | None = None  # of the mobile network, 0 to 31
    outages: tuple[tuple[float, float], ...] = ()  # what was measured then was sent after it
    copied: tuple[tuple[float, int], ...] = ()  # (from second, how many) reports that were sent before

    def take(self, kept: NDArray[np.bool_] | Ints) -> "Reports":
        """Some of the reports, in their order, or others by their places."""
        columns: dict[str, Any] = {name: getattr(self, name) for name in COLUMNS}
        kept_of: dict[str, Any] = {k: each if each is None else each[kept] for k, each in columns.items()}
        return replace(self, **kept_of)

    def like(self, other: "Reports") -> "Reports":
        """With the columns that another device sends; what this one does not send counts as nought."""
        lent: dict[str, Any] = {}
        for name in COLUMNS:
            own, wanted = getattr(self, name), getattr(other, name)
            zero = np.zeros(len(self.recorded_s), dtype=None if wanted is None else wanted.dtype)
            lent[name] = None if wanted is None else own if own is not None else zero
        return Reports(**lent, outages=other.outages, copied=other.copied)


COLUMNS = (
    "recorded_s",
    "received_s",
    "xy",
    "speed_kmh",
    "course_deg",
    "load",
    "acc",
    "odometer_km",
    "accuracy_m",
    "satellites",
    "signal",
)


def merged(one: Reports, other: Reports) -> Reports:
    """Both, in order of arrival, with the columns of the first."""
    more = other.like(one)
    pairs = {name: (getattr(one, name), getattr(more, name)) for name in COLUMNS}
    both: dict[str, Any] = {
        name: None if pair[0] is None else np.concatenate(pair) for name, pair in pairs.items()
    }
    whole = Reports(**both, outages=one.outages, copied=one.copied)
    return whole.take(np.argsort(whole.received_s, kind="stable"))


def report(
    journal: Journal,
    device: Device,
    rng: np.random.Generator,
    end_s: float,
    reception: Reception = USUAL,
) -> Reports:
    """Sample the journal as the device would; `rng` belongs to this device alone."""
    until = min(end_s, device.to_s if device.to_s is not None else end_s)
    t = _moments(journal, device, rng, max(0.0, device.from_s), until)
    knots_t, knots_xy = journal.track()
    knots_t = knots_t + np.arange(len(knots_t)) * 1e-7  # doubled knots keep their order
    xy = _places(knots_t, knots_xy, journal, t)
    ahead, behind = (_places(knots_t, knots_xy, journal, t + d) for d in (1.0, -1.0))
    velocity = (ahead - behind) / 2.0
    speed = np.hypot(*velocity.T)
    still = speed < 0.15
    course = _courses(velocity, still)
    travelled = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(knots_xy, axis=0).T))))
    odometer = 21_000.0 + float(rng.integers(0, 90_000)) + np.interp(t, knots_t, travelled) / 1_000.0
    off = _state_at(journal, t) == 2
    seen = xy + _error(rng, device, t, end_s, off)
    shown = np.where(still, 0.0, np.maximum(0.0, speed * 3.6 + rng.normal(0, 0.6, len(t))))
    recorded = np.round(t + device.skew_s).astype(np.int64)
    received, outages = _arrivals(rng, t, end_s)
    order = np.argsort(received, kind="stable")
    order = _with_doubles(rng, order)
    accuracy = np.clip(device.sigma_m * rng.uniform(0.8, 2.2, len(t)), 2.0, 40.0)
    for _ in range(reception.more_bursts):
        add_bursts(t, seen, bursts(rng, end_s))
    return Reports(
        recorded[order],
        received[order],
        seen[order],
        np.asarray(np.round(shown, 1), dtype=np.float64)[order],
        course[order],
        _loads_at(journal, t)[order] if device.sends_load else None,
        (~off).astype(np.int64)[order] if device.sends_acc else None,
        odometer[order] if device.sends_odometer else None,
        accuracy[order] if device.sends_accuracy else None,
        outages=outages,
    )


def _moments(
    journal: Journal, device: Device, rng: np.random.Generator, from_s: float, to_s: float
) -> Floats:
    """Times at which the device speaks: its rhythm in each state, minus what is lost, dark or silenced."""
    pace = {MOVING: device.moving_s, OFF: device.off_s}
    parts, last = [], from_s - float(rng.uniform(0, device.off_s))
    for start, end, state in journal.states:
        step = pace.get(state, device.idling_s)
        first = (
            max(start, last + step) if last + step > start else start + float(rng.uniform(0, min(step, 5.0)))
        )
        if first < end:
            times = np.arange(first, end, step)
            parts.append(times)
            last = float(times[-1])
    t = np.concatenate(parts)
    t = np.rint(t[(t >= from_s) & (t < to_s - 1.0)])
    t = t[np.concatenate(([True], np.diff(t) > 0))]
    heard = rng.random(len(t)) >= device.drop_share
    for start, end in (*journal.dark, *journal.silent):
        lo, hi = np.searchsorted(t, (start, end))
        heard[lo:hi] = False
    return t[heard]


def _places(knots_t: Floats, knots_xy: Points, journal: Journal, t: Floats) -> Points:
    xy = np.column_stack([np.interp(t, knots_t, knots_xy[:, k]) for k in (0, 1)])
    for leap in journal.leaps:
        lo, hi = np.searchsorted(t, (leap.start_s, leap.end_s))
        if hi > lo:
            xy[lo:hi] = np.column_stack([np.interp(t[lo:hi], leap.t_s, leap.xy[:, k]) for k in (0, 1)])
    return xy


def _courses(velocity: Points, still: NDArray[np.bool_]) -> Ints:
    """Whole degrees from north; a standing vehicle keeps its last course."""
    course = np.degrees(np.arctan2(velocity[:, 0], velocity[:, 1])) % 360.0
    last = np.where(still, -1, np.arange(len(course)))
    last = np.maximum.accumulate(last)
    kept = np.where(last >= 0, course[np.maximum(last, 0)], 0.0)
    return np.round(kept).astype(np.int64) % 360


def _state_at(journal: Journal, t: Floats) -> Ints:
    """0 moving · 1 idling · 2 off."""
    starts = np.array([s for s, _, _ in journal.states])
    words = np.array([0 if w == MOVING else 2 if w == OFF else 1 for _, _, w in journal.states])
    return words[np.clip(np.searchsorted(starts, t, side="right") - 1, 0, len(words) - 1)]


def _loads_at(journal: Journal, t: Floats) -> Ints:
    times = np.array([0.0, *(s for s, _ in journal.loads)])
    words = np.array([0, *(w for _, w in journal.loads)])
    return words[np.searchsorted(times, t, side="right") - 1]


def _error(
    rng: np.random.Generator, device: Device, t: Floats, end_s: float, off: NDArray[np.bool_]
) -> Points:
    error = errors_at(rng, t, end_s, device.sigma_m, device.tau_s)
    if device.holds_still:  # the terminal repeats the first position after the ignition went off
        begin = off & ~np.concatenate(([False], off[:-1]))
        first = np.maximum.accumulate(np.where(begin, np.arange(len(t)), 0))
        error[off] = error[first[off]]
    return error


def _arrivals(
    rng: np.random.Generator, t: Floats, end_s: float
) -> tuple[Ints, tuple[tuple[float, float], ...]]:
    """Seconds of receipt: a moment later, or, after an outage, all at once and later in a jumble."""
    outages = []
    received = t + 1.0 + rng.gamma(1.6, 1.3, len(t))
    for start in rng.uniform(0, end_s, int(rng.poisson(end_s / LATE_EVERY_S))):
        end = start + float(rng.uniform(*LATE_S))
        lo, hi = np.searchsorted(t, (start, end))
        received[lo:hi] = end + rng.uniform(1, 45, hi - lo)
        outages.append((float(start), end))
    return np.round(received).astype(np.int64), tuple(outages)


def _with_doubles(rng: np.random.Generator, order: Ints) -> Ints:
    """Some rows are sent twice, the second time a little later."""
    twice = rng.random(len(order)) < DOUBLED_SHARE
    place = np.arange(len(order), dtype=np.float64)
    later = place[twice] + rng.integers(1, 12, int(twice.sum())) + 0.5
    both = np.concatenate((place, later))
    return np.concatenate((order, order[twice]))[np.argsort(both, kind="stable")]
