"""How is a refusal of an operation answered? As a problem with a field, a code and a sentence for each reason."""

from flask import Response, current_app
from flask_babel import get_locale
from flask_babel import gettext as _

from models.values import Reason
from reports.custody_wording import custody_text, say_refused
from reports.wording import label
from tracking.operations.api_tokens import TokenRefused, TokenUnknown
from tracking.operations.custody.refusals import (
    ActNotPossible,
    CustodyRefused,
    ManifestUnknown,
    NotASignature,
    NotYourSignature,
    StepBlocked,
    TakenMeanwhile,
)
from web.api.problems import problem
from web.api.v1.invalid import invalid_fields

REFUSALS = (CustodyRefused, TokenRefused)
"""Everything that an operation behind the interface says no with."""
STATUSES = ((ManifestUnknown, 404), (NotYourSignature, 403), (NotASignature, 403), (StepBlocked, 422))
CONFLICT = 409
TITLES = {404: "title.unknown", 403: "title.forbidden", 409: "title.conflict", 422: "title.blocked"}


def refused(error: CustodyRefused | TokenRefused) -> Response:
    """404, 403, 409 or 422 with all reasons at once."""
    if isinstance(error, TokenUnknown):
        return problem(404, _("There is no such thing"), _("It does not exist, or it belongs to another."))
    if isinstance(error, TokenRefused):
        return invalid_fields([(error.field, error.why)])
    language = str(get_locale())
    status = next((status for kind, status in STATUSES if isinstance(error, kind)), CONFLICT)
    title = "title.not_a_signature" if isinstance(error, NotASignature) else TITLES[status]
    reasons = reasons_of(error)
    zone = current_app.extensions["settings"].timezone
    errors = [
        {"field": field, "code": reason.code, "sentence": say_refused(reason, language, zone)}
        for field, reason in reasons
    ]
    return problem(status, custody_text(title, language), sentence_of(error, language), errors=errors)


def reasons_of(error: CustodyRefused) -> list[tuple[str, Reason]]:
    """(field, reason) of everything that stands against it, where the refusal tells it."""
    if isinstance(error, StepBlocked):
        return [(each.field, each.reason) for each in error.blocked]
    if isinstance(error, NotASignature):
        code = error.why if error.why.startswith("custody.") else f"custody.{error.why}"
        return [("proof", Reason(code))]
    return []


def sentence_of(error: CustodyRefused, language: str) -> str:
    """The refusal in one sentence."""
    if isinstance(error, StepBlocked):
        return custody_text("sentence.blocked", language, count=len(error.blocked))
    if isinstance(error, NotASignature):
        return say_refused(reasons_of(error)[0][1], language)
    if isinstance(error, ManifestUnknown):
        return custody_text("sentence.unknown", language)
    if isinstance(error, NotYourSignature):
        return custody_text("sentence.not_yours", language)
    if isinstance(error, ActNotPossible):
        told = {"state": label(error.state, language), "act": label(error.act, language)}
        return custody_text("sentence.act_not_possible", language, **told)
    if isinstance(error, TakenMeanwhile):
        told = {"by": error.by, "at": error.at.isoformat(), "state": label(error.state, language)}
        return custody_text("sentence.taken_meanwhile", language, **told)
    return _("Somebody was first. Read it again.")
