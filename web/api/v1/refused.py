"""How is a refusal of an operation answered? As a problem with field, code and sentence for each reason."""

from flask import Response

from web.api.problems import problem
from web.refusal_statuses import Refusal
from web.refusal_words import worded


def refused(refusal: Refusal) -> Response:
    """404, 403, 409 or 422 with all reasons at once, as pages say it."""
    said = worded(refusal)
    errors = [
        {"field": field, "code": code, "sentence": sentence}
        for (field, sentence), code in zip(said.errors, said.codes, strict=True)
    ]
    return problem(said.status, said.title, said.sentence, code=said.code, errors=errors)
