"""What does a device's own data contradict? The findings of its clock, place, identity, datum, power.

Findings of a clock or of coordinates say that data were read wrongly, not that a load went astray: their
score stays below the line at which a manifest is contradicted.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from models.thresholds import DeviceThresholds
from models.values import Evidence, Figures, Reason, VehicleFacts
from models.vocabulary import FindingKind, Severity
from tracking.rules.area_events import Loss
from tracking.rules.device_clock import ZONE
from tracking.rules.device_tamper import ALARM
from tracking.rules.doubt_stretches import Stretch
from tracking.rules.findings import FindingDraft

NO_PROOF_AGAINST_A_LOAD = 0.45
HOUR_MS = 3_600_000
Params = dict[str, float | int | str | None]


@dataclass(frozen=True, slots=True)
class DeviceContext:
    """Of a doubted stretch: whose vehicle, which manifests it touches, what more the map shows of it."""

    vehicle: VehicleFacts
    device_code: str
    declared: str  # datum as registered
    manifest_ids: tuple[int, ...]
    marks: tuple[dict[str, Any], ...] = ()


def device_draft(stretch: Stretch, context: DeviceContext, thresholds: DeviceThresholds) -> FindingDraft:
    """The finding of one stretch."""
    return JUDGES[stretch.kind](stretch, context, thresholds)


def clock_draft(stretch: Stretch, context: DeviceContext, thresholds: DeviceThresholds) -> FindingDraft:
    """`clock_skew`: told with the time zone that was taken for another, where there is one."""
    skew_s = number(stretch, "skew_s")
    figures: Figures = {"skew_s": skew_s}
    limit_s = thresholds.skew_behind_s if skew_s > 0 else thresholds.skew_ahead_s
    reasons = [Reason("clock_skew.seen", told(stretch, context) | figures)]
    if stretch.cause.startswith(ZONE):
        zone: Figures = {"zone_slip_s": number(stretch, "zone_slip_s")}
        figures |= zone
        reasons.append(Reason("clock_skew.zone", dict(zone)))
    limits: Params = {"skew_ahead_s": thresholds.skew_ahead_s, "skew_behind_s": thresholds.skew_behind_s}
    reasons.append(Reason("clock_skew.expected", limits))
    size = abs(skew_s) / limit_s
    return draft(stretch, context, size, reasons, figures, limits, score_cap=NO_PROOF_AGAINST_A_LOAD)


def frozen_draft(stretch: Stretch, context: DeviceContext, thresholds: DeviceThresholds) -> FindingDraft:
    """`frozen_position`."""
    duration_s = (stretch.to_ms - stretch.from_ms) / 1000.0
    figures: Figures = {
        "duration_s": duration_s,
        "fixes": number(stretch, "fixes"),
        "moved_km": number(stretch, "moved_km"),
    }
    limits: Params = {"frozen_fixes": thresholds.frozen_fixes, "frozen_kmh": thresholds.frozen_kmh}
    reasons = [
        Reason("frozen_position.seen", told(stretch, context) | figures),
        Reason("frozen_position.expected", limits),
    ]
    size = number(stretch, "moved_km") / thresholds.frozen_min_km
    return draft(stretch, context, size, reasons, figures, limits)


def replay_draft(stretch: Stretch, context: DeviceContext, thresholds: DeviceThresholds) -> FindingDraft:
    """`replayed_track`: names the vehicle and the moment that it repeats."""
    figures: Figures = {
        "fixes": number(stretch, "fixes"),
        "windows": number(stretch, "windows"),
        "source_vehicle": text(stretch, "source_vehicle"),
        "source_ms": number(stretch, "source_ms"),
    }
    limits: Params = {"replay_windows": thresholds.replay_windows, "replay_fixes": thresholds.replay_fixes}
    reasons = [
        Reason("replayed_track.seen", told(stretch, context) | figures),
        Reason("replayed_track.expected", limits),
    ]
    size = number(stretch, "windows") / thresholds.replay_windows
    return draft(stretch, context, size, reasons, figures, limits, severity=Severity.HIGH)


def clone_draft(stretch: Stretch, context: DeviceContext, thresholds: DeviceThresholds) -> FindingDraft:
    """`cloned_device`: marks both places."""
    figures: Figures = {
        "distance_m": number(stretch, "distance_m"),
        "fixes": number(stretch, "fixes"),
        "other_fixes": number(stretch, "other_fixes"),
    }
    limits: Params = {"clone_apart_m": thresholds.clone_apart_m, "clone_within_s": thresholds.clone_within_s}
    reasons = [
        Reason("cloned_device.seen", told(stretch, context) | figures),
        Reason("cloned_device.expected", limits),
    ]
    size = number(stretch, "other_fixes") / thresholds.clone_fixes
    return draft(stretch, context, size, reasons, figures, limits, severity=Severity.HIGH)


def datum_draft(stretch: Stretch, context: DeviceContext, thresholds: DeviceThresholds) -> FindingDraft:
    """`datum_shift`: says that the track is read in the coordinates found."""
    proof: Mapping[str, Any] = stretch.figures
    figures: Figures = {
        "datum": stretch.cause,
        "declared_datum": context.declared,
        "before_m": proof["before_m"],
        "after_m": proof["after_m"],
        "offset_m": proof["offset_m"],
        "fixes": proof["fixes"],
    }
    limits: Params = {
        "datum_route_far_m": thresholds.datum_route_far_m,
        "datum_route_near_m": thresholds.datum_route_near_m,
    }
    reasons = [
        Reason("datum_shift.seen", told(stretch, context) | figures),
        Reason("datum_shift.applied", {"datum": stretch.cause, "start_ms": stretch.from_ms}),
        Reason("datum_shift.expected", {"declared_datum": context.declared}),
    ]
    size = figure(proof["before_m"]) / max(thresholds.datum_away_m, 1.0)
    end_ms = max(int(proof["proved_ms"]), stretch.to_ms // HOUR_MS * HOUR_MS)  # no new version at every fix
    return draft(
        stretch,
        context,
        size,
        reasons,
        figures,
        limits,
        score_cap=NO_PROOF_AGAINST_A_LOAD,
        timeless=True,
        end_ms=end_ms,
        detected_ms=int(proof["proved_ms"]),
    )


def tamper_draft(stretch: Stretch, context: DeviceContext, thresholds: DeviceThresholds) -> FindingDraft:
    """`device_tamper`: by the terminal's own alarms, or by satellites that vanished."""
    duration_s = (stretch.to_ms - stretch.from_ms) / 1000.0
    figures: Figures = {"duration_s": duration_s, "fixes": number(stretch, "fixes")}
    if stretch.cause == ALARM:
        reasons = [Reason("device_tamper.alarm", told(stretch, context) | figures)]
        if stretch.figures.get("receiver"):
            reasons.append(Reason("device_tamper.receiver", {}))
        if stretch.figures.get("antenna"):
            reasons.append(Reason("device_tamper.antenna", {}))
        if stretch.figures.get("power"):
            reasons.append(Reason("device_tamper.power", {}))
        limits: Params = {"tamper_fixes": thresholds.tamper_fixes}
        size = number(stretch, "fixes") / thresholds.tamper_fixes
    else:
        seen: Figures = {
            "satellites_before": number(stretch, "satellites_before"),
            "satellites": number(stretch, "satellites"),
        }
        figures |= seen
        reasons = [Reason("device_tamper.satellites", told(stretch, context) | figures)]
        limits = {"blinded_s": thresholds.blinded_s, "signal_steady": thresholds.signal_steady}
        size = duration_s / thresholds.blinded_s
    reasons.append(Reason("device_tamper.expected", {}))
    return draft(stretch, context, size, reasons, figures, limits)


def area_draft(
    event: tuple[Loss, ...],
    vehicles: tuple[VehicleFacts, ...],
    manifest_ids: tuple[int, ...],
    thresholds: DeviceThresholds,
) -> FindingDraft:
    """`device_tamper` of an area: told once, of all vehicles, and against none of them."""
    start_ms, end_ms = event[0].from_ms, max(loss.to_ms for loss in event)
    codes = tuple(vehicle.code for vehicle in vehicles)
    figures: Figures = {"vehicles": len(codes), "duration_s": (end_ms - start_ms) / 1000.0}
    limits: Params = {
        "area_vehicles": thresholds.area_vehicles,
        "area_m": thresholds.area_m,
        "area_s": thresholds.area_s,
    }
    return FindingDraft(
        kind=FindingKind.DEVICE_TAMPER,
        subject="area",
        start_ms=start_ms,
        end_ms=end_ms,
        detected_ms=max(loss.from_ms for loss in event),
        size=len(codes) / thresholds.area_vehicles,
        reasons=(
            Reason("device_tamper.area", {"start_ms": start_ms, **figures}),
            Reason("device_tamper.area.expected", dict(limits)),
        ),
        manifest_ids=manifest_ids,
        vehicle_codes=codes,
        lat=event[0].lat,
        lon=event[0].lon,
        severity=Severity.LOW,
        score_cap=NO_PROOF_AGAINST_A_LOAD,
        evidence=Evidence(figures, limits, tuple(point("seen", loss.lat, loss.lon) for loss in event)),
    )


def draft(
    stretch: Stretch,
    context: DeviceContext,
    size: float,
    reasons: list[Reason],
    figures: Figures,
    limits: Params,
    **given: Any,
) -> FindingDraft:
    """What the findings of all kinds share."""
    marks = (*places(stretch), *context.marks)
    values: dict[str, Any] = {"end_ms": stretch.to_ms, "detected_ms": stretch.to_ms} | given
    lat, lon = stretch.figures.get("lat"), stretch.figures.get("lon")
    if lat is None and marks:
        first = marks[0]["coordinates"]
        lon, lat = first if marks[0]["type"] == "Point" else first[0]
    return FindingDraft(
        kind=stretch.kind,
        subject=context.device_code,
        start_ms=stretch.from_ms,
        size=size,
        reasons=tuple(reasons),
        manifest_ids=context.manifest_ids,
        vehicle_codes=(context.vehicle.code,),
        lat=None if lat is None else figure(lat),
        lon=None if lon is None else figure(lon),
        hauler_id=context.vehicle.organisation_id,
        device_code=context.device_code,
        evidence=Evidence(figures, limits, marks),
        **values,
    )


def told(stretch: Stretch, context: DeviceContext) -> Params:
    """The parameters that every first reason has."""
    return {"device": context.device_code, "vehicle": context.vehicle.code, "start_ms": stretch.from_ms}


def places(stretch: Stretch) -> tuple[dict[str, Any], ...]:
    """The places that a stretch names."""
    known = stretch.figures
    pairs = (("seen", "lat", "lon"), ("jump", "other_lat", "other_lon"))
    return tuple(
        point(role, figure(known[lat]), figure(known[lon])) for role, lat, lon in pairs if lat in known
    )


def point(role: str, lat: float, lon: float) -> dict[str, Any]:
    """A place for the map."""
    return {"role": role, "type": "Point", "coordinates": [round(lon, 6), round(lat, 6)]}


def number(stretch: Stretch, name: str) -> float:
    """A figure of a stretch that is a number."""
    return figure(stretch.figures[name])


def figure(value: Any) -> float:
    """A number, whole where it is whole."""
    return value if isinstance(value, int) else float(value)


def text(stretch: Stretch, name: str) -> str:
    """A figure of a stretch that is text."""
    return str(stretch.figures[name])


Judge = Callable[[Stretch, DeviceContext, DeviceThresholds], FindingDraft]
JUDGES: dict[FindingKind, Judge] = {
    FindingKind.CLOCK_SKEW: clock_draft,
    FindingKind.FROZEN_POSITION: frozen_draft,
    FindingKind.REPLAYED_TRACK: replay_draft,
    FindingKind.CLONED_DEVICE: clone_draft,
    FindingKind.DATUM_SHIFT: datum_draft,
    FindingKind.DEVICE_TAMPER: tamper_draft,
}
