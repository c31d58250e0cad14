"""/api/v1/gate, trips, hauls, today, disposals, group-offers: which work waits for whom?"""

from typing import Any

from marshmallow import fields

from models.vocabulary import Role
from tracking.operations.custody.assign_driver import assign_driver
from tracking.queries.data_day import Day, calendar_day, day_of
from tracking.queries.gate_queue import Coming, at_gate, at_own_place, coming_later, coming_soon
from tracking.queries.group_offers import groupable
from tracking.queries.hauls import HaulPart, HaulRow, drivers_of, haul, haul_page
from tracking.queries.loads import LoadRow
from tracking.queries.stock import waiting_for_disposal
from tracking.queries.today import DayFigures, drafts, figures_of_day, in_yard, loads_of_day
from tracking.queries.trips import Trip, trips_aboard, trips_to_come
from web.api.v1.derived import told, told_list, told_pages
from web.api.v1.fields import Body, Chosen, Text
from web.api.v1.fields import Day as DayField
from web.api.v1.operation import Call, NotFound, Reply, reads, resource, writes
from web.api.v1.paging import PageQuery, cursor_of, told_page

gate = resource("gate", "/gate")
trips = resource("trips", "/trips")
hauls = resource("hauls", "/hauls")
today = resource("today", "/today")
disposals = resource("disposals", "/disposals")
groups = resource("group_offers", "/group-offers")

RECEIVERS = (Role.SITE, Role.PLANT)  # a plant takes back what was refused
SENDERS = (Role.PLANT,)
AUTHORS = (Role.PLANT, Role.SITE, Role.HAULER)


class OnwardQuery(Body):
    """From where on, in pages of 50."""

    cursor = Text(300, load_default=None)


class HaulQuery(PageQuery):
    """Which legs."""

    part = Chosen(HaulPart, load_default=HaulPart.RUNNING)


class DriverGiven(Body):
    """The user name of one's own driver; blank: nobody."""

    driver = Text(load_default=None, allow_none=True)


class DriverTold(Body):
    """A driver or master who may sign in."""

    username = fields.String(required=True)
    name = fields.String(required=True)


class DriverList(Body):
    """All of the carrier's."""

    items = fields.List(fields.Nested(DriverTold), required=True)


class OfDay(Body):
    """Of which day in the city's calendar; blank: today."""

    day = DayField(load_default=None)


class OfDayPage(PageQuery):
    """A list of a day in the city's calendar; blank: today."""

    day = DayField(load_default=None)


def where(call: Call) -> tuple[Any, int]:
    """From where on, and how many."""
    return cursor_of(call.query), call.query["limit"]


def asked_day(call: Call) -> Day:
    """The day that was asked for."""
    zone, day = call.setting.zone.key, call.query["day"]
    return day_of(call.setting.now, zone) if day is None else calendar_day(day, zone)


@gate.get("/soon")
@reads("Who is expected at the caller's gates within the hour, the next first", told_list(Coming))
def soon(call: Call) -> Any:
    """With the expected arrival by the newest fix of the vehicle."""
    call.only(*RECEIVERS)
    return {"items": coming_soon(call.session, call.viewer, call.setting.now)}


@gate.get("/later")
@reads("Who else is under way to the caller's gates, the oldest first", told_pages(Coming), query=OnwardQuery)
def later(call: Call) -> Any:
    """Those of /gate/soon too."""
    call.only(*RECEIVERS)
    return told_page(coming_later(call.session, call.viewer, call.setting.now, cursor_of(call.query)))


@gate.get("/standing")
@reads("Who stands at the caller's gates and waits", told_pages(LoadRow), query=OnwardQuery)
def standing(call: Call) -> Any:
    """The oldest first."""
    call.only(*RECEIVERS)
    return told_page(at_gate(call.session, call.viewer, call.setting.now, cursor_of(call.query)))


@gate.get("/here")
@reads("What lies at the caller's own wharf or store", told_pages(LoadRow), query=OnwardQuery)
def here(call: Call) -> Any:
    """The oldest first."""
    call.only(*RECEIVERS)
    return told_page(at_own_place(call.session, call.viewer, call.setting.now, cursor_of(call.query)))


@trips.get("/aboard")
@reads("What the caller carries, the oldest first", told_pages(Trip), query=PageQuery)
def aboard(call: Call) -> Any:
    """A driver's or master's own legs."""
    call.only(Role.DRIVER)
    return told_page(trips_aboard(call.session, call.viewer, *where(call)))


@trips.get("/to-come")
@reads("What the caller takes over next", told_pages(Trip), query=PageQuery)
def to_come(call: Call) -> Any:
    """What can be signed now stands first on a page."""
    call.only(Role.DRIVER)
    return told_page(trips_to_come(call.session, call.viewer, *where(call)))


@hauls.get("")
@reads("Legs of the carrier, the newest manifest first", told_pages(HaulRow), query=HaulQuery)
def haul_listing(call: Call) -> Any:
    """Running, upcoming, done, or all."""
    call.only(Role.HAULER)
    return told_page(haul_page(call.session, call.viewer, call.query["part"], *where(call)))


@hauls.get("/drivers")
@reads("The carrier's drivers and masters who may sign in", DriverList)
def drivers(call: Call) -> Any:
    """By user name."""
    call.only(Role.HAULER)
    rows = drivers_of(call.session, call.viewer)
    return {"items": [{"username": username, "name": name} for username, name in rows]}


@hauls.get("/<int:leg>/<path:number>")
@reads("One leg of the carrier", told(HaulRow))
def one_haul(call: Call, leg: int, number: str) -> Any:
    """By its number on the manifest."""
    call.only(Role.HAULER)
    found = haul(call.session, call.viewer, number, leg)
    if found is None:
        raise NotFound
    return found


@hauls.put("/<int:leg>/<path:number>")
@writes("Give a leg to a driver", None, body=DriverGiven, status=204)
def driver(call: Call, leg: int, number: str) -> Any:
    """Of the carrier's own; the name on the signed paper stays."""
    assign_driver(call.session, number, leg, call.body["driver"], call.viewer)
    return Reply(None)


@today.get("/yard")
@reads("What is issued and has not left, of whatever day", told_pages(LoadRow), query=PageQuery)
def yard(call: Call) -> Any:
    """The oldest first."""
    call.only(*SENDERS)
    return told_page(in_yard(call.session, call.viewer, *where(call)))


@today.get("/drafts")
@reads("What is drawn up and not issued", told_pages(LoadRow), query=PageQuery)
def draft_listing(call: Call) -> Any:
    """The caller's organisation's own, the oldest first."""
    call.only(*AUTHORS)
    return told_page(drafts(call.session, call.viewer, *where(call)))


@today.get("/loads")
@reads("The loads issued on a day, the newest first", told_pages(LoadRow), query=OfDayPage)
def loads(call: Call) -> Any:
    """What the caller's organisation sends."""
    call.only(*SENDERS)
    return told_page(loads_of_day(call.session, call.viewer, asked_day(call), *where(call)))


@today.get("/figures")
@reads("What became of the loads issued on a day", told(DayFigures), query=OfDay)
def figures(call: Call) -> Any:
    """Counts, and kg wet."""
    call.only(*SENDERS)
    return figures_of_day(call.session, call.viewer, asked_day(call))


@disposals.get("/waiting")
@reads("Loads that wait for their disposal at own places", told_pages(LoadRow), query=PageQuery)
def waiting(call: Call) -> Any:
    """Accepted and not disposed of, the newest first; `dispose` is a step of each."""
    call.only(*RECEIVERS)
    return told_page(waiting_for_disposal(call.session, call.viewer, *where(call)))


@groups.get("")
@reads("Loads that may be put together and sent on", told_pages(LoadRow), query=OnwardQuery)
def offers(call: Call) -> Any:
    """The oldest first; a group is a manifest of kind `group` with these as parents."""
    call.only(*AUTHORS)
    return told_page(groupable(call.session, call.viewer, cursor_of(call.query)))
