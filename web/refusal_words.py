"""What does the reader hear when an operation refuses? A status, a title, a sentence, one for each field.

Pages and the programming interface say the same; statuses stand in web/refusal_statuses.py.
"""

from dataclasses import dataclass

from flask import current_app
from flask_babel import get_locale
from flask_babel import gettext as _

from gps_ingest.store.devices import DeviceRefused
from gps_ingest.store.platforms import PlatformRefused
from models.values import Reason
from reports.catalogues import LOCALES
from reports.custody_wording import custody_text, say_refused
from reports.quantities import moment
from reports.wording import label
from tracking.operations.api_tokens import TokenRefused
from tracking.operations.cases.refusals import CaseMoved
from tracking.operations.custody.refusals import (
    ActNotPossible,
    NotASignature,
    StepBlocked,
    TakenMeanwhile,
)
from tracking.operations.decide_finding import MAX_REASON, DecidedMeanwhile, ReasonMissing, RevisedMeanwhile
from tracking.operations.idempotent_calls import KeyUsedOtherwise
from web.device_refusals import device_refusal
from web.refusal_statuses import CONFLICT, NOT_YOURS, TO_CORRECT, UNKNOWN, Refusal, status_of

PROOF_FIELDS = {
    "wrong_password": "password",
    "too_many_passwords": "password",
    "login_not_recent": "password",
    "proof_needed": "password",
}
"""Beside which field a proof that does not hold is told; any other is told beside the code."""

TITLES = {
    UNKNOWN: "title.unknown",
    NOT_YOURS: "title.forbidden",
    CONFLICT: "title.conflict",
    TO_CORRECT: "title.blocked",
}
FieldSaid = tuple[str, str, str]  # field as a dotted path, code, sentence; a blank field is the whole


@dataclass(frozen=True, slots=True)
class Refused:
    """A refusal in words. `errors`: (field as a dotted path, sentence); a blank field is the whole.

    `code` says the kind in every language, `codes` one for each of `errors`.
    """

    status: int
    title: str
    sentence: str
    errors: list[tuple[str, str]]
    code: str
    codes: list[str]


def worded(refusal: Refusal) -> Refused:
    """The refusal in the language of the request."""
    locale = reader()
    status, code = status_of(refusal)
    said = fields_said(refusal, locale) if status == TO_CORRECT else []
    if len(said) == 1:
        sentence = said[0][2]
    elif said:
        sentence = custody_text("sentence.blocked", locale, count=len(said))
    else:
        sentence = plainly(refusal, status, locale)
    title = custody_text(title_of(refusal, status), locale)
    errors = [(field, words) for field, _code, words in said]
    return Refused(status, title, sentence, errors, code, [each for _field, each, _words in said])


def title_of(refusal: Refusal, status: int) -> str:
    """The key of the title."""
    if isinstance(refusal, NotASignature):
        return "title.not_a_signature"
    if isinstance(refusal, ActNotPossible | DeviceRefused) and status == CONFLICT:
        return "title.blocked"  # nobody was first: it is not possible as things stand
    return TITLES[status]


def fields_said(refusal: Refusal, locale: str) -> list[FieldSaid]:
    """What is wrong field by field."""
    if isinstance(refusal, StepBlocked):
        zone = current_app.extensions["settings"].timezone
        blocked = refusal.blocked
        return [(each.field, each.reason.code, say_refused(each.reason, locale, zone)) for each in blocked]
    if isinstance(refusal, NotASignature):
        code = f"custody.{refusal.why}"
        return [(PROOF_FIELDS.get(refusal.why, "code"), code, say_refused(Reason(code), locale))]
    if isinstance(refusal, TokenRefused):
        return [(refusal.field, refusal.why, token_sentence(refusal.why))]
    if isinstance(refusal, ReasonMissing):
        return [("reason", "missing", _("Give a reason of at most %(count)s characters.", count=MAX_REASON))]
    if isinstance(refusal, DeviceRefused):
        field, sentence = device_refusal(refusal)
        return [(field, refusal.kind, sentence)]
    if isinstance(refusal, PlatformRefused):
        return [("platform", "no_such_platform", _("There is no platform with this user name."))]
    if isinstance(refusal, KeyUsedOtherwise):
        said = _("An Idempotency-Key belongs to one request. Take a new one for another.")
        return [("Idempotency-Key", "key_used_otherwise", said)]
    return []


def token_sentence(why: str) -> str:
    """Why there is no token."""
    said = {
        "name_missing": _("A name of at most 100 characters is needed."),
        "scopes_missing": _("A token needs at least one scope."),
        "expires_in_the_past": _("The time lies in the past."),
        "no_such_user": _("There is no active user with this name."),
    }
    return str(said[why])


def plainly(refusal: Refusal, status: int, locale: str) -> str:
    """The sentence of a refusal that no field is to blame for."""
    if status == UNKNOWN:
        return custody_text("sentence.unknown", locale)
    if status == NOT_YOURS:
        return custody_text("sentence.not_yours", locale)
    if isinstance(refusal, ActNotPossible):
        words = {"act": label(refusal.act, locale), "state": label(refusal.state, locale)}
        return custody_text("sentence.act_not_possible", locale, **words)
    if isinstance(refusal, DeviceRefused):
        return device_refusal(refusal)[1]
    return overtaken(refusal, locale)


def overtaken(refusal: Refusal, locale: str) -> str:
    """Who was first, and when."""
    zone = current_app.extensions["settings"].timezone
    if isinstance(refusal, TakenMeanwhile | CaseMoved):
        key = "sentence.taken_meanwhile" if isinstance(refusal, TakenMeanwhile) else "sentence.case_moved"
        words = {"by": refusal.by, "at": moment(refusal.at, zone), "state": label(refusal.state, locale)}
        return custody_text(key, locale, **words)
    if isinstance(refusal, DecidedMeanwhile):
        outcome, at = label(refusal.outcome, locale), moment(refusal.at, zone)
        said = _("%(by)s decided “%(outcome)s” at %(at)s.", by=refusal.by, outcome=outcome, at=at)
        then = _("Read it below and decide again if you still want to.")
        return f"{said} {then}"
    if isinstance(refusal, RevisedMeanwhile):
        return str(_("The finding was revised meanwhile. Read the new version, then decide."))
    return custody_text("sentence.refused", locale)


def reader() -> str:
    """The language of the request, as the catalogues name it."""
    locale = get_locale()
    language = "" if locale is None else locale.language
    return language if language in LOCALES else LOCALES[0]
