"""/api/v1/cases, questions: how is something followed up that looks wrong?"""

from typing import Any

from marshmallow import fields

from models.custody_words import CaseOutcome, CaseState
from tracking.operations.cases.ask_party import answer_question, ask_party
from tracking.operations.cases.decide_case import close_case, decide_case, reopen_case
from tracking.operations.cases.open_case import add_finding, open_case
from tracking.operations.cases.work_on_case import assign_case, attach_to_case, comment_case
from tracking.queries.case_questions import Question, question_by_id, questions_to
from tracking.queries.cases import CaseFilter, CaseRow, CaseStory, case_by_number, case_page
from web.api.v1.derived import told, told_pages
from web.api.v1.fields import MAX_NAME, MAX_TEXT, Body, Chosen, Many, Moment, Text, Whole
from web.api.v1.operation import Call, NotFound, reads, resource, writes
from web.api.v1.paging import PageQuery, cursor_of, told_page, told_register
from web.api.v1.rules import ROW, Kept

cases = resource("cases", "/cases")
questions = resource("questions", "/questions")


class CaseGiven(Body):
    """A case to be opened from findings."""

    title = Text(MAX_NAME, required=True)
    findings = Many(Text(), required=True)
    comment = Text(MAX_TEXT, load_default=None)


class CaseQuery(PageQuery):
    """Filters of the list of cases."""

    state = Chosen(CaseState, load_default=None)
    outcome = Chosen(CaseOutcome, load_default=None)
    assigned_to = Text(load_default="")
    finding = Text(load_default="")
    text = Text(100, load_default="")
    updated_since = Moment(load_default=None)


class FindingNamed(Body):
    """The key of a finding."""

    finding = Text(required=True)


class Assigned(Body):
    """Who works on it."""

    username = Text(required=True)
    seen = Chosen(CaseState, load_default=None)


class Comment(Body):
    """What somebody notes, with a file where there is one."""

    text = Text(MAX_TEXT, required=True)
    attachment = Whole(1, load_default=None)


class FileAdded(Body):
    """A file that was sent before, with a word about it."""

    attachment = Whole(1, required=True)
    text = Text(MAX_TEXT, load_default=None)


class Asked(Body):
    """A question to a party."""

    organisation = Text(required=True)
    text = Text(MAX_TEXT, required=True)
    attachment = Whole(1, load_default=None)
    seen = Chosen(CaseState, load_default=None)


class CaseDecision(Body):
    """What the regulator decides."""

    outcome = Chosen(CaseOutcome, required=True)
    reason = Text(MAX_TEXT, required=True)
    seen = Chosen(CaseState, load_default=None)


class Reason(Body):
    """Why."""

    reason = Text(MAX_TEXT, required=True)
    seen = Chosen(CaseState, load_default=None)


class SeenCase(Body):
    """The state that was seen."""

    seen = Chosen(CaseState, load_default=None)


class CaseNamed(Body):
    """The number of a case."""

    number = fields.String(required=True)


class AnswerGiven(Body):
    """What a party answers."""

    text = Text(MAX_TEXT, required=True)
    attachment = Whole(1, load_default=None)


@cases.get("")
@reads("Cases, the newest first", told_pages(CaseRow), query=CaseQuery)
def listing(call: Call) -> Any:
    """None for parties: they see what they were asked, under /questions."""
    asked = {name: value for name, value in call.query.items() if name not in ("limit", "cursor")}
    after, limit = cursor_of(call.query), call.query["limit"]
    return told_page(case_page(call.session, call.viewer, CaseFilter(**asked), after, limit))


@cases.get("/<path:number>")
@reads("One case with all that happened in it", told(CaseStory))
def one(call: Call, number: str) -> Any:
    """In order of time."""
    found = case_by_number(call.session, number, call.viewer)
    if found is None:
        raise NotFound
    return found


@cases.post("")
@writes("Open a case from findings", CaseNamed, body=CaseGiven, status=201)
def opened(call: Call) -> Any:
    """By the regulator."""
    body, setting = call.body, call.setting
    subject = (body["findings"], body["title"])
    return {
        "number": open_case(call.session, *subject, call.viewer, setting.now, setting.zone, body["comment"])
    }


@cases.post("/<path:number>/findings")
@writes("Add a finding", CaseNamed, body=FindingNamed)
def add(call: Call, number: str) -> Any:
    """Of the same matter."""
    add_finding(call.session, number, call.body["finding"], call.viewer, call.setting.now)
    return {"number": number}


@cases.post("/<path:number>/assign")
@writes("Say who works on it", CaseNamed, body=Assigned)
def assign(call: Call, number: str) -> Any:
    """A regulator."""
    body = call.body
    assign_case(call.session, number, body["username"], call.viewer, call.setting.now, body["seen"])
    return {"number": number}


@cases.post("/<path:number>/comments")
@writes("Note something", CaseNamed, body=Comment)
def comment(call: Call, number: str) -> Any:
    """Seen by regulators only."""
    body = call.body
    comment_case(call.session, number, body["text"], call.viewer, call.setting.now, body["attachment"])
    return {"number": number}


@cases.post("/<path:number>/attachments")
@writes("Attach a file that was sent before", CaseNamed, body=FileAdded)
def attached(call: Call, number: str) -> Any:
    """By its id."""
    body = call.body
    attach_to_case(call.session, number, body["attachment"], call.viewer, call.setting.now, body["text"])
    return {"number": number}


@cases.post("/<path:number>/questions")
@writes("Ask a party", Kept, body=Asked, status=201)
def ask(call: Call, number: str) -> Any:
    """The id of the question."""
    body, now = call.body, call.setting.now
    what = (body["organisation"], body["text"])
    file, seen = body["attachment"], body["seen"]
    return {"id": ask_party(call.session, number, *what, call.viewer, now, file, seen)}


@cases.post("/<path:number>/decision")
@writes("Decide", CaseNamed, body=CaseDecision)
def decide(call: Call, number: str) -> Any:
    """With a reason."""
    body = call.body
    what = (body["outcome"], body["reason"])
    decide_case(call.session, number, *what, call.viewer, call.setting.now, body["seen"])
    return {"number": number}


@cases.post("/<path:number>/close")
@writes("Close", CaseNamed, body=SeenCase)
def close(call: Call, number: str) -> Any:
    """After the decision."""
    close_case(call.session, number, call.viewer, call.setting.now, call.body["seen"])
    return {"number": number}


@cases.post("/<path:number>/reopen")
@writes("Open again", CaseNamed, body=Reason)
def reopen(call: Call, number: str) -> Any:
    """With a reason."""
    body = call.body
    reopen_case(call.session, number, body["reason"], call.viewer, call.setting.now, body["seen"])
    return {"number": number}


@questions.get("")
@reads("What the caller's organisation was asked, with its answers", told_pages(Question), query=PageQuery)
def asked(call: Call) -> Any:
    """The newest first."""
    return told_register(questions_to(call.session, call.viewer), lambda row: row.id, call.query)


@questions.get(f"/{ROW}")
@reads("One question with its answer", told(Question))
def one_question(call: Call, row_id: int) -> Any:
    """To the caller's organisation."""
    found = question_by_id(call.session, row_id, call.viewer)
    if found is None:
        raise NotFound
    return found


@questions.post(f"/{ROW}/answer")
@writes("Answer a question", Kept, body=AnswerGiven)
def answered(call: Call, row_id: int) -> Any:
    """Once."""
    body = call.body
    answer_question(call.session, row_id, body["text"], call.viewer, call.setting.now, body["attachment"])
    return {"id": row_id}
