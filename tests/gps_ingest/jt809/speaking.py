"""Which frames does another platform send? Written here byte by byte, so that the other side is not ours."""

from binascii import crc_hqx
from datetime import datetime, timedelta, timezone

CENTER, USER, PASSWORD = 11, 1001, "secret88"
PLATE, COLOUR = "苏E12345", 2
CODE = f"{PLATE}-{COLOUR}"
SHANGHAI = timezone(timedelta(hours=8))
LOGIN_2011, LOGIN_2019 = 46, 50


def u8(value: int) -> bytes:
    return value.to_bytes(1, "big")


def u16(value: int) -> bytes:
    return value.to_bytes(2, "big")


def u32(value: int) -> bytes:
    return value.to_bytes(4, "big")


def frame(
    msg_id: int,
    body: bytes = b"",
    *,
    is_2019: bool = False,
    serial: int = 1,
    center_id: int = CENTER,
    key: int | None = None,
    told_bytes: int | None = None,
) -> bytes:
    """A frame on the wire. `key`: the body is encrypted with it; `told_bytes`: a wrong length."""
    head = u32(serial) + u16(msg_id) + u32(center_id) + b"\1\0\0" + u8(key is not None) + u32(key or 0)
    head += (0x68DA5772).to_bytes(8, "big") if is_2019 else b""
    length = 1 + 4 + len(head) + len(body) + 2 + 1
    content = u32(length if told_bytes is None else told_bytes) + head + body
    content += u16(crc_hqx(content, 0xFFFF))
    return b"\x5b" + b"".join(ESCAPES.get(byte, u8(byte)) for byte in content) + b"\x5d"


ESCAPES = {0x5B: b"\x5a\x01", 0x5A: b"\x5a\x02", 0x5D: b"\x5e\x01", 0x5E: b"\x5e\x02"}


def login(
    password: str = PASSWORD, user: int = USER, center_id: int = CENTER, *, is_2019: bool = False, **more: int
) -> bytes:
    body = u32(user) + password.encode().ljust(8, b"\0")
    body += u32(center_id) if is_2019 else b""
    body += b"127.0.0.1".ljust(32, b"\0") + u16(9000)
    return frame(0x1001, body, is_2019=is_2019, center_id=center_id, **more)


def position(
    at: datetime,
    lat: float = 31.25,
    lon: float = 120.5,
    *,
    state: int = 0x303,
    alarm: int = 0,
    speed: int = 42,
    recorder: int = 43,
    mileage: int = 12_345,
    course: int = 271,
) -> bytes:
    """The 36 bytes of 2011."""
    local = at.astimezone(SHANGHAI)
    date = u8(local.day) + u8(local.month) + u16(local.year)
    time = u8(local.hour) + u8(local.minute) + u8(local.second)
    place = u32(round(lon * 1e6)) + u32(round(lat * 1e6))
    told = u16(speed) + u16(recorder) + u32(mileage) + u16(course) + u16(12) + u32(state) + u32(alarm)
    return u8(0) + date + time + place + told


def position_2019(at: datetime, lat: float = 31.25, lon: float = 120.5, fields: bytes = b"") -> bytes:
    """A location of JT/T 808 between its length and the alarms of three platforms."""
    bcd = bytes.fromhex(at.astimezone(SHANGHAI).strftime("%y%m%d%H%M%S"))
    body = u32(0) + u32(0x303) + u32(round(lat * 1e6)) + u32(round(lon * 1e6))
    body += u16(12) + u16(425) + u16(271) + bcd + fields
    platforms = b"".join(b"%011d" % number + u32(0) for number in (1, 2, 3))
    return u8(0) + u32(len(body)) + body + platforms


def vehicle(
    kind: int, data: bytes, *, plate: bytes | str = PLATE, colour: int = COLOUR, told_bytes: int | None = None
) -> bytes:
    """The body of 0x1200."""
    name = plate.encode("gbk") if isinstance(plate, str) else plate
    return name.ljust(21, b"\0") + u8(colour) + u16(kind) + u32(told_bytes or len(data)) + data


def one(at: datetime, *, is_2019: bool = False, serial: int = 1, **told: float) -> bytes:
    """A frame with one position."""
    data = position_2019(at, **told) if is_2019 else position(at, **told)  # type: ignore[arg-type]  # a place
    return frame(0x1200, vehicle(0x1202, data), is_2019=is_2019, serial=serial)


def later(positions: list[bytes], *, is_2019: bool = False, count: int | None = None) -> bytes:
    """A frame with positions that are uploaded again."""
    data = u8(len(positions) if count is None else count) + b"".join(positions)
    return frame(0x1200, vehicle(0x1203, data), is_2019=is_2019)
