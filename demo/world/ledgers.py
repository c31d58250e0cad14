"""What do plants and sites write down at the end of each day?"""

from collections import defaultdict

import numpy as np

from demo.world.fleet import DAY_S
from demo.world.loads import Load
from demo.world.paper import Calendar, refused_kg
from demo.world.stage import World
from demo.world.weighing import Tickets

PLANT_HEADER = (
    "facility",
    "date",
    "influent_m3",
    "cod_in_mg_l",
    "cod_out_mg_l",
    "bod_in_mg_l",
    "bod_out_mg_l",
    "ss_in_mg_l",
    "ss_out_mg_l",
    "stock_t",
    "stock_moisture",
    "additives_t",
)
SITE_HEADER = (
    "facility",
    "date",
    "processed_t",
    "processed_moisture",
    "product_t",
    "ash_t",
    "hours_run",
    "stock_t",
    "stock_moisture",
)
YIELD_BOD, YIELD_SS = 0.58, 0.60  # dry solids per removed load, in the planning range of GB 50014
ADDITIVE_SHARE = {"wet": 0.004, "deep": 0.19, "dried": 0.004}  # lime and iron salts before the filter press
ASH_SHARE = {"incineration": 0.47, "co_processing": 0.0}
PRODUCT_SHARE = {
    "composting": 0.62,
    "building_material": 1.9,
    "dredged_treatment": 0.55,
    "co_processing": 0.0,
}


def plant_days(world: World, tickets: dict[int, Tickets], calendar: Calendar) -> list[tuple[object, ...]]:
    """Flow, quality and stock such that production, shipments and stock close within a few per cent."""
    shipped = _shipped_dry_kg(world, tickets)
    rows: list[tuple[object, ...]] = []
    for plant in world.town.of_kind("plant"):
        deal = world.deals[plant.id]
        daily = [shipped.get((plant.id, day), 0.0) for day in range(world.days)]
        usual = max(sum(daily) / world.days, 1_500.0)
        hidden = [hidden_share(world, plant.id, "plant_imbalance", day) * usual for day in range(world.days)]
        dry_stock = 1.6 * usual + sum(hidden)  # taken away unrecorded, day by day
        for day in range(world.days):
            rng = world.rng("plant day", plant.id, day)
            water = _water(rng)
            removed = YIELD_BOD * (water[2] - water[3]) + YIELD_SS * (water[4] - water[5])  # g dry a m³
            own = usual / (1 + ADDITIVE_SHARE[deal.grade])
            influent = 100 * round(own * 1_000 / removed * float(rng.uniform(0.94, 1.06)) / 100)
            made = influent * removed / 1_000 * float(rng.normal(1.0, 0.03))
            additives = made * ADDITIVE_SHARE[deal.grade]
            dry_stock = max(0.15 * usual, dry_stock + made + additives - daily[day] - hidden[day])
            moisture = round(deal.moisture + float(rng.normal(0, 0.003)), 3)
            rows.append(
                (
                    plant.id,
                    calendar.day(day),
                    influent,
                    *water,
                    round(dry_stock / (1 - moisture) / 1_000, 1),
                    moisture,
                    round(additives / 1_000, 2),
                )
            )
    return rows


def hidden_share(world: World, facility: str, kind: str, day: int) -> float:
    """Of a usual day, what the books of that day do not say."""
    books = [b for b in world.false_books if (b.facility, b.misdeed.kind) == (facility, kind)]
    return sum(b.misdeed.size for b in books if b.from_day <= day <= b.to_day)


def _water(rng: np.random.Generator) -> tuple[float, ...]:
    """COD, BOD and SS, each in and out, mg/l."""
    cod = float(rng.normal(285, 22))
    bod = cod * float(rng.uniform(0.40, 0.46))
    ss = float(rng.normal(165, 14))
    values = (cod, rng.uniform(18, 32), bod, rng.uniform(3, 7), ss, rng.uniform(4, 9))
    return tuple(round(float(v), 1) for v in values)


def _shipped_dry_kg(world: World, tickets: dict[int, Tickets]) -> dict[tuple[str, int], float]:
    """What really left each plant each day, less what came back."""
    total: dict[tuple[str, int], float] = defaultdict(float)
    for k, load in enumerate(world.loads):
        if load.loaded_s >= world.end_s or "invented" in load.extra:
            continue
        total[load.origin, int(load.loaded_s // DAY_S)] += tickets[k].loaded.dry_kg
        back = tickets[k].received
        if load.kind == "return" and back is not None:
            total[load.destination, int(back.at_s // DAY_S)] -= back.dry_kg
    return total


def site_days(world: World, tickets: dict[int, Tickets], calendar: Calendar) -> list[tuple[object, ...]]:
    """Receipts, processing, products and stock: stock today = stock yesterday + received − processed."""
    received = _received(world, tickets)
    rows: list[tuple[object, ...]] = []
    for site in world.town.of_kind("site"):
        days = [received.get((site.id, day), (0.0, 0.0)) for day in range(world.days)]
        usual = max(sum(w for w, _ in days) / world.days, 20_000.0)
        wet_stock, dry_stock = 1.5 * usual, 1.5 * usual * (1 - _usual_moisture(days))
        for day, (wet, dry) in enumerate(days):
            rng = world.rng("site day", site.id, day)
            lost = min(0.8, hidden_share(world, site.id, "site_imbalance", day) * usual / max(wet_stock, 1.0))
            wet_stock, dry_stock = wet_stock * (1 - lost), dry_stock * (1 - lost)  # left the yard unrecorded
            wet_stock, dry_stock = wet_stock + wet, dry_stock + dry
            processed = min(
                wet_stock * 0.9, (0.55 * usual + 0.3 * wet_stock) * float(rng.uniform(0.92, 1.08))
            )
            dry_share = dry_stock / wet_stock if wet_stock else 0.0
            wet_stock, dry_stock = wet_stock - processed, dry_stock - processed * dry_share
            dry_done = processed * dry_share / 1_000
            method = site.method or ""
            rows.append(
                (
                    site.id,
                    calendar.day(day),
                    round(processed / 1_000, 2),
                    round(1 - dry_share, 3),
                    round(dry_done * PRODUCT_SHARE.get(method, 0.0), 2),
                    round(dry_done * ASH_SHARE.get(method, 0.0), 2),
                    round(min(24.0, 20.0 * processed / max(usual, 1.0) * float(rng.uniform(0.97, 1.03))), 1),
                    round(wet_stock / 1_000, 2),
                    round(1 - dry_share, 3),
                )
            )
    return rows


def _usual_moisture(days: list[tuple[float, float]]) -> float:
    wet = sum(w for w, _ in days)
    return 1 - sum(d for _, d in days) / wet if wet else 0.7


def _received(world: World, tickets: dict[int, Tickets]) -> dict[tuple[str, int], tuple[float, float]]:
    """Wet and dry kg that each site really took in on each day."""
    total: dict[tuple[str, int], tuple[float, float]] = defaultdict(lambda: (0.0, 0.0))
    for k, load in enumerate(world.loads):
        ticket = tickets[k].received
        if ticket is None or ticket.at_s >= world.end_s or not _came_in(load):
            continue
        key = load.carriages[-1].to or "", int(ticket.at_s // DAY_S)
        kept = 1 - refused_kg(load, ticket) / ticket.net_kg
        wet, dry = total[key]
        total[key] = wet + ticket.net_kg * kept, dry + ticket.dry_kg * kept
    return total


def _came_in(load: Load) -> bool:
    return bool(load.carriages) and load.carriages[-1].to is not None and load.kind == "normal"
