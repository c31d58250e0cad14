"""/api/v1/positions, network, overview, fleet-service: where is everything, and how does the day stand?"""

from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any

from flask import current_app
from marshmallow import fields

from models.vocabulary import Role, Severity, VerdictValue
from tracking.queries.city_map import basemap, network
from tracking.queries.data_day import calendar_day, day_of, days_before, present_moment
from tracking.queries.finding_list import open_finding_counts
from tracking.queries.fleet_list import vehicle_by_code
from tracking.queries.live_positions import Position, live_positions, silent_positions
from tracking.queries.overview import DaySummary, SiteIntake, day_summary, site_intakes, verdicts_by_day
from tracking.queries.service_figures import FleetService, ServiceFilter, fleet_service
from tracking.queries.service_stretches import StretchCache
from tracking.queries.vehicle_map import vehicle_map
from web.api.v1.derived import told, told_pages
from web.api.v1.fields import Body, Day, Moment, Text
from web.api.v1.operation import Call, NotFound, reads, resource
from web.api.v1.paging import PageQuery, told_register
from web.api.v1.registers import vehicles
from web.geojson import MIMETYPE, geojson

positions = resource("positions", "/positions")
network_map = resource("network", "/network")
overview = resource("overview", "/overview")
service = resource("fleet_service", "/fleet-service")

TREND_DAYS = 14
TRACK = timedelta(hours=24)
LONGEST = timedelta(days=31)
FLEET = (Role.REGULATOR, Role.ADMINISTRATOR, Role.HAULER)


class OfDay(Body):
    """Of which day in the city's calendar; blank: the newest of the data."""

    day = Day(load_default=None)


class Span(Body):
    """From when to when, at most 31 days; blank: the last 24 hours of the data."""

    since = Moment(load_default=None)
    until = Moment(load_default=None)


class ServicePeriod(Body):
    """From the first to the last day, both included, at most 31; blank: the newest day of the data."""

    first = Day(load_default=None)
    last = Day(load_default=None)
    hauler = Text(load_default="")


class DayVerdicts(Body):
    """How many manifests of a day came to each verdict."""

    day = fields.Date(required=True)
    verdicts = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)


class Overview(Body):
    """A day in figures: `present` is the moment that counts as now."""

    day = fields.Date(required=True)
    present = Moment(required=True)
    summary = fields.Nested(told(DaySummary), required=True)
    open_findings = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    silent_vehicles = fields.List(fields.String(), required=True)
    intakes = fields.List(fields.Nested(told(SiteIntake)), required=True)
    trend = fields.List(fields.Nested(DayVerdicts), required=True)


@positions.get("")
@reads("Where the caller's vehicles are, by code", told_pages(Position), query=PageQuery)
def listing(call: Call) -> Any:
    """With what each carries and its open findings."""
    rows = live_positions(call.session, call.viewer, present(call))
    return told_register(rows, lambda row: row.vehicle.code, call.query, "text")


@vehicles.get("/<path:code>/track")
@reads("Where a vehicle went, with its silences", None, query=Span, media_type=MIMETYPE)
def track(call: Call, code: str) -> Any:
    """GeoJSON."""
    row = vehicle_by_code(call.session, code, call.viewer)
    if row is None:
        raise NotFound
    until: datetime = call.query["until"] or present(call)
    since: datetime = max(call.query["since"] or until - TRACK, until - LONGEST)
    return geojson(vehicle_map(call.session, row, min(since, until), until))


@network_map.get("/places")
@reads("Places and approved routes that the caller knows", None, media_type=MIMETYPE)
def places(call: Call) -> Any:
    """GeoJSON."""
    return geojson(network(call.session, call.viewer))


@network_map.get("/basemap")
@reads("Roads and waterways under every map", None, media_type=MIMETYPE)
def roads(call: Call) -> Any:
    """GeoJSON."""
    return geojson(basemap(call.session))


@overview.get("")
@reads("A day in figures: shipments, proofs, findings, intakes, silent vehicles", Overview, query=OfDay)
def day_in_figures(call: Call) -> Any:
    """Of what the caller sees."""
    session, viewer, zone = call.session, call.viewer, call.setting.zone.key
    moment = present(call)
    chosen = call.query["day"]
    day = day_of(moment, zone) if chosen is None else calendar_day(chosen, zone)
    silent = silent_positions(live_positions(session, viewer, moment), moment)
    summary = day_summary(session, viewer, day)
    trend = verdicts_by_day(session, viewer, days_before(day, TREND_DAYS, zone))
    return {
        "day": day.date,
        "present": moment,
        "summary": asdict(summary) | {"verdicts": counted(VerdictValue, summary.verdicts)},
        "open_findings": counted(Severity, open_finding_counts(session, viewer)),
        "silent_vehicles": [one.vehicle.code for one in silent],
        "intakes": site_intakes(session, viewer, day),
        "trend": [{"day": one.date, "verdicts": counted(VerdictValue, counts)} for one, counts in trend],
    }


def counted(words: Any, counts: Any) -> dict[str, int]:
    """Every word with its count."""
    return {word.value: counts.get(word, 0) for word in words}


@service.get("")
@reads("How good the positioning of each vehicle was", told(FleetService), query=ServicePeriod)
def fleet(call: Call) -> Any:
    """Equipped, online, qualified, complete, drifting; vehicles with the worst data first."""
    call.only(*FLEET)
    zone, moment = call.setting.zone.key, present(call)
    last: date = call.query["last"] or call.query["first"] or day_of(moment, zone).date
    first: date = max(call.query["first"] or last, last - LONGEST)
    start, end = calendar_day(min(first, last), zone).start, calendar_day(last, zone).end
    upto = max(min(end, moment + timedelta(milliseconds=1)), start + timedelta(milliseconds=1))
    cache: StretchCache = current_app.extensions.setdefault("service_stretches", StretchCache())
    wanted = ServiceFilter(start, upto, call.query["hauler"])
    return fleet_service(call.session, call.viewer, wanted, current_app.extensions["thresholds"], cache)


def present(call: Call) -> datetime:
    """The moment that counts as now: the clock's, or the newest of the data where that lies before."""
    return present_moment(call.session, call.setting.now)
