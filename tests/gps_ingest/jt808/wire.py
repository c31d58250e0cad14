"""How does a terminal put its messages on the wire? Written for the tests from the standard, field by field.

Nothing of the decoder is used here, so that a mistake of its cannot cancel itself out.
"""

from typing import Any


def frame(
    msg_id: int,
    phone: str,
    serial: int,
    body: bytes,
    *,
    is_2019: bool = False,
    packets: tuple[int, int] | None = None,
    told_bytes: int | None = None,
    encryption: int = 0,
) -> bytes:
    """A whole message with delimiters; told_bytes and encryption spoil its header."""
    assert len(body) < 1024, "this body needs packets"
    attributes = (len(body) if told_bytes is None else told_bytes) | encryption << 10
    attributes |= (0x4000 if is_2019 else 0) | (0x2000 if packets else 0)
    head = msg_id.to_bytes(2, "big") + attributes.to_bytes(2, "big")
    head += b"\x01" + bytes.fromhex(phone.zfill(20)) if is_2019 else bytes.fromhex(phone.zfill(12))
    head += serial.to_bytes(2, "big")
    for number in packets or ():
        head += number.to_bytes(2, "big")
    message = bytearray(head + body)
    checksum = 0
    for byte in message:
        checksum ^= byte
    message.append(checksum)
    written = bytearray(b"\x7e")
    for byte in message:
        written += {0x7E: b"\x7d\x02", 0x7D: b"\x7d\x01"}.get(byte, bytes((byte,)))
    return bytes(written + b"\x7e")


def field(field_id: int, value: bytes) -> bytes:
    """A further field of a location."""
    return bytes((field_id, len(value))) + value


USUAL_FIELDS = field(0x01, (123_456).to_bytes(4, "big")) + field(0x30, b"\x1f") + field(0x31, b"\x0b")


def body_of(**given: Any) -> bytes:
    """A body of 0x0200: alarm, status, lat, lon (degrees, positive), altitude_m, speed_kmh, course_deg, bcd,
    fields."""
    said: dict[str, Any] = {
        "alarm": 0,
        "status": 0x303,  # fixed, ACC on, full
        "lat": 31.25,
        "lon": 120.5,
        "altitude_m": 12,
        "speed_kmh": 42.5,
        "course_deg": 271,
        "bcd": "260504083015",
        "fields": USUAL_FIELDS,
    } | given
    body: bytes = (
        said["alarm"].to_bytes(4, "big")
        + said["status"].to_bytes(4, "big")
        + round(said["lat"] * 1e6).to_bytes(4, "big")
        + round(said["lon"] * 1e6).to_bytes(4, "big")
        + said["altitude_m"].to_bytes(2, "big", signed=True)
        + round(said["speed_kmh"] * 10).to_bytes(2, "big")
        + said["course_deg"].to_bytes(2, "big")
        + bytes.fromhex(said["bcd"])
        + bytes(said["fields"])
    )
    return body


def batch_of(bodies: list[bytes], *, backfill: bool = False) -> bytes:
    """A body of 0x0704."""
    items = b"".join(len(body).to_bytes(2, "big") + body for body in bodies)
    return len(bodies).to_bytes(2, "big") + (b"\x01" if backfill else b"\x00") + items
