"""What else does a message from quarantine report? Its waybill or driver's card is kept as if it came now."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from gps_ingest.decoders.jt808.bcd_times import NoSuchTime
from gps_ingest.decoders.jt808.frames import Frame, contents_of, read_frame
from gps_ingest.decoders.jt808.message_ids import MessageId
from gps_ingest.decoders.jt808.messages import profile_of, wire_bytes
from gps_ingest.decoders.jt808.packets import kept_whole
from gps_ingest.decoders.jt808.registrations import UnreadableBody
from gps_ingest.decoders.jt808.reports import read_driver_card, read_waybill
from gps_ingest.store.acceptance import Acceptance
from gps_ingest.store.device_records import keep_card, keep_waybill
from gps_ingest.store.known_devices import reception_of
from gps_ingest.store.raw_messages import Message
from gps_ingest.store.watermarks import to_ms
from models.vocabulary import Protocol


def keep_records_of(session: Session, message: Message, acceptance: Acceptance) -> None:
    """Keep what a message that was just accepted reports beside the place; of a file of many, the first.

    Its time is the terminal's, else that of the receipt. What cannot be read is passed over: the decoder has
    refused it, and its bytes stay.
    """
    if message.protocol is not Protocol.JT808 or acceptance.waiting:
        return
    received_ms = to_ms(message.received_at)
    for frame in _whole_frames(message):
        try:
            if frame.msg_id == MessageId.WAYBILL:
                keep_waybill(received_ms, read_waybill(frame), session, acceptance)
            elif frame.msg_id == MessageId.DRIVER_CARD:
                profile = profile_of(reception_of(session, message))
                card = read_driver_card(frame, profile.utc_offset_ms)
                keep_card(received_ms if card.at_ms is None else card.at_ms, card, session, acceptance)
        except (UnreadableBody, NoSuchTime):
            continue


def _whole_frames(message: Message) -> Iterator[Frame]:
    """The device's own messages in the bytes, without fault; several packets are one message."""
    contents = contents_of(wire_bytes(message.body))
    whole = kept_whole(contents)
    for frame in [whole.frame] if whole is not None else map(read_frame, contents):
        if frame is None or frame.fault is not None or frame.packets > 1:
            continue
        if frame.device_code == message.device_code:
            yield frame
