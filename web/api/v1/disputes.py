"""/api/v1/corrections, correction-questions, holds: what is wrong on a manifest, and who stops it?"""

from typing import Any

from marshmallow import fields

from models.custody_words import CorrectionState
from tracking.operations.custody.answer_correction import (
    answer_correction,
    decide_correction,
    withdraw_correction,
)
from tracking.operations.custody.corrections import CorrectionAsked, request_correction
from tracking.operations.custody.holds import lift_hold, place_hold
from tracking.operations.custody.questions import answer_to_question, ask_to_correct
from tracking.queries.custody_facts import is_seen
from tracking.queries.keyset import Key
from tracking.queries.manifest_corrections import (
    AskedField,
    CorrectionRow,
    HoldRow,
    correction_by_id,
    correction_page,
    hold_of,
    hold_page,
    question_of_field,
    question_page,
)
from web.api.v1.derived import told, told_pages
from web.api.v1.fields import MAX_SENTENCE, Body, Chosen, Flag, Plain, Text, Whole
from web.api.v1.operation import Call, NotFound, Reply, reads, resource, writes
from web.api.v1.paging import PageQuery, cursor_of, told_page
from web.api.v1.rules import ROW, Kept

corrections = resource("corrections", "/corrections")
questions = resource("correction_questions", "/correction-questions")
holds = resource("holds", "/holds")


class CorrectionGiven(Body):
    """One field of a signed manifest; `old` is what the caller saw."""

    number = Text(required=True)
    field = Text(required=True)
    old = Plain(required=True, allow_none=True)
    new = Plain(required=True, allow_none=True)
    reason = Text(MAX_SENTENCE, required=True)
    evidence = Whole(1, load_default=None)
    question = Whole(1, load_default=None)


class AnswerGivenToCorrection(Body):
    """Yes or no, and why."""

    accepted = Flag(required=True)
    reason = Text(MAX_SENTENCE, load_default="")


class CorrectionStands(Body):
    """Where a correction stands."""

    id = fields.Integer(required=True)
    state = Chosen(CorrectionState, required=True)


class QuestionGiven(Body):
    """The regulator asks a party about a field."""

    number = Text(required=True)
    field = Text(required=True)
    comment = Text(MAX_SENTENCE, required=True)
    organisation = Text(required=True)


class QuestionAnswer(Body):
    """A sentence instead of a correction."""

    answer = Text(MAX_SENTENCE, required=True)


class HoldGiven(Body):
    """Why a manifest is stopped."""

    number = Text(required=True)
    reason = Text(MAX_SENTENCE, required=True)


class OfManifest(PageQuery):
    """Of which manifest; blank: those that wait for an answer."""

    number = Text(load_default=None)


def asked_of(call: Call) -> tuple[str | None, Key | None, int]:
    """The number, if any, of a manifest that the caller may see, and from where on; raises NotFound."""
    number = call.query["number"]
    if number is not None and not is_seen(call.session, number, call.viewer):
        raise NotFound
    return number, cursor_of(call.query, "number"), call.query["limit"]


@corrections.get("")
@reads("Corrections with their answers", told_pages(CorrectionRow), query=OfManifest)
def listing(call: Call) -> Any:
    """Of one manifest, or all that wait for the caller; the newest first."""
    return told_page(correction_page(call.session, call.viewer, *asked_of(call)))


@corrections.get(f"/{ROW}")
@reads("One correction with its answers", told(CorrectionRow))
def one(call: Call, row_id: int) -> Any:
    """Of a manifest that the caller sees."""
    found = correction_by_id(call.session, row_id, call.viewer)
    if found is None:
        raise NotFound
    return found


@corrections.post("")
@writes("Ask for a correction", Kept, body=CorrectionGiven, status=201)
def ask(call: Call) -> Any:
    """Every party that it touches must agree."""
    body = call.body
    asked = CorrectionAsked(
        field=body["field"],
        old=body["old"],
        new=body["new"],
        reason=body["reason"],
        evidence_id=body["evidence"],
        question_id=body["question"],
    )
    return {"id": request_correction(call.session, body["number"], asked, call.viewer, call.setting)}


@corrections.post(f"/{ROW}/answer")
@writes("Agree or refuse", CorrectionStands, body=AnswerGivenToCorrection)
def answer(call: Call, row_id: int) -> Any:
    """By a party that it touches."""
    said = (call.body["accepted"], call.body["reason"])
    return {"id": row_id, "state": answer_correction(call.session, row_id, *said, call.viewer, call.setting)}


@corrections.post(f"/{ROW}/decision")
@writes("Decide what nobody answered", CorrectionStands, body=AnswerGivenToCorrection)
def decide(call: Call, row_id: int) -> Any:
    """By the regulator."""
    said = (call.body["accepted"], call.body["reason"])
    return {"id": row_id, "state": decide_correction(call.session, row_id, *said, call.viewer, call.setting)}


@corrections.delete(f"/{ROW}")
@writes("Withdraw one's own request", None, status=204)
def withdraw(call: Call, row_id: int) -> Any:
    """It stays on record."""
    withdraw_correction(call.session, row_id, call.viewer, call.setting)
    return Reply(None)


@questions.get("")
@reads("What the regulator asks about manifests", told_pages(AskedField), query=OfManifest)
def asked(call: Call) -> Any:
    """Of one manifest, or all that nobody has answered; the newest first."""
    return told_page(question_page(call.session, call.viewer, *asked_of(call)))


@questions.get(f"/{ROW}")
@reads("One question with its answer", told(AskedField))
def one_question(call: Call, row_id: int) -> Any:
    """To the caller's organisation; the regulator sees all."""
    found = question_of_field(call.session, row_id, call.viewer)
    if found is None:
        raise NotFound
    return found


@questions.post("")
@writes("Ask a party to correct a field", Kept, body=QuestionGiven, status=201)
def question(call: Call) -> Any:
    """By the regulator."""
    body = call.body
    about = (body["number"], body["field"], body["comment"], body["organisation"])
    return {"id": ask_to_correct(call.session, *about, call.viewer, call.setting)}


@questions.post(f"/{ROW}/answer")
@writes("Answer with a sentence", Kept, body=QuestionAnswer)
def explained(call: Call, row_id: int) -> Any:
    """By the party that was asked."""
    answer_to_question(call.session, row_id, call.body["answer"], call.viewer, call.setting)
    return {"id": row_id}


@holds.get("")
@reads("Manifests that are stopped, as far as the caller sees them", told_pages(HoldRow), query=PageQuery)
def standing(call: Call) -> Any:
    """With the reason, by whom and since when; the newest first."""
    after = cursor_of(call.query, "number")
    return told_page(hold_page(call.session, call.viewer, after, call.query["limit"]))


@holds.get("/<path:number>")
@reads("What stops a manifest", told(HoldRow))
def one_hold(call: Call, number: str) -> Any:
    """Where nothing stops it, there is none."""
    found = hold_of(call.session, number, call.viewer)
    if found is None:
        raise NotFound
    return found


@holds.post("")
@writes("Stop a manifest", Kept, body=HoldGiven, status=201)
def place(call: Call) -> Any:
    """By the regulator: nobody else moves it until it is lifted."""
    body = call.body
    return {"id": place_hold(call.session, body["number"], body["reason"], call.viewer, call.setting)}


@holds.post("/lift")
@writes("Let a manifest go on", None, body=HoldGiven, status=204)
def lift(call: Call) -> Any:
    """By the regulator."""
    lift_hold(call.session, call.body["number"], call.body["reason"], call.viewer, call.setting)
    return Reply(None)
