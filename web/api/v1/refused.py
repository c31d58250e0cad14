"""How is a refusal of an operation answered? As a problem with field, code and sentence for each reason."""

from flask import Response
from flask_babel import gettext as _

from tracking.operations.api_tokens import TokenRefused, TokenUnknown
from tracking.operations.custody.refusals import CustodyRefused, NotASignature, StepBlocked
from tracking.operations.decide_finding import (
    DecisionRefused,
    FindingUnknown,
    NotAnInspector,
    ReasonMissing,
)
from web.api.problems import problem
from web.api.v1.invalid import invalid_fields
from web.refusal_words import worded

REFUSALS = (CustodyRefused, TokenRefused, DecisionRefused)
"""Everything that an operation behind the interface says no with."""


def refused(error: CustodyRefused | TokenRefused | DecisionRefused) -> Response:
    """404, 403, 409 or 422 with all reasons at once."""
    if isinstance(error, TokenUnknown):
        return problem(404, _("There is no such thing"), _("It does not exist, or it belongs to another."))
    if isinstance(error, TokenRefused) and error.why == "not_an_administrator":
        return problem(403, _("Not yours to give"), _("Only the administrator may do this."))
    if isinstance(error, TokenRefused):
        return invalid_fields([(error.field, error.why)])
    if isinstance(error, DecisionRefused):
        return decision_refused(error)
    said = worded(error)
    codes = codes_of(error, len(said.errors))
    errors = [
        {"field": field, "code": code, "sentence": sentence}
        for (field, sentence), code in zip(said.errors, codes, strict=True)
    ]
    return problem(said.status, said.title, said.sentence, errors=errors)


def decision_refused(error: DecisionRefused) -> Response:
    """Why a finding was not decided on."""
    if isinstance(error, FindingUnknown):
        return problem(404, _("There is no such thing"), _("It does not exist, or it belongs to another."))
    if isinstance(error, NotAnInspector):
        return problem(403, _("Not yours to decide"), _("Only the regulator decides on findings."))
    if isinstance(error, ReasonMissing):
        return invalid_fields([("reason", "missing")])
    return problem(409, _("Changed meanwhile"), _("Somebody was first. Read it again."))


def codes_of(error: CustodyRefused, count: int) -> list[str]:
    """The code of each reason: what a machine can act on, whatever the language."""
    if isinstance(error, StepBlocked) and len(error.blocked) == count:
        return [each.reason.code for each in error.blocked]
    code = f"custody.{error.why}" if isinstance(error, NotASignature) else type(error).__name__
    return [code] * count
