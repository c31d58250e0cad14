"""What does the reader hear when the register of devices refuses? A field and a sentence."""

from flask_babel import gettext as _

from gps_ingest.store.devices import DeviceRefused


def device_refusal(refused: DeviceRefused) -> tuple[str, str]:
    """(field, sentence) for what the store refused; a blank field: the request as a whole."""
    said = {
        "code": ("code", _("This cannot be a device's code: at most 64 printable characters.")),
        "taken": ("code", _("A device with this code is registered already.")),
        "unregistered": ("", _("The device is not registered.")),
        "model": ("model", _("At most 64 printable characters.")),
        "offset": ("utc_offset_minutes", _("No time zone has such an offset.")),
        "vehicle": ("vehicle", _("There is no vehicle with this code.")),
        "since": ("since", _("The device has a stay that begins later. Choose a later time.")),
        "unbound": ("", _("The device rides on no vehicle.")),
        "no_group": ("", _("These messages are not in quarantine.")),
        "distrusted": ("", _("The senders did not prove to be this device. Confirm it first.")),
        "other_protocol": ("", _("They came over another protocol. Confirm it first.")),
        "out_of_service": ("", _("The device is out of service. Put it into service first.")),
        "quantity": ("quantity", _("A vendor's field cannot hold this quantity.")),
        "tlv_id": ("tlv", _("A TLV's identifier is hexadecimal, 00 to FF.")),
        "offset_bytes": ("offset_bytes", _("The first byte is 0 to 253.")),
        "width_bytes": ("width_bytes", _("A number has 1 to 8 bytes.")),
        "scale": ("scale", _("The scale is a number other than 0.")),
    }
    return said.get(refused.kind, ("", str(refused)))
