"""How does a second truck come out of its depot to meet a laden one at the roadside, and go home again?"""

from dataclasses import replace

import numpy as np
from shapely import LineString
from shapely.ops import substring

from demo.town.plane import Points
from demo.world.detours import MEETING_S
from demo.world.driving import Drive, drive
from demo.world.fleet import Vehicle
from demo.world.journal import Journal
from demo.world.lines import Line
from demo.world.loads import Load
from demo.world.stage import World
from demo.world.ways import Way, gridded

ALONGSIDE_M = 14.0  # of the other truck, bumper to bumper
WAITS_S, LINGERS_S = 0.5 * MEETING_S, 0.5 * MEETING_S  # the laden one comes first and leaves last
EMPTY_MS = 9.5
MARGIN_S = 900.0  # of undisturbed parking before and after


def arrange_meetings(world: World) -> None:
    """Send a parked truck to every halt planned as a meeting; where none is free, it stays a stop."""
    for load in world.loads:
        misdeed = load.misdeed
        if misdeed is None or misdeed.kind != "rendezvous" or not load.carriages:
            continue
        halts = [(a, b, h.at_m) for a, b, h in load.carriages[0].trip.halts if h.why == "unplanned"]
        if not halts or not _meet(world, load, *halts[0]):
            load.misdeed = replace(misdeed, kind="unplanned_stop")


def _meet(world: World, load: Load, from_s: float, to_s: float, at_m: float) -> bool:
    rng = world.rng("meet", *load.key)
    trucks = [v for v in world.fleet.values() if v.mode == "road" and v.id != load.truck]
    for k in rng.permutation(len(trucks)):
        other = trucks[int(k)]
        there, back = _ways(world, other, load.carriages[0].line, at_m)
        if there is None or back is None:
            continue
        coming = _at(drive(there, 0.0, rng, traffic=False), from_s + WAITS_S, ends=True)
        going = _at(drive(back, 0.0, rng, traffic=False), to_s - LINGERS_S, ends=False)
        if _send(world, other, coming, going):
            load.partner = other.id
            load.extra |= {"meet_from_s": coming.end_s, "meet_to_s": going.start_s}
            return True
    return False


def _at(trip: Drive, moment_s: float, *, ends: bool) -> Drive:
    """The drive moved in time so that it ends, or begins, at a moment."""
    by_s = moment_s - (trip.end_s if ends else trip.start_s)
    dark = tuple((a + by_s, b + by_s) for a, b in trip.dark)
    return replace(trip, t_s=trip.t_s + by_s, dark=dark)


def _ways(world: World, other: Vehicle, line: Line, at_m: float) -> tuple[Way | None, Way | None]:
    """From the depot's scale to the place on the line, and back."""
    network, finder = world.town.network, world.finder
    start = world.facility(line.start).yard
    if start is None:
        return None, None
    length = float(np.hypot(*np.diff(start.driveway, axis=0).T).sum())
    place_m = at_m + ALONGSIDE_M
    for k, forward in line.steps:
        edge = network.edges[k]
        if length <= place_m <= length + edge.length_m:
            first, last = (edge.a, edge.b) if forward else (edge.b, edge.a)
            depot = world.depot(other)
            gate, router = finder.gate(depot), world.town.router
            drawn = LineString(line.way.line)
            into = np.asarray(substring(drawn, length, place_m).coords)
            out = np.asarray(substring(drawn, place_m, length + edge.length_m).coords)
            coming = finder.along(router.way(gate, first), depot, None).line
            going = finder.along(router.way(last, gate), None, depot).line
            return _joined(coming, into), _joined(out, going)
        length += edge.length_m
    return None, None


def _joined(first: Points, second: Points) -> Way:
    line = np.vstack((first, second))
    line = line[np.concatenate(([True], np.hypot(*np.diff(line, axis=0).T) > 0.05))]
    return gridded(line, np.full(len(line) - 1, EMPTY_MS), np.empty(0))


def _send(world: World, other: Vehicle, coming: Drive, going: Drive) -> bool:
    """Write the outing over a stand in the depot; False where the truck was busy."""
    journal = world.journals[other.id]
    depot = world.facility(world.depot(other))
    if depot.yard is None:
        return False
    scale = (float(depot.yard.driveway[-1, 0]), float(depot.yard.driveway[-1, 1]))
    for number, (t, xy) in enumerate(zip(journal.t_s, journal.xy, strict=True)):
        early = len(t) == 2 and t[0] + MARGIN_S < coming.start_s and t[1] - MARGIN_S > going.end_s
        if early and (xy[0] == xy[1]).all() and (t[0], t[1], "off") in journal.states:
            outing = Journal((float(xy[0, 0]), float(xy[0, 1])), float(t[0]))
            _go_out(outing, scale, coming, going, float(t[1]))
            journal.splice(number, outing)
            return True
    return False


def _go_out(outing: Journal, scale: tuple[float, float], coming: Drive, going: Drive, until_s: float) -> None:
    slot = outing.here
    roll_s = 4.0 + float(np.hypot(scale[0] - slot[0], scale[1] - slot[1])) / 2.2
    outing.stand(coming.start_s - roll_s - 60.0, engine=False)
    outing.shunt(scale)
    outing.stand(coming.start_s, engine=True)
    outing.follow(coming)
    outing.stand(going.start_s, engine=True)
    outing.follow(going)
    outing.shunt(slot)
    outing.stand(until_s, engine=False)
