"""What does the reader hear when custody refuses? A status, a title, a sentence, and one for each field."""

from dataclasses import dataclass

from flask import current_app
from flask_babel import get_locale

from models.values import Reason
from reports.catalogues import LOCALES
from reports.custody_wording import custody_text, say_refused
from reports.quantities import moment
from reports.wording import label
from tracking.operations.cases.refusals import CaseMoved
from tracking.operations.custody.refusals import (
    ActNotPossible,
    CustodyRefused,
    ManifestUnknown,
    NotASignature,
    NotYourSignature,
    StepBlocked,
    TakenMeanwhile,
)

PROOF_FIELDS = {
    "wrong_password": "password",
    "too_many_passwords": "password",
    "login_not_recent": "password",
    "proof_needed": "password",
}
"""Beside which field a proof that does not hold is told; any other is told beside the code."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A refusal in words. `errors`: (field as a dotted path, sentence); a blank field is the whole."""

    status: int
    title: str
    sentence: str
    errors: list[tuple[str, str]]


def worded(refusal: CustodyRefused) -> Refused:
    """The refusal in the language of the request."""
    locale = reader()
    if isinstance(refusal, StepBlocked):
        zone = current_app.extensions["settings"].timezone
        errors = [(each.field, say_refused(each.reason, locale, zone)) for each in refusal.blocked]
        sentence = custody_text("sentence.blocked", locale, count=len(errors))
        if len(errors) == 1:
            sentence = errors[0][1]
        return Refused(422, custody_text("title.blocked", locale), sentence, errors)
    if isinstance(refusal, NotASignature):
        sentence = say_refused(Reason(f"custody.{refusal.why}"), locale)
        field = PROOF_FIELDS.get(refusal.why, "code")
        return Refused(422, custody_text("title.not_a_signature", locale), sentence, [(field, sentence)])
    status, title, sentence = plainly(refusal, locale)
    return Refused(status, custody_text(title, locale), sentence, [])


def plainly(refusal: CustodyRefused, locale: str) -> tuple[int, str, str]:
    """(status, key of the title, sentence) of a refusal that no field is to blame for."""
    if isinstance(refusal, ManifestUnknown):
        return 404, "title.unknown", custody_text("sentence.unknown", locale)
    if isinstance(refusal, NotYourSignature):
        return 403, "title.forbidden", custody_text("sentence.not_yours", locale)
    if isinstance(refusal, ActNotPossible):
        words = {"act": label(refusal.act, locale), "state": label(refusal.state, locale)}
        return 409, "title.blocked", custody_text("sentence.act_not_possible", locale, **words)
    if isinstance(refusal, TakenMeanwhile):
        at = moment(refusal.at, current_app.extensions["settings"].timezone)
        words = {"by": refusal.by, "at": at, "state": label(refusal.state, locale)}
        return 409, "title.conflict", custody_text("sentence.taken_meanwhile", locale, **words)
    if isinstance(refusal, CaseMoved):
        at = moment(refusal.at, current_app.extensions["settings"].timezone)
        words = {"by": refusal.by, "at": at, "state": label(refusal.state, locale)}
        return 409, "title.conflict", custody_text("sentence.case_moved", locale, **words)
    return 409, "title.conflict", custody_text("sentence.refused", locale)


def reader() -> str:
    """The language of the request, as the catalogues name it."""
    locale = get_locale()
    language = "" if locale is None else locale.language
    return language if language in LOCALES else LOCALES[0]
