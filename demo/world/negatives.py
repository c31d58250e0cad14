"""What looked odd and was allowed? The hard negatives, on which truth is silent.

Written as negatives.jsonl: `{"sort", "vehicle", *manifest, "start", "end", "detail"}`. Nobody reads it but
the benchmark, which counts what a detector says of each sort.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from demo.world.loads import Carriage, Load
from demo.world.paper import Calendar
from demo.world.receiver import Reports
from demo.world.stage import World

SORTS = (
    "diverted",
    "other_route",
    "fuel",
    "rest",
    "lock",
    "mooring",
    "congestion",
    "parallel_road",
    "tunnel",
    "yard_shunting",
    "late_data",
)
LONG_ENOUGH_S = {"congestion": 45.0, "late_data": 300.0, "tunnel": 20.0}


@dataclass(frozen=True)
class Negative:
    """An innocent oddity, in world seconds."""

    sort: str
    vehicle: str
    manifest: str
    from_s: float
    to_s: float
    detail: str


def negatives(world: World, reports: dict[str, list[Reports]]) -> list[Negative]:
    """All of a world that no violation of the same vehicle overlaps, in order of time."""
    guilty = _guilty(world)
    found = [*_of_loads(world), *_of_yards(world), *_of_networks(world, reports)]
    kept = [
        each
        for each in found
        if each.to_s - each.from_s >= LONG_ENOUGH_S.get(each.sort, 0.0)
        and not any(a < each.to_s and b > each.from_s for a, b in guilty.get(each.vehicle, ()))
    ]
    return sorted(kept, key=lambda each: (each.from_s, each.vehicle, each.sort))


def written(found: Iterable[Negative], calendar: Calendar) -> Iterator[dict[str, object]]:
    """As lines of negatives.jsonl."""
    for each in found:
        line: dict[str, object] = {"sort": each.sort, "vehicle": each.vehicle}
        if each.manifest:
            line["manifest"] = each.manifest
        yield line | {
            "start": calendar.iso(each.from_s),
            "end": calendar.iso(each.to_s),
            "detail": each.detail,
        }


def _guilty(world: World) -> dict[str, list[tuple[float, float]]]:
    """When each vehicle, or its device, had something to do with a violation."""
    found: dict[str, list[tuple[float, float]]] = {}
    for load in world.loads:
        if load.misdeed is None:
            continue
        for vehicle in {load.truck, load.paper_vehicle or load.truck, load.partner or load.truck}:
            until_s = load.received_s or (load.carriages[-1].trip.end_s if load.carriages else load.loaded_s)
            found.setdefault(vehicle, []).append((load.issued_s, until_s + 3_600.0))
    for voyage in world.voyages:
        if voyage.misdeed is not None:
            trip = voyage.carriage.trip
            found.setdefault(voyage.carriage.vehicle, []).append((trip.start_s, trip.end_s))
    for vehicle, journal in world.journals.items():
        found.setdefault(vehicle, []).extend((lie.from_s, lie.to_s) for lie in journal.lies)
    return found


def _of_loads(world: World) -> Iterator[Negative]:
    seen: set[int] = set()
    for load in world.loads:
        for leg in load.carriages:
            if id(leg) not in seen and leg.trip.end_s < world.end_s:
                seen.add(id(leg))
                yield from _of_leg(load, leg)


def _of_leg(load: Load, leg: Carriage) -> Iterator[Negative]:
    def odd(sort: str, from_s: float, to_s: float, detail: str) -> Negative:
        number = load.number if leg.line.mode == "road" else ""
        return Negative(sort, leg.vehicle, number, from_s, to_s, detail)

    trip = leg.trip
    until_s = leg.reached_s or trip.end_s
    if load.diversion and leg is load.carriages[0]:
        yield odd("diverted", leg.left_s, until_s, f"to {leg.to} by order {load.diversion}")
    elif leg.to and abs(float(trip.s_m[-1]) - leg.line.way.length_m) > 50.0 and load.misdeed is None:
        yield odd("other_route", leg.left_s, until_s, "the other approved route")
    for start, end, halt in trip.halts:
        if halt.why in SORTS:
            yield odd(halt.why, start, end, f"stood {end - start:.0f} s where it is permitted")
    for start, end in trip.slow:
        yield odd("congestion", start, end, "rolled in a jam")
    for start, end in trip.beside:
        yield odd("parallel_road", start, end, "on a service road beside the route")
    for start, end in trip.dark:
        yield odd("tunnel", start, end, "under ground")


def _of_yards(world: World) -> Iterator[Negative]:
    for vehicle, journal in world.journals.items():
        for start, end in journal.shunted:
            yield Negative("yard_shunting", vehicle, "", start, end, "parked elsewhere in the yard")


def _of_networks(world: World, reports: dict[str, list[Reports]]) -> Iterator[Negative]:
    """Reports that were stored and came after an outage, while the vehicle drove."""
    for vehicle, many in reports.items():
        moving = [(a, b) for a, b, state in world.journals[vehicle].states if state == "moving"]
        for sent in many:
            for start, end in sent.outages:
                if any(a < end and b > start for a, b in moving):
                    yield Negative("late_data", vehicle, "", start, end, "stored and sent later")
