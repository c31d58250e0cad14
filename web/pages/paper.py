"""How does emergency paper get in, and what do the parties say of the signatures that others typed in?"""

from dataclasses import replace
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug import Response

from models.custody_words import Act
from tracking.operations.custody.confirm_paper import PaperAnswer, decide_paper, give_paper_code
from tracking.operations.custody.emergency import PaperStep, continue_on_paper, enter_paper
from tracking.operations.custody.refusals import CustodyRefused, StepBlocked
from tracking.queries.custody_facts import is_seen
from tracking.queries.data_day import day_of
from tracking.queries.issue_offers import offers
from tracking.queries.paper_signatures import PaperRow, paper_by_id, paper_of, paper_waiting
from tracking.queries.windows import window_list
from web.city_day import city
from web.clock import now
from web.database import reading, writing
from web.form_acts import DONE, FormPage, asking, carried_out
from web.forms.issue import MOST_LEGS, IssueForm
from web.forms.paper import MOST_STEPS, ON_PAPER, AnswerPaperForm, DecidePaperForm, PaperEntry
from web.forms.steps import ASKED
from web.refusal_words import worded
from web.sent_files import kept_file
from web.signed_in import viewer
from web.signing import answer as keep_answer
from web.signing import limits, prove_paper, recently_proved, setting

Answer = str | Response | tuple[str, int]
CHANGES = {"more": "more", "fewer": "fewer", "more-steps": "", "fewer-steps": ""}

bp = Blueprint("paper", __name__, url_prefix="/paper")


@bp.route("/enter", methods=["GET", "POST"])
def enter() -> Answer:
    """A whole manifest that was written by hand, with all its steps."""
    if request.method == "GET":
        return entry_page(PaperEntry(IssueForm(formdata=None)), None)
    head = IssueForm()
    entry = PaperEntry(head)
    if (button := request.form.get("do", "")) in CHANGES:
        if button in ("more", "fewer"):
            change = 1 if button == "more" else -1
            head.legs.data = str(min(max(head.leg_count + change, 1), MOST_LEGS))
        return entry_page(entry, None)
    return kept(entry, None)


@bp.route("/continue/<path:number>", methods=["GET", "POST"])
def proceed(number: str) -> Answer:
    """Own steps on paper of a manifest that is there already."""
    if not is_seen(reading(), number, viewer()):
        abort(404)
    entry = PaperEntry(None, (Act.ARRIVE,))
    if request.method == "GET" or request.form.get("do", "") in CHANGES:
        return entry_page(entry, number)
    return kept(entry, number)


def kept(entry: PaperEntry, number: str | None) -> Answer:
    """Type it in, or show again what was typed with what stands against it."""
    if not entry.validate():
        return entry_page(entry, number), 422
    try:
        with writing() as session:
            steps = [paper_step(session, entry, index) for index in range(len(entry.steps))]
            if entry.head is not None:
                number = enter_paper(session, entry.head.draft(), steps, viewer(), setting())
            elif number is not None:
                continue_on_paper(session, number, steps, viewer(), setting())
    except CustodyRefused as refusal:
        said = worded(refusal)
        if said.status == 404:
            abort(404)
        for field, sentence in said.errors or [("", said.sentence)]:
            entry.refuse(field, sentence)
        return entry_page(entry, number if entry.head is None else None), said.status
    flash(_("Typed in. The other parties are asked whether they signed so."))
    return redirect(url_for("manifest.page", number=number))


def paper_step(session: Session, entry: PaperEntry, index: int) -> PaperStep:
    """A step with the photo of its paper kept; refusals name the step."""
    form = entry.steps[index]
    try:
        photo = kept_file(session, form.photo.sent, viewer())
    except StepBlocked as refused:
        raise StepBlocked(
            [replace(each, field=f"steps[{index}].{each.field}") for each in refused.blocked]
        ) from refused
    return PaperStep(form.chosen, form.given(form.chosen), form.signer.data or "", photo)


def entry_page(entry: PaperEntry, number: str | None) -> str:
    """The page with what was typed; which windows are open stands on top."""
    session, who = reading(), viewer()
    windows = [each for each in window_list(session, who, now()) if each.is_open]
    day = day_of(now(), city().key).date
    return render_template(
        "paper_enter.html",
        form=entry,
        head=entry.head,
        number=number,
        windows=windows,
        offers=offers(session, who, day) if entry.head is not None else None,
        most_legs=MOST_LEGS,
        most_steps=MOST_STEPS,
        asked_of_acts={act.value: ASKED.get(act, ()) for act in ON_PAPER},
    )


@bp.app_template_global()
def paper_about(number: str) -> list[PaperRow]:
    """The signatures of a manifest that were typed in from paper."""
    return paper_of(reading(), number, viewer(), limits().paper_confirmation_s)


@bp.app_template_global()
def paper_for_me() -> list[PaperRow]:
    """The signatures of paper that wait for the reader."""
    return paper_waiting(reading(), viewer(), limits().paper_confirmation_s)


@bp.get("/signatures/<int:paper_id>")
def page(paper_id: int) -> str:
    """One signature as the paper shows it, what was said of it, and the way to say something."""
    return signature_page(row_or_404(paper_id), AnswerPaperForm(formdata=None))


def signature_page(row: PaperRow, form: AnswerPaperForm) -> str:
    who = viewer()
    return render_template(
        "paper_signature.html",
        row=row,
        form=form,
        mine=row.waits_for(who.organisation_id),
        needs_password=not recently_proved(),
    )


def row_or_404(paper_id: int) -> PaperRow:
    row = paper_by_id(reading(), paper_id, viewer(), limits().paper_confirmation_s)
    if row is None:
        abort(404)
    return row


@bp.post("/signatures/<int:paper_id>/answer")
def answer(paper_id: int) -> Answer:
    """The party confirms or refuses, by its login or by a one-time code on another's device."""
    row, form = row_or_404(paper_id), AnswerPaperForm()
    if not form.validate():
        return signature_page(row, form), 422
    said = PaperAnswer(form.answer.data == "yes", form.reason.data or "")
    try:
        proven = prove_paper(paper_id, form.proof())
        with writing() as session:
            keep_answer(session, paper_id, said, proven)
    except CustodyRefused as refusal:
        words = worded(refusal)
        if words.status in (403, 404):
            abort(words.status)
        for field, sentence in words.errors or [("", words.sentence)]:
            form.refuse(field, sentence)
        return signature_page(row_or_404(paper_id), form), words.status
    flash(_("Confirmed.") if said.confirmed else _("Refused. The regulator decides."))
    return redirect(url_for("paper.page", paper_id=paper_id))


@bp.post("/signatures/<int:paper_id>/code")
def code(paper_id: int) -> Answer:
    """A one-time code for the answer, shown in this answer only."""
    row = row_or_404(paper_id)
    try:
        with writing() as session:
            given = give_paper_code(session, paper_id, viewer(), "", setting())
    except CustodyRefused as refusal:
        words = worded(refusal)
        if words.status in (403, 404):
            abort(words.status)
        flash(words.sentence)
        return redirect(url_for("paper.page", paper_id=paper_id))
    return render_template("paper_code.html", row=row, given=given)


@bp.route("/signatures/<int:paper_id>/decide", methods=["GET", "POST"])
def decide(paper_id: int) -> Any:
    """The regulator finds whether it was signed so."""
    row, form = row_or_404(paper_id), DecidePaperForm()
    shown = FormPage(
        title=_("Decide on a signature of paper"),
        lead=_("%(signer)s, manifest %(number)s", signer=row.signer, number=row.number),
        verb=_("Decide"),
        refused=_("Nothing was decided:"),
        back=url_for("paper.page", paper_id=paper_id),
        back_title=_("Signature on paper"),
    )
    if not form.is_submitted():
        return asking(form, shown)

    def act(session: Session) -> None:
        upheld = form.upheld.data == "yes"
        decide_paper(session, paper_id, upheld, form.reason.data, viewer(), setting())

    status = carried_out(form, act)
    if status != DONE:
        return asking(form, shown), status
    flash(_("Decided."))
    return redirect(url_for("paper.page", paper_id=paper_id))
