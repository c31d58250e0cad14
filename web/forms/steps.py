"""What does each act of custody ask of the person who signs it?"""

from datetime import UTC, datetime
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import Field, HiddenField, PasswordField, SelectField, StringField, ValidationError

from models.custody_words import Act, MoistureMethod, SigningMethod
from models.vocabulary import CustodyState, DisposalMethod
from tracking.operations.custody.prove import Proof
from tracking.operations.custody.take_step import Seen
from tracking.queries.scale_tickets import TicketRow
from tracking.rules.custody.facts import Given, Weighed
from web.clock import now
from web.display import choices
from web.forms.base import Form, MomentField, no_longer_than, stripped
from web.forms.fields import PhotoField
from web.forms.masses import DegreesField, PercentField, TonnesField

WEIGHED = ("gross_t", "tare_t", "ticket", "scale")
TESTED = ("moisture_percent", "u_moisture_percent", "moisture_method")
ASKED: dict[Act, tuple[str, ...]] = {
    Act.LOAD: (*WEIGHED, *TESTED),
    Act.RELOAD: (*WEIGHED, *TESTED),
    Act.HAND_OVER: WEIGHED,
    Act.TAKE_OVER: WEIGHED,
    Act.STORE: ("pile", *WEIGHED),
    Act.ARRIVE: ("gate", "gross_t", "ticket", "scale"),
    Act.ACCEPT: ("gross_t", "tare_t", "ticket", "scale", *TESTED, "pile"),
    Act.PART_ACCEPT: (*WEIGHED, *TESTED, "refused_t", "reason", "pile"),
    Act.REJECT: ("reason", *WEIGHED, *TESTED),
    Act.DISPOSE: ("method", "mass_t", "pile"),
    Act.CANCEL: ("reason",),
    Act.CANCEL_LOADED: ("reason",),
    Act.ABORT: ("reason", "photo"),
}
"""The fields of an act's form, in their order; an act that is not here asks for the signature only."""

FIELD_OF = {
    "weighing.gross_kg": "gross_t",
    "weighing.tare_kg": "tare_t",
    "moisture.fraction": "moisture_percent",
    "moisture.u_fraction": "u_moisture_percent",
    "accepted_kg": "refused_t",
    "refused_kg": "refused_t",
    "mass_kg": "mass_t",
    "facility": "gate",
    "attachment": "photo",
    "weighing.scale_ticket": "scale_ticket",
}
"""The form's field for a field that a guard names."""

EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
LATEST = datetime(9000, 1, 1, tzinfo=UTC)
"""Between them a device's time can be shown in every zone; beyond, its clock says nothing."""

text = [stripped]


class StepForm(Form):
    """Everything that any act asks; a page shows what its act does."""

    gross_t = TonnesField(_("Gross (t)"))
    tare_t = TonnesField(_("Tare (t)"))
    scale_ticket = StringField(_("Ticket of the scale"), filters=text, validators=[no_longer_than(18)])
    ticket = StringField(_("Ticket number"), filters=text, validators=[no_longer_than(64)])
    scale = StringField(_("Weighbridge"), filters=text, validators=[no_longer_than(64)])
    moisture_percent = PercentField(_("Moisture (%)"))
    u_moisture_percent = PercentField(_("Uncertainty of the moisture (± %)"))
    moisture_method = SelectField(_("How the moisture was found"), default=MoistureMethod.OVEN.value)
    refused_t = TonnesField(_("Refused (t)"))
    reason = StringField(_("Reason"), filters=text, validators=[no_longer_than(500)])
    pile = StringField(_("Pile"), filters=text, validators=[no_longer_than(64)])
    method = SelectField(_("How it was disposed of"), default="")
    mass_t = TonnesField(_("Disposed of (t)"))
    gate = SelectField(_("Gate"), validate_choice=False)
    photo = PhotoField(_("Photo of the place or the vehicle"))
    at = MomentField(_("When it happened"))
    password = PasswordField(_("Your password"))
    code = StringField(_("One-time code"), filters=text, validators=[no_longer_than(16)])
    state = HiddenField()
    version = HiddenField()
    device_at = HiddenField()
    lat, lon, accuracy_m = DegreesField(), DegreesField(), DegreesField()

    def __init__(
        self,
        *args: Any,
        places: list[tuple[str, str]] | None = None,
        tickets: list[TicketRow] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.tickets = {str(row.id): row for row in tickets or []}
        self.moisture_method.choices = choices(MoistureMethod)
        self.method.choices = [("", "—"), *choices(DisposalMethod)]
        self.gates = dict(places or [])
        self.gate.choices = list(self.gates.items())

    def validate_gate(self, field: Field) -> None:
        """Only the signer's own places are gates; blank where there is none to choose."""
        if field.data and field.data not in self.gates:
            raise ValidationError(_("This is none of your own places."))

    def validate_scale_ticket(self, field: Field) -> None:
        """One of those that are offered; blank where the masses were typed by hand."""
        if field.data and field.data not in self.tickets:
            raise ValidationError(_("This ticket is not offered any more: choose again."))

    def given(self, act: Act) -> Given:
        """What the form gives with the act."""
        asked = ASKED.get(act, ())
        at = self.device_moment or (self.at.data if self.at.data else now())
        gate = self.gate.data if "gate" in asked else None
        return Given(
            at=at,
            weighed=self.weighed(asked, at),
            refused_kg=self.refused_t.data if "refused_t" in asked else None,
            reason=self.reason.data or None,
            method=DisposalMethod(self.method.data) if "method" in asked and self.method.data else None,
            mass_kg=self.mass_t.data if "mass_t" in asked else None,
            pile=(self.pile.data or None) if "pile" in asked else None,
            place_id=int(gate) if gate else None,
        )

    def weighed(self, asked: tuple[str, ...], at: Any) -> Weighed | None:
        """The weighing and moisture test, None where nothing of them was given."""
        if "gross_t" not in asked:
            return None
        moisture = self.moisture_percent.data if "moisture_percent" in asked else None
        of_scale = self.tickets.get(self.scale_ticket.data or "")
        gross_kg, tare_kg = self.gross_t.data, self.tare_t.data if "tare_t" in asked else None
        if of_scale is not None:
            gross_kg = of_scale.gross_kg if gross_kg is None else gross_kg
            tare_kg = of_scale.tare_kg if tare_kg is None and "tare_t" in asked else tare_kg
        if gross_kg is None and tare_kg is None and moisture is None:
            return None
        return Weighed(
            at=at,
            gross_kg=gross_kg,
            tare_kg=tare_kg,
            scale_code=self.scale.data or (of_scale and of_scale.scale) or None,
            ticket=self.ticket.data or (of_scale and of_scale.number) or None,
            scale_ticket_id=None if of_scale is None else of_scale.id,
            moisture_fraction=moisture,
            u_moisture_fraction=None if moisture is None else self.u_moisture_percent.data,
            moisture_method=None if moisture is None else MoistureMethod(self.moisture_method.data),
        )

    @property
    def device_moment(self) -> Any:
        """When the signer's device says that it was signed; None where it says nothing that can be read."""
        return moment_of(self.device_at.data)

    def proof(self) -> Proof:
        """How the signer proves to be the signer: a code, a password, or a recent login."""
        place = None
        if self.lat.data is not None and self.lon.data is not None:
            place = (self.lat.data, self.lon.data, self.accuracy_m.data)
        said: dict[str, Any] = {"device_at": self.device_moment, "place": place}
        if self.code.data:
            return Proof(SigningMethod.ONE_TIME_CODE, code=self.code.data, **said)
        if self.password.data:
            return Proof(SigningMethod.PASSWORD, password=self.password.data, **said)
        return Proof(SigningMethod.RECENT_LOGIN, **said)

    def seen(self) -> Seen | None:
        """The state that the page showed."""
        try:
            return Seen(CustodyState(self.state.data or ""), int(self.version.data or ""))
        except ValueError:
            return None


def moment_of(text: str | None) -> datetime | None:
    """A device's own time as scripts send it (ISO 8601 with a zone), in UTC; None for anything else."""
    try:
        read = datetime.fromisoformat((text or "").strip())
        at = read.astimezone(UTC) if read.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None
    return at if at is not None and EARLIEST <= at <= LATEST else None
