"""/api/v1/manifests/…: on what does the judgement of a load rest, what comes next, what can be corrected?"""

from typing import Any

from flask import Response, current_app
from marshmallow import fields

from tracking.operations.custody.take_step import Setting
from tracking.queries.custody_facts import custody_by_number
from tracking.queries.manifest_judgement import ManifestFinding, VerdictStory
from tracking.queries.manifest_map import manifest_map
from tracking.queries.manifest_movement import TripStory, VisitStory
from tracking.queries.manifest_story import ManifestStory, manifest_story
from tracking.queries.map_story import map_story
from tracking.queries.next_steps import NextStep, next_steps
from tracking.queries.step_files import StepFileRow, files_of_steps
from tracking.rules.mass_balance import MassGap
from web.api.v1.derived import told, told_list
from web.api.v1.fields import Anything, Body
from web.api.v1.manifests import bp
from web.api.v1.operation import Call, NotFound, reads
from web.certificates import certificate_pdf
from web.correctable import correctable
from web.geojson import MIMETYPE, geojson
from web.languages import language

PDF = "application/pdf"


class Judgement(Body):
    """What the machine concluded, and from what: trips and stays by the tracks, the gap of mass, findings."""

    verdict = fields.Nested(told(VerdictStory), required=True)
    gap = fields.Nested(told(MassGap), required=True, allow_none=True)
    trips = fields.List(fields.Nested(told(TripStory)), required=True)
    visits = fields.List(fields.Nested(told(VisitStory)), required=True)
    findings = fields.List(fields.Nested(told(ManifestFinding)), required=True)


class CorrectableTold(Body):
    """A field that can be corrected, with what stands in it now."""

    field = fields.String(required=True)
    value = Anything(required=True, allow_none=True)


class CorrectableList(Body):
    """All of them."""

    items = fields.List(fields.Nested(CorrectableTold), required=True)


def story_of(call: Call, number: str) -> ManifestStory:
    """The story of a manifest that the caller sees; raises NotFound."""
    story = manifest_story(call.session, number, call.viewer, current_app.extensions["thresholds"].mass)
    if story is None:
        raise NotFound
    return story


@bp.get("/<path:number>/judgement")
@reads("The verdict on a manifest with what it rests on", Judgement)
def judgement(call: Call, number: str) -> Any:
    """Times of movement are ms UTC, as in the tracks."""
    story = story_of(call, number)
    return {
        "verdict": story.verdict,
        "gap": story.gap,
        "trips": story.trips,
        "visits": story.visits,
        "findings": story.findings,
    }


@bp.get("/<path:number>/map")
@reads("Corridor, tracks, silences, places and marks of a manifest", None, media_type=MIMETYPE)
def places(call: Call, number: str) -> Any:
    """GeoJSON, as its page draws it."""
    story = map_story(call.session, number, call.viewer)
    if story is None:
        raise NotFound
    return geojson(manifest_map(call.session, story, current_app.extensions["thresholds"].track))


@bp.get("/<path:number>/certificate")
@reads("The traceability certificate in the language of Accept-Language", None, media_type=PDF)
def certificate(call: Call, number: str) -> Any:
    """A PDF; drawing one takes long, so there is a budget of its own."""
    name, pdf = certificate_pdf(story_of(call, number).number, language())
    answer = Response(pdf, mimetype=PDF)
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


@bp.get("/<path:number>/steps")
@reads("The signatures that a manifest waits for, and which are the caller's", told_list(NextStep))
def steps(call: Call, number: str) -> Any:
    """What guards say is asked when somebody signs."""
    custody = custody_by_number(call.session, number, call.viewer)
    if custody is None:
        raise NotFound
    return {"items": next_steps(call.session, custody, call.viewer)}


@bp.get("/<path:number>/files")
@reads("The files that came with the steps of a manifest", told_list(StepFileRow))
def files(call: Call, number: str) -> Any:
    """Each is read under /attachments."""
    if custody_by_number(call.session, number, call.viewer) is None:
        raise NotFound
    return {"items": files_of_steps(call.session, number, call.viewer)}


@bp.get("/<path:number>/correctable")
@reads("The fields of a manifest that the caller may have corrected", CorrectableList)
def correctable_fields(call: Call, number: str) -> Any:
    """`field` and `value` are what POST /corrections takes as `field` and `old`."""
    setting: Setting = call.setting
    found = correctable(call.session, number, call.viewer, setting)
    if found is None:
        raise NotFound
    return {"items": [{"field": each.path, "value": each.value} for each in found]}
