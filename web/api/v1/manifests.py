"""/api/v1/manifests: draw up, issue, sign, read: the way of a load for other systems."""

from collections.abc import Mapping
from typing import Any

from flask import request
from flask_babel import get_locale
from marshmallow import ValidationError

from models.custody_words import Act
from reports.wording import say
from tracking.operations.custody.attach_to_step import attach_to_step
from tracking.operations.custody.draw_up import LegDraft, ManifestDraft, PartDraft, change_draft, draw_up
from tracking.operations.custody.take_step import Seen, Taken
from tracking.queries.api_manifests import (
    Wanted,
    facility_id,
    manifest_rows,
    manifest_told,
    standing,
)
from tracking.rules.custody.facts import Given, Weighed
from web.api.v1.manifest_schemas import (
    DraftGiven,
    IssueGiven,
    ManifestPage,
    ManifestQuery,
    ManifestTold,
    Named,
    StepGiven,
    StepTold,
)
from web.api.v1.operation import Call, NotFound, Reply, reads, resource, writes
from web.api.v1.paging import cursor_of, told_page
from web.api.v1.signing import at_once, prove_step, sign_by

bp = resource("manifests", "/manifests")


@bp.get("")
@reads("Manifests, those that changed longest ago first", ManifestPage, query=ManifestQuery)
def listing(call: Call) -> Any:
    """A page of them."""
    asked = {name: value for name, value in call.query.items() if name not in ("limit", "cursor")}
    page = manifest_rows(
        call.session,
        call.viewer,
        Wanted(**asked),
        cursor_of(call.query),
        call.query["limit"],
        call.setting.now,
    )
    return told_page(page)


@bp.post("")
@writes("Draw up a draft", Named, body=DraftGiven, status=201)
def draw(call: Call) -> Any:
    """The number that it got."""
    return named(draw_up(call.session, draft_of(call.body), call.viewer, call.setting))


@bp.post("/issue")
@writes("Draw up and issue at once, signed by the token", StepTold, body=IssueGiven, status=201)
def issue(call: Call) -> Any:
    """Both in one transaction: a refusal leaves no draft behind."""
    number = draw_up(call.session, draft_of(call.body["draft"]), call.viewer, call.setting)
    given = Given(at=call.setting.now)
    return told_step(call, sign_by(call, number, Act.ISSUE, given, at_once(call)), 201)


@bp.get("/<path:number>")
@reads("One manifest with its content, events and signatures", ManifestTold)
def one(call: Call, number: str) -> Any:
    """Whole, with the ETag that `If-Match` of a step compares."""
    told = manifest_told(call.session, number, call.viewer)
    if told is None:
        raise NotFound
    return Reply(told, headers={"ETag": etag_of(told)})


@bp.put("/<path:number>")
@writes("Replace a draft that nobody has signed", Named, body=DraftGiven)
def replace_draft(call: Call, number: str) -> Any:
    """Whole: what is not given is blank afterwards."""
    change_draft(call.session, number, draft_of(call.body), call.viewer, call.setting)
    return named(number, 200)


@bp.delete("/<path:number>")
@writes("Discard a draft", StepTold)
def discard(call: Call, number: str) -> Any:
    """It stays on record as cancelled."""
    given = Given(at=call.setting.now)
    return told_step(call, sign_by(call, number, Act.DISCARD, given, at_once(call)))


@bp.post("/<path:number>/steps")
@writes("Sign an act", StepTold, body=StepGiven, prepare=prove_step)
def step(call: Call, number: str) -> Any:
    """Take a step of custody, or give the first of two signatures."""
    given = given_of(call, call.body)
    taken = sign_by(
        call, number, call.body["act"], given, call.prepared or at_once(call), seen_of(call.body["seen"])
    )
    if call.body["attachment"] is not None:
        if taken.event_id is None:
            raise ValidationError({"attachment": ["waits_for_another_signature"]})
        attach_to_step(call.session, taken.event_id, call.body["attachment"], call.viewer)
    return told_step(call, taken)


def draft_of(body: Mapping[str, Any]) -> ManifestDraft:
    """A draft as it was typed."""
    place = body["place"]
    if place is not None and (len(place) != 2 or not -90 <= place[0] <= 90):
        raise ValidationError({"place": ["out_of_range"]})
    parts = {name: body[name] for name in ("origin", "destination", "sludge_kind", "planned_kg")}
    parts |= {name: body[name] for name in ("plan", "approval", "kind")}
    return ManifestDraft(
        **parts,
        legs=tuple(LegDraft(**leg) for leg in body["legs"]),
        parents=tuple(PartDraft(**part) for part in body["parents"]),
        place=None if place is None else (place[0], place[1]),
    )


def given_of(call: Call, body: Mapping[str, Any]) -> Given:
    """What was given with a step; a facility that does not exist is a ValidationError."""
    at = body["at"] or call.setting.now
    place_id = None
    if body["place"] is not None:
        place_id = facility_id(call.session, body["place"])
        if place_id is None:
            raise ValidationError({"place": ["no_such_facility"]})
    given = {
        name: body[name] for name in ("accepted_kg", "refused_kg", "reason", "method", "mass_kg", "pile")
    }
    return Given(at=at, weighed=weighed_of(body["weighed"], at), place_id=place_id, **given)


def weighed_of(body: Mapping[str, Any] | None, at: Any) -> Weighed | None:
    """A weighing, at the moment of the step where it names none."""
    if body is None:
        return None
    names = ("gross_kg", "tare_kg", "ticket", "moisture_fraction", "u_moisture_fraction", "moisture_method")
    return Weighed(
        at=body["at"] or at,
        scale_code=body["scale"],
        scale_ticket_id=body["scale_ticket"],
        **{name: body[name] for name in names},
    )


def seen_of(body: Mapping[str, Any] | None) -> Seen | None:
    """What the signer saw: in the body, or as the ETag in `If-Match`."""
    if body is not None:
        return Seen(body["state"], body["version"])
    shown = request.headers.get("If-Match", "").strip().strip('"')
    if not shown or shown == "*":
        return None
    state, _dot, version = shown.partition(".")
    read = StepGiven().load({"act": Act.ISSUE, "seen": {"state": state, "version": version}})
    return Seen(read["seen"]["state"], read["seen"]["version"])


def etag_of(told: Mapping[str, Any]) -> str:
    """State and version: what a signer must have seen."""
    return f'"{told["state"].value}.{told["version"]}"'


def named(number: str, status: int = 201) -> Reply:
    """The number of a draft."""
    return Reply({"number": number}, status)


def told_step(call: Call, taken: Taken, status: int = 200) -> Reply:
    """What came of a step."""
    custody = taken.custody
    told = standing(custody, taken.custodian)
    language = str(get_locale())
    told |= {
        "signature": taken.signature_id,
        "waits_for": list(taken.waits_for),
        "warnings": [
            {"code": each.reason.code, "sentence": say(each.reason, language)} for each in taken.warnings
        ],
    }
    return Reply(told, status, {"ETag": etag_of(told)})
