"""What small world do the tests of scenario folders begin with? One written file by file, easily changed.

Two plants send to one site: one by truck, one by truck, vessel and truck over two wharves.
"""

import json
from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select

from models.tables import metadata

Files = dict[str, Any]
PLACES: dict[str, tuple[float, float, dict[str, Any]]] = {
    "P1": (120.50, 31.20, {"kind": "plant", "org": "PO", "storage_t": 400, "max_moisture": 0.8}),
    "W1": (120.60, 31.20, {"kind": "transfer", "org": "HA"}),
    "W2": (120.70, 31.20, {"kind": "transfer", "org": "HA"}),
    "S1": (120.80, 31.20, {"kind": "site", "org": "SO", "method": "incineration", "accepts": ["dewatered"]}),
}
LOADED: dict[str, Any] = {
    "gross_kg": 30000,
    "tare_kg": 11000,
    "moisture": 0.78,
    "at": "2026-03-02T01:00:00Z",
    "scale": "P1-A",
    "ticket": "T1",
}
RECEIVED: dict[str, Any] = {
    "gross_kg": 29950,
    "tare_kg": 11000,
    "moisture": 0.779,
    "at": "2026-03-02T02:00:00Z",
    "scale": "S1-A",
    "ticket": "T2",
    "decision": "accepted",
    "accepted_kg": 18950,
}
TRUCK_LEG: dict[str, Any] = {
    "seq": 1,
    "mode": "road",
    "vehicle": "V1",
    "from": "P1",
    "to": "S1",
    "route": "R1",
    "driver": "王师傅",
}
SINGLE: dict[str, Any] = {
    "number": "M1",
    "origin": "P1",
    "destination": "S1",
    "sludge_kind": "dewatered",
    "issued_at": "2026-03-02T00:30:00Z",
    "legs": [TRUCK_LEG],
    "loaded": LOADED,
    "received": RECEIVED,
    "disposed": {"method": "incineration", "at": "2026-03-03T00:00:00Z", "mass_kg": 18950},
}
RELAYED: dict[str, Any] = {
    "number": "M2",
    "origin": "P1",
    "destination": "S1",
    "sludge_kind": "dewatered",
    "issued_at": "2026-03-02T00:40:00+08:00",
    "plan": "PLAN-1",
    "legs": [
        {
            "seq": 1,
            "mode": "road",
            "vehicle": "V1",
            "from": "P1",
            "to": "W1",
            "handover": {
                "at": "2026-03-02T03:00:00Z",
                "weighing": {"gross_kg": 29900, "tare_kg": 11000, "moisture": 0.78},
            },
        },
        {
            "seq": 2,
            "mode": "water",
            "vehicle": "B1",
            "from": "W1",
            "to": "W2",
            "voyage": "VOY1",
            "handover": {"at": "2026-03-02T08:00:00Z"},
        },
        {"seq": 3, "mode": "road", "vehicle": "V404", "from": "W2", "to": "S1"},
    ],
    "loaded": {**LOADED, "at": "2026-03-02T02:30:00Z", "ticket": "T3"},
}
REFUSED: dict[str, Any] = {
    **SINGLE,
    "number": "M3",
    "received": {**RECEIVED, "decision": "rejected", "refused_kg": 18950, "accepted_kg": 0, "reason": "太湿"},
    "children": ["M4"],
}
REFUSED.pop("disposed")
RETURNED: dict[str, Any] = {**SINGLE, "number": "M4", "kind": "return", "origin": "S1", "destination": "P1"}
TRACK = (
    "device_id,recorded_at,lat,lon,speed_kmh,course_deg,received_at,accuracy_m,load_state\n"
    "D1,2026-03-02T01:00:00Z,31.2,120.5,0,,2026-03-02T01:00:03Z,5,full\n"
    "D1,2026-03-02T01:30:00Z,31.2,120.65,42.5,90,,,full\n"
    "D2,2026-03-02T01:30:00Z,31.2,120.6,,,,,\n"
    "D1,2026-03-02T02:00:00Z,31.2,120.8,0,,2026-03-02T03:00:00Z,,\n"
)
GPX = (
    '<gpx version="1.1" creator="phone"><trk><name>D3</name><trkseg>'
    '<trkpt lat="31.2" lon="120.6"><time>2026-03-02T04:00:00Z</time></trkpt>'
    '<trkpt lat="31.2" lon="120.61"><time>2026-03-02T04:01:00Z</time></trkpt>'
    "</trkseg></trk></gpx>"
)
TRUTHS = [{"kind": "wet_gap", "manifest": "M1", "detail": "invented"}]
FILES: Files = {
    "scenario.json": {
        "version": 1,
        "name": "small world",
        "timezone": "Asia/Shanghai",
        "from": "2026-03-02T00:00:00Z",
        "to": "2026-03-03T00:00:00Z",
    },
    "organisations.csv": (
        "code,name,name_en,kind\nPO,水务,Water,plant_operator\nHA,运输,,hauler\nSO,处置,Site,site_operator\n"
    ),
    "facilities.geojson": {},
    "routes.geojson": {},
    "basemap.geojson": {},
    "vehicles.csv": (
        "id,mode,name,org,tare_kg,rated_payload_kg,mmsi\n"
        "V1,road,苏E1,HA,11000,20000,\n"
        "B1,water,苏货1,HA,,300000,413000001\n"
    ),
    "devices.csv": (
        "device_id,protocol,vehicle_id,valid_from,valid_to,datum\n"
        "D1,jt808,V1,2026-01-01T00:00:00Z,,\n"
        "D2,ais,B1,2026-01-01T00:00:00Z,2026-03-02T02:00:00Z,\n"
        "D3,json,B1,2026-03-02T02:00:00Z,,gcj02\n"
        "D4,json,,,,\n"
    ),
    "scales.csv": (
        "id,facility,class,division_kg,max_kg,certificate_valid_to\nP1-A,P1,III,20,80000,2026-12-31\n"
    ),
    "diversions.jsonl": [
        {
            "id": "DIV1",
            "from_site": "S1",
            "to_site": "W2",
            "valid_from": "2026-03-05T00:00:00Z",
            "valid_to": "2026-03-06T00:00:00Z",
            "reason": "检修",
        }
    ],
    "plant_days.csv": (
        "facility,date,influent_m3,stock_t,stock_moisture\nP1,2026-03-02,40000,120.5,0.79\nP1,2026-03-03,,,\n"
    ),
    "site_days.csv": "facility,date,processed_t,processed_moisture,ash_t\nS1,2026-03-02,300,0.78,31\n",
    "manifests.jsonl": [SINGLE, RELAYED, RETURNED, REFUSED],
    "tracks/a.csv": TRACK,
    "tracks/b.gpx": GPX,
    "truth.jsonl": TRUTHS,
}


def box(code: str, lon: float, lat: float, half: float = 0.002, **properties: Any) -> dict[str, Any]:
    """A square facility."""
    corners = [(-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)]
    ring = [[lon + dx * half, lat + dy * half] for dx, dy in corners]
    return {
        "type": "Feature",
        "properties": {"id": code, "name": f"设施{code}", **properties},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


def way(code: str, *line: list[float], **properties: Any) -> dict[str, Any]:
    """A line: a route, or a road of the base map."""
    return {
        "type": "Feature",
        "properties": {"id": code, **properties} if code else properties,
        "geometry": {"type": "LineString", "coordinates": list(line)},
    }


def features(*each: dict[str, Any]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(each)}


FILES["facilities.geojson"] = features(
    *(box(code, lon, lat, **more) for code, (lon, lat, more) in PLACES.items())
)
FILES["routes.geojson"] = features(
    way(
        "R1",
        [120.5, 31.2],
        [120.65, 31.21],
        [120.8, 31.2],
        **{"from": "P1", "to": "S1"},
        mode="road",
        corridor_m=75,
    )
)
FILES["basemap.geojson"] = features(
    way("", [120.5, 31.2], [120.8, 31.2], layer="road", **{"class": "primary"}, name="大道")
)


def files(**changes: Any) -> Files:
    """The world's files with some replaced; None leaves one out."""
    return {name: content for name, content in {**deepcopy(FILES), **changes}.items() if content is not None}


def write_world(folder: Path, changes: Mapping[str, Any] | None = None) -> Path:
    """Write the world into `folder`, afresh."""
    for old in folder.rglob("*"):
        if old.is_file():
            old.unlink()
    for name, content in files(**(changes or {})).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(as_bytes(name, content))
    return folder


def as_bytes(name: str, content: Any) -> bytes:
    if isinstance(content, bytes):
        return content
    if isinstance(content, str):
        return content.encode()
    if name.endswith(".jsonl"):
        return "".join(
            line if isinstance(line, str) else json.dumps(line) + "\n" for line in content
        ).encode()
    return json.dumps(content).encode()


def dump(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, in the order of their texts."""
    with engine.connect() as connection:
        return {
            table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
            for table in metadata.sorted_tables
        }
