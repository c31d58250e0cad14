"""How does a page carry out what a form asks, and say beside the fields what stands against it?"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import abort, render_template
from sqlalchemy.orm import Session

from tracking.operations.custody.refusals import CustodyRefused
from web.database import writing
from web.forms.base import Form
from web.refusal_statuses import Refusal
from web.refusal_words import worded

DONE, TO_CORRECT = 200, 422
SAME_NAMES: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class FormPage:
    """What a page with one form says: `verb` stands on the button, `back` leads away and changes nothing.

    `refused` begins the summary of what was wrong.
    """

    title: str
    lead: str
    verb: str
    refused: str
    back: str
    back_title: str
    files: bool = False


def carried_out(form: Form, act: Callable[[Session], object], names: Mapping[str, str] = SAME_NAMES) -> int:
    """Do it in a transaction when the form is well filled; DONE, or the status to show the form again with.

    `names`: the field of the form for a field of the operation, where they differ. What is not the reader's
    to see or to do ends the request with 404 or 403.
    """
    if not form.validate():
        return TO_CORRECT
    try:
        with writing() as session:
            act(session)
    except CustodyRefused as refusal:
        return refused(form, refusal, names)
    return DONE


def refused(form: Form, refusal: Refusal, names: Mapping[str, str] = SAME_NAMES) -> int:
    """Put the sentences of a refusal beside the fields; the status to answer with."""
    said = worded(refusal)
    if said.status in (403, 404):
        abort(said.status)
    for field, sentence in said.errors:
        form.refuse(names.get(field, field), sentence)
    if not said.errors:
        form.refuse("", said.sentence)
    return said.status


def asking(form: Form, page: FormPage) -> str:
    """The page with the form."""
    return render_template("form_page.html", form=form, page=page)
