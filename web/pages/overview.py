"""How does the day stand: how much moved, what is proven, what is worth time, who is silent?"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from werkzeug import Response

from models.vocabulary import Role, Severity, VerdictValue
from tracking.queries.data_day import Day, day_of, days_before, present_moment
from tracking.queries.finding_list import (
    FindingFilter,
    FindingRow,
    finding_page_of_queue,
    open_finding_counts,
)
from tracking.queries.live_positions import Position, live_positions, silent_positions
from tracking.queries.overview import (
    DaySummary,
    SiteIntake,
    day_summary,
    site_intakes,
    verdicts_by_day,
)
from web.clock import now
from web.database import reading
from web.place_words import words_for_rows
from web.query_string import day_arg
from web.signed_in import viewer

TOP_FINDINGS = 5
TOP_SILENT = 6
TREND_DAYS = 14
ONE_DAY = timedelta(days=1)
SEES_WHOLE_INTAKE = frozenset({Role.REGULATOR, Role.ADMINISTRATOR, Role.SITE})
"""To others only their own loads are counted, which says nothing about a site's permit."""
FROM_PROVEN = (
    VerdictValue.CONSISTENT,
    VerdictValue.INSUFFICIENT,
    VerdictValue.CONTRADICTED,
    VerdictValue.PENDING,
)
"""In which order verdicts are drawn: what is proven first, what is still to come last."""

bp = Blueprint("overview", __name__)


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything that the page shows."""

    present: datetime
    day: Day
    is_newest_day: bool
    summary: DaySummary
    top: tuple[FindingRow, ...]
    open_counts: dict[Severity, int]
    vehicles: list[Position]
    silent: list[Position]
    intakes: list[SiteIntake]
    trend: list[tuple[Day, dict[VerdictValue, int]]]
    names: dict[str, str]


@bp.get("/")
def overview() -> str | Response:
    """The first page after signing in; `day` shows another day. Other parameters are dropped."""
    if request.args.keys() - {"day"}:
        return redirect(url_for("overview.overview", day=request.args.get("day")))
    return render_template("overview.html", **page_values())


@bp.get("/overview/figures")
def figures() -> str:
    """The part of the overview that is refreshed while the page stays open."""
    return render_template("overview_figures.html", **page_values())


def page_values() -> dict[str, object]:
    """The values of both templates."""
    shown = _overview()
    return {
        "view": shown,
        "trend": trend_values(shown),
        "top_silent": shown.silent[:TOP_SILENT],
        "day_before": (shown.day.date - ONE_DAY).isoformat(),
        "day_after": (shown.day.date + ONE_DAY).isoformat(),
        "whole_intake": viewer().role in SEES_WHOLE_INTAKE,
        "verdict_counts": [(verdict, shown.summary.verdicts[verdict]) for verdict in FROM_PROVEN],
    }


def _overview() -> Overview:
    session, who = reading(), viewer()
    timezone = current_app.extensions["settings"].timezone
    present = present_moment(session, now())
    newest = day_of(present, timezone)
    day = day_arg("day") or newest
    vehicles = live_positions(session, who, present)
    top = finding_page_of_queue(session, who, FindingFilter(), limit=TOP_FINDINGS).rows
    return Overview(
        present=present,
        day=day,
        is_newest_day=day == newest,
        summary=day_summary(session, who, day),
        top=top,
        open_counts=open_finding_counts(session, who),
        vehicles=vehicles,
        silent=silent_positions(vehicles, present),
        intakes=site_intakes(session, who, day),
        trend=verdicts_by_day(session, who, days_before(day, TREND_DAYS, timezone)),
        names=words_for_rows(session, top),
    )


def trend_values(shown: Overview) -> dict[str, list[object]]:
    """The series of the chart: a list of counts a verdict, and the days."""
    series: dict[str, list[object]] = {"days": [day.date.isoformat() for day, _counts in shown.trend]}
    for verdict in VerdictValue:
        series[verdict.value] = [counts[verdict] for _day, counts in shown.trend]
    return series
