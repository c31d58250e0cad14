"""What is wrong with a request, field by field, in the reader's language?"""

from collections.abc import Iterator, Mapping
from typing import Any

from flask import Response
from flask_babel import gettext as _
from marshmallow import ValidationError

from web.api.problems import problem

MOST_ERRORS = 100


def invalid(error: ValidationError) -> Response:
    """422 with a sentence for every field."""
    return invalid_fields(list(told("", error.messages))[:MOST_ERRORS])


def invalid_fields(errors: list[tuple[str, str]]) -> Response:
    """422 for (field, code) pairs."""
    return problem(
        422,
        _("The request cannot be taken as it is"),
        _("Nothing was changed. See what is wrong with each field."),
        errors=[{"field": field, "code": code, "sentence": sentence(code)} for field, code in errors],
    )


def told(path: str, messages: Any) -> Iterator[tuple[str, str]]:
    """(path, code) of everything that a schema found."""
    if isinstance(messages, Mapping):
        for name, inner in messages.items():
            if name == "_schema":
                yield from told(path, inner)
            elif isinstance(name, int):
                yield from told(f"{path}[{name}]", inner)
            else:
                yield from told(f"{path}.{name}" if path else str(name), inner)
    elif isinstance(messages, list | tuple):
        for inner in messages:
            yield from told(path, inner)
    else:
        yield path, str(messages)


def sentence(code: str) -> str:
    """A sentence for a code of web/api/v1/fields.py."""
    known = {
        "missing": _("This field is missing."),
        "unknown_field": _("There is no such field."),
        "not_an_object": _("An object was expected here."),
        "not_a_list": _("A list was expected here."),
        "too_many": _("The list is too long."),
        "not_a_text": _("A text was expected here, not blank and without NUL."),
        "too_long": _("The text is too long."),
        "not_a_number": _("A number was expected here."),
        "not_a_whole_number": _("A whole number was expected here."),
        "not_a_flag": _("true or false was expected here."),
        "not_a_time": _("A time with its zone was expected here, such as 2026-03-02T08:00:00+08:00."),
        "not_a_day": _("A day was expected here, such as 2026-03-02."),
        "not_a_word_of_the_list": _("This is none of the words that may stand here; see the document."),
        "out_of_range": _("The value is outside of what may stand here; see the document."),
        "not_a_cursor": _("This is no cursor of this list. Begin again without it."),
        "unreadable_file": _("The file cannot be read as this format."),
        "other_vessels_only": _("The file holds no message of this vessel, only of others."),
        "undated_sentences": _("Sentences do not tell when they were received."),
        "waits_for_another_signature": _("Another party signs too: send the file with the last signature."),
        "no_such_facility": _("There is no facility with this code."),
    }
    return str(known.get(code) or _("This field cannot be taken: %(code)s.", code=code))
