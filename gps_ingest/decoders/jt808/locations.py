"""What does a location report say? The body of 0x0200, and each item of a batch 0x0704.

alarm u32 · status u32 · latitude u32, longitude u32 (1e-6 degree) · altitude i16 (m) · speed u16 (0.1 km/h)
· course u16 (degree) · time BCD[6], then fields of id u8, length u8, value. Status bits: 0 ACC on, 1 fixed,
2 south, 3 west, 8-9 load (00 empty, 01 half, 11 full). Fields read here: 01 mileage (0.1 km), 03 speed of
the recorder (0.1 km/h), 30 strength of the network, 31 satellites, and the vendor's own where the device's
model is known. A field that runs over the end ends the fields: the position before it stands.

A location is a plain tuple in the order of FIELDS: an object each would cost as much as decoding it.
"""

from collections.abc import Sequence
from struct import Struct

from gps_ingest.decoders.fix_batch import FIELDS, NEVER, UNKNOWN_COUNT, Row
from gps_ingest.decoders.fix_fields import MAX_COORDINATE_DEG, MAX_QUANTITY
from gps_ingest.decoders.jt808.bcd_times import moment_ms
from models.device_values import VendorField
from models.values import ACC_OFF, ACC_ON, LOAD_EMPTY, LOAD_FULL, LOAD_HALF, LOAD_UNKNOWN

CORE = Struct(">IIIIhHH6s")
CORE_BYTES = CORE.size
DEGREE = 1_000_000
ACC_BIT, FIXED_BIT, SOUTH_BIT, WEST_BIT = 1, 2, 4, 8
LOAD_SHIFT = 8
LOADS = (LOAD_EMPTY, LOAD_HALF, LOAD_UNKNOWN, LOAD_FULL)  # 10 is reserved
NOTHING = float("nan")
NO_SPEED = 0xFFFF  # a receiver without a speed fills the field
MILEAGE, RECORDER_SPEED, SIGNAL, SATELLITES = 0x01, 0x03, 0x30, 0x31
U32, U16 = Struct(">I"), Struct(">H")

QUANTITIES = {"odometer_km", "recorder_speed_kmh", "signal", "satellites", "load_kg", "accuracy_m"}
"""What a vendor's field may fill."""
WHOLE_QUANTITIES, MOST_COUNTED = ("signal", "satellites"), 999


class UnreadableLocation(ValueError):
    """A body is no location; `field` is the part, the message the sentence for a person."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field


def read_location(body: bytes, utc_offset_ms: int, vendor: Sequence[VendorField] = ()) -> Row:
    """The location in a body of 0x0200.

    utc_offset_ms: how far the device's clock runs ahead of UTC; vendor: what its own fields mean. Raises
    UnreadableLocation for a body that is too short or tells no place, NoSuchTime for a time that is none.
    """
    if len(body) < CORE_BYTES:
        raise UnreadableLocation("body", f"{len(body)} bytes are no location, {CORE_BYTES} belong to one")
    alarm, status, lat_e6, lon_e6, _altitude, speed, course, bcd = CORE.unpack_from(body)
    time_ms = moment_ms(bcd, utc_offset_ms)
    lat, lon = lat_e6 / DEGREE, lon_e6 / DEGREE
    if lat > MAX_COORDINATE_DEG or lon > MAX_COORDINATE_DEG:
        raise UnreadableLocation("position", f"{lat}, {lon} is not a position in degrees")
    mileage_km, recorder_kmh, signal, satellites = NOTHING, NOTHING, UNKNOWN_COUNT, UNKNOWN_COUNT
    position, end = CORE_BYTES, len(body)
    while position + 2 <= end:
        field_id, length = body[position], body[position + 1]
        position += 2
        if field_id == MILEAGE and length == 4 and position + 4 <= end:
            mileage_km = U32.unpack_from(body, position)[0] / 10
        elif field_id == RECORDER_SPEED and length == 2 and position + 2 <= end:
            recorder_kmh = U16.unpack_from(body, position)[0] / 10
        elif field_id == SIGNAL and length == 1 and position < end:
            signal = body[position]
        elif field_id == SATELLITES and length == 1 and position < end:
            satellites = body[position]
        position += length
    row = (
        time_ms,
        -lat if status & SOUTH_BIT else lat,
        -lon if status & WEST_BIT else lon,
        NOTHING if speed == NO_SPEED else speed / 10,
        float(course),
        NOTHING,
        mileage_km,
        NEVER,
        LOADS[status >> LOAD_SHIFT & 3],
        ACC_ON if status & ACC_BIT else ACC_OFF,
        satellites,
        signal,
        recorder_kmh,
        NOTHING,
        alarm,
        status & FIXED_BIT != 0,
    )
    return with_vendor_fields(row, body, vendor) if vendor else row


def fields_of(body: bytes) -> list[tuple[int, bytes]]:
    """(id, value) of each field after the position, as sent; an id may stand twice."""
    fields = []
    position, end = CORE_BYTES, len(body)
    while position + 2 <= end and position + 2 + body[position + 1] <= end:
        start = position + 2
        position = start + body[position + 1]
        fields.append((body[start - 2], body[start:position]))
    return fields


def with_vendor_fields(row: Row, body: bytes, vendor: Sequence[VendorField]) -> Row:
    """The location with what the vendor's own fields say by the table of the device's model."""
    values = dict(fields_of(body))
    named = dict(zip(FIELDS, row, strict=True))
    for field in vendor:
        end = field.offset_bytes + field.width_bytes
        piece = values.get(field.tlv_id, b"")[field.offset_bytes : end]
        if len(piece) == field.width_bytes and field.quantity in QUANTITIES:
            amount = int.from_bytes(piece, "big", signed=field.signed) * field.scale
            if 0 <= amount <= MAX_QUANTITY:  # anything else is how devices say that they do not know
                whole = field.quantity in WHOLE_QUANTITIES
                named[field.quantity] = min(round(amount), MOST_COUNTED) if whole else amount
    return tuple(named.values())


def items_of_batch(body: bytes) -> tuple[list[bytes], str | None]:
    """The bodies in a batch 0x0704, and what is wrong with it, or None.

    count u16 · type u8 (messages.is_backfill) · count times length u16, body. Items before a fault are good.
    """
    if len(body) < 3:
        return [], f"{len(body)} bytes are no batch"
    count = body[0] << 8 | body[1]
    items: list[bytes] = []
    position = 3
    while position + 2 <= len(body) and len(items) < count:
        length = body[position] << 8 | body[position + 1]
        position += 2
        if position + length > len(body):
            return items, f"item {len(items)} is told to have {length} bytes, which are not there"
        items.append(body[position : position + length])
        position += length
    if len(items) != count:
        return items, f"{count} items are told, {len(items)} came"
    if position != len(body):
        return items, f"{len(body) - position} bytes follow the last item"
    return items, None
