"""Where is one load and who answers for it; do track, paper and mass agree?"""

from flask import Blueprint, abort, current_app, render_template, request
from werkzeug import Response

from models.vocabulary import CustodyState
from tracking.queries.custody_desk import custody_desk
from tracking.queries.manifest_map import manifest_map
from tracking.queries.manifest_story import ManifestStory, manifest_story
from tracking.queries.map_story import map_story
from web.certificates import certificate_pdf
from web.database import reading
from web.geojson import geojson
from web.languages import LANGUAGES, language
from web.signed_in import viewer

ORDINARY_WAY = (
    CustodyState.ISSUED,
    CustodyState.LOADED,
    CustodyState.IN_TRANSIT,
    CustodyState.ARRIVED,
    CustodyState.ACCEPTED,
    CustodyState.DISPOSED,
)
"""The states of a load without trouble: what is still to come is shown after what has happened."""
SETTLED = frozenset(
    {
        CustodyState.REJECTED,
        CustodyState.CLOSED,
        CustodyState.EXPIRED,
        CustodyState.CANCELLED,
        CustodyState.ABORTED,
    }
)

bp = Blueprint("manifest", __name__, url_prefix="/manifests")


@bp.get("/<path:number>")
def page(number: str) -> str:
    """Verdict with reasons, custody, map, weighings, findings, certificate."""
    story = story_or_404(number)
    return render_template(
        "manifest.html",
        story=story,
        names=story.names(language()),
        to_come=to_come(story),
        desk=custody_desk(reading(), number, viewer()),
    )


def story_or_404(number: str) -> ManifestStory:
    """The manifest; 404 when there is none or it is somebody else's."""
    story = manifest_story(reading(), number, viewer(), current_app.extensions["thresholds"].mass)
    if story is None:
        abort(404)
    return story


def to_come(story: ManifestStory) -> list[CustodyState]:
    """The ordinary steps that are still to come."""
    happened = {step.state for step in story.custody} | {story.custody_state}
    if happened & SETTLED:
        return []
    reached = max((ORDINARY_WAY.index(state) for state in happened if state in ORDINARY_WAY), default=-1)
    if CustodyState.PART_ACCEPTED in happened:
        reached = max(reached, ORDINARY_WAY.index(CustodyState.ACCEPTED))
    return list(ORDINARY_WAY[reached + 1 :])


@bp.get("/<path:number>/map.geojson")
def map(number: str) -> Response:
    """Corridor, tracks, silences, places and marks."""
    story = map_story(reading(), number, viewer())
    if story is None:
        abort(404)
    return geojson(manifest_map(reading(), story, current_app.extensions["thresholds"].track))


@bp.get("/<path:number>/certificate.pdf")
def certificate(number: str) -> Response:
    """The traceability certificate in the language asked for."""
    chosen = request.args.get("lang", language())
    if chosen not in LANGUAGES:
        abort(400)
    name, pdf = certificate_pdf(story_or_404(number).number, chosen)
    answer = Response(pdf, mimetype="application/pdf")
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer
