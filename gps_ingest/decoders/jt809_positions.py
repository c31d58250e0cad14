"""What does a position in JT/T 809 say? 36 bytes in the edition of 2011, a JT/T 808 location in that of 2019.

2011: coordinates encrypted u8 · day u8 · month u8 · year u16 · hour, minute, second u8 each (GMT+8) ·
longitude, latitude u32 (1e-6 degree) · speed u16 · speed of the recorder u16 (km/h) · mileage u32 (km) ·
course u16 · altitude u16 (m) · state u32 · alarm u32, both with the bits of JT/T 808.
2019: coordinates encrypted u8 · length u32 · body of a JT/T 808 0x0200 · three times a platform's code of 11
bytes and its alarm u32. Converted platforms send the 35 bytes of 2011 as that body: they are read too.
"""

from datetime import UTC, datetime
from struct import Struct

from gps_ingest.decoders.fix_batch import NEVER, UNKNOWN_COUNT, Row
from gps_ingest.decoders.fix_fields import EPOCH, MAX_COORDINATE_DEG, MILLISECOND
from gps_ingest.decoders.jt808.bcd_times import NoSuchTime
from gps_ingest.decoders.jt808.locations import (
    ACC_BIT,
    DEGREE,
    FIXED_BIT,
    LOAD_SHIFT,
    LOADS,
    SOUTH_BIT,
    WEST_BIT,
    UnreadableLocation,
    read_location,
)
from models.device_values import VendorField
from models.values import ACC_OFF, ACC_ON

CORE_2011 = Struct(">BBHBBBIIHHIHHII")
CORE_2011_BYTES = CORE_2011.size  # 35, after the flag
POSITION_2011_BYTES = CORE_2011_BYTES + 1
HEAD_2019 = Struct(">BI")
PLATFORMS_2019_BYTES = 3 * (11 + 4)
NOTHING = float("nan")
NO_SPEED, NO_MILEAGE = 0xFFFF, 0xFFFF_FFFF
FULL_CIRCLE_DEG = 360


class UnreadablePosition(ValueError):
    """Bytes are no position; the message is the sentence for a person."""


def read_2011(data: bytes, utc_offset_ms: int) -> Row:
    """The position in 36 bytes, as a row of FIELDS; raises UnreadablePosition."""
    if len(data) != POSITION_2011_BYTES:
        raise UnreadablePosition(f"{len(data)} bytes are no position, {POSITION_2011_BYTES} belong to one")
    return _read_core(data[1:], utc_offset_ms)


def _read_core(core: bytes, utc_offset_ms: int) -> Row:
    """The 35 bytes after the flag."""
    day, month, year, hour, minute, second, *told = CORE_2011.unpack(core)
    lon_e6, lat_e6, speed_kmh, recorder_kmh, mileage_km, course_deg, _altitude_m, state, alarm = told
    lat, lon = lat_e6 / DEGREE, lon_e6 / DEGREE
    if lat > MAX_COORDINATE_DEG or lon > MAX_COORDINATE_DEG:
        raise UnreadablePosition(f"{lat}, {lon} is not a position in degrees")
    return (
        moment_ms(year, month, day, hour, minute, second) - utc_offset_ms,
        -lat if state & SOUTH_BIT else lat,
        -lon if state & WEST_BIT else lon,
        NOTHING if speed_kmh == NO_SPEED else float(speed_kmh),
        NOTHING if course_deg > FULL_CIRCLE_DEG else float(course_deg),
        NOTHING,
        NOTHING if mileage_km == NO_MILEAGE else float(mileage_km),
        NEVER,
        LOADS[state >> LOAD_SHIFT & 3],
        ACC_ON if state & ACC_BIT else ACC_OFF,
        UNKNOWN_COUNT,
        UNKNOWN_COUNT,
        NOTHING if recorder_kmh == NO_SPEED else float(recorder_kmh),
        NOTHING,
        alarm,
        state & FIXED_BIT != 0,
    )


def moment_ms(year: int, month: int, day: int, hour: int, minute: int, second: int) -> int:
    """ms since 1970 of a clock's reading, taken for UTC; raises UnreadablePosition."""
    try:
        moment = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        told = f"{year}-{month}-{day} {hour}:{minute}:{second}"
        raise UnreadablePosition(f"{told} is no date and time") from None
    if not 1980 <= year < 2100:
        raise UnreadablePosition(f"the year {year} lies outside 1980 to 2099")
    return (moment - EPOCH) // MILLISECOND


def position_bytes_2019(data: bytes) -> int:
    """How long the position at the beginning of `data` is; raises UnreadablePosition."""
    if len(data) < HEAD_2019.size + PLATFORMS_2019_BYTES:
        raise UnreadablePosition(f"{len(data)} bytes are too few for a position")
    length = HEAD_2019.size + int(HEAD_2019.unpack_from(data)[1]) + PLATFORMS_2019_BYTES
    if length > len(data):
        raise UnreadablePosition(f"{length} bytes are told for a position, {len(data)} are there")
    return length


def read_2019(data: bytes, utc_offset_ms: int, vendor: tuple[VendorField, ...] = ()) -> Row:
    """The position of a told length, as a row of FIELDS; raises UnreadablePosition."""
    if position_bytes_2019(data) != len(data):
        raise UnreadablePosition("its length is not the one that it tells")
    location = data[HEAD_2019.size : -PLATFORMS_2019_BYTES]
    if len(location) == CORE_2011_BYTES:
        try:
            return _read_core(location, utc_offset_ms)
        except UnreadablePosition:
            pass  # a location of JT/T 808 with seven bytes of fields is as long
    try:
        return read_location(location, utc_offset_ms, vendor)
    except (UnreadableLocation, NoSuchTime) as error:
        raise UnreadablePosition(str(error)) from None
