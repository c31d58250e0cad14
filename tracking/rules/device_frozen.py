"""Does a device repeat one place while its vehicle moves? (`frozen_position`)

Standing alone proves nothing: terminals suppress static drift and repeat the place where the ignition went
off. It is a contradiction when the odometer or the recorder's own speed goes on meanwhile. Source: INGEST.md.
"""

from dataclasses import replace

import numpy as np

from models.thresholds import DeviceThresholds
from models.values import BoolArray
from models.vocabulary import FindingKind
from tracking.rules.device_fixes import DeviceFixes, runs
from tracking.rules.doubt_stretches import Stretch

SAME_E7 = 10  # 1e-6 degree
WHEELS = "wheels"


def find_frozen(fixes: DeviceFixes, thresholds: DeviceThresholds) -> list[Stretch]:
    """The stretches of one place with moving wheels (n placed fixes)."""
    if len(fixes) < thresholds.frozen_fixes:
        return []
    lat, lon = np.rint(fixes.lat_e7 / SAME_E7), np.rint(fixes.lon_e7 / SAME_E7)
    same = (np.diff(lat) == 0) & (np.diff(lon) == 0)
    moving = same & wheels_move(fixes, thresholds)
    found = []
    for first, last in runs(same):
        steps = np.flatnonzero(moving[first : last + 1])
        if steps.size:
            low, high = first + int(steps[0]), first + int(steps[-1]) + 1
            stretch = frozen_stretch(fixes, low, high, thresholds)
            if stretch is not None:  # it lasts until the place changes, though the wheels may stand before
                found.append(replace(stretch, to_ms=int(fixes.time_ms[last + 1])))
    return found


def wheels_move(fixes: DeviceFixes, thresholds: DeviceThresholds) -> BoolArray:
    """Do the wheels move over each step, by odometer or recorder? n fixes give n - 1."""
    turned = np.diff(fixes.odometer_km) > 0  # unknown compares as no
    return np.asarray(turned | (fixes.recorder_kmh[1:] > thresholds.frozen_kmh))


def frozen_stretch(fixes: DeviceFixes, low: int, high: int, thresholds: DeviceThresholds) -> Stretch | None:
    """The stretch between two fixes of one place, when the wheels moved fast and far enough in it."""
    duration_s = (fixes.time_ms[high] - fixes.time_ms[low]) / 1000.0
    if high - low + 1 < thresholds.frozen_fixes or duration_s <= 0:
        return None
    moved_km = float(fixes.odometer_km[high] - fixes.odometer_km[low])
    if np.isnan(moved_km):
        wheels_kmh = float(np.nanmedian(fixes.recorder_kmh[low + 1 : high + 1]))
        moved_km = wheels_kmh * duration_s / 3600.0
    else:
        wheels_kmh = moved_km / duration_s * 3600.0
    if not (wheels_kmh > thresholds.frozen_kmh and moved_km >= thresholds.frozen_min_km):
        return None
    return Stretch(
        FindingKind.FROZEN_POSITION,
        WHEELS,
        int(fixes.time_ms[low]),
        int(fixes.time_ms[high]),
        {
            "fixes": high - low + 1,
            "moved_km": round(moved_km, 1),
            "lat": round(float(fixes.lat[low]), 6),
            "lon": round(float(fixes.lon[low]), 6),
        },
    )
