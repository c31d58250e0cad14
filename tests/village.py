"""Which village do stories and tests of the analysis happen in? Laid out in metres, told in minutes.

A plant in the west, a site 12 km east on a straight road, another site north of it, a depot south of the
plant. Vehicles are moved by hand; papers are written by hand; `write` makes a scenario folder of it all.
The village day begins at 08:00 in Shanghai.
"""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from models.values import LOAD_EMPTY, LOAD_FULL
from tests.tracking.ground import HOME, Point, at, ring
from tracking.rules.geometry import Frame

PLANT, SITE, TIP, DEPOT = (0.0, 0.0), (12_000.0, 0.0), (12_000.0, 8_000.0), (0.0, -3_000.0)
LOAD_WORDS = {LOAD_EMPTY: "empty", LOAD_FULL: "full"}
TRACK_HEADER = "device_id,recorded_at,lat,lon,speed_kmh,course_deg,received_at,accuracy_m,load_state\n"


def moment(minute: float) -> str:
    """ISO 8601 of a minute of the village day."""
    return datetime.fromtimestamp(at(minute * 60) / 1000, UTC).isoformat()


@dataclass(frozen=True)
class Report:
    """One position report: when it was taken, where, and the load sensor."""

    minute: float
    x_m: float
    y_m: float
    load: str = ""


@dataclass
class Mover:
    """A vehicle that is moved by hand; every report is kept, and the clock runs on with each move."""

    code: str
    mode: str = "road"
    place: Point = DEPOT
    minute: float = 0.0
    speed_m_s: float = 10.0
    every_s: float = 20.0
    load: str = ""
    reports: list[Report] = field(default_factory=list)

    def drives(self, *corners: Point, speed_m_s: float | None = None, silent: bool = False) -> "Mover":
        """Through corners at an even speed; silent: the device reports nothing until it is there."""
        speed = speed_m_s or self.speed_m_s
        for corner in corners:
            length_m = float(np.hypot(corner[0] - self.place[0], corner[1] - self.place[1]))
            self._go(corner, length_m / speed / 60, silent)
        return self

    def stands(self, minutes: float, silent: bool = False) -> "Mover":
        """Where it is."""
        self._go(self.place, minutes, silent)
        return self

    def _go(self, to: Point, minutes: float, silent: bool) -> None:
        steps = max(1, round(minutes * 60 / self.every_s))
        for step in range(1, steps + 1):
            share = step / steps
            x_m, y_m = (self.place[k] + (to[k] - self.place[k]) * share for k in (0, 1))
            if not silent:
                self.reports.append(Report(self.minute + minutes * share, x_m, y_m, self.load))
        self.place, self.minute = to, self.minute + minutes


@dataclass
class Village:
    """Everything that goes into the scenario folder."""

    frame: Frame = HOME
    name: str = "village"
    places: list[dict[str, Any]] = field(default_factory=list)
    routes: list[dict[str, Any]] = field(default_factory=list)
    movers: dict[str, Mover] = field(default_factory=dict)
    papers: dict[str, dict[str, Any]] = field(default_factory=dict)
    truths: list[dict[str, Any]] = field(default_factory=list)

    def facility(self, code: str, kind: str, where: Point, half_m: float = 150.0, **given: Any) -> None:
        """A square facility."""
        corners = [list(corner) for corner in ring(*where, half_m, self.frame)]
        properties = {"id": code, "name": f"设施{code}", "name_en": code, "kind": kind, "org": "ORG"} | given
        self.places.append(_feature(properties, "Polygon", [corners]))

    def route(self, code: str, origin: str, destination: str, *corners: Point, **given: Any) -> None:
        """An approved route along straight stretches of 250 m, half-width 75 m, planned for 25 minutes."""
        line = Mover(code, place=corners[0], speed_m_s=250.0, every_s=1.0).drives(*corners[1:]).reports
        x_m = np.array([corners[0][0], *(each.x_m for each in line)])
        y_m = np.array([corners[0][1], *(each.y_m for each in line)])
        lat, lon = self.frame.to_degrees(x_m, y_m)
        ends = {"id": code, "from": origin, "to": destination}
        common = {"mode": "road", "corridor_m": 75, "planned_minutes": 25}
        points = [[float(a), float(b)] for a, b in zip(lon, lat, strict=True)]
        self.routes.append(_feature(ends | common | given, "LineString", points))

    def truck(self, code: str, **given: Any) -> Mover:
        """A registered truck with a device."""
        self.movers[code] = Mover(code, **given)
        return self.movers[code]

    def paper(
        self,
        number: str,
        vehicle: str,
        left: float,
        arrived: float | None,
        net_kg: float = 17_100.0,
        received_kg: float | None = None,
        **given: Any,
    ) -> dict[str, Any]:
        """A manifest: weighed three minutes before the vehicle left, and five after it arrived (minutes)."""
        leg = {"seq": 1, "mode": "road", "vehicle": vehicle, "from": "PLANT", "to": "SITE", "route": "R1"}
        values: dict[str, Any] = {
            "number": number,
            "origin": "PLANT",
            "destination": "SITE",
            "sludge_kind": "dewatered",
            "issued_at": moment(left - 30),
            "legs": [leg],
            "loaded": weighing(net_kg, 0.79, left - 3, "PLANT-1", ticket=f"PLANT-1/{number}"),
        }
        if arrived is not None:
            net = received_kg if received_kg is not None else net_kg * 0.998
            values["received"] = weighing(net, 0.79, arrived + 5, "SITE-1", ticket=f"SITE-1/{number}") | {
                "decision": "accepted"
            }
        self.papers[number] = values | given
        return self.papers[number]

    def write(self, folder: Path, from_minute: float = -1e6, to_minute: float = 1e6) -> Path:
        """The scenario folder with the positions reported in [from, to); paper as written so far."""
        (folder / "tracks").mkdir(parents=True, exist_ok=True)
        for old in (folder / "tracks").glob("*.csv"):
            old.unlink()
        _json(folder / "scenario.json", self._scenario())
        for name, rows in (("facilities", self.places), ("routes", self.routes)):
            _json(folder / f"{name}.geojson", {"type": "FeatureCollection", "features": rows})
        (folder / "organisations.csv").write_text("code,name,name_en,kind\nORG,单位,Firm,hauler\n", "utf-8")
        self._write_fleet(folder)
        lines = [json.dumps(paper, ensure_ascii=False) for paper in self.papers.values()]
        (folder / "manifests.jsonl").write_text("".join(f"{line}\n" for line in lines), "utf-8")
        (folder / "truth.jsonl").write_text("".join(f"{json.dumps(t)}\n" for t in self.truths), "utf-8")
        for mover in self.movers.values():
            told = [r for r in mover.reports if from_minute <= r.minute < to_minute]
            if told:
                self._write_track(folder / "tracks" / f"{mover.code}.csv", mover, told)
        return folder

    def _scenario(self) -> dict[str, Any]:
        last = max((mover.minute for mover in self.movers.values()), default=0.0)
        times = {"from": moment(-60), "to": moment(last + 600)}
        return {"version": 1, "name": self.name, "timezone": "Asia/Shanghai"} | times

    def _write_fleet(self, folder: Path) -> None:
        vehicles = ["id,mode,name,org,tare_kg,rated_payload_kg,mmsi"]
        devices = ["device_id,protocol,vehicle_id,valid_from,valid_to"]
        for mover in self.movers.values():
            payload = 20_000 if mover.mode == "road" else 400_000
            vehicles.append(f"{mover.code},{mover.mode},{mover.code},ORG,11000,{payload},")
            devices.append(f"D-{mover.code},json,{mover.code},2026-01-01T00:00:00Z,")
        (folder / "vehicles.csv").write_text("\n".join(vehicles) + "\n", "utf-8")
        (folder / "devices.csv").write_text("\n".join(devices) + "\n", "utf-8")

    def _write_track(self, path: Path, mover: Mover, told: list[Report]) -> None:
        lat, lon = self.frame.to_degrees(np.array([r.x_m for r in told]), np.array([r.y_m for r in told]))
        rows = [
            f"D-{mover.code},{moment(r.minute)},{a:.7f},{b:.7f},,,,,{r.load}\n"
            for r, a, b in zip(told, lat.tolist(), lon.tolist(), strict=True)
        ]
        path.write_text(TRACK_HEADER + "".join(rows), "utf-8")


def weighing(net_kg: float, moisture: float, minute: float, scale: str, **given: Any) -> dict[str, Any]:
    """A weighing over a tare of 11 t."""
    masses = {"gross_kg": 11_000 + net_kg, "tare_kg": 11_000, "moisture": moisture}
    return masses | {"at": moment(minute), "scale": scale, "ticket": f"{scale}/{minute:.0f}"} | given


def settled() -> Village:
    """The village with its places and its road, nobody on the move yet."""
    village = Village()
    village.facility("PLANT", "plant", PLANT, max_moisture=0.82)
    village.facility("SITE", "site", SITE, method="incineration")
    village.facility("TIP", "site", TIP, method="landfill", max_moisture=0.9)
    village.facility("DEPOT", "depot", DEPOT)
    village.route("R1", "PLANT", "SITE", PLANT, SITE)
    village.route("R2", "PLANT", "TIP", PLANT, (6_000.0, 0.0), (6_000.0, 8_000.0), TIP)
    return village


@dataclass(frozen=True)
class Haul:
    """When a vehicle left the plant and arrived at the site, in minutes."""

    left: float
    arrived: float


def hauls(truck: Mover, *corners: Point, load_minutes: float = 20.0) -> Haul:
    """From where it is to the plant, a stay, through the corners to the last one (the site), a stay."""
    truck.drives(PLANT).stands(load_minutes)
    left = truck.minute
    truck.drives(*(corners or (SITE,)))
    arrived = truck.minute
    truck.stands(15)
    return Haul(left, arrived)


def _feature(properties: dict[str, Any], kind: str, coordinates: list[Any]) -> dict[str, Any]:
    geometry = {"type": kind, "coordinates": coordinates}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def _json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False), "utf-8")
