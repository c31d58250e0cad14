"""Which vehicles are there, where are they, and what was found about them?"""

from datetime import datetime, timedelta

from flask import Blueprint, abort, render_template
from flask_babel import gettext as _
from werkzeug import Response

from models.vocabulary import Mode
from reports import wording
from tracking.queries.data_day import present_moment
from tracking.queries.finding_list import Decided, FindingFilter, finding_page_of_queue
from tracking.queries.fleet_list import (
    VehicleFilter,
    VehicleRow,
    bindings,
    hauler_names,
    vehicle_by_code,
    vehicle_page,
)
from tracking.queries.live_positions import Position, live_positions
from tracking.queries.manifest_list import ManifestFilter, manifest_page
from tracking.queries.vehicle_map import vehicle_map
from web.clock import now
from web.csv_answers import csv_answer, every
from web.database import reading
from web.geojson import geojson
from web.languages import language
from web.place_words import words_for_rows
from web.query_string import after_arg, text_arg, word_arg, written_after
from web.signed_in import viewer

PAGE = 50
RECENT = 10
MAP_HOURS = 24

bp = Blueprint("vehicles", __name__)


@bp.get("/vehicles")
def listing() -> str:
    """The fleet that the viewer may see, with the last position of each."""
    session, who = reading(), viewer()
    page = vehicle_page(session, who, asked(), after_arg("text"), PAGE)
    present = present_moment(session, now())
    return render_template(
        "vehicles.html",
        page=page,
        after=written_after(page.after),
        wanted=asked(),
        modes=Mode,
        haulers=hauler_names(session, who),
        positions=positions_by_id(present),
        present=present,
    )


def positions_by_id(present: datetime) -> dict[int, Position]:
    """vehicle id → where it is."""
    return {one.vehicle_id: one for one in live_positions(reading(), viewer(), present)}


@bp.get("/vehicles.csv")
def table() -> Response:
    """The same list as a file."""
    session, who, wanted = reading(), viewer(), asked()
    header = [
        _("Code"),
        _("Plate or name"),
        _("Mode"),
        _("Hauler"),
        _("Tare (kg)"),
        _("Payload (kg)"),
        "MMSI",
    ]
    rows = every(lambda after, limit: vehicle_page(session, who, wanted, after, limit))
    chosen = language()
    lines = (
        [
            row.vehicle.code,
            row.vehicle.zh,
            wording.label(row.mode, chosen),
            row.hauler.in_language(chosen) if row.hauler else "",
            row.tare_kg,
            row.rated_payload_kg,
            row.mmsi,
        ]
        for row in rows
    )
    return csv_answer("vehicles", header, lines)


def asked() -> VehicleFilter:
    """The filter in the address."""
    return VehicleFilter(text_arg("q"), word_arg("mode", Mode), text_arg("hauler"))


def vehicle_or_404(code: str) -> VehicleRow:
    """The vehicle; 404 when there is none or it is somebody else's."""
    row = vehicle_by_code(reading(), code, viewer())
    if row is None:
        abort(404)
    return row


@bp.get("/vehicles/<path:code>")
def page(code: str) -> str:
    """One vehicle: last position, devices, newest loads and findings."""
    session, who, row = reading(), viewer(), vehicle_or_404(code)
    present = present_moment(session, now())
    about = FindingFilter(vehicle=code, decided=Decided.ALL)
    findings = finding_page_of_queue(session, who, about, limit=RECENT).rows
    return render_template(
        "vehicle.html",
        row=row,
        position=positions_by_id(present).get(row.id),
        bindings=bindings(session, who, vehicle_id=row.id),
        manifests=manifest_page(session, who, ManifestFilter(vehicle=code), limit=RECENT).rows,
        findings=findings,
        names=words_for_rows(session, findings),
        present=present,
        map_hours=MAP_HOURS,
    )


@bp.get("/vehicles/<path:code>/map.geojson")
def map(code: str) -> Response:
    """The track of the last day."""
    row = vehicle_or_404(code)
    present = present_moment(reading(), now())
    return geojson(vehicle_map(reading(), row, present - timedelta(hours=MAP_HOURS), present))
