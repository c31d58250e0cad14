"""What may a decoder know beside the bytes: whose they are, when they came, how the device counts?"""

from dataclasses import dataclass

from models.device_values import VendorField


@dataclass(frozen=True, slots=True)
class Reception:
    """The circumstances of a message.

    received_ms: when it came, ms UTC; formats that send half a time complete it from this.
    utc_offset_minutes: how far the device's clock runs ahead of UTC where its format sends local time
    without a zone; None means as the format says (JT/T 808: GMT+8). vendor_fields: what the vendor's own
    fields of this model of device mean.
    """

    device_code: str
    received_ms: int
    utc_offset_minutes: int | None = None
    vendor_fields: tuple[VendorField, ...] = ()
