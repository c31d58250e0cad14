"""How is a field of a signed manifest corrected: asked for, answered by whom it touches, decided?"""

import json
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from models.vocabulary import Role
from tracking.operations.custody.aim_correction import SPEAK
from tracking.operations.custody.answer_correction import (
    answer_correction,
    decide_correction,
    withdraw_correction,
)
from tracking.operations.custody.corrections import CorrectionAsked, request_correction
from tracking.operations.custody.questions import answer_to_question, ask_to_correct
from tracking.queries.manifest_corrections import (
    AskedField,
    CorrectionRow,
    correction_by_id,
    corrections_of,
    corrections_waiting,
    question_of_field,
    questions_about,
    questions_waiting,
)
from tracking.queries.parties import organisations_by_id
from web.correctable import Field, correctable
from web.database import reading
from web.display import named
from web.field_words import field_value, field_words
from web.form_acts import DONE, FormPage, asking, carried_out
from web.forms.correction import (
    AnswerCorrectionForm,
    AskFieldForm,
    ReplyForm,
    request_form,
    typed_value,
)
from web.forms.rules import EndForm
from web.sent_files import kept_file
from web.signed_in import account, viewer
from web.signing import setting

NAMES = {"evidence": "file", "old": "", "field": "", "question": ""}

bp = Blueprint("corrections", __name__, url_prefix="/corrections")


@bp.get("")
def listing() -> str:
    """What waits for one's organisation: corrections to agree to, and questions about fields."""
    session, who = reading(), viewer()
    return render_template(
        "corrections.html",
        rows=corrections_waiting(session, who),
        questions=questions_waiting(session, who),
        own_id=who.organisation_id,
        field_words=field_words,
        field_value=field_value,
    )


@bp.get("/of/<path:number>")
def choose(number: str) -> str:
    """The fields of a manifest that can be corrected, with what stands in them."""
    fields = correctable(reading(), number, viewer(), setting())
    if fields is None:
        abort(404)
    return render_template(
        "correct_fields.html", number=number, fields=fields, field_words=field_words, field_value=field_value
    )


def field_or_404(number: str) -> Field:
    """The field that the address names, if the viewer may have it corrected."""
    fields, path = correctable(reading(), number, viewer(), setting()), request.args.get("field")
    if fields is not None and path is None:
        abort(redirect(url_for("corrections.choose", number=number)))
    found = [one for one in fields or () if one.path == path]
    if not found:
        abort(404)
    return found[0]


def back_to(number: str, title: str, lead: str, verb: str, files: bool = False) -> FormPage:
    """What a page about a manifest's field says."""
    back = url_for("manifest.page", number=number)
    return FormPage(title, lead, verb, _("Nothing was changed:"), back, number, files)


@bp.route("/request/<path:number>", methods=["GET", "POST"])
def ask_for(number: str) -> Any:
    """Another value for a field; whoever it touches must agree."""
    field = field_or_404(number)
    shape = field.aim.rule.shape
    if shape is None:
        abort(404)
    form: Any = request_form(shape)
    form.seen = json.dumps(field.value) if not form.is_submitted() else request.form.get("seen", "")
    page = back_to(
        number,
        _("Correct: %(field)s", field=field_words(field.path)),
        _(
            "Now it says: %(value)s. Every party whose signed block or balance it touches must agree.",
            value=field_value(field.path, field.value),
        ),
        _("Ask for the correction"),
        files=True,
    )
    if not form.is_submitted():
        return asking(form, page)

    def act(session: Session) -> None:
        kept = kept_file(session, form.file.sent, viewer())
        question = request.args.get("question", type=int)
        asked = CorrectionAsked(
            field.path, seen_value(form.seen), typed_value(shape, form), form.reason.data, kept, question
        )
        request_correction(session, number, asked, viewer(), setting())

    status = carried_out(form, act, NAMES | {"attachment": "file"})
    if status != DONE:
        return asking(form, page), status
    flash(_("Correction asked for."))
    return redirect(url_for("manifest.page", number=number))


def seen_value(text: str) -> object:
    """What stood in the field when the form was shown."""
    try:
        return json.loads(text)
    except ValueError:
        abort(400)


@bp.route("/ask/<path:number>", methods=["GET", "POST"])
def ask(number: str) -> Any:
    """The regulator asks a party to correct a field."""
    field = field_or_404(number)
    form = AskFieldForm()
    names = organisations_by_id(reading(), field.touches)
    form.organisation.offer((name.code, named(name)) for name in names)
    page = back_to(
        number,
        _("Ask to correct: %(field)s", field=field_words(field.path)),
        _("Now it says: %(value)s.", value=field_value(field.path, field.value)),
        _("Ask for a correction"),
    )
    if not form.is_submitted():
        return asking(form, page)

    def act(session: Session) -> None:
        words = (field.path, form.comment.data, form.organisation.data)
        ask_to_correct(session, number, *words, viewer(), setting())

    status = carried_out(form, act, NAMES)
    if status != DONE:
        return asking(form, page), status
    flash(_("The party was asked."))
    return redirect(url_for("manifest.page", number=number))


def row_or_404(correction_id: int) -> CorrectionRow:
    """The request; 404 where its manifest is not seen."""
    row = correction_by_id(reading(), correction_id, viewer())
    if row is None:
        abort(404)
    return row


@bp.get("/<int:correction_id>")
def page(correction_id: int) -> str:
    """Old beside new, why, and who has said what."""
    return render_template(
        "correction.html",
        row=row_or_404(correction_id),
        own_id=viewer().organisation_id,
        field_words=field_words,
        field_value=field_value,
    )


@bp.route("/<int:correction_id>/answer", methods=["GET", "POST"])
def answer(correction_id: int) -> Any:
    """A touched party's yes or no, or the regulator's where nobody answered in time."""
    row = row_or_404(correction_id)
    form = AnswerCorrectionForm()
    form.offer()
    words = {"field": field_words(row.field), "old": field_value(row.field, row.old)}
    lead = _("%(field)s: %(old)s → %(new)s", new=field_value(row.field, row.new), **words)
    page = back_to(row.number, _("Answer the request for correction"), lead, _("Send the answer"))
    if not form.is_submitted():
        return asking(form, page)
    act = decide_correction if account().role is Role.REGULATOR else answer_correction
    yes = form.decision.data == "accept"
    status = carried_out(
        form, lambda session: act(session, correction_id, yes, form.reason.data or "", viewer(), setting())
    )
    if status != DONE:
        return asking(form, page), status
    flash(_("Answer sent."))
    return redirect(url_for("corrections.page", correction_id=correction_id))


@bp.route("/<int:correction_id>/withdraw", methods=["GET", "POST"])
def withdraw(correction_id: int) -> Any:
    """Whoever asked takes it back."""
    row = row_or_404(correction_id)
    form = EndForm()
    page = back_to(row.number, _("Withdraw the request"), field_words(row.field), _("Withdraw the request"))
    if not form.is_submitted():
        return asking(form, page)
    status = carried_out(
        form, lambda session: withdraw_correction(session, correction_id, viewer(), setting())
    )
    if status != DONE:
        return asking(form, page), status
    flash(_("Request withdrawn."))
    return redirect(url_for("corrections.page", correction_id=correction_id))


@bp.route("/questions/<int:question_id>", methods=["GET", "POST"])
def reply(question_id: int) -> Any:
    """Say why a field is right as it is, instead of correcting it."""
    asked = question_of_field(reading(), question_id, viewer())
    if asked is None:
        abort(404)
    form = ReplyForm()
    page = back_to(asked.number, field_words(asked.field), asked.comment, _("Send the answer"))
    if not form.is_submitted():
        return asking(form, page)
    status = carried_out(
        form, lambda session: answer_to_question(session, question_id, form.answer.data, viewer(), setting())
    )
    if status != DONE:
        return asking(form, page), status
    flash(_("Answer sent."))
    return redirect(url_for("corrections.listing"))


@bp.app_template_global()
def corrections_about(number: str) -> list[CorrectionRow]:
    """Every request about a manifest."""
    return corrections_of(reading(), number, viewer())


@bp.app_template_global()
def questions_of(number: str) -> list[AskedField]:
    """What the regulator asked about a manifest, as far as the reader may know."""
    return questions_about(reading(), number, viewer())


@bp.app_template_global()
def may_correct() -> bool:
    """Does the reader speak for a party?"""
    return account().role in SPEAK and account().organisation_id is not None


bp.add_app_template_filter(field_words, "field_words")
