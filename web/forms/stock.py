"""What is asked when several loads are disposed of at once?"""

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import PasswordField, SelectField, SelectMultipleField

from models.custody_words import SigningMethod
from models.vocabulary import DisposalMethod
from tracking.operations.custody.prove import Proof
from web.display import choices
from web.forms.base import Form


class DisposalForm(Form):
    """The loads, how they were disposed of, and the signature."""

    numbers = SelectMultipleField(_("Loads"), validate_choice=False)
    method = SelectField(_("How it was disposed of"))
    password = PasswordField(_("Your password"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.numbers.choices = []
        self.method.choices = choices(DisposalMethod)

    def validate_numbers(self, field: SelectMultipleField) -> None:
        """At least one, each once."""
        if not field.data:
            self.refuse("", str(_("Tick the loads first.")))

    def proof(self) -> Proof:
        """Password, or a recent login."""
        if self.password.data:
            return Proof(SigningMethod.PASSWORD, password=self.password.data)
        return Proof(SigningMethod.RECENT_LOGIN)
