"""How does a JT/T 808-2013 terminal put its messages on the wire? The sending half, for simulated devices."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

REGISTER, AUTHENTICATE, HEARTBEAT, LOCATION, BATCH = 0x0100, 0x0102, 0x0002, 0x0200, 0x0704
GENERAL_ANSWER, REGISTER_ANSWER = 0x8001, 0x8100
BEIJING = timezone(timedelta(hours=8))
ACC, FIXED, GPS, BEIDOU = 1 << 0, 1 << 1, 1 << 18, 1 << 19
BLIND_ZONE = 1  # 0x0704: positions that could not be sent when they were taken
HEADER = struct.Struct(">HH6sH")
BASIC = struct.Struct(">IIIIHHH6s")


@dataclass(frozen=True, slots=True)
class Report:
    """One position as the terminal takes it: degrees WGS 84, km/h, degrees, km."""

    at: datetime
    lat: float
    lon: float
    speed_kmh: float
    course_deg: float
    odometer_km: float
    satellites: int = 14


def frame(message_id: int, phone: str, seq: int, body: bytes = b"") -> bytes:
    """A whole message between its flags, escaped, with its checksum."""
    plain = HEADER.pack(message_id, len(body), bytes.fromhex(phone.zfill(12)), seq & 0xFFFF) + body
    check = 0
    for byte in plain:
        check ^= byte
    escaped = (plain + bytes([check])).replace(b"\x7d", b"\x7d\x01").replace(b"\x7e", b"\x7d\x02")
    return b"\x7e" + escaped + b"\x7e"


def registration(terminal_id: str, plate: str) -> bytes:
    """Body of 0x0100: province, city, maker, model, terminal, colour of the plate (yellow), plate."""
    maker, model = b"SLUDG", b"DEMO".ljust(20, b"\0")
    return (
        struct.pack(">HH", 44, 100)
        + maker
        + model
        + terminal_id.encode()[:7].ljust(7, b"\0")
        + b"\x02"
        + (plate.encode("gbk"))
    )


def location(report: Report) -> bytes:
    """Body of 0x0200 with mileage, recorder speed, signal and satellites."""
    status = ACC | FIXED | GPS | BEIDOU | (report.lat < 0) << 2 | (report.lon < 0) << 3
    clock = report.at.astimezone(UTC).astimezone(BEIJING).strftime("%y%m%d%H%M%S")
    basic = BASIC.pack(
        0,
        status,
        round(abs(report.lat) * 1e6),
        round(abs(report.lon) * 1e6),
        20,
        round(report.speed_kmh * 10),
        round(report.course_deg) % 360,
        bytes.fromhex(clock),
    )
    mileage = b"\x01\x04" + struct.pack(">I", round(report.odometer_km * 10))
    recorder = b"\x03\x02" + struct.pack(">H", round(report.speed_kmh * 10))
    return basic + mileage + recorder + b"\x30\x01\x1c" + b"\x31\x01" + bytes([report.satellites])


def batch(reports: Sequence[Report]) -> bytes:
    """Body of 0x0704: positions kept while there was no network."""
    items = [location(report) for report in reports]
    body = struct.pack(">HB", len(items), BLIND_ZONE)
    return body + b"".join(struct.pack(">H", len(item)) + item for item in items)


def messages(received: bytes) -> tuple[list[tuple[int, bytes]], bytes]:
    """(message id, body) of each whole message in what the platform sent, and what is left over."""
    *whole, rest = received.split(b"\x7e")
    found = []
    for piece in whole:
        if len(piece) >= HEADER.size + 1:
            plain = piece.replace(b"\x7d\x02", b"\x7e").replace(b"\x7d\x01", b"\x7d")
            found.append((HEADER.unpack_from(plain)[0], plain[HEADER.size : -1]))
    return found, rest
