"""Which forms keep the rule table, diversions and windows for emergency paper?"""

from collections.abc import Iterable

from flask_babel import lazy_gettext as _
from wtforms import BooleanField

from models.limit_seeds import LIMIT_SEEDS
from tracking.operations.administer.limits import LimitDraft
from tracking.rules.limit_subjects import unit_of
from web.forms.base import Form
from web.forms.fields import ChoiceField, DayField, LongTextField, NumberField, TextField, TimeField


class LimitForm(Form):
    """A dated limit."""

    subject = TextField(
        _("What is limited"),
        _("For example moisture_into:landfill, ph_into:land_use:least, lab:cd:land_use (mg/kg, dry)."),
        most=64,
        render_kw={"list": "subjects", "spellcheck": "false"},
    )
    value = NumberField(_("Limit"), _("Shares as a number from 0 to 1: 0.6 for sixty per cent."))
    inclusive = BooleanField(_("The limit itself may be reached"))
    standard = TextField(_("Standard"), _("Its number, as GB 4284-2018."), most=64)
    clause = TextField(_("Clause or table"), most=64, needed=False)
    valid_from = DayField(_("Holds from"))
    note = LongTextField(_("Note"), _("Where the text is found, why it changes."), most=400, needed=False)

    @property
    def draft(self) -> LimitDraft:
        subject = self.subject.data
        return LimitDraft(
            subject,
            self.value.data,
            bool(self.inclusive.data),
            unit_of(subject) or "fraction",
            self.standard.data,
            self.valid_from.data,
            self.clause.data,
        )


SUBJECTS = tuple(dict.fromkeys(seed.subject for seed in LIMIT_SEEDS))
"""What a new installation limits, offered while one types."""


class ConfirmForm(Form):
    """That a limit was read in the official text."""

    note = LongTextField(
        _("Where you read it"), _("Edition and page of the official text."), most=400, needed=False
    )


class DiversionForm(Form):
    """A temporary change of destination."""

    from_site = ChoiceField(_("Instead of"), _("The site that cannot take the sludge."))
    to_site = ChoiceField(_("Goes to"), _("Its permit must hold for what comes."))
    valid_from = TimeField(_("From"), _("In the city's time."))
    valid_to = TimeField(_("Until"))
    reason = LongTextField(_("Reason"), _("For example: kiln of the site stands still for repair."), most=500)

    def offer(self, sites: Iterable[tuple[str, str]]) -> None:
        """The sites."""
        offered = list(sites)
        self.from_site.offer(offered)
        self.to_site.offer(offered)


class WindowForm(Form):
    """A time in which paper may be typed in afterwards."""

    organisation = ChoiceField(_("For whom"), blank=_("Everybody"))
    covers_from = TimeField(
        _("Paper from"), _("When the system or the network went away, in the city's time.")
    )
    covers_to = TimeField(_("Paper until"), _("When it was back."))
    enter_until = TimeField(_("To be typed in until"))
    reason = LongTextField(_("Reason"), _("What failed, and how that is known."))


class EndForm(Form):
    """Nothing to fill in."""
