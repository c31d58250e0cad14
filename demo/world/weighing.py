"""What do weighbridges and laboratories say about a load?"""

from dataclasses import dataclass

import numpy as np

from demo.world.fleet import DAY_S
from demo.world.loads import Load
from demo.world.stage import World

DIVISION_KG = 20
BIAS_SHARE = 0.0010  # of the reading, per scale, within its certificate
NOISE_SHARE = 0.0006  # of the gross, per weighing
MOISTURE_HALF_WIDTH = 0.005  # a laboratory's ± half a per cent
LOSS_SHARE = (0.0002, 0.0010)  # evaporation and drip on the way
# How far apart two statements must be before "they differ beyond their uncertainty" (BALANCE.md).
U_MOISTURE = 0.01 / 3**0.5
U_WEIGHING = 0.0018


@dataclass(frozen=True)
class Ticket:
    """One weighing with its moisture test."""

    gross_kg: int
    tare_kg: int
    moisture: float
    at_s: float
    scale: str
    number: str

    @property
    def net_kg(self) -> int:
        return self.gross_kg - self.tare_kg

    @property
    def dry_kg(self) -> float:
        return self.net_kg * (1.0 - self.moisture)


@dataclass
class Tickets:
    """All tickets of one load."""

    loaded: Ticket
    handovers: list[Ticket]
    received: Ticket | None


def scale_of(facility: str) -> str:
    return f"{facility}-W1"


def bias(world: World, scale: str) -> float:
    return float(world.rng("scale", scale).uniform(-BIAS_SHARE, BIAS_SHARE))


def weigh_all(world: World) -> dict[int, Tickets]:
    """Tickets of every load, by its place in `world.loads`, without their numbers."""
    drawn: dict[int, Tickets] = {}
    for k, load in enumerate(world.loads):
        for attempt in range(60):
            drawn[k] = _tickets(world, load, attempt)
            if _speaks_clearly(load, drawn[k]):
                break
    return drawn


def _speaks_clearly(load: Load, tickets: Tickets) -> bool:
    """No load may lie in the grey zone in which honest people would disagree whether a gap is there."""
    received = tickets.received
    if received is None:
        return True
    if load.misdeed is not None and load.misdeed.graded:
        return True
    wet_u, dry_u = gap_in_u(tickets.loaded, received)
    if load.misdeed is not None and load.misdeed.kind == "skimming":
        return True  # who takes a little of each load does not ask which of them lies in the grey
    if load.misdeed is None or load.misdeed.kind not in ("wet_gap", "dry_gap", "dilution"):
        return wet_u < 2.4 and dry_u < 1.6
    if load.misdeed.kind == "dilution":
        return wet_u < 2.4 and not 2.6 < dry_u < 4.3
    return not 2.6 < dry_u < 4.3 and not 2.4 < wet_u < 4.3


def gap_in_u(loaded: Ticket, received: Ticket) -> tuple[float, float]:
    """|wet gap| and |dry gap| in units of their standard uncertainty, by the stated formulas."""
    wet = (loaded.net_kg - received.net_kg) / (U_WEIGHING * np.hypot(loaded.net_kg, received.net_kg))
    u_dry = [t.dry_kg * np.hypot(U_WEIGHING, U_MOISTURE / (1.0 - t.moisture)) for t in (loaded, received)]
    dry = (loaded.dry_kg - received.dry_kg) / np.hypot(*u_dry)
    return abs(float(wet)), abs(float(dry))


def sized_in_u(loaded: Ticket, received: Ticket) -> tuple[float, float]:
    """The same, with what a class III weighbridge may be wrong by at these very readings."""
    wet_kg = float(np.hypot(net_u_kg(loaded), net_u_kg(received)))
    u_dry = [
        t.dry_kg * np.hypot(net_u_kg(t) / t.net_kg, U_MOISTURE / (1.0 - t.moisture))
        for t in (loaded, received)
    ]
    dry_kg = abs(loaded.dry_kg - received.dry_kg)
    return abs(loaded.net_kg - received.net_kg) / wet_kg, dry_kg / float(np.hypot(*u_dry))


def net_u_kg(ticket: Ticket) -> float:
    """OIML R 76, class III: ± .5 e to 500 e, ± 1 e to 2000 e, ± 1.5 e beyond, twice that in service, of the
    gross and of the tare; rounding and repeatability with each."""
    parts = []
    for reading_kg in (ticket.gross_kg, ticket.tare_kg):
        steps = reading_kg / DIVISION_KG
        limit = 0.5 if steps <= 500 else 1.0 if steps <= 2_000 else 1.5
        parts += [2.0 * limit * DIVISION_KG / 3**0.5, DIVISION_KG / 12**0.5, 0.3 * DIVISION_KG]
    return float(np.linalg.norm(parts))


def _tickets(world: World, load: Load, attempt: int) -> Tickets:
    chance = world.rng("weigh", *load.key, load.kind, int(load.loaded_s), attempt)
    loaded = _weigh(world, chance, load.origin, load.wet_kg, load.tare_kg, load.moisture, load.loaded_s)
    if load.handovers:
        loaded = _weigh(
            world, chance, load.origin, load.wet_kg, _first_tare(world, load), load.moisture, load.loaded_s
        )
    loss = float(chance.uniform(*LOSS_SHARE))
    handovers = [
        _weigh(world, chance, h.facility, load.wet_kg * (1 - loss * 0.5), h.tare_kg, load.moisture, h.at_s)
        for h in load.handovers
    ]
    if load.received_s is None or load.received_at is None:
        return Tickets(loaded, handovers, None)
    wet = load.received_wet_kg if load.received_wet_kg is not None else load.wet_kg * (1 - loss)
    moisture = load.received_moisture if load.received_moisture is not None else load.moisture
    tare = load.received_tare_kg or load.tare_kg
    if load.decision == "rejected":
        tare = loaded.tare_kg
    received = _weigh(world, chance, load.received_at, wet, tare, moisture, load.received_s)
    return Tickets(loaded, handovers, received)


def _first_tare(world: World, load: Load) -> float:
    return world.fleet[load.truck].tare_kg + 8.0


def _weigh(
    world: World,
    chance: np.random.Generator,
    facility: str,
    wet_kg: float,
    tare_kg: float,
    moisture: float,
    at_s: float,
) -> Ticket:
    scale = scale_of(facility)
    share = 1.0 + bias(world, scale)
    noise = np.clip(chance.normal(0, NOISE_SHARE, 2), -2.5 * NOISE_SHARE, 2.5 * NOISE_SHARE)
    gross = (tare_kg + wet_kg) * (share + noise[0])
    tare = tare_kg * (share + noise[1])
    gross_kg, tare_kg_read = (round(float(x) / DIVISION_KG) * DIVISION_KG for x in (gross, tare))
    read = moisture + float(chance.uniform(-MOISTURE_HALF_WIDTH, MOISTURE_HALF_WIDTH))
    return Ticket(
        max(gross_kg, tare_kg_read + DIVISION_KG),
        tare_kg_read,
        round(min(max(read, 0.05), 0.98), 3),
        at_s,
        scale,
        "",
    )


def numbered(drawn: dict[int, Tickets]) -> dict[int, Tickets]:
    """Give every ticket its number: scale, day and a running count in time order."""
    places: list[tuple[float, str, int, int]] = []
    for k, t in drawn.items():
        many = [t.loaded, *t.handovers, *([t.received] if t.received else [])]
        places.extend((ticket.at_s, ticket.scale, k, n) for n, ticket in enumerate(many))
    count: dict[str, int] = {}
    numbers: dict[tuple[int, int], str] = {}
    for at_s, scale, k, n in sorted(places):
        count[scale] = count.get(scale, 0) + 1
        numbers[k, n] = f"{scale}-{int(at_s // DAY_S) + 1:02d}{count[scale]:04d}"
    found: dict[int, Tickets] = {}
    for k, t in drawn.items():
        last = 1 + len(t.handovers)
        found[k] = Tickets(
            _with_number(t.loaded, numbers[k, 0]),
            [_with_number(h, numbers[k, n + 1]) for n, h in enumerate(t.handovers)],
            _with_number(t.received, numbers[k, last]) if t.received else None,
        )
    return found


def _with_number(t: Ticket, number: str) -> Ticket:
    return Ticket(t.gross_kg, t.tare_kg, t.moisture, t.at_s, t.scale, number)
