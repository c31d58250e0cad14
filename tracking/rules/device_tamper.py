"""Was a device's power, antenna or reception interfered with? (`device_tamper`)

Three signs: the terminal's own alarms (JT/T 808 bits 4-8); satellites that vanish at once while the mobile
network is received as before, away from roofs and known shadow; and a receiver that loses its position
altogether, which alone proves nothing but, of three vehicles at one place and time, is an event of the area.
Source: INGEST.md, after Teltonika and Geotab.
"""

import numpy as np

from models.thresholds import DeviceThresholds
from models.vocabulary import Doubt, FindingKind
from tracking.rules.device_fixes import UNKNOWN, DeviceFixes, runs
from tracking.rules.doubt_stretches import Stretch
from tracking.rules.shadows import near
from tracking.rules.world import World

ALARM, SATELLITES, LOST = "alarm", "satellites", "lost"
BEFORE_FIXES = 5  # the reception before is the median of so many fixes
ALARM_BITS = (("receiver", 0b1_0000), ("antenna", 0b110_0000), ("power", 0b1_1000_0000))


def find_tampering(fixes: DeviceFixes, world: World, thresholds: DeviceThresholds) -> list[Stretch]:
    """The stretches with a sign of interference (n fixes, of every doubt)."""
    return [
        *alarm_stretches(fixes, thresholds),
        *blinded_stretches(fixes, world, thresholds),
        *lost_stretches(fixes, world, thresholds),
    ]


def alarm_stretches(fixes: DeviceFixes, thresholds: DeviceThresholds) -> list[Stretch]:
    """What the terminal itself says, from the first to the last fix with an alarm."""
    told = np.flatnonzero((fixes.doubts & int(Doubt.TAMPER)) != 0)
    if told.size < thresholds.tamper_fixes:
        return []
    apart_ms = np.diff(fixes.time_ms[told])
    found = []
    for group in np.split(told, np.flatnonzero(apart_ms > thresholds.tamper_join_s * 1000) + 1):
        if group.size < thresholds.tamper_fixes:
            continue
        bits = int(np.bitwise_or.reduce(fixes.alarm[group]))
        flags = {name: int(bool(bits & mask)) for name, mask in ALARM_BITS}
        found.append(tamper(fixes, ALARM, int(group[0]), int(group[-1]), flags | {"fixes": int(group.size)}))
    return found


def blinded_stretches(fixes: DeviceFixes, world: World, thresholds: DeviceThresholds) -> list[Stretch]:
    """Satellites from many to few at once, with the mobile network as before, in the open."""
    known = fixes.take((fixes.satellites != UNKNOWN) & (fixes.signal != UNKNOWN))
    few = known.satellites <= thresholds.blinded_to_satellites
    found = []
    for first, last in runs(few):
        low = max(first - BEFORE_FIXES, 0)
        duration_s = (known.time_ms[last] - known.time_ms[first]) / 1000.0
        if first == low or duration_s < thresholds.blinded_s:
            continue
        before = float(np.median(known.satellites[low:first]))
        recent_s = (known.time_ms[first] - known.time_ms[first - 1]) / 1000.0
        signals = known.signal[low : last + 1]
        steady = int(signals.max() - signals.min()) <= thresholds.signal_steady
        sudden = before >= thresholds.blinded_from_satellites and recent_s <= thresholds.blinded_s
        if sudden and steady and in_the_open(known, first - 1, world):
            figures = {
                "fixes": last - first + 1,
                "satellites_before": before,
                "satellites": float(np.median(known.satellites[first : last + 1])),
            }
            found.append(tamper(known, SATELLITES, first, last, figures | place(known, first - 1)))
    return found


def lost_stretches(fixes: DeviceFixes, world: World, thresholds: DeviceThresholds) -> list[Stretch]:
    """The receiver says that it has no position any more: not by itself a finding."""
    lost = (fixes.doubts & int(Doubt.NOT_FIXED)) != 0
    found = []
    for first, last in runs(lost):
        duration_s = (fixes.time_ms[last] - fixes.time_ms[first]) / 1000.0
        if first == 0 or duration_s < thresholds.blinded_s:
            continue
        recent_s = (fixes.time_ms[first] - fixes.time_ms[first - 1]) / 1000.0
        if recent_s <= thresholds.tamper_join_s and in_the_open(fixes, first - 1, world):
            figures = {"fixes": last - first + 1}
            found.append(tamper(fixes, LOST, first, last, figures | place(fixes, first - 1)))
    return found


def in_the_open(fixes: DeviceFixes, index: int, world: World) -> bool:
    """Is a fix away from facilities (halls have roofs) and from where others fall silent?"""
    lat, lon = float(fixes.lat[index]), float(fixes.lon[index])
    settings, known = world.thresholds.track, world.silences
    if world.fences.near(lat, lon, settings.exit_buffer_m):
        return False
    silent = near(known.before_lat, known.before_lon, lat, lon, settings)
    silent |= near(known.after_lat, known.after_lon, lat, lon, settings)
    return int(np.count_nonzero(silent)) < settings.shadow_silences


def place(fixes: DeviceFixes, index: int) -> dict[str, float]:
    """Where a fix is, for figures."""
    return {"lat": round(float(fixes.lat[index]), 6), "lon": round(float(fixes.lon[index]), 6)}


def tamper(
    fixes: DeviceFixes, cause: str, first: int, last: int, figures: dict[str, float] | dict[str, int]
) -> Stretch:
    """A stretch of this kind between two fixes."""
    return Stretch(
        FindingKind.DEVICE_TAMPER, cause, int(fixes.time_ms[first]), int(fixes.time_ms[last]), dict(figures)
    )
