"""/api/v1/findings: what looks wrong, on what does it rest, and what do people say of it?"""

from typing import Any

from flask import current_app

from models.vocabulary import DecisionOutcome, FindingKind, Severity
from tracking.operations.cases.object_to_finding import object_to_finding
from tracking.operations.decide_finding import decide_finding
from tracking.queries.finding_list import (
    Decided,
    FindingFilter,
    FindingOrder,
    FindingRow,
    finding_page_of_queue,
)
from tracking.queries.finding_map import finding_map
from tracking.queries.finding_page import FindingStory, finding_evidence, finding_story
from tracking.queries.objections import ObjectionRow, objections_to
from web.api.v1.cases import AnswerGiven
from web.api.v1.derived import told, told_list, told_pages
from web.api.v1.fields import MAX_SENTENCE, Body, Chosen, Moment, Text, Whole
from web.api.v1.operation import Call, NotFound, reads, resource, writes
from web.api.v1.paging import PageQuery, cursor_of, told_page
from web.api.v1.rules import Kept
from web.geojson import MIMETYPE, geojson

findings = resource("findings", "/findings")


class FindingQuery(PageQuery):
    """Filters of the queue of findings."""

    kind = Chosen(FindingKind, load_default=None)
    severity = Chosen(Severity, load_default=None)
    decided = Chosen(Decided, load_default=Decided.ALL)
    order = Chosen(FindingOrder, load_default=FindingOrder.NEWEST)
    manifest = Text(load_default="")
    vehicle = Text(load_default="")
    since = Moment(load_default=None)
    until = Moment(load_default=None)


class DecisionGiven(Body):
    """What the regulator says of a finding, with what was seen of it."""

    outcome = Chosen(DecisionOutcome, required=True)
    reason = Text(MAX_SENTENCE, required=True)
    seen_version = Whole(1, required=True)
    seen_decision = Whole(0, load_default=0)


@findings.get("")
@reads("Findings that the caller may see", told_pages(FindingRow), query=FindingQuery)
def finding_listing(call: Call) -> Any:
    """Current ones."""
    asked = dict(call.query)
    order, limit = asked.pop("order"), asked.pop("limit")
    asked.pop("cursor")
    wanted, after = FindingFilter(**asked), cursor_of(call.query, "number")
    return told_page(finding_page_of_queue(call.session, call.viewer, wanted, order, after, limit))


@findings.get("/<path:key>")
@reads("One finding with its evidence and history", told(FindingStory))
def finding(call: Call, key: str) -> Any:
    """As its page tells it to the caller."""
    found = finding_story(call.session, key, call.viewer)
    if found is None:
        raise NotFound
    return found


@findings.post("/<path:key>/decision")
@writes("Decide on a finding", Kept, body=DecisionGiven, status=201)
def decide_on(call: Call, key: str) -> Any:
    """By the regulator, who must have seen the newest version and decision."""
    body = call.body
    row = decide_finding(
        call.session,
        key,
        body["outcome"],
        body["reason"],
        call.viewer,
        seen_version=body["seen_version"],
        seen_decision_id=body["seen_decision"],
        now=call.setting.now,
        contradicted_score=current_app.extensions["settings"].contradicted_score,
    )
    call.session.flush()
    return {"id": row.id}


@findings.get("/<path:key>/objections")
@reads("What parties say against a finding", told_list(ObjectionRow))
def objections(call: Call, key: str) -> Any:
    """Parties see their own."""
    if finding_story(call.session, key, call.viewer) is None:
        raise NotFound
    return {"items": objections_to(call.session, [key], call.viewer)}


@findings.post("/<path:key>/objections")
@writes("Object to a finding", Kept, body=AnswerGiven, status=201)
def object_to(call: Call, key: str) -> Any:
    """By a party that it is about."""
    body, now = call.body, call.setting.now
    return {"id": object_to_finding(call.session, key, body["text"], call.viewer, now, body["attachment"])}


@findings.get("/<path:key>/map")
@reads("The places of the evidence with the track around them", None, media_type=MIMETYPE)
def finding_places(call: Call, key: str) -> Any:
    """GeoJSON, as its page draws it."""
    story = finding_evidence(call.session, key, call.viewer)
    if story is None:
        raise NotFound
    return geojson(finding_map(call.session, story, call.viewer))
