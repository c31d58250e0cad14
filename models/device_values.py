"""What does a device say of one moment, and where does a maker put what the standards have no field for?"""

from dataclasses import dataclass

from models.values import ACC_UNKNOWN, LOAD_UNKNOWN


@dataclass(frozen=True, slots=True)
class DecodedFix:
    """One position report as a decoder read it, before doubts; blanks are None."""

    time_ms: int
    lat: float
    lon: float
    speed_kmh: float | None = None
    course_deg: float | None = None
    altitude_m: float | None = None
    accuracy_m: float | None = None
    received_ms: int | None = None
    load_state: int = LOAD_UNKNOWN
    acc: int = ACC_UNKNOWN
    odometer_km: float | None = None
    satellites: int | None = None
    signal: int | None = None  # strength of the mobile network as the device counts it
    recorder_speed_kmh: float | None = None  # of the tachograph: the wheels, not the satellites
    load_kg: float | None = None  # of a weight sensor, by the table of the device's model
    alarm: int = 0  # JT/T 808 alarm bits
    fixed: bool = True  # false: the device itself says that it has no position


@dataclass(frozen=True, slots=True)
class VendorField:
    """Where a model of device puts a quantity into a vendor's TLV: an unsigned or signed big-endian integer.

    quantity: the field of DecodedFix that it fills; the value is the integer times `scale`.
    """

    tlv_id: int
    offset_bytes: int
    width_bytes: int
    signed: bool
    scale: float
    quantity: str
