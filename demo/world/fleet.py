"""Which organisations, vehicles, devices and scales are there?"""

from dataclasses import dataclass

import numpy as np

from demo.town.names import (
    GIVEN,
    HAULERS,
    PLANT_OPERATORS,
    REGULATORS,
    SHIPPING,
    SITE_OPERATORS,
    SURNAMES,
    WORKS_OPERATOR,
    Name,
)
from demo.world.chance import stream

VESSEL_SHARE, RELAY_SHARE, DREDGE_SHARE = 0.08, 0.09, 0.05
TRUCKS = (
    (10_000, 7_900),
    (12_000, 9_100),
    (15_000, 10_700),
    (18_000, 11_900),
    (20_000, 12_800),
    (25_000, 14_600),
)
DAY_S = 86_400.0


@dataclass(frozen=True)
class Organisation:
    code: str
    name: Name
    kind: str


@dataclass(frozen=True)
class Vehicle:
    """A truck or vessel. role: main · relay (from the far wharf) · dredge · vessel."""

    id: str
    plate: str
    role: str
    org: str
    tare_kg: int
    payload_kg: int
    mmsi: str
    driver: str
    shift_start_s: float  # usual start of the working day
    day_off: int  # weekday without work, 0–6

    @property
    def mode(self) -> str:
        return "water" if self.role == "vessel" else "road"


@dataclass(frozen=True)
class Device:
    """A terminal: what it sends, how often, how well."""

    id: str
    protocol: str
    vehicle: str
    from_s: float
    to_s: float | None
    moving_s: float
    idling_s: float
    off_s: float
    sends_load: bool
    sends_acc: bool
    sends_odometer: bool
    sends_accuracy: bool
    holds_still: bool  # suppresses drift while the ignition is off
    drop_share: float
    sigma_m: float
    tau_s: float
    skew_s: float


def organisations(haulers: int, plants: int, sites: int, *, vessels: bool, works: bool) -> list[Organisation]:
    """Operators, haulers and the two authorities."""
    found = [
        Organisation(f"PO{k + 1}", PLANT_OPERATORS[k], "plant_operator")
        for k in range(min(len(PLANT_OPERATORS), max(1, (plants * 3 + 3) // 5)))
    ]
    found += [Organisation(f"H{k + 1}", HAULERS[k], "hauler") for k in range(haulers)]
    if vessels:
        found.append(Organisation("HS", SHIPPING, "hauler"))
    if works:
        found.append(Organisation("WO", WORKS_OPERATOR, "works_operator"))
    found += [
        Organisation(f"SO{k + 1}", SITE_OPERATORS[k], "site_operator")
        for k in range(min(len(SITE_OPERATORS), sites))
    ]
    return found + [Organisation(code, name, "regulator") for code, name in REGULATORS]


def roles(count: int) -> dict[str, int]:
    """How many vehicles of each role; small fleets do without vessels and dredging trucks."""
    vessels = 0 if count < 10 else max(1, round(VESSEL_SHARE * count))
    relay = max(2, round(RELAY_SHARE * count)) if vessels else 0
    dredge = max(1, round(DREDGE_SHARE * count)) if count >= 8 else 0
    return {"vessel": vessels, "relay": relay, "dredge": dredge, "main": count - vessels - relay - dredge}


def hauler_count(vehicles: int) -> int:
    return 1 if vehicles < 8 else 2 if vehicles < 16 else 3 if vehicles < 50 else 4


def vehicles(seed: int, count: int, haulers: int) -> list[Vehicle]:
    """The fleet, in a fixed order: main, relay, dredge, vessels."""
    rng = stream(seed, "fleet")
    numbers = rng.permutation(9_000)[:count] + 1_000
    letters = [str(x) for x in rng.choice(list("ABDNHLRW"), count)]
    found: list[Vehicle] = []
    for role, many in sorted(
        roles(count).items(), key=lambda r: ("main", "relay", "dredge", "vessel").index(r[0])
    ):
        for k in range(many):
            n = len(found)
            make = _vessel if role == "vessel" else _truck
            found.append(make(rng, role, k, f"{letters[n]}{numbers[n]}", haulers))
    return found


def _driver(rng: np.random.Generator) -> str:
    return SURNAMES[int(rng.integers(len(SURNAMES)))] + GIVEN[int(rng.integers(len(GIVEN)))]


def _truck(rng: np.random.Generator, role: str, k: int, plate: str, haulers: int) -> Vehicle:
    payload, tare = TRUCKS[int(rng.choice(len(TRUCKS), p=[0.08, 0.14, 0.28, 0.22, 0.2, 0.08]))]
    early = role == "main" and k % 4 == 3
    start = rng.uniform(3.4, 4.6) if early else rng.uniform(5.7, 7.2)
    return Vehicle(
        f"SE-{plate}",
        f"苏E·{plate}",
        role,
        f"H{k % haulers + 1}",
        tare + int(rng.integers(-15, 16)) * 20,
        payload,
        "",
        _driver(rng),
        float(start) * 3_600,
        (2 * k + 3) % 7,
    )


def _vessel(rng: np.random.Generator, role: str, k: int, plate: str, haulers: int) -> Vehicle:
    del haulers
    payload = int(rng.choice([220, 260, 300, 380, 460])) * 1_000
    number = plate[1:]
    return Vehicle(
        f"VS-{number}",
        f"东澜货{number}",
        role,
        "HS",
        int(payload * rng.uniform(0.42, 0.5)) // 1000 * 1000,
        payload,
        f"41399{number}",
        _driver(rng),
        5.5 * 3_600,
        7,
    )


def devices(seed: int, fleet: list[Vehicle], days: int) -> list[Device]:
    """One device a vehicle; in a long world one terminal is replaced on the fourth day."""
    found: list[Device] = []
    for k, vehicle in enumerate(fleet):
        swap_s = 3 * DAY_S if days >= 5 and k == 1 and vehicle.mode == "road" else None
        found.append(_device(seed, vehicle, k, 0, -60 * DAY_S, swap_s))
        if swap_s is not None:
            found.append(_device(seed, vehicle, k, 1, swap_s, None))
    return found


def _device(seed: int, vehicle: Vehicle, k: int, turn: int, from_s: float, to_s: float | None) -> Device:
    rng = stream(seed, "device", k, turn)
    protocol = (
        "ais" if vehicle.mode == "water" else ("jt808", "json", "jt808", "osmand")[int(rng.integers(4))]
    )
    number = int(rng.integers(1000, 10_000))
    ident = {
        "ais": vehicle.mmsi,
        "jt808": f"10648{number}{k:03d}{turn}",
        "json": f"GT{k:03d}{turn}-{number}",
        "osmand": f"OA{k:03d}{turn}-{number}",
    }[protocol]
    moving = float(rng.choice([60, 90, 120, 180]) if protocol == "ais" else rng.choice([10, 10, 15, 30]))
    return Device(
        ident,
        protocol,
        vehicle.id,
        from_s,
        to_s,
        moving,
        180.0 if protocol == "ais" else 60.0,
        360.0 if protocol == "ais" else float(rng.choice([60, 120, 180, 300])),
        sends_load=protocol == "jt808" and bool(rng.random() < 0.7),
        sends_acc=protocol == "jt808" or (protocol == "json" and bool(rng.random() < 0.5)),
        sends_odometer=protocol == "jt808" and bool(rng.random() < 0.6),
        sends_accuracy=protocol == "osmand",
        holds_still=protocol == "jt808" and bool(rng.random() < 0.4),
        drop_share=float(rng.uniform(0.01, 0.06) if rng.random() < 0.8 else rng.uniform(0.06, 0.10)),
        sigma_m=float(rng.uniform(3.0, 7.0)),
        tau_s=float(rng.uniform(30.0, 120.0)),
        skew_s=float(np.round(rng.normal(0, 3.0))) if rng.random() < 0.6 else 0.0,
    )
