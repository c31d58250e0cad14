"""Which places are there, and what may each of them do?"""

from flask import Blueprint, abort, render_template
from flask_babel import gettext as _
from werkzeug import Response

from models.vocabulary import FacilityKind
from reports import wording
from tracking.queries.data_day import present_moment
from tracking.queries.facility_list import (
    FacilityFilter,
    facility_by_code,
    facility_page,
    scales_of,
)
from tracking.queries.manifest_list import ManifestFilter, manifest_page
from web.clock import now
from web.csv_answers import csv_answer, every
from web.database import reading
from web.languages import language
from web.query_string import after_arg, text_arg, word_arg, written_after
from web.signed_in import viewer

PAGE = 50
RECENT = 10

bp = Blueprint("facilities", __name__)


@bp.get("/facilities")
def listing() -> str:
    """The places that the viewer knows."""
    page = facility_page(reading(), viewer(), asked(), after_arg("text"), PAGE)
    return render_template(
        "facilities.html",
        page=page,
        after=written_after(page.after),
        wanted=asked(),
        kinds=FacilityKind,
        present=present_moment(reading(), now()),
    )


@bp.get("/facilities.csv")
def table() -> Response:
    """The same list as a file."""
    session, who, wanted = reading(), viewer(), asked()
    header = [_("Code"), _("Name"), _("Kind"), _("Organisation"), _("Method")]
    header += [_("Permit (t/day)"), _("Permit (t/year)"), _("Moisture limit (%)")]
    rows = every(lambda after, limit: facility_page(session, who, wanted, after, limit))
    chosen = language()
    lines = (
        [
            row.name.code,
            row.name.in_language(chosen),
            wording.label(row.kind, chosen),
            row.owner.in_language(chosen) if row.owner else "",
            wording.label(row.method, chosen) if row.method else "",
            row.permit_t_per_day,
            row.permit_t_per_year,
            None if row.max_moisture_fraction is None else round(row.max_moisture_fraction * 100, 2),
        ]
        for row in rows
    )
    return csv_answer("facilities", header, lines)


def asked() -> FacilityFilter:
    """The filter in the address."""
    return FacilityFilter(text_arg("q"), word_arg("kind", FacilityKind))


@bp.get("/facilities/<path:code>")
def page(code: str) -> str:
    """One place: permit, weighbridges, the newest manifests from and to it."""
    session, who = reading(), viewer()
    place = facility_by_code(session, code, who)
    if place is None:
        abort(404)
    return render_template(
        "facility.html",
        place=place,
        scales=scales_of(session, place.id),
        leaving=manifest_page(session, who, ManifestFilter(plant=code), limit=RECENT).rows,
        arriving=manifest_page(session, who, ManifestFilter(site=code), limit=RECENT).rows,
        present=present_moment(session, now()),
    )
