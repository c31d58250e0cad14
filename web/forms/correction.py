"""Which forms correct, ask, freeze?"""

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import RadioField

from models.custody_words import MoistureMethod
from models.vocabulary import SludgeKind
from tracking.rules.custody.fields import Shape
from web.display import choices
from web.field_words import AS_NUMBER, AS_PERCENT
from web.forms.base import Form, required
from web.forms.case import FILE_HINT
from web.forms.fields import ChoiceField, LongTextField, NumberField, PhotoField, TextField

WHY = _("What was wrong, and how the right value is known.")


class RequestForm(Form):
    """Another value for a field; `new` is added for the shape that the field has."""

    reason = LongTextField(_("Reason"), WHY)
    file = PhotoField(_("Photo or document"), FILE_HINT)


class NumberRequestForm(RequestForm):
    """A mass in kg, or a share in %."""

    new = NumberField(_("New value"), _("Masses in kg, moisture in %."), needed=False)


class TextRequestForm(RequestForm):
    """A text."""

    new = TextField(_("New value"), needed=False)


class ChoiceRequestForm(RequestForm):
    """A word of a vocabulary."""

    new = ChoiceField(_("New value"), blank=_("none"))


def request_form(shape: Shape) -> RequestForm:
    """The form for a field of this shape."""
    if shape in AS_NUMBER:
        return NumberRequestForm()
    if shape in (Shape.SLUDGE_KIND, Shape.METHOD):
        form = ChoiceRequestForm()
        form.new.offer(choices(SludgeKind if shape is Shape.SLUDGE_KIND else MoistureMethod))
        return form
    return TextRequestForm()


def typed_value(shape: Shape, form: Any) -> Any:
    """The new value as the signed content holds it: a share of one, not a percentage."""
    value = form.new.data
    return value / 100 if value is not None and shape in AS_PERCENT else value


class AskFieldForm(Form):
    """What the regulator asks a party about a field."""

    organisation = ChoiceField(_("Who is asked"))
    comment = LongTextField(_("What is to be corrected"), _("What does not fit, and with what."))


class ReplyForm(Form):
    """Why a field is right as it is."""

    answer = LongTextField(_("Answer"), _("Why the field is right as it is."))


class AnswerCorrectionForm(Form):
    """A party's or the regulator's yes or no."""

    decision = RadioField(_("What do you say?"), [required])
    reason = LongTextField(_("Reason"), _("Needed for a refusal."), needed=False)

    def offer(self) -> None:
        """Yes and no, in words."""
        self.decision.choices = [
            ("accept", str(_("Agreed: the new value is right"))),
            ("refuse", str(_("Refused: the old value stays"))),
        ]


class HoldForm(Form):
    """Why a manifest is frozen, or goes on."""

    reason = LongTextField(_("Reason"), _("The parties read it."))
