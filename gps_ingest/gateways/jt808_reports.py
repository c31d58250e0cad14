"""What is kept of a waybill and of a driver's card, and what is not?

Of a card only what the law asks for: name, licence, issuer, validity, when it was put in and taken out. The
number of the person's identity card, which some terminals send too, is blanked before anything is stored;
a card that cannot be read is therefore not stored at all.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from gps_ingest.decoders.fix_batch import Decoded
from gps_ingest.decoders.jt808.bcd_times import NoSuchTime
from gps_ingest.decoders.jt808.frames import Frame, write_frame
from gps_ingest.decoders.jt808.message_ids import MessageId
from gps_ingest.decoders.jt808.messages import NO_ROWS, NOTHING, PLACE, Profile
from gps_ingest.decoders.jt808.registrations import UnreadableBody
from gps_ingest.decoders.jt808.reports import (
    read_driver_card,
    read_waybill,
    without_person_number,
)
from gps_ingest.gateways.intake import Afterwards
from gps_ingest.store.device_records import keep_card, keep_waybill
from gps_ingest.store.watermarks import to_ms
from models.values import Refusal

PRIVATE = frozenset({MessageId.AUTHENTICATE, MessageId.DRIVER_CARD})
"""Messages that are not stored when they are damaged: they hold a secret, or a person's number."""
UNREADABLE_CARD = b""  # what is stored of a card that cannot be read


@dataclass(frozen=True, slots=True)
class Report:
    """What is stored of a message: its bytes, what could not be read, and what more to write."""

    stored: bytes
    decoded: Decoded
    afterwards: Afterwards | None = None


def waybill_report(frame: Frame, body: bytes, profile: Profile, now: datetime) -> Report:
    """0x0701, linked to its manifest."""
    try:
        waybill = read_waybill(frame)
    except UnreadableBody as error:
        return Report(body, _refused("waybill", error))
    return Report(body, NOTHING, partial(keep_waybill, to_ms(now), waybill))


def driver_card_report(frame: Frame, body: bytes, profile: Profile, now: datetime) -> Report:
    """0x0702, without the number of the person."""
    try:
        card = read_driver_card(frame, profile.utc_offset_ms)
        blanked = without_person_number(frame)
        stored = write_frame(frame.msg_id, frame.phone, frame.serial, blanked, is_2019=frame.is_2019)
    except (UnreadableBody, NoSuchTime, ValueError) as error:
        return Report(UNREADABLE_CARD, _refused("driver_card", error))
    at_ms = to_ms(now) if card.at_ms is None else card.at_ms
    return Report(stored, NOTHING, partial(keep_card, at_ms, card))


def _refused(field: str, error: Exception) -> Decoded:
    return Decoded(NO_ROWS, (Refusal("message", field, str(error)),), place=PLACE)


REPORTS: dict[int, Callable[[Frame, bytes, Profile, datetime], Report]] = {
    MessageId.WAYBILL: waybill_report,
    MessageId.DRIVER_CARD: driver_card_report,
}
"""Messages that say something beside the place."""
