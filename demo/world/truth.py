"""What really went wrong, said completely: every misdeed and everything else it makes true?"""

from collections.abc import Iterator

import numpy as np

from demo.world.contracts import LIMITS
from demo.world.corridors import excursions
from demo.world.forgery import PLANT_LIMIT
from demo.world.lines import Line
from demo.world.loads import Load, Misdeed
from demo.world.paper import Calendar
from demo.world.receiver import Reports
from demo.world.receiving import SITE_MIN_DWELL_S
from demo.world.stage import World
from demo.world.truth_beyond import Said, books, lies_of, skimmed, stay_of, voyages
from demo.world.weighing import Ticket, Tickets, gap_in_u, sized_in_u

CLEAR_U = 3.3
PLAIN_U = 4.0
LATE_FACTOR = 1.5
Truth = dict[str, object]


def rounded(size: dict[str, float]) -> dict[str, float]:
    return {name: round(float(value), 4) for name, value in size.items()}


class Witness:
    """Sees the physical world and the papers, and writes truths."""

    def __init__(
        self,
        world: World,
        tickets: dict[int, Tickets],
        calendar: Calendar,
        reports: dict[str, list[Reports]],
    ) -> None:
        self.world, self.tickets, self.calendar, self.reports = world, tickets, calendar, reports

    def all_truths(self) -> list[Truth]:
        """Every truth of the world, in the order of the loads."""
        found: list[Truth] = []
        for k, load in enumerate(self.world.loads):
            if load.misdeed is not None:
                found.extend(self.of_load(load, self.tickets[k]))
        said = (voyages(self.world), skimmed(self.world), books(self.world, self.tickets))
        return [*found, *(self._told(each) for many in said for each in many)]

    def _told(self, said: Said) -> Truth:
        """As a line of truth.jsonl."""
        kind, names, detail, span, size = said
        truth: Truth = {"kind": kind, **names}
        if span:
            truth["start"], truth["end"] = self.calendar.iso(span[0]), self.calendar.iso(span[1])
        return truth | {"detail": detail, "size": rounded(size)}

    def of_load(self, load: Load, tickets: Tickets) -> Iterator[Truth]:
        """All that the table of finding kinds says is true of one load."""
        yield from self._named(load)
        yield from (self._told(each) for each in lies_of(load, self.reports.get(load.truck, [])))
        yield from self._on_the_road(load)
        if load.on_paper:
            if load.voyage is None:  # of three legs, the first one's time says nothing
                yield from self._late(load)
            yield from self._masses(load, tickets)
            yield from self._weights(load, tickets)

    def _say(
        self,
        kind: str,
        load: Load,
        detail: str,
        span: tuple[float, float] | None = None,
        at: tuple[float, float] | None = None,
        *,
        vehicle: bool = True,
        size: dict[str, float] | None = None,
    ) -> Truth:
        truth: Truth = {"kind": kind}
        if load.number:
            truth["manifest"] = load.number
        if vehicle:
            truth["vehicle"] = load.truck
        if span:
            truth["start"], truth["end"] = self.calendar.iso(span[0]), self.calendar.iso(span[1])
        if at:
            lon, lat = self.world.town.plane.to_degrees(np.array([at]))[0]
            truth["lat"], truth["lon"] = round(float(lat), 6), round(float(lon), 6)
        return truth | {"detail": detail} | ({"size": rounded(size)} if size else {})

    def _named(self, load: Load) -> Iterator[Truth]:
        """The misdeed itself, where nothing measured below already says it."""
        kind = load.misdeed.kind if load.misdeed else ""
        span = self._leg_span(load)
        if kind == "ghost_trip":
            end = "tipped in the open" if "dump_from_s" in load.extra else f"taken to {load.carriages[0].to}"
            yield self._say(kind, load, f"loaded at {load.origin}, no manifest was issued, {end}", span)
        elif kind == "phantom_manifest":
            yield self._say(kind, load, f"{load.truck} stood parked the whole time", span)
        elif kind == "shared_trip":
            other = load.parent.number if load.parent else ""
            yield self._say(kind, load, f"{load.truck} made one trip, already on the paper of {other}", span)
        elif kind == "wrong_destination":
            reached = load.carriages[0].to
            where = self.world.facility(reached).centre if reached else None
            yield self._say(
                kind, load, f"unloaded at {reached}, the paper says {load.destination}", span, where
            )
        elif kind in ("wrong_vehicle", "unknown_vehicle"):
            if kind == "unknown_vehicle":
                plate = f"{load.paper_vehicle} is not registered"
                yield self._say(kind, load, plate, span, vehicle=False)
            yield self._say("wrong_vehicle", load, f"the paper names {load.paper_vehicle}", span)
        elif kind == "signal_gap":
            gap = (load.extra["gap_from_s"], load.extra["gap_to_s"])
            how = (
                "no fix during the whole leg"
                if "whole" in load.extra
                else f"silent for {gap[1] - gap[0]:.0f} s"
            )
            yield self._say(kind, load, how, gap, size={"duration_s": gap[1] - gap[0]})
        elif kind == "teleport" and load.misdeed:
            at, leap_m = load.extra["leap_s"], load.misdeed.size
            text = f"the device leapt {leap_m:.0f} m ahead"
            yield self._say(kind, load, text, (at, at + 30.0), size={"leap_m": leap_m})
        elif load.misdeed:
            yield from self._further(load, load.misdeed)

    def _further(self, load: Load, misdeed: Misdeed) -> Iterator[Truth]:
        """Misdeeds at a place, with a permit, a tare, a weight."""
        kind = misdeed.kind
        if kind == "rendezvous":
            span = load.extra["meet_from_s"], load.extra["meet_to_s"]
            size = {"duration_s": span[1] - span[0]}
            yield self._say(kind, load, f"{load.partner} came alongside", span, size=size)
        elif kind == "no_dwell" and load.carriages:
            span = stay_of(self.world, load)
            size = {"duration_s": span[1] - span[0]}
            size["of_least_fraction"] = size["duration_s"] / SITE_MIN_DWELL_S
            text = f"stayed {size['duration_s']:.0f} s at {load.destination} and tipped nothing"
            yield self._say(kind, load, text, span, size=size) | {"facility": load.destination}
        elif kind == "handover_mismatch":
            span = load.extra["handed_s"], load.extra["came_s"]
            text = f"handed over {span[1] - span[0]:.0f} s before the vessel came"
            yield self._say(kind, load, text, span, vehicle=False, size={"early_s": span[1] - span[0]})
        elif kind == "not_permitted":
            what = load.wrong_method or load.sludge_kind
            yield self._say(kind, load, f"{what} is not in the permit of {load.destination}", vehicle=False)
        elif kind == "tare_drift":
            share = load.extra["size_fraction"]
            text = f"tare {share:+.1%} off the registered one"
            yield self._say(kind, load, text, size={"off_fraction": share})
        elif kind == "repeated_weight" and load.extra["size_loads"] > 1:
            text = f"load {load.extra['size_loads']:.0f} with one weight"
            yield self._say(kind, load, text, size={"loads": load.extra["size_loads"]})

    def _leg_span(self, load: Load) -> tuple[float, float]:
        if not load.carriages:
            return load.loaded_s, load.received_s or load.loaded_s
        leg = load.carriages[0]
        return leg.left_s, load.extra.get("dump_to_s", leg.reached_s or leg.trip.end_s)

    def approved_for(self, load: Load) -> list[Line]:
        """The alternatives of the paper's leg; without paper, everything approved from that origin."""
        lines = self.world.lines
        if load.on_paper:
            return lines[load.line.start, load.line.end]
        return [x for (start, _), many in lines.items() if start == load.origin for x in many]

    def _on_the_road(self, load: Load) -> Iterator[Truth]:
        """Off the corridors while laden, and stands outside every permitted place."""
        if not load.carriages:
            return
        leg = load.carriages[0]
        for out in excursions(leg.trip, self.approved_for(load), leg.reached_s):
            end = load.extra.get("dump_to_s", out.to_s) if out.to_s >= leg.trip.end_s - 1.0 else out.to_s
            text = f"up to {out.beyond_m:.0f} m beyond the corridor"
            size = {"beyond_m": out.beyond_m, "over_150_m_s": out.far_s}
            yield self._say("off_route", load, text, (out.from_s, end), out.xy, size=size)
        for start, end, halt in leg.trip.halts:
            if halt.why in ("unplanned", "breakdown"):
                k = int(np.searchsorted(leg.trip.t_s, start))
                at = (float(leg.trip.xy[k, 0]), float(leg.trip.xy[k, 1]))
                text = f"stood {end - start:.0f} s at the roadside ({halt.why})"
                yield self._say(
                    "unplanned_stop", load, text, (start, end), at, size={"duration_s": end - start}
                )
        if "dump_from_s" in load.extra:
            span = (load.extra["dump_from_s"], load.extra["dump_to_s"])
            yield self._say(
                "unplanned_stop",
                load,
                "tipped at the roadside",
                span,
                (load.extra["dump_x"], load.extra["dump_y"]),
                size={"duration_s": span[1] - span[0]},
            )

    def _late(self, load: Load) -> Iterator[Truth]:
        """Overdue: no load, nor a receipt where the load went elsewhere, by 1.5 × the planned time."""
        leg = load.carriages[0] if load.carriages else None
        left = leg.left_s if leg else load.loaded_s
        due = left + LATE_FACTOR * load.line.planned_minutes * 60.0
        arrived = leg.reached_s if leg and leg.to == load.destination else load.received_s
        if arrived is not None and arrived > due:
            share = (arrived - left) / (load.line.planned_minutes * 60.0)
            text = f"arrived after {share:.2f} × the planned time"
            yield self._say("overdue", load, text, (due, arrived), size={"planned_times": share})

    def _masses(self, load: Load, tickets: Tickets) -> Iterator[Truth]:
        """What the two tickets contradict each other in, by the stated uncertainties."""
        if tickets.received is None:
            return
        wet_u, dry_u = gap_in_u(tickets.loaded, tickets.received)
        wet_size, dry_size = sized_in_u(tickets.loaded, tickets.received)
        wet = tickets.loaded.net_kg - tickets.received.net_kg
        dry = (tickets.loaded.dry_kg - tickets.received.dry_kg) / tickets.loaded.dry_kg
        done = load.misdeed.kind if load.misdeed else ""
        if done == "skimming":  # each load of which is told only where it is plain by itself
            wet_u, dry_u = (
                u if size > PLAIN_U else 0.0 for u, size in ((wet_u, wet_size), (dry_u, dry_size))
            )
        if wet_u > CLEAR_U or done == "wet_gap":
            share = wet / tickets.loaded.net_kg
            text = f"{share:.1%} of the wet mass is missing"
            size = {"gap_u": wet_size, "gap_fraction": share}
            yield self._say("wet_gap", load, text, vehicle=False, size=size)
        size = {"gap_u": dry_size, "gap_fraction": dry}
        if dry_u > CLEAR_U or done in ("dry_gap", "dilution"):
            text = f"{dry:.1%} of the dry mass is missing"
            yield self._say("dry_gap", load, text, vehicle=False, size=size)
            if wet_u <= CLEAR_U:
                first, last = tickets.loaded.moisture, tickets.received.moisture
                text = f"wet mass agrees, moisture rose from {first:.3f} to {last:.3f}"
                yield self._say("dilution", load, text, vehicle=False, size=size)

    def _weights(self, load: Load, tickets: Tickets) -> Iterator[Truth]:
        """Overload, and moisture beyond what may leave the plant or enter the site."""
        vehicle = self.world.fleet.get(load.paper_vehicle or load.truck)
        net = tickets.loaded.net_kg
        if vehicle and net > vehicle.payload_kg:
            text = f"{net} kg on a vehicle rated for {vehicle.payload_kg} kg"
            size = {"beyond_fraction": net / vehicle.payload_kg - 1.0}
            yield self._say("overload", load, text, vehicle=False, size=size)
        worst = self._over_limit(load, tickets)
        if worst:
            text, beyond = worst
            yield self._say(
                "moisture_over_limit", load, text, vehicle=False, size={"beyond_fraction": beyond}
            )

    def _over_limit(self, load: Load, tickets: Tickets) -> tuple[str, float] | None:
        limit = LIMITS[self.world.facility(load.destination).method or "incineration"]
        checks: list[tuple[Ticket | None, float]] = [(tickets.received, limit), (tickets.loaded, limit)]
        if load.sludge_kind != "dredged":
            checks.append((tickets.loaded, PLANT_LIMIT))
        for ticket, bound in checks:
            if ticket and ticket.moisture >= bound:
                return f"{ticket.moisture:.3f} against a limit of {bound:.2f}", ticket.moisture - bound
        return None
