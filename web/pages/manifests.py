"""Which manifests are there, where is a load, and do track, paper and mass agree?"""

from collections.abc import Iterator

from flask import Blueprint, render_template
from flask_babel import gettext as _
from werkzeug import Response

from models.vocabulary import CustodyState, FacilityKind, VerdictValue
from reports import wording
from tracking.queries.facility_list import facility_names
from tracking.queries.fleet_list import hauler_names
from tracking.queries.manifest_list import ManifestFilter, ManifestOrder, ManifestRow, manifest_page
from tracking.queries.text_search import RECENT
from web.csv_answers import csv_answer, every
from web.database import reading
from web.display import timezone
from web.languages import language
from web.query_string import KeyKind, after_arg, day_arg, text_arg, word_arg, written_after
from web.signed_in import viewer

PAGE = 50
KEYS: dict[ManifestOrder, KeyKind] = {
    ManifestOrder.NEWEST: "time",
    ManifestOrder.OLDEST: "time",
    ManifestOrder.NUMBER: "text",
    ManifestOrder.DOUBTFUL: "number",
}
"""By what kind of value each order sorts."""

bp = Blueprint("manifests", __name__)


@bp.get("/manifests")
def listing() -> str:
    """The manifests that the viewer may see."""
    session, who = reading(), viewer()
    wanted, order = asked(), word_arg("sort", ManifestOrder) or ManifestOrder.NEWEST
    page = manifest_page(session, who, wanted, order, after_arg(KEYS[order]), PAGE)
    places = facility_names(session, who)
    return render_template(
        "manifests.html",
        page=page,
        after=written_after(page.after),
        wanted=wanted,
        order=order,
        orders=ManifestOrder,
        states=CustodyState,
        verdicts=VerdictValue,
        plants=[name for kind, name in places if kind in (FacilityKind.PLANT, FacilityKind.WORKS)],
        sites=[name for kind, name in places if kind is FacilityKind.SITE],
        haulers=hauler_names(session, who),
        recent=RECENT,
    )


@bp.get("/manifests.csv")
def table() -> Response:
    """The same list as a file."""
    session, who, wanted = reading(), viewer(), asked()
    order = word_arg("sort", ManifestOrder) or ManifestOrder.NEWEST
    header = [
        _("Manifest"),
        _("Issued"),
        _("State"),
        _("Verdict"),
        _("Score"),
        _("Origin"),
        _("Destination"),
        _("Hauler"),
    ]
    header += [_("Vehicles"), _("Loaded (kg)"), _("Moisture loaded (%)"), _("Received (kg)")]
    header += [_("Moisture received (%)"), _("Findings")]
    rows = every(lambda after, limit: manifest_page(session, who, wanted, order, after, limit))
    return csv_answer("manifests", header, _csv_rows(rows))


def _csv_rows(rows: Iterator[ManifestRow]) -> Iterator[list[object]]:
    chosen = language()
    for row in rows:
        moistures = [
            None if moisture is None else round(moisture * 100, 2)
            for moisture in (row.loaded_moisture_fraction, row.received_moisture_fraction)
        ]
        yield [
            row.number,
            wording.moment(row.issued_at, timezone()),
            wording.label(row.state, chosen),
            wording.label(row.verdict, chosen),
            round(row.score, 3),
            row.origin.in_language(chosen),
            row.destination.in_language(chosen),
            row.hauler.in_language(chosen) if row.hauler else "",
            " ".join(name.zh for name in row.vehicles),
            row.loaded_kg,
            moistures[0],
            row.received_kg,
            moistures[1],
            row.findings,
        ]


def asked() -> ManifestFilter:
    """The filter in the address."""
    since, until = day_arg("since"), day_arg("until")
    return ManifestFilter(
        text=text_arg("q"),
        state=word_arg("state", CustodyState),
        verdict=word_arg("verdict", VerdictValue),
        plant=text_arg("plant"),
        site=text_arg("site"),
        hauler=text_arg("hauler"),
        vehicle=text_arg("vehicle"),
        since=since.start if since else None,
        until=until.end if until else None,
    )
