"""What is asked about a product that leaves a site?"""

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import SelectField, StringField

from tracking.operations.custody.dispatch_product import DispatchDraft
from web.forms.base import Form, MomentField, no_longer_than, required, stripped
from web.forms.masses import PercentField, TonnesField

text = [stripped]
FIELD_OF = {"mass_kg": "mass_t", "moisture_fraction": "moisture_percent"}


class DispatchForm(Form):
    """Product, mass, use 用途 and receiver."""

    facility = SelectField(_("Facility"))
    product = StringField(_("Product"), filters=text, validators=[required, no_longer_than(100)])
    mass_t = TonnesField(_("Mass (t)"), validators=[required])
    moisture_percent = PercentField(_("Moisture (%)"))
    use = StringField(_("Use"), filters=text, validators=[required, no_longer_than(200)])
    receiver = StringField(_("Who gets it"), filters=text, validators=[required, no_longer_than(200)])
    vehicle = StringField(_("Plate of the vehicle"), filters=text, validators=[no_longer_than(64)])
    ticket = StringField(_("Ticket number"), filters=text, validators=[no_longer_than(64)])
    at = MomentField(_("Left at"))

    def __init__(self, *args: Any, places: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.facility.choices = places

    def draft(self) -> DispatchDraft:
        """The dispatch as typed."""
        return DispatchDraft(
            facility=self.facility.data,
            product=self.product.data or "",
            mass_kg=self.mass_t.data,
            use=self.use.data or "",
            receiver=self.receiver.data or "",
            at=self.at.data,
            moisture_fraction=self.moisture_percent.data,
            vehicle=self.vehicle.data or None,
            ticket=self.ticket.data or None,
        )
