"""Which forms keep logins, organisations, vehicles and scales?"""

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import PasswordField, ValidationError

from models.vocabulary import Mode, OrganisationKind, Role
from tracking.operations.administer.fleet import OrganisationDraft, ScaleDraft, VehicleDraft
from web.display import choices
from web.forms.base import Form, required
from web.forms.fields import ChoiceField, NumberField, TextField

CODE_HINT = _("As papers name it. It stays once given.")


class SecretField(PasswordField):
    """A password to be set."""

    data: Any


class PersonForm(Form):
    """Who somebody is."""

    display_name = TextField(_("Name"), _("As it stands beside signatures."), most=100)
    role = ChoiceField(_("Role"), _("What the person may do."))
    organisation = ChoiceField(_("Organisation"), _("What the person sees hangs on it."), blank=_("none"))

    def offer(self, organisations: Iterable[tuple[str, str]]) -> None:
        """Roles and organisations."""
        self.role.offer(choices(Role))
        self.organisation.offer(organisations)


class NewPersonForm(PersonForm):
    """A new login."""

    username = TextField(
        _("User name"),
        _("2 to 64 of a–z, 0–9, dot, dash, underscore."),
        most=64,
        render_kw={"spellcheck": "false"},
    )


class ChoosePasswordForm(Form):
    """The own user name, and a password twice."""

    username = TextField(_("User name"), most=64)
    password = SecretField(_("New password"), [required])
    again = SecretField(_("The same again"), [required])

    def validate_again(self, field: SecretField) -> None:
        """A slip of the keys would shut the person out."""
        if field.data != self.password.data:
            raise ValidationError(_("The two differ."))


class ActiveForm(Form):
    """Nothing to fill in."""


class OrganisationForm(Form):
    """An organisation that takes part."""

    code = TextField(_("Code"), CODE_HINT, most=64)
    name = TextField(_("Name (Chinese)"), most=200)
    name_en = TextField(_("Name (English)"), most=200, needed=False)
    kind = ChoiceField(_("Kind"))

    def offer(self) -> None:
        """Kinds in the reader's language."""
        self.kind.offer(choices(OrganisationKind))

    @property
    def draft(self) -> OrganisationDraft:
        kind = OrganisationKind(self.kind.data)
        return OrganisationDraft(self.code.data, self.name.data, kind, self.name_en.data)


class VehicleForm(Form):
    """A truck or vessel."""

    code = TextField(_("Code"), CODE_HINT, most=64)
    name = TextField(_("Plate or ship's name"), most=100)
    mode = ChoiceField(_("Road or water"))
    organisation = ChoiceField(_("Carrier"))
    tare_kg = NumberField(_("Tare (kg)"), least=1, needed=False)
    rated_payload_kg = NumberField(_("Rated payload (kg)"), least=1, needed=False)
    mmsi = TextField("MMSI", _("Nine digits, of a vessel."), most=9, needed=False)

    def offer(self, carriers: Iterable[tuple[str, str]]) -> None:
        """Modes and carriers."""
        self.mode.offer(choices(Mode))
        self.organisation.offer(carriers)

    @property
    def draft(self) -> VehicleDraft:
        return VehicleDraft(
            self.code.data,
            self.name.data,
            Mode(self.mode.data),
            self.organisation.data,
            self.tare_kg.data,
            self.rated_payload_kg.data,
            self.mmsi.data,
        )


class ScaleForm(Form):
    """A weighbridge."""

    code = TextField(_("Code"), CODE_HINT, most=64)
    facility = ChoiceField(_("Facility"))
    accuracy_class = TextField(_("Accuracy class"), _("III or IIII, as on its plate."), most=8, needed=False)
    division_kg = NumberField(
        _("Division (kg)"), _("The step in which it shows masses."), least=0.1, needed=False
    )
    max_kg = NumberField(_("Capacity (kg)"), least=1, needed=False)

    @property
    def draft(self) -> ScaleDraft:
        return ScaleDraft(
            self.code.data,
            self.facility.data,
            self.accuracy_class.data,
            self.division_kg.data,
            self.max_kg.data,
        )
