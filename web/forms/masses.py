"""How are tonnes and percentages typed? As people write them; `data` is kg or a fraction."""

import math
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import StringField

KG_PER_T = 1000.0
HEAVIEST_T = 100_000.0  # more than any vessel or pile holds: a slip of the keys


class FigureField(StringField):
    """A figure with a unit: what was typed is shown again, `data` is in the unit of the rules."""

    unit_size = 1.0
    most = math.inf

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data: Any
        self.typed = valuelist[0].strip() if valuelist else ""
        self.data = None
        if not self.typed:
            return
        try:
            value = float(self.typed.replace(",", "."))
        except ValueError:
            raise ValueError(_("This is not a number.")) from None
        if not -self.most <= value <= self.most:
            raise ValueError(_("This number is out of range."))
        self.data = round(value * self.unit_size, 9)

    def _value(self) -> str:
        typed = getattr(self, "typed", None)
        if typed is not None:
            return str(typed)
        return "" if self.data is None else f"{self.data / self.unit_size:g}"


class TonnesField(FigureField):
    """Typed in t; `data` in kg."""

    unit_size = KG_PER_T
    most = HEAVIEST_T


class PercentField(FigureField):
    """Typed in %; `data` a fraction."""

    unit_size = 0.01
    most = 1_000.0


class DegreesField(FigureField):
    """Degrees or metres as a device gives them."""

    most = 1e6
