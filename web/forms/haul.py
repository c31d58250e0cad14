"""Which form gives a leg to a driver?"""

from flask_babel import lazy_gettext as _

from web.forms.base import Form
from web.forms.fields import ChoiceField


class DriverForm(Form):
    """Who drives; nobody named means that any of the carrier's drivers may take it."""

    driver = ChoiceField(
        _("Driver or master"),
        _("Only this person sees the trip on the phone and signs it. Nobody named: each of your drivers."),
        blank=_("Any of our drivers"),
    )
