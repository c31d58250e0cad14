"""What do all forms share? A token against forgery, times of the city, errors in the reader's language."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import Field, StringField, ValidationError

from web.clock import now
from web.display import timezone


class Form(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """A form of a page."""

    def refuse(self, name: str, sentence: str) -> None:
        """Put what was wrong beside a field; blank: above the whole form."""
        field: Any = self._fields.get(name)
        if field is None:
            self.form_errors.append(sentence)
        else:
            field.errors = [*field.errors, sentence]

    @property
    def wrong(self) -> list[tuple[str, str]]:
        """(field, sentence) of everything that is wrong, in the order of the form."""
        beside = [(field.name, str(said)) for field in self if field.name for said in field.errors]
        return [*(("", str(said)) for said in self.form_errors), *beside]


def stripped(value: str | None) -> str | None:
    """Spaces around what was typed mean nothing."""
    return value.strip() if value else value


def no_longer_than(count: int) -> Any:
    """A validator of texts."""

    def check(_form: Form, field: Field) -> None:
        if field.data and len(field.data) > count:
            raise ValidationError(_("At most %(count)s characters.", count=count))

    return check


def required(_form: Form, field: Field) -> None:
    """A validator: something must be given."""
    if field.data in (None, ""):
        raise ValidationError(_("This is missing."))


class MomentField(StringField):
    """A time in the city's zone as browsers send it; left blank: now. `data` is aware UTC."""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data: Any
        text = valuelist[0].strip() if valuelist else ""
        self.typed = text
        if not text:
            self.data = now()
            return
        try:
            self.data = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(timezone())).astimezone(UTC)
        except (ValueError, OverflowError):
            self.data = None
            raise ValueError(_("This is not a date and time.")) from None

    def _value(self) -> str:
        return getattr(self, "typed", "")
