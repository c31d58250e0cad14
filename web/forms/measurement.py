"""Which forms keep calibration certificates and laboratory results?"""

from typing import Any

from flask_babel import lazy_gettext as _

from tracking.operations.weighbridge.keep_certificate import CertificateGiven
from tracking.operations.weighbridge.keep_lab_result import LabGiven
from web.forms.base import Form
from web.forms.case import FILE_HINT
from web.forms.fields import ChoiceField, DayField, NumberField, PhotoField, TextField


class CertificateForm(Form):
    """A certificate as printed."""

    scale = ChoiceField(_("Weighbridge"))
    number = TextField(_("Certificate number"), _("A number that is there already is changed."), most=100)
    issuer = TextField(_("Issued by"), most=200)
    valid_from = DayField(_("Valid from"))
    valid_to = DayField(_("Valid to"))
    file = PhotoField(_("Scan"), FILE_HINT)

    def given(self, attachment_id: int | None) -> CertificateGiven:
        """The certificate as typed."""
        days = (self.valid_from.data, self.valid_to.data)
        return CertificateGiven(
            self.scale.data, self.number.data, self.issuer.data, *days, attachment_id=attachment_id
        )


class LabForm(Form):
    """A result as reported."""

    facility = ChoiceField(_("Facility"))
    period_from = DayField(_("Period from"))
    period_to = DayField(_("Period until"))
    laboratory = TextField(_("Laboratory"), most=200)
    report_number = TextField(_("Report number"), most=100)
    analyte = TextField(_("Analyte"), _("As in the rule table: ph, cd, pb, organic."), most=64)
    value = NumberField(_("Value"))
    unit = TextField(_("Unit"), _("For example mg/kg."), most=16)
    u = NumberField(_("Standard uncertainty"), _("In the same unit, if stated."), needed=False)
    method = TextField(_("Method"), most=100, needed=False)
    sampled_on = DayField(_("Sampled on"), needed=False)
    file = PhotoField(_("Scan"), FILE_HINT)

    def given(self, attachment_id: int | None) -> LabGiven:
        """The result as typed."""
        values: dict[str, Any] = {
            name: field.data for name, field in self._fields.items() if name not in ("file", "csrf_token")
        }
        return LabGiven(**values, attachment_id=attachment_id)
