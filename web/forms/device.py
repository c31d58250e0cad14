"""Which forms change what is registered of a device?"""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, FloatField, IntegerField, SelectField, StringField, ValidationError

from gps_ingest.decoders.fix_fields import MAX_CODE
from gps_ingest.store.device_changes import DeviceDetails
from gps_ingest.store.device_models import QUANTITIES, FieldLine
from gps_ingest.store.devices import DeviceRefused
from gps_ingest.store.platforms import list_platforms
from models.vocabulary import Datum, Protocol
from reports import wording
from web.database import reading
from web.forms.base import Form, MomentField, no_longer_than, required, stripped
from web.languages import language

OFFSETS_MINUTES = (-480, -300, 0, 60, 120, 180, 240, 300, 330, 360, 420, 480, 540, 600, 720)
"""What clocks of terminals are met at; any other is set on the command line."""


def offset_text(minutes: int | None) -> str:
    """How a clock's offset is told."""
    if minutes is None:
        return str(gettext("as its format says"))
    sign = "−" if minutes < 0 else "+"
    return f"UTC{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def quantity_words() -> dict[str, str]:
    """The name of each quantity that a vendor's field may hold, with its unit."""
    words = {
        "load_kg": gettext("Load (kg)"),
        "satellites": gettext("Satellites"),
        "signal": gettext("Signal of the network"),
        "recorder_speed_kmh": gettext("Speed by the recorder (km/h)"),
        "odometer_km": gettext("Odometer (km)"),
    }
    return {quantity: words[quantity] for quantity in QUANTITIES}


class DetailsForm(Form):
    """How a device speaks and counts."""

    protocol = SelectField(_("Protocol"), validators=[required])
    datum = SelectField(_("Datum"), validators=[required])
    model = StringField(_("Model"), filters=[stripped], validators=[no_longer_than(MAX_CODE)])
    utc_offset_minutes = SelectField(_("Clock"))
    platform = SelectField(_("Platform"), default="")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.protocol.choices = [(one.value, wording.label(one, language())) for one in Protocol]
        self.datum.choices = [(one.value, wording.label(one, language())) for one in Datum]
        offsets = sorted({*OFFSETS_MINUTES, *_stated(self.utc_offset_minutes.data)})
        self.utc_offset_minutes.choices = [
            ("", offset_text(None)),
            *((str(one), offset_text(one)) for one in offsets),
        ]
        self.platform.choices = [("", gettext("none")), *platform_words()]

    def validate_platform(self, field: SelectField) -> None:
        """Another platform speaks for vehicles of JT/T 809 only."""
        if field.data and self.protocol.data != Protocol.JT809.value:
            raise ValidationError(_("Only a device of JT/T 809 speaks through a platform."))

    @property
    def details(self) -> DeviceDetails:
        offset = self.utc_offset_minutes.data
        return DeviceDetails(
            Protocol(self.protocol.data),
            Datum(self.datum.data),
            self.model.data or None,
            int(offset) if offset else None,
        )


def platform_words() -> list[tuple[str, str]]:
    """(user name, how it is told) of each registered platform of JT/T 809."""
    out = gettext("out of service")
    return [
        (one.code, f"{one.code} {one.name}" if one.active else f"{one.code} {one.name} ({out})")
        for one in list_platforms(reading())
    ]


def _stated(value: Any) -> set[int]:
    """An offset that is registered already is offered although it is none of the usual ones."""
    try:
        minutes = int(value)
    except (TypeError, ValueError):
        return set()
    return {minutes} if -720 <= minutes <= 840 else set()


class NewDeviceForm(DetailsForm):
    """A new device whose code is known, and the vehicle that it rides on."""

    vehicle = StringField(_("Vehicle"), filters=[stripped], validators=[no_longer_than(MAX_CODE)])
    since = MomentField(_("Rides there since"))


class RegisterForm(NewDeviceForm):
    """A new device with its code."""

    code = StringField(_("Code"), filters=[stripped], validators=[required, no_longer_than(MAX_CODE)])


class BindForm(Form):
    """On which vehicle a device rides, since when."""

    vehicle = StringField(_("Vehicle"), filters=[stripped], validators=[required, no_longer_than(MAX_CODE)])
    since = MomentField(_("Rides there since"))


class UnbindForm(Form):
    """When a device was taken off its vehicle."""

    until = MomentField(_("Taken off at"))


class FieldForm(Form):
    """Where a quantity stands in what a model of device sends."""

    name = StringField(_("Model"), filters=[stripped], validators=[required, no_longer_than(MAX_CODE)])
    quantity = SelectField(_("Quantity"), validators=[required])
    tlv = StringField(_("TLV (hexadecimal)"), filters=[stripped], validators=[required, no_longer_than(4)])
    offset_bytes = IntegerField(_("First byte"), default=0)
    width_bytes = IntegerField(_("Bytes"), default=2)
    scale = FloatField(_("Scale"), default=1.0)
    signed = BooleanField(_("Signed (two's complement)"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.quantity.choices = [(one, quantity_words()[one]) for one in QUANTITIES]

    def line(self) -> FieldLine:
        """The field as typed; raises DeviceRefused for a number that cannot be read."""
        try:
            tlv_id = int(self.tlv.data or "", 16)
        except ValueError:
            raise DeviceRefused(f"'{self.tlv.data}' is not hexadecimal", "tlv_id") from None
        return FieldLine(
            tlv_id,
            int(self.offset_bytes.data or 0),
            int(self.width_bytes.data or 0),
            bool(self.signed.data),
            float(self.scale.data or 0.0),
            str(self.quantity.data),
        )


class ForgetFieldForm(Form):
    """Which quantity of which model is not read any more."""

    name = StringField(validators=[required])
    quantity = StringField(validators=[required])
