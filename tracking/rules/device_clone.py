"""Is one identity used by two devices at once? (`cloned_device`)

Two places too far apart, told within a minute, in turn: the fixes are dealt out to two tracks by where each
could have come from. It is a clone when both tracks go on after the second began. A connection that stays
half open after the network changed sends nothing more, and so is none. Where a connection belongs to one
device (JT/T 808, NMEA), both tracks coming by the same connection are one broken receiver. Source: INGEST.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from models.thresholds import DeviceThresholds
from models.values import BoolArray
from models.vocabulary import FindingKind, Protocol
from tracking.rules.device_fixes import DeviceFixes, step_lengths_m
from tracking.rules.doubt_stretches import Stretch
from tracking.rules.geometry import pair_m

CLONE = "clone"
REACH_KMH = 200.0  # a track may go on this fast
REACH_M = 500.0
APART_MS = 1_800_000  # alternations further apart in time are two events
OWN_CONNECTION = frozenset({Protocol.JT808, Protocol.NMEA})
MOSTLY = 0.9


@dataclass(frozen=True, slots=True)
class Sender:
    """By what a message came, and from where: host and port of a connection, or the name of a file."""

    protocol: Protocol
    source: str


def clone_suspects(fixes: DeviceFixes, thresholds: DeviceThresholds) -> list[tuple[int, int]]:
    """(first, last) fix of each stretch in which the place changes too far too fast (n placed fixes)."""
    if len(fixes) < 2 * thresholds.clone_fixes:
        return []
    near_in_time = np.diff(fixes.time_ms) <= thresholds.clone_within_s * 1000
    steps = np.flatnonzero(near_in_time & (step_lengths_m(fixes) > thresholds.clone_apart_m))
    if steps.size < 3:  # there, back, and there again
        return []
    cuts = np.flatnonzero(np.diff(fixes.time_ms[steps]) > APART_MS) + 1
    return [(int(group[0]), int(group[-1]) + 1) for group in np.split(steps, cuts) if group.size >= 3]


def find_clone(
    fixes: DeviceFixes,
    first: int,
    last: int,
    senders: Mapping[int, Sender],
    thresholds: DeviceThresholds,
) -> Stretch | None:
    """The stretch [first, last] as a clone, when its two tracks both go on and came by two ways."""
    part = fixes.take(slice(first, last + 1))
    second = dealt_out(part)
    ones, others = np.flatnonzero(~second), np.flatnonzero(second)
    fewest = thresholds.clone_fixes
    if min(ones.size, others.size) < fewest or np.count_nonzero(ones > others[0]) < fewest:
        return None
    if not two_senders(part, second, senders):
        return None
    apart_m = pair_m(part.lat[ones[0]], part.lon[ones[0]], part.lat[others[0]], part.lon[others[0]])
    return Stretch(
        FindingKind.CLONED_DEVICE,
        CLONE,
        int(part.time_ms[others[0]]),
        int(part.time_ms[-1]),
        {
            "fixes": len(part),
            "other_fixes": int(others.size),
            "distance_m": round(float(apart_m), 1),
            "lat": round(float(part.lat[ones[0]]), 6),
            "lon": round(float(part.lon[ones[0]]), 6),
            "other_lat": round(float(part.lat[others[0]]), 6),
            "other_lon": round(float(part.lon[others[0]]), 6),
        },
    )


def dealt_out(fixes: DeviceFixes) -> BoolArray:
    """Which fixes belong to the second of two tracks? Each goes to the track that it fits better; the second
    begins with the first fix that the first cannot have reached."""
    second = np.zeros(len(fixes), dtype=np.bool_)
    places = np.column_stack((fixes.lat, fixes.lon)).tolist()
    ends: list[int | None] = [0, None]
    for index in range(1, len(fixes)):
        fits = [fit(fixes, places, end, index) for end in ends]
        chosen = int(fits[1] < fits[0]) if ends[1] is not None else int(fits[0][0])
        second[index] = bool(chosen)
        ends[chosen] = index
    return second


def fit(fixes: DeviceFixes, places: list[list[float]], end: int | None, index: int) -> tuple[bool, float]:
    """How badly a fix goes on from a track's end: out of its reach, and how far away in m."""
    if end is None:
        return True, float("inf")
    (lat1, lon1), (lat2, lon2) = places[end], places[index]
    away_m = float(pair_m(np.asarray(lat1), np.asarray(lon1), np.asarray(lat2), np.asarray(lon2)))
    seconds = (int(fixes.time_ms[index]) - int(fixes.time_ms[end])) / 1000.0
    return away_m > REACH_M + REACH_KMH / 3.6 * seconds, away_m


def two_senders(fixes: DeviceFixes, second: BoolArray, senders: Mapping[int, Sender]) -> bool:
    """Did the two tracks come by two ways? Unknown, or by shared ways, counts as yes."""
    ways: dict[Sender, list[bool]] = {}
    for raw_id, other in zip(fixes.raw_id.tolist(), second.tolist(), strict=True):
        sender = senders.get(raw_id)
        if sender is None or sender.protocol not in OWN_CONNECTION:
            return True
        ways.setdefault(sender, []).append(other)
    shares = [sum(turns) / len(turns) for turns in ways.values()]
    pure = all(share <= 1 - MOSTLY or share >= MOSTLY for share in shares)
    return pure and any(share >= MOSTLY for share in shares) and any(share <= 1 - MOSTLY for share in shares)
