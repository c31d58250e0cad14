"""What do the manifests say?"""

from datetime import datetime, timedelta

from demo.world.fleet import DAY_S
from demo.world.loads import Load
from demo.world.stage import World
from demo.world.weighing import Ticket, Tickets

DISPOSED_AFTER_H = (7.0, 58.0)


class Calendar:
    """World seconds as times that people and files read."""

    def __init__(self, start: datetime) -> None:
        self.start = start

    def iso(self, at_s: float) -> str:
        return (self.start + timedelta(seconds=int(at_s))).isoformat()

    def day(self, number: int) -> str:
        return (self.start + timedelta(days=number)).date().isoformat()


def number_manifests(world: World, calendar: Calendar) -> None:
    """A running number for each day, in the order of issue."""
    prefix = world.town.city.en[:2].upper()
    count: dict[int, int] = {}
    for load in sorted(world.loads, key=lambda x: (x.issued_s, x.key, x.kind)):
        if load.on_paper:
            day = int(load.issued_s // DAY_S)
            count[day] = count.get(day, 0) + 1
            load.number = f"{prefix}{calendar.day(day).replace('-', '')}-{count[day]:04d}"


def manifest(world: World, load: Load, tickets: Tickets, calendar: Calendar) -> dict[str, object]:
    """One line of manifests.jsonl: only what had been written by the end of the world."""
    end = world.end_s
    sheet: dict[str, object] = {
        "number": load.number,
        "origin": load.origin,
        "destination": load.destination,
        "sludge_kind": load.sludge_kind,
        "issued_at": calendar.iso(load.issued_s),
        "legs": _legs(world, load, tickets, calendar),
    }
    if load.kind != "normal" and load.parent:
        sheet["kind"], sheet["parent"] = load.kind, load.parent.number
    if load.child and load.child.number and load.child.issued_s < end:
        sheet["children"] = [load.child.number]
    if load.diversion:
        sheet["diversion"] = load.diversion
    if load.loaded_s < end:
        sheet["loaded"] = _block(tickets.loaded, calendar)
    if tickets.received and tickets.received.at_s < end:
        sheet["received"] = _received(load, tickets.received, calendar)
        disposed = _disposed(world, load, tickets.received, calendar)
        if disposed:
            sheet["disposed"] = disposed
    return sheet


def _block(ticket: Ticket, calendar: Calendar) -> dict[str, object]:
    return {
        "gross_kg": ticket.gross_kg,
        "tare_kg": ticket.tare_kg,
        "moisture": ticket.moisture,
        "at": calendar.iso(ticket.at_s),
        "scale": ticket.scale,
        "ticket": ticket.number,
    }


def refused_kg(load: Load, ticket: Ticket) -> int:
    if load.decision == "rejected":
        return ticket.net_kg
    return min(int(load.refused_kg), ticket.net_kg)


def _received(load: Load, ticket: Ticket, calendar: Calendar) -> dict[str, object]:
    block = _block(ticket, calendar)
    refused = refused_kg(load, ticket)
    block |= {"decision": load.decision, "accepted_kg": ticket.net_kg - refused, "refused_kg": refused}
    if load.reason:
        block["reason"] = load.reason
    return block


def disposed_s(world: World, load: Load, received_s: float) -> float:
    """When the site has dealt with what it received then."""
    return received_s + 3_600.0 * float(world.rng("disposal", *load.key).uniform(*DISPOSED_AFTER_H))


def _disposed(world: World, load: Load, ticket: Ticket, calendar: Calendar) -> dict[str, object] | None:
    method = load.wrong_method or world.facility(ticket.scale.split("-")[0]).method
    at_s = disposed_s(world, load, ticket.at_s)
    accepted = ticket.net_kg - refused_kg(load, ticket)
    if method is None or at_s > world.end_s or accepted <= 0:
        return None
    return {"method": method, "at": calendar.iso(at_s), "mass_kg": accepted}


def _legs(world: World, load: Load, tickets: Tickets, calendar: Calendar) -> list[dict[str, object]]:
    vehicle = load.paper_vehicle or load.truck
    first: dict[str, object] = {
        "seq": 1,
        "mode": "road",
        "vehicle": vehicle,
        "from": load.line.start,
        "to": load.line.end,
        "route": load.line.id,
    }
    if vehicle in world.fleet:
        first["driver"] = world.fleet[vehicle].driver
    if load.voyage is None or world.town.wharves is None:
        return [first]
    return [first, *_later_legs(world, load, tickets, calendar, first)]


def _later_legs(
    world: World, load: Load, tickets: Tickets, calendar: Calendar, first: dict[str, object]
) -> list[dict[str, object]]:
    """The vessel's and the last truck's stretch; a handover stands on the leg that it ends."""
    wharves = world.town.wharves
    if wharves is None or load.voyage is None:
        return []
    west, east = wharves
    vessel = next(v for v in world.fleet.values() if v.id.endswith(load.voyage.split("-")[1]))
    relay = load.planned_relay if load.planned_relay in world.fleet else _planned_relay(world)
    water = world.lines[west.id, east.id][0]
    last = world.lines[east.id, load.destination][0]
    legs = [
        first,
        {
            "seq": 2,
            "mode": "water",
            "vehicle": vessel.id,
            "from": west.id,
            "to": east.id,
            "route": water.id,
            "driver": vessel.driver,
            "voyage": load.voyage,
        },
        {
            "seq": 3,
            "mode": "road",
            "vehicle": relay,
            "from": east.id,
            "to": load.destination,
            "route": last.id,
            "driver": world.fleet[relay].driver,
        },
    ]
    for leg, ticket in zip(legs, tickets.handovers, strict=False):
        if ticket.at_s < world.end_s:
            leg["handover"] = {"at": calendar.iso(ticket.at_s), "weighing": _block(ticket, calendar)}
    return legs[1:]


def _planned_relay(world: World) -> str:
    return next(v.id for v in world.fleet.values() if v.role == "relay")
