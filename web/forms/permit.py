"""Which forms keep permits, licences, approvals and plans?"""

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import FieldList, FormField
from wtforms import Form as PlainForm

from models.custody_words import LicenceKind
from models.vocabulary import DisposalMethod, Mode, SludgeKind
from tracking.operations.administer.permits import ApprovalDraft, LicenceDraft, PermitDraft
from tracking.operations.administer.plans import PlanDraft, PlanLegDraft
from web.display import choices
from web.forms.base import Form
from web.forms.fields import ChoiceField, DayField, NumberField, TextField, TicksField

SAME_NUMBER = _("A number that is there already is changed.")
NOTHING_LIMITS = _("Blank: not limited.")
MAX_LEGS = 5


class PermitForm(Form):
    """What a facility may take."""

    facility = ChoiceField(_("Facility"))
    number = TextField(_("Permit number"), SAME_NUMBER, most=100)
    valid_from = DayField(_("Valid from"))
    valid_to = DayField(_("Valid to"), _("The last day; blank: without end."), needed=False)
    sludge_kinds = TicksField(_("Kinds of sludge"), _("None ticked: not limited."))
    methods = TicksField(_("Methods"), _("None ticked: not limited."))
    t_per_day = NumberField(_("t a day"), NOTHING_LIMITS, needed=False)
    t_per_year = NumberField(_("t a year"), NOTHING_LIMITS, needed=False)
    storage_t = NumberField(_("Storage (t)"), NOTHING_LIMITS, needed=False)
    moisture = NumberField(_("Moisture at most (%)"), NOTHING_LIMITS, most=100, needed=False)

    def offer(self, facilities: list[tuple[str, str]]) -> None:
        """Facilities, kinds and methods."""
        self.facility.offer(facilities)
        self.sludge_kinds.choices, self.methods.choices = choices(SludgeKind), choices(DisposalMethod)

    @property
    def draft(self) -> PermitDraft:
        moisture = self.moisture.data
        return PermitDraft(
            self.facility.data,
            self.number.data,
            self.valid_from.data,
            self.valid_to.data,
            self.sludge_kinds.chosen,
            self.methods.chosen,
            self.t_per_day.data,
            self.t_per_year.data,
            self.storage_t.data,
            None if moisture is None else moisture / 100,
        )


class RevokeForm(Form):
    """The last day of a permit."""

    on = DayField(_("Last day"), _("From the next day on the permit allows nothing."))


class LicenceForm(Form):
    """That a vehicle may carry sludge."""

    vehicle = TextField(_("Vehicle"), _("Its code."), most=64, render_kw={"list": "vehicles"})
    kind = ChoiceField(_("Kind"), blank=_("as its mode asks"))
    number = TextField(_("Licence number"), SAME_NUMBER, most=100)
    valid_from = DayField(_("Valid from"))
    valid_to = DayField(_("Valid to"), needed=False)

    def offer(self) -> None:
        """The kinds."""
        self.kind.offer(choices(LicenceKind))

    @property
    def draft(self) -> LicenceDraft:
        kind = LicenceKind(self.kind.data) if self.kind.data else None
        return LicenceDraft(
            self.vehicle.data, self.number.data, self.valid_from.data, self.valid_to.data, kind
        )


class ApprovalForm(Form):
    """That sludge may leave the province."""

    number = TextField(_("Approval number"), SAME_NUMBER, most=100)
    origin = ChoiceField(_("From"))
    destination = ChoiceField(_("To"))
    quota_t = NumberField(_("Quota (wet t)"), NOTHING_LIMITS, needed=False)
    valid_from = DayField(_("Valid from"))
    valid_to = DayField(_("Valid to"), needed=False)

    def offer(self, facilities: list[tuple[str, str]]) -> None:
        """The facilities."""
        self.origin.offer(facilities)
        self.destination.offer(facilities)

    @property
    def draft(self) -> ApprovalDraft:
        return ApprovalDraft(
            self.number.data,
            self.origin.data,
            self.destination.data,
            self.valid_from.data,
            self.valid_to.data,
            self.quota_t.data,
        )


class LegForm(PlainForm):
    """A leg of a plan; left wholly blank it is none."""

    mode = ChoiceField(_("Road or water"), blank="—")
    carrier = ChoiceField(_("Carrier"), blank="—")
    origin = ChoiceField(_("From"), blank="—")
    destination = ChoiceField(_("To"), blank="—")
    vehicle = TextField(_("Vehicle"), most=64, needed=False, render_kw={"list": "vehicles"})
    route = TextField(_("Approved route"), most=64, needed=False)

    @property
    def filled(self) -> bool:
        """Was anything entered?"""
        return any(field.data for field in self)


class PlanForm(Form):
    """A standing plan."""

    code = TextField(_("Plan number"), most=64)
    name = TextField(_("Name"), most=200)
    origin = ChoiceField(_("From"))
    destination = ChoiceField(_("To"))
    sludge_kind = ChoiceField(_("Kind of sludge"))
    quota_t = NumberField(_("Quota (wet t)"), NOTHING_LIMITS, needed=False)
    valid_from = DayField(_("Valid from"))
    valid_to = DayField(_("Valid to"), needed=False)
    legs = FieldList(FormField(LegForm), min_entries=3, max_entries=MAX_LEGS)

    def offer(self, facilities: list[tuple[str, str]], carriers: list[tuple[str, str]]) -> None:
        """What there is to choose from."""
        self.origin.offer(facilities)
        self.destination.offer(facilities)
        self.sludge_kind.offer(choices(SludgeKind))
        for leg in self.legs:
            leg.form.mode.offer(choices(Mode))
            leg.form.carrier.offer(carriers)
            leg.form.origin.offer(facilities)
            leg.form.destination.offer(facilities)

    def __getitem__(self, name: str) -> Any:
        """A field of the form or of one of its legs, by its name on the page."""
        found = {field.name: field for leg in self.legs for field in leg.form}
        return found[name] if name in found else super().__getitem__(name)

    def refuse(self, name: str, sentence: str) -> None:
        """Beside the field of a leg as beside any other."""
        if name.startswith("legs-") and name in {field.name for leg in self.legs for field in leg.form}:
            self[name].errors = [*self[name].errors, sentence]
        else:
            super().refuse(name, sentence)

    @property
    def wrong(self) -> list[tuple[str, str]]:
        """Those of the form's own fields, then those of the legs."""
        own = [(name, said) for name, said in super().wrong if name != "legs"]
        fields = [field for leg in self.legs for field in leg.form]
        return [*own, *((field.name, str(said)) for field in fields for said in field.errors)]

    @property
    def draft(self) -> PlanDraft:
        return PlanDraft(
            self.code.data,
            self.name.data,
            self.origin.data,
            self.destination.data,
            SludgeKind(self.sludge_kind.data),
            self.valid_from.data,
            self.valid_to.data,
            self.quota_t.data,
            tuple(self.leg_drafts()),
        )

    def leg_drafts(self) -> list[PlanLegDraft]:
        """The legs that were filled in; a blank mode is the road."""
        return [
            PlanLegDraft(
                Mode(leg.mode.data or Mode.ROAD.value),
                leg.carrier.data or "",
                leg.origin.data or "",
                leg.destination.data or "",
                leg.route.data,
                leg.vehicle.data,
            )
            for leg in (entry.form for entry in self.legs)
            if leg.filled
        ]
