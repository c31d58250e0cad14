"""Is the vehicle where the step says it is, by what its device last said?

A device that was never heard at all warns once, as silent; nothing else is concluded from silence.
"""

import numpy as np

from models.thresholds import Thresholds
from models.values import BoolArray, Figures, Reason, Track
from models.vocabulary import MS_PER_S, FindingKind
from tracking.rules.custody.surroundings import Seen
from tracking.rules.custody.warned import Warned
from tracking.rules.geometry import pair_m

SILENT_S = 600.0  # DOMAIN.md section 5
FRESH_S = 300.0  # a fix so near to the moment says where the vehicle is


def silent(seen: Seen, at_ms: int) -> Warned | None:
    """No fix within ten minutes before the step."""
    last_ms = int(seen.track.time_ms[-1]) if len(seen.track) else None
    if last_ms is not None and at_ms - last_ms <= SILENT_S * MS_PER_S:
        return None
    params: Figures = {
        "vehicle": seen.vehicle,
        "silent_s": None if last_ms is None else (at_ms - last_ms) / MS_PER_S,
    }
    code = "signal_gap.never" if last_ms is None else "signal_gap.now"
    return Warned(FindingKind.SIGNAL_GAP, "", Reason(code, params))


def outside(seen: Seen, at_ms: int) -> Warned | None:
    """All fixes around the step are outside the widened fence of its place."""
    fresh = near(seen.track, at_ms)
    if not fresh.any() or within(seen)[fresh].any():
        return None
    params: Figures = {"vehicle": seen.vehicle, "facility": seen.facility}
    return Warned(FindingKind.HANDOVER_MISMATCH, "", Reason("handover_mismatch.outside", params))


def left_too_soon(seen: Seen, at_ms: int) -> Warned | None:
    """The stay that ends with the step began inside the half hour that was read, and was too short."""
    inside = within(seen)
    if not inside.any() or not inside[-1] or inside.all():
        return None
    came = int(np.flatnonzero(~inside)[-1])  # the last fix outside
    stay_s = (at_ms - int(seen.track.time_ms[came])) / MS_PER_S  # the longest that it can have been
    if stay_s >= seen.least_dwell_s:
        return None
    params: Figures = {
        "vehicle": seen.vehicle,
        "facility": seen.facility,
        "stay_s": stay_s,
        "least_s": seen.least_dwell_s,
    }
    return Warned(FindingKind.NO_DWELL, "", Reason("no_dwell.now", params))


def apart(gave: Seen, took: Seen, at_ms: int, thresholds: Thresholds) -> Warned | None:
    """The two vehicles of a handover are far from each other at its moment."""
    first, second = newest(gave.track, at_ms), newest(took.track, at_ms)
    if first is None or second is None:
        return None
    distance_m = float(
        pair_m(np.array([first[0]]), np.array([first[1]]), np.array([second[0]]), np.array([second[1]]))[0]
    )
    if distance_m <= thresholds.mass.signing_place_m:
        return None
    params: Figures = {
        "vehicle": gave.vehicle,
        "other_vehicle": took.vehicle,
        "facility": took.facility,
        "distance_m": round(distance_m, 0),
    }
    return Warned(FindingKind.HANDOVER_MISMATCH, "", Reason("handover_mismatch.apart", params))


def within(seen: Seen) -> BoolArray:
    """Which fixes are inside the widened fence."""
    masks = seen.fence.masks(seen.track)
    return masks[0][1] if 0 in masks else np.zeros(len(seen.track), dtype=np.bool_)


def near(track: Track, at_ms: int) -> BoolArray:
    return np.asarray(np.abs(track.time_ms - at_ms) <= FRESH_S * MS_PER_S)


def newest(track: Track, at_ms: int) -> tuple[float, float] | None:
    """(lat, lon) of the last fix near the moment."""
    fresh = np.flatnonzero(near(track, at_ms))
    return None if fresh.size == 0 else (float(track.lat[fresh[-1]]), float(track.lon[fresh[-1]]))
