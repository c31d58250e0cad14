"""How good is the positioning of each fleet, by the figures that regulators judge it by?"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from flask import Blueprint, current_app, render_template
from flask_babel import gettext as _
from werkzeug import Response

from models.thresholds import Thresholds
from reports import wording
from tracking.queries.data_day import calendar_day, day_of, present_moment
from tracking.queries.fleet_list import hauler_names
from tracking.queries.service_figures import FleetService, ServiceFigures, ServiceFilter, fleet_service
from tracking.queries.service_stretches import StretchCache
from web.clock import now
from web.csv_answers import csv_answer
from web.database import reading
from web.display import timezone
from web.languages import language
from web.query_string import day_arg, text_arg, word_arg
from web.signed_in import viewer

MOST_VEHICLES = 300  # on the screen, the worst first; the file holds all

bp = Blueprint("service", __name__)


class Period(StrEnum):
    """Over how long."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Asked:
    """The period in whole days of the city, both included, and what is asked of the database about it."""

    period: Period
    first: date
    last: date
    wanted: ServiceFilter


@bp.get("/fleet")
def listing() -> str:
    """The figures of each hauler and each vehicle over a day, a week or a month."""
    question = asked()
    fleet = figures(question)
    return render_template(
        "service.html",
        asked=question,
        fleet=fleet,
        vehicles=fleet.vehicles[:MOST_VEHICLES],
        periods=period_words(),
        haulers=hauler_names(reading(), viewer()),
        limits=bounds_of(thresholds()),
        words=figure_words(),
    )


def thresholds() -> Thresholds:
    found: Thresholds = current_app.extensions["thresholds"]
    return found


def figures(question: Asked) -> FleetService:
    """The fleet's figures; days that were read before are remembered by the process."""
    cache: StretchCache = current_app.extensions.setdefault("service_stretches", StretchCache())
    return fleet_service(reading(), viewer(), question.wanted, thresholds(), cache)


def asked() -> Asked:
    """The period in the address; the last day of the data when none is given. What is still to come is
    left out."""
    present = present_moment(reading(), now())
    period = word_arg("period", Period) or Period.DAY
    day = (day_arg("day") or day_of(present, timezone())).date
    first, last = bounds(period, day)
    start, end = calendar_day(first, timezone()).start, calendar_day(last, timezone()).end
    upto = max(min(end, present + timedelta(milliseconds=1)), start + timedelta(milliseconds=1))
    return Asked(period, first, last, ServiceFilter(start, upto, text_arg("hauler")))


def bounds(period: Period, day: date) -> tuple[date, date]:
    """First and last day of the day, week (from Monday) or month in which `day` lies."""
    if period is Period.DAY:
        return day, day
    if period is Period.WEEK:
        monday = day - timedelta(days=day.weekday())
        return monday, monday + timedelta(days=6)
    following = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
    return day.replace(day=1), following - timedelta(days=1)


@bp.get("/fleet.csv")
def table() -> Response:
    """The same figures as a file, one line a vehicle."""
    question = asked()
    fleet, words = figures(question), figure_words()
    header = [
        _("From day"),
        _("To day"),
        _("Hauler"),
        _("Vehicle"),
        _("Plate or name"),
        _("Mode"),
        _("Devices"),
    ]
    header += [
        *words.values(),
        _("Fixes"),
        _("Unqualified"),
        _("Messages kept aside"),
        _("Fixes out of place"),
    ]
    header += [_("Way (km)"), _("Way in silence (km)"), _("Moved in silence (km)")]
    span, chosen = [question.first.isoformat(), question.last.isoformat()], language()
    lines = (
        [
            *span,
            row.hauler.in_language(chosen) if row.hauler else "",
            row.vehicle.code,
            row.vehicle.zh,
            wording.label(row.mode, chosen),
            " ".join(row.devices),
            *rates(row.figures),
            *counts(row.figures),
        ]
        for row in fleet.vehicles
    )
    return csv_answer(f"fleet-{question.first.isoformat()}-{question.last.isoformat()}", header, lines)


def rates(one: ServiceFigures) -> list[Any]:
    """The figures in the order of figure_words; fractions of 1."""
    shares = [one.equipped_fraction, one.online_fraction, one.qualified_fraction]
    shares += [one.complete_fraction, one.drift_fraction]
    return [*("" if share is None else round(share, 4) for share in shares), one.offline_moves]


def counts(one: ServiceFigures) -> list[Any]:
    """What the figures were made of."""
    lengths_km = [round(metres / 1000, 3) for metres in (one.distance_m, one.broken_m, one.offline_m)]
    return [one.fixes, one.unqualified, one.kept_aside, one.drifts, *lengths_km]


def period_words() -> list[tuple[str, str]]:
    """The choices of the period."""
    words = {Period.DAY: _("Day"), Period.WEEK: _("Week"), Period.MONTH: _("Month")}
    return [(period.value, words[period]) for period in Period]


def figure_words() -> dict[str, str]:
    """The figures by name, in the order in which they are shown."""
    return {
        "equipped": _("Equipped rate"),
        "online": _("Online rate"),
        "qualified": _("Data qualification"),
        "complete": _("Track completeness"),
        "drift": _("Drift rate"),
        "offline": _("Offline displacement"),
    }


def bounds_of(limits: Thresholds) -> dict[str, str]:
    """The bounds that the definitions name, as the reader writes numbers."""
    service, doubt = limits.service, limits.doubt
    numbers = {
        "speed": service.qualified_speed_kmh,
        "break_s": service.track_break_s,
        "break_m": service.track_break_m,
        "fixes": service.drift_fixes,
        "truck": doubt.truck_teleport_kmh,
        "vessel": doubt.vessel_teleport_kmh,
        "jump": doubt.teleport_min_m,
        "offline_s": service.offline_s,
        "offline_m": service.offline_m,
    }
    return {name: wording.number(value, language()) for name, value in numbers.items()}
