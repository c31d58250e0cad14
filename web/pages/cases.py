"""How is a case followed up: what happened, what does the regulator do next, what does a party answer?"""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from models.custody_words import CaseOutcome, CaseState
from models.vocabulary import Role
from tracking.operations.cases.ask_party import answer_question, ask_party
from tracking.operations.cases.decide_case import close_case, decide_case, reopen_case
from tracking.operations.cases.open_case import add_finding, open_case
from tracking.operations.cases.work_on_case import assign_case, comment_case
from tracking.queries.case_questions import question_by_id, questions_to
from tracking.queries.cases import CaseFilter, CaseStory, case_by_number, case_page
from tracking.queries.objections import objections_to
from tracking.queries.parties import parties
from tracking.queries.users import all_accounts
from web.case_story import story_lines
from web.city_day import city
from web.clock import now
from web.database import reading
from web.display import named
from web.form_acts import DONE, FormPage, asking, carried_out
from web.forms.base import Form
from web.forms.case import (
    AddFindingForm,
    AnswerForm,
    AskForm,
    AssignForm,
    CloseForm,
    CommentForm,
    DecideCaseForm,
    OpenCaseForm,
    ReopenForm,
)
from web.place_words import words_for_rows
from web.query_string import after_arg, text_arg, word_arg, written_after
from web.sent_files import kept_file
from web.signed_in import viewer

PAGE = 50
FIELDS = {"attachment": "file"}

bp = Blueprint("cases", __name__, url_prefix="/cases")


@bp.get("")
def listing() -> str:
    """Cases, the newest first."""
    wanted = wanted_cases()
    page = case_page(reading(), viewer(), wanted, after_arg("time"), PAGE)
    return render_template(
        "cases.html",
        page=page,
        after=written_after(page.after),
        wanted=wanted,
        states=CaseState,
        outcomes=CaseOutcome,
        regulators=regulators(),
    )


def wanted_cases() -> CaseFilter:
    """What the address asks for."""
    return CaseFilter(
        text=text_arg("q"),
        state=word_arg("state", CaseState),
        outcome=word_arg("outcome", CaseOutcome),
        assigned_to=text_arg("assigned"),
    )


def regulators() -> list[tuple[str, str]]:
    """(user name, name) of everybody who may follow up a case."""
    accounts = all_accounts(reading())
    return [(one.username, one.display_name) for one in accounts if one.role is Role.REGULATOR and one.active]


def story_or_404(number: str) -> CaseStory:
    """The case; 404 when there is none."""
    story = case_by_number(reading(), number, viewer())
    if story is None:
        abort(404)
    return story


@bp.get("/file/<number>")
def page(number: str) -> str:
    """The story in the order of time, and what may be done next."""
    session, who, story = reading(), viewer(), story_or_404(number)
    said = objections_to(session, [row.key for row in story.findings], who)
    return render_template(
        "case.html",
        story=story,
        row=story.row,
        lines=story_lines(story, said),
        names=words_for_rows(session, story.findings),
    )


@bp.route("/open", methods=["GET", "POST"])
def open_() -> Any:
    """A new case about the findings that the address names."""
    form = OpenCaseForm()
    if not form.is_submitted():
        form.findings.data = "\n".join(request.args.getlist("finding"))
    opened: list[str] = []

    def act(session: Session) -> None:
        opened.append(
            open_case(session, form.keys, form.title.data, viewer(), now(), city(), form.comment.data)
        )

    page = FormPage(
        title=_("Open a case"),
        lead=_("A case follows up one or several findings until they are decided."),
        verb=_("Open the case"),
        refused=_("The case was not opened:"),
        back=url_for("cases.listing"),
        back_title=_("Cases"),
    )
    if not form.is_submitted():
        return asking(form, page)
    names = {f"findings[{index}]": "findings" for index in range(len(form.keys))}
    status = carried_out(form, act, names)
    if status != DONE:
        return asking(form, page), status
    flash(_("Case %(number)s opened.", number=opened[0]))
    return redirect(url_for("cases.page", number=opened[0]))


def case_form(
    number: str,
    form: Form,
    words: Mapping[str, str],
    act: Callable[[Session], object],
) -> Any:
    """One form about a case: shown, done, or shown again with what stands against it."""
    story_or_404(number)
    page = FormPage(
        title=words["title"],
        lead=words.get("lead", ""),
        verb=words["verb"],
        refused=_("Nothing was changed:"),
        back=url_for("cases.page", number=number),
        back_title=number,
        files=hasattr(form, "file"),
    )
    if not form.is_submitted():
        return asking(form, page)
    status = carried_out(form, act, FIELDS)
    if status != DONE:
        return asking(form, page), status
    flash(words["done"])
    return redirect(url_for("cases.page", number=number))


@bp.route("/file/<number>/finding", methods=["GET", "POST"])
def add(number: str) -> Any:
    """Another finding for the case."""
    form = AddFindingForm()
    words = {"title": _("Add a finding"), "verb": _("Add the finding"), "done": _("Finding added.")}
    return case_form(
        number, form, words, lambda session: add_finding(session, number, form.finding.data, viewer(), now())
    )


@bp.route("/file/<number>/assign", methods=["GET", "POST"])
def assign(number: str) -> Any:
    """Give the case to a regulator."""
    form = AssignForm()
    form.assigned_to.offer(regulators())
    words = {"title": _("Assign the case"), "verb": _("Assign the case"), "done": _("Case assigned.")}
    return case_form(
        number,
        form,
        words,
        lambda session: assign_case(session, number, form.assigned_to.data, viewer(), now()),
    )


@bp.route("/file/<number>/comment", methods=["GET", "POST"])
def comment(number: str) -> Any:
    """A note, with a file where there is one."""
    form = CommentForm()

    def act(session: Session) -> None:
        kept = kept_file(session, form.file.sent, viewer())
        comment_case(session, number, form.text.data, viewer(), now(), kept)

    words = {"title": _("Add a note"), "verb": _("Add the note"), "done": _("Note added.")}
    return case_form(number, form, words, act)


@bp.route("/file/<number>/ask", methods=["GET", "POST"])
def ask(number: str) -> Any:
    """A question to a party; the case waits for the answer."""
    form = AskForm()
    form.organisation.offer((name.code, named(name)) for name in parties(reading()))

    def act(session: Session) -> None:
        kept = kept_file(session, form.file.sent, viewer())
        ask_party(session, number, form.organisation.data, form.text.data, viewer(), now(), kept)

    words = {
        "title": _("Ask a party"),
        "verb": _("Send the question"),
        "done": _("Question sent. The case waits for the answer."),
    }
    return case_form(number, form, words, act)


@bp.route("/file/<number>/decide", methods=["GET", "POST"])
def decide(number: str) -> Any:
    """What it was, and why."""
    form = DecideCaseForm()
    form.offer()

    def act(session: Session) -> None:
        outcome = CaseOutcome(form.outcome.data)
        decide_case(session, number, outcome, form.reason.data, viewer(), now())

    words = {
        "title": _("Decide the case"),
        "lead": _("Questions that are still open need no answer any more."),
        "verb": _("Decide the case"),
        "done": _("Case decided."),
    }
    return case_form(number, form, words, act)


@bp.route("/file/<number>/close", methods=["GET", "POST"])
def close(number: str) -> Any:
    """Nothing more is done about it."""
    form = CloseForm()
    words = {
        "title": _("Close the case"),
        "lead": _(
            "Its manifests may be closed from then on. A closed case can be opened again with a reason."
        ),
        "verb": _("Close the case"),
        "done": _("Case closed."),
    }
    return case_form(number, form, words, lambda session: close_case(session, number, viewer(), now()))


@bp.route("/file/<number>/reopen", methods=["GET", "POST"])
def reopen(number: str) -> Any:
    """Look at it again."""
    form = ReopenForm()
    words = {
        "title": _("Open the case again"),
        "verb": _("Open the case again"),
        "done": _("Case opened again."),
    }
    return case_form(
        number, form, words, lambda session: reopen_case(session, number, form.reason.data, viewer(), now())
    )


@bp.get("/questions")
def questions() -> str:
    """What a party was asked."""
    return render_template("case_questions.html", rows=questions_to(reading(), viewer()))


@bp.route("/questions/<int:question_id>", methods=["GET", "POST"])
def answer(question_id: int) -> Any:
    """Answer a question that one's organisation was asked."""
    asked = question_by_id(reading(), question_id, viewer())
    if asked is None:
        abort(404)
    form = AnswerForm()
    page = FormPage(
        title=_("Answer the question of case %(number)s", number=asked.case_number),
        lead=asked.text,
        verb=_("Send the answer"),
        refused=_("The answer was not sent:"),
        back=url_for("cases.questions"),
        back_title=_("Questions"),
        files=True,
    )
    if not form.is_submitted():
        return asking(form, page)

    def act(session: Session) -> None:
        kept = kept_file(session, form.file.sent, viewer())
        answer_question(session, question_id, form.text.data, viewer(), now(), kept)

    status = carried_out(form, act, FIELDS)
    if status != DONE:
        return asking(form, page), status
    flash(_("Answer sent."))
    return redirect(url_for("cases.questions"))
