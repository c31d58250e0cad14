"""How is a played world written as a scenario folder (SCENARIO.md, version 1)?"""

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from shapely import Polygon

from demo.town.plane import Plane, Points
from demo.world.fleet import Device, Organisation, Vehicle
from demo.world.lines import Line
from demo.world.paper import Calendar
from demo.world.receiver import Reports
from demo.world.stage import Diversion, World

LOAD_WORDS = np.array(["empty", "half", "full"])
TRACK_HEADER = (
    "device_id,recorded_at,lat,lon,speed_kmh,course_deg,received_at,accuracy_m,load_state,acc,odometer_km\n"
)


def write_rows(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(["" if cell is None else cell for cell in row] for row in rows)


def write_lines(path: Path, items: Iterable[Mapping[str, object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        file.writelines(json.dumps(item, ensure_ascii=False) + "\n" for item in items)


def write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")


def degrees(plane: Plane, points: Points) -> list[list[float]]:
    """GeoJSON coordinates to the decimetre."""
    rounded: list[list[float]] = np.round(
        plane.to_degrees(np.asarray(points, dtype=np.float64)[:, :2]), 6
    ).tolist()
    return rounded


def polygon_geometry(plane: Plane, polygon: Polygon) -> dict[str, object]:
    rings = [polygon.exterior, *polygon.interiors]
    return {"type": "Polygon", "coordinates": [degrees(plane, np.asarray(r.coords)) for r in rings]}


def line_geometry(plane: Plane, points: Points) -> dict[str, object]:
    return {"type": "LineString", "coordinates": degrees(plane, points)}


def feature(geometry: dict[str, object], **properties: object) -> dict[str, object]:
    kept = {k: v for k, v in properties.items() if v is not None}
    return {"type": "Feature", "properties": kept, "geometry": geometry}


def collection(features: list[dict[str, object]]) -> dict[str, object]:
    return {"type": "FeatureCollection", "features": features}


def write_people(folder: Path, organisations: list[Organisation], fleet: Iterable[Vehicle]) -> None:
    write_rows(
        folder / "organisations.csv",
        ("code", "name", "name_en", "kind"),
        ((o.code, o.name.zh, o.name.en, o.kind) for o in organisations),
    )
    write_rows(
        folder / "vehicles.csv",
        ("id", "mode", "name", "org", "tare_kg", "rated_payload_kg", "mmsi"),
        ((v.id, v.mode, v.plate, v.org, v.tare_kg, v.payload_kg, v.mmsi) for v in fleet),
    )


def write_devices(folder: Path, devices: list[Device], calendar: Calendar) -> None:
    write_rows(
        folder / "devices.csv",
        ("device_id", "protocol", "vehicle_id", "valid_from", "valid_to", "datum"),
        (
            (
                d.id,
                d.protocol,
                d.vehicle,
                calendar.iso(d.from_s),
                calendar.iso(d.to_s) if d.to_s is not None else "",
                "",
            )
            for d in devices
        ),
    )


def write_facilities(folder: Path, world: World) -> None:
    features = [
        feature(
            polygon_geometry(world.town.plane, f.polygon),
            id=f.id,
            name=f.name.zh,
            name_en=f.name.en,
            kind=f.kind,
            org=f.org,
            method=f.method,
            **{k: v for k, v in f.facts.items() if k != "use"},
        )
        for f in world.town.facilities.values()
    ]
    write_json(folder / "facilities.geojson", collection(features))


def write_routes(folder: Path, plane: Plane, lines: Iterable[Line]) -> None:
    features = [
        feature(
            line_geometry(plane, x.way.line),
            id=x.id,
            **{"from": x.start, "to": x.end},
            mode=x.mode,
            corridor_m=x.corridor_m,
            planned_minutes=x.planned_minutes,
        )
        for x in sorted(lines, key=lambda x: x.id)
    ]
    write_json(folder / "routes.geojson", collection(features))


def write_diversions(folder: Path, diversions: list[Diversion], calendar: Calendar) -> None:
    write_lines(
        folder / "diversions.jsonl",
        (
            {
                "id": d.id,
                "from_site": d.from_site,
                "to_site": d.to_site,
                "valid_from": calendar.iso(d.from_s),
                "valid_to": calendar.iso(d.to_s),
                "reason": d.reason,
            }
            for d in diversions
        ),
    )


def write_track(folder: Path, plane: Plane, device: Device, reports: Reports, calendar: Calendar) -> None:
    """One CSV a device, rows in order of arrival; formatted in bulk because there are a million of them."""
    epoch = int(calendar.start.timestamp())
    recorded, received = (
        np.datetime_as_string((t + epoch).astype("datetime64[s]")).tolist()
        for t in (reports.recorded_s, reports.received_s)
    )
    lon_lat = plane.to_degrees(reports.xy)
    blank = [""] * len(recorded)
    columns = zip(
        recorded,
        lon_lat[:, 1].tolist(),
        lon_lat[:, 0].tolist(),
        reports.speed_kmh.tolist(),
        reports.course_deg.tolist(),
        received,
        blank if reports.accuracy_m is None else [f"{x:.0f}" for x in reports.accuracy_m.tolist()],
        blank if reports.load is None else LOAD_WORDS[reports.load].tolist(),
        blank if reports.acc is None else reports.acc.tolist(),
        blank if reports.odometer_km is None else [f"{x:.1f}" for x in reports.odometer_km.tolist()],
        strict=True,
    )
    row = f"{device.id},%sZ,%.6f,%.6f,%.1f,%d,%sZ,%s,%s,%s,%s\n"
    lines: Iterable[str] = map(row.__mod__, columns)
    header = TRACK_HEADER
    if reports.satellites is not None and reports.signal is not None:
        sky = zip(lines, reports.satellites.tolist(), reports.signal.tolist(), strict=True)
        header = f"{TRACK_HEADER[:-1]},satellites,signal\n"
        lines = (f"{line[:-1]},{count},{strength}\n" for line, count, strength in sky)
    with (folder / "tracks" / f"{device.id}.csv").open("w", encoding="utf-8", newline="") as file:
        file.write(header)
        file.writelines(lines)
