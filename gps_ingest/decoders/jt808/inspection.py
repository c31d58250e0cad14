"""What does a JT/T 808 message say, laid out for a person? One line of hex → one inspection; no database."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from gps_ingest.decoders.inspected import Inspected, InspectedFix, not_understood
from gps_ingest.decoders.jt808.bcd_times import NoSuchTime, moment_ms, offset_ms
from gps_ingest.decoders.jt808.frames import (
    DELIMITER,
    Frame,
    FrameFault,
    contents_of,
    device_code,
    read_frame,
    unescaped,
    xor_of,
)
from gps_ingest.decoders.jt808.locations import (
    CORE,
    CORE_BYTES,
    DEGREE,
    FIXED_BIT,
    LOAD_SHIFT,
    NO_SPEED,
    SOUTH_BIT,
    WEST_BIT,
    UnreadableLocation,
    fields_of,
    items_of_batch,
)
from gps_ingest.decoders.jt808.message_ids import MessageId
from gps_ingest.decoders.jt808.registrations import UnreadableBody, read_registration, read_token
from gps_ingest.decoders.jt808.reports import read_driver_card, read_waybill
from models.vocabulary import LoadState

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LOAD_WORDS = (LoadState.EMPTY.value, LoadState.HALF.value, None, LoadState.FULL.value)
NOT_HEX, BODY = "hex", "body"
PHONE_FROM, PHONE_TO = 4, 10  # in a header of 2011 and 2013
SEPARATORS = re.compile(r"0[xX]|[\s,:\-]+")


def inspect_line(line: str) -> Inspected:
    """The message in a line of hex. Where several stand there, the first one's header, the fixes of all, and
    ok only when all are. A line that is one message as a whole is that one, although a 7e inside it was not
    escaped: a stream would break there, a line does not."""
    data = bytes_of(line)
    if isinstance(data, Inspected):
        return data
    contents = contents_of(data)
    if not contents:
        return not_understood(FrameFault.TRUNCATED, "nothing stands between the delimiters")
    messages = [inspect_content(content) for content in contents]
    if len(messages) == 1:
        return messages[0]
    whole = read_frame(data.removeprefix(DELIMITER).removesuffix(DELIMITER))
    if whole is not None and whole.fault is None:
        return inspect_frame(whole)
    fixes = tuple(fix for message in messages for fix in message.fixes)
    for number, message in enumerate(messages, start=1):
        if not message.ok:
            error = f"message {number} of {len(messages)} in the line: {message.error}"
            return replace(messages[0], ok=False, error_class=message.error_class, error=error, fixes=fixes)
    return replace(messages[0], fixes=fixes)


def inspect_body_line(line: str) -> Inspected:
    """The location in a line of hex that is a bare body of 0x0200, without header and checksum."""
    data = bytes_of(line)
    if isinstance(data, Inspected):
        return data
    try:
        return Inspected(ok=True, fixes=(inspected_location(data),))
    except (UnreadableLocation, NoSuchTime) as error:
        return not_understood(BODY, str(error))


def bytes_of(line: str) -> bytes | Inspected:
    """The bytes of a line of hex, with or without 0x, blanks, commas, colons or hyphens between."""
    digits = SEPARATORS.sub("", line.strip())
    if len(digits) % 2:
        return not_understood(NOT_HEX, f"an odd number of hexadecimal digits, {len(digits)}")
    try:
        return bytes.fromhex(digits)
    except ValueError:
        return not_understood(NOT_HEX, "not hexadecimal")


def inspect_content(content: bytes) -> Inspected:
    """The message between two delimiters."""
    frame = read_frame(content)
    return without_header(unescaped(content)) if frame is None else inspect_frame(frame)


def inspect_frame(frame: Frame) -> Inspected:
    """One message with its fault, if it has one."""
    fixes, body_error = inspected_body(frame)
    error_class = frame.fault or (BODY if body_error else None)
    return Inspected(
        ok=error_class is None,
        error_class=error_class,
        error=frame.detail if frame.fault else body_error,
        msg_id=f"{frame.msg_id:04x}",
        phone=frame.device_code,
        seq=frame.serial,
        checksum_ok=frame.fault is not FrameFault.CHECKSUM,
        fixes=tuple(fixes),
    )


def without_header(message: bytes) -> Inspected:
    """A message that ends before its header does: what is there of it. A wrong checksum comes first."""
    wrong = xor_of(message) != 0
    ends = f"{len(message)} bytes end before the header does"
    return Inspected(
        ok=False,
        error_class=FrameFault.CHECKSUM if wrong else FrameFault.TRUNCATED,
        error=f"the checksum is wrong, and {ends}" if wrong else ends,
        msg_id=message[:2].hex() if len(message) >= PHONE_FROM else None,
        phone=device_code(message[PHONE_FROM:PHONE_TO]) if len(message) >= PHONE_TO else None,
        checksum_ok=not wrong,
    )


def inspected_body(frame: Frame) -> tuple[list[InspectedFix], str | None]:
    """The locations in a message's body, and why it does not parse, or None.

    One packet of several is no body, and what is encrypted says nothing.
    """
    if frame.packets > 1 or frame.fault is FrameFault.ENCRYPTED:
        return [], None
    if frame.msg_id == MessageId.LOCATION_BATCH:
        bodies, error = items_of_batch(frame.body)
    elif frame.msg_id == MessageId.LOCATION:
        bodies, error = [frame.body], None
    else:
        return [], fault_of_report(frame)
    fixes = []
    for body in bodies:
        try:
            fixes.append(inspected_location(body))
        except (UnreadableLocation, NoSuchTime) as fault:
            error = error or str(fault)
    return fixes, error


def fault_of_report(frame: Frame) -> str | None:
    """Why the body of a message without a position does not parse, or None."""
    try:
        if frame.msg_id in READERS:
            READERS[frame.msg_id](frame)
    except (UnreadableBody, NoSuchTime) as fault:
        return str(fault)
    return None


READERS: dict[int, Callable[[Frame], object]] = {
    MessageId.REGISTER: read_registration,
    MessageId.AUTHENTICATE: read_token,
    MessageId.WAYBILL: read_waybill,
    MessageId.DRIVER_CARD: lambda frame: read_driver_card(frame, offset_ms(None)),
}


def inspected_location(body: bytes) -> InspectedFix:
    """The location in a body of 0x0200, nothing left out; raises UnreadableLocation or NoSuchTime."""
    if len(body) < CORE_BYTES:
        raise UnreadableLocation("body", f"{len(body)} bytes are no location, {CORE_BYTES} belong to one")
    alarm, status, lat_e6, lon_e6, altitude_m, speed, course, bcd = CORE.unpack_from(body)
    return InspectedFix(
        time=EPOCH + timedelta(milliseconds=moment_ms(bcd, offset_ms(None))),
        lat=(-lat_e6 if status & SOUTH_BIT else lat_e6) / DEGREE,
        lon=(-lon_e6 if status & WEST_BIT else lon_e6) / DEGREE,
        speed_kmh=None if speed == NO_SPEED else speed / 10,
        course_deg=float(course),
        altitude_m=float(altitude_m),
        fixed=status & FIXED_BIT != 0,
        load=LOAD_WORDS[status >> LOAD_SHIFT & 3],
        alarm=alarm,
        status=status,
        tlv=[(f"{field_id:02x}", value.hex()) for field_id, value in fields_of(body)],
    )
