"""What went wrong that no single load's road and scale tell: devices, vessels, whole trucks, daily books?"""

from collections.abc import Iterator

import numpy as np
import shapely

from demo.world.corridors import excursions
from demo.world.fleet import DAY_S
from demo.world.lies import LieKind
from demo.world.loads import Load
from demo.world.permits import received_t
from demo.world.receiver import Reports
from demo.world.stage import Voyage, World
from demo.world.weighing import Tickets

Said = tuple[str, dict[str, object], str, tuple[float, float] | None, dict[str, float]]
"""Kind, what it names, detail, from and to in world seconds, size."""
WITHOUT_MANIFEST = (LieKind.SKEWED, LieKind.SHIFTED)  # data read wrongly, not a load gone astray
HOW = {
    "frozen_position": "the place stood still while the wheels turned",
    "replayed_track": "earlier reports of the route were sent again",
    "cloned_device": "a second device of this identity rode on another vehicle",
    "clock_skew": "the device's clock was wrong",
    "datum_shift": "places were sent as GCJ-02 under the name of WGS 84",
    "device_tamper": "the antenna was covered",
}


def lies_of(load: Load, reports: list[Reports]) -> Iterator[Said]:
    """The device's lie on one load."""
    kind = load.misdeed.kind if load.misdeed else ""
    if kind not in HOW or "lie_from_s" not in load.extra:
        return
    span = load.extra["lie_from_s"], load.extra["lie_to_s"]
    size = {"duration_s": span[1] - span[0]}
    if kind == "replayed_track":
        size["fixes"] = sum(n for each in reports for start, n in each.copied if start == span[0])
    if kind == "cloned_device":
        size["apart_m"] = round(load.extra["size_m"])
    if kind == "clock_skew":
        size["behind_s"] = load.extra["size_s"]
    names: dict[str, object] = {"vehicle": load.truck}
    if kind not in WITHOUT_MANIFEST:
        names["manifest"] = load.number
    yield kind, names, HOW[kind], span, size


def stay_of(world: World, load: Load) -> tuple[float, float]:
    """From the fence in to the fence out, as the truck really rolled."""
    leg = load.carriages[-1]
    fence = world.facility(load.destination).polygon
    t, xy = world.journals[leg.vehicle].track()
    begun_s = leg.reached_s or leg.trip.end_s
    later = np.flatnonzero(t > begun_s + 1.0)
    outside = later[~shapely.contains_xy(fence, xy[later, 0], xy[later, 1])]
    return begun_s, float(t[outside[0]]) if len(outside) else world.end_s


def voyages(world: World) -> Iterator[Said]:
    """Vessels off their waterway, at anchor in the stream, silent."""
    for voyage in world.voyages:
        if voyage.misdeed is not None and voyage.carriage.trip.end_s < world.end_s:
            yield from _voyage(world, voyage)


def _voyage(world: World, voyage: Voyage) -> Iterator[Said]:
    leg = voyage.carriage
    names: dict[str, object] = {"vehicle": leg.vehicle}
    for out in excursions(leg.trip, world.lines[leg.line.start, leg.line.end], leg.reached_s):
        text = f"up to {out.beyond_m:.0f} m beyond the waterway"
        size = {"beyond_m": out.beyond_m, "over_150_m_s": out.far_s}
        yield "off_route", names, text, (out.from_s, out.to_s), size
    for start, end, halt in leg.trip.halts:
        if halt.why == "anchor":
            text = f"at anchor in the stream for {end - start:.0f} s"
            yield "unplanned_stop", names, text, (start, end), {"duration_s": end - start}
    if voyage.silent is not None:
        duration_s = voyage.silent[1] - voyage.silent[0]
        text = f"the transponder was off for {duration_s:.0f} s"
        yield "signal_gap", names, text, voyage.silent, {"duration_s": duration_s}


def skimmed(world: World) -> Iterator[Said]:
    """A little of every load of one truck: told once."""
    for load in world.loads:
        if load.misdeed is not None and "skim_from_s" in load.extra:
            span = load.extra["skim_from_s"], load.extra["skim_to_s"]
            share, loads = load.misdeed.size, load.extra["skim_of"]
            text = f"{share:.2%} of each of {loads:.0f} loads is missing"
            yield "skimming", {"vehicle": load.truck}, text, span, {"loss_fraction": share, "loads": loads}


def books(world: World, tickets: dict[int, Tickets]) -> Iterator[Said]:
    """Days that do not close, and days beyond a permit."""
    taken = received_t(tickets)
    for book in world.false_books:
        share, names = book.misdeed.size, {"facility": book.facility}
        span = book.from_day * DAY_S, (book.to_day + 1) * DAY_S
        days = float(book.to_day - book.from_day + 1)
        if book.misdeed.kind != "over_capacity":
            text = f"{share:.0%} of a usual day's solids left unrecorded every day"
            size = {"daily_fraction": share, "days": days}
            yield book.misdeed.kind, dict(names), text, span, size
            continue
        permit = float(str(world.facility(book.facility).facts["permit_t_per_day"]))
        for (site, day), tonnes in sorted(taken.items()):
            if site == book.facility and tonnes > permit:
                text = f"{tonnes:.1f} t received, {permit:.0f} t permitted"
                whole = day * DAY_S, (day + 1) * DAY_S
                yield "over_capacity", dict(names), text, whole, {"beyond_fraction": tonnes / permit - 1.0}
