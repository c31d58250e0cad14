"""Which fields do the forms of custody share? Numbers, days, files, choices that may be left blank."""

import math
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import request
from flask_babel import lazy_gettext as _
from werkzeug.datastructures import FileStorage
from wtforms import (
    FileField,
    FloatField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import Optional
from wtforms.widgets import CheckboxInput, ListWidget

from web.display import timezone
from web.forms.base import no_longer_than, required, stripped

EARLIEST, LATEST = date(2000, 1, 1), date(2100, 1, 1)
MOST = 1e9


class TextField(StringField):
    """One line; blank text is None."""

    data: Any

    def __init__(
        self, label: Any, hint: Any = "", most: int = 200, needed: bool = True, **kwargs: Any
    ) -> None:
        checks = [required] if needed else []
        kwargs.setdefault("render_kw", {})
        kwargs["render_kw"] = {"maxlength": most, "autocomplete": "off"} | kwargs["render_kw"]
        super().__init__(
            label, [*checks, no_longer_than(most)], filters=[stripped, _blank], description=hint, **kwargs
        )


class LongTextField(TextAreaField):
    """Some lines; blank text is None."""

    data: Any

    def __init__(
        self, label: Any, hint: Any = "", most: int = 1000, needed: bool = True, **kwargs: Any
    ) -> None:
        checks = [required] if needed else []
        kwargs["render_kw"] = {"maxlength": most, "rows": 4}
        super().__init__(
            label, [*checks, no_longer_than(most)], filters=[stripped, _blank], description=hint, **kwargs
        )


class NumberField(FloatField):
    """A finite number from `least` to `most`; None where it may be left blank."""

    data: Any

    def __init__(
        self,
        label: Any,
        hint: Any = "",
        least: float = 0.0,
        most: float = MOST,
        needed: bool = True,
        **kwargs: Any,
    ) -> None:
        self.least, self.most = least, most
        kwargs["render_kw"] = {"inputmode": "decimal", "autocomplete": "off"}
        checks = [required, self.in_range] if needed else [Optional(), self.in_range]
        super().__init__(label, checks, description=hint, **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        if valuelist and not valuelist[0].strip():
            self.data = None
            return
        super().process_formdata(valuelist)

    def in_range(self, _form: Any, field: Any) -> None:
        value = field.data
        if value is None or (math.isfinite(value) and self.least <= value <= self.most):
            return
        raise ValidationError(_("A number from %(least)s to %(most)s.", least=self.least, most=self.most))


class DayField(StringField):
    """A calendar day; None where it may be left blank."""

    def __init__(self, label: Any, hint: Any = "", needed: bool = True, **kwargs: Any) -> None:
        kwargs["render_kw"] = {"type": "date"}
        super().__init__(label, [required] if needed else [], description=hint, **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        self.typed = valuelist[0].strip() if valuelist else ""
        self.data: Any = None
        if not self.typed:
            return
        try:
            self.data = date.fromisoformat(self.typed)
        except ValueError:
            raise ValueError(_("This is not a day.")) from None
        if not EARLIEST <= self.data <= LATEST:
            raise ValueError(_("This is not a day."))

    def _value(self) -> str:
        return getattr(self, "typed", None) or (self.data.isoformat() if self.data else "")


class TimeField(StringField):
    """A moment in the city's zone; `data` is aware UTC, None where it may be left blank."""

    def __init__(self, label: Any, hint: Any = "", needed: bool = True, **kwargs: Any) -> None:
        kwargs["render_kw"] = {"type": "datetime-local"}
        super().__init__(label, [required] if needed else [], description=hint, **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        self.typed = valuelist[0].strip() if valuelist else ""
        self.data: Any = None
        if not self.typed:
            return
        try:
            local = datetime.fromisoformat(self.typed).replace(tzinfo=ZoneInfo(timezone()))
            self.data = local.astimezone(UTC)
        except (ValueError, OverflowError):
            raise ValueError(_("This is not a date and time.")) from None
        if not EARLIEST <= self.data.date() <= LATEST:
            raise ValueError(_("This is not a date and time."))

    def _value(self) -> str:
        return getattr(self, "typed", "")


class ChoiceField(SelectField):
    """One of some choices; with `blank` also none of them, which is None."""

    def __init__(self, label: Any, hint: Any = "", blank: Any = None, **kwargs: Any) -> None:
        self.blank = blank
        checks = [] if blank is not None else [required]
        super().__init__(label, checks, description=hint, choices=[], filters=[_blank], **kwargs)

    def offer(self, choices: Iterable[tuple[str, str]]) -> None:
        """What there is to choose from."""
        first = [("", str(self.blank))] if self.blank is not None else [("", str(_("Choose")))]
        self.choices = [*first, *choices]

    def pre_validate(self, form: Any) -> None:
        if self.data is not None:
            super().pre_validate(form)


class PhotoField(FileField):
    """A photo or PDF that may be attached."""

    def __init__(self, label: Any, hint: Any = "", **kwargs: Any) -> None:
        kwargs["render_kw"] = {"accept": "image/jpeg,image/png,application/pdf"}
        super().__init__(label, [], description=hint, **kwargs)

    @property
    def sent(self) -> FileStorage | None:
        """The file; None when none was chosen."""
        given = request.files.get(self.name)
        return given if given is not None and given.filename else None


def _blank(value: Any) -> Any:
    return value or None


class TicksField(SelectMultipleField):
    """Any of some choices, as boxes to tick; none ticked is None."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def __init__(self, label: Any, hint: Any = "", **kwargs: Any) -> None:
        super().__init__(label, [], description=hint, choices=[], **kwargs)

    @property
    def chosen(self) -> tuple[str, ...] | None:
        """What was ticked."""
        return tuple(self.data) if self.data else None
