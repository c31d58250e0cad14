"""What does the platform say to a terminal? Its messages, numbered, in the terminal's own version."""

from collections.abc import Sequence
from datetime import datetime
from struct import Struct

from gps_ingest.decoders.jt808.bcd_times import written_moment
from gps_ingest.decoders.jt808.frames import Frame, write_frame
from gps_ingest.decoders.jt808.message_ids import MessageId, RegisterResult, Result
from gps_ingest.decoders.jt808.packets import SERIALS

GENERAL = Struct(">HHB")
REGISTERED = Struct(">HB")
MOST_ASKED_2013 = 255


class Answers:
    """Writes the answers of one connection; each has the next serial."""

    __slots__ = ("_serial",)

    def __init__(self) -> None:
        self._serial = -1

    def general(self, frame: Frame, result: Result) -> bytes:
        """0x8001: what became of a message."""
        return self.general_of(frame, frame.serial, result)

    def general_of(self, frame: Frame, serial: int, result: Result) -> bytes:
        """The same for one packet of a message."""
        return self._write(MessageId.PLATFORM_ANSWER, frame, GENERAL.pack(serial, frame.msg_id, result))

    def registered(self, frame: Frame, result: RegisterResult, token: str = "") -> bytes:
        """0x8100: the token, when the terminal may register."""
        return self._write(
            MessageId.REGISTER_ANSWER, frame, REGISTERED.pack(frame.serial, result) + token.encode("ascii")
        )

    def time(self, frame: Frame, now: datetime) -> bytes:
        """0x8004: the time, UTC."""
        return self._write(MessageId.TIME_ANSWER, frame, written_moment(now))

    def resend(self, frame: Frame, first_serial: int, missing: Sequence[int]) -> bytes:
        """0x8003: which packets of a message are missing."""
        asked = missing[:MOST_ASKED_2013]
        count = len(asked).to_bytes(2 if frame.is_2019 else 1, "big")
        body = first_serial.to_bytes(2, "big") + count + b"".join(each.to_bytes(2, "big") for each in asked)
        return self._write(MessageId.RESEND_PACKETS, frame, body)

    def _write(self, msg_id: MessageId, frame: Frame, body: bytes) -> bytes:
        self._serial = (self._serial + 1) % SERIALS
        return write_frame(msg_id, frame.phone, self._serial, body, is_2019=frame.is_2019)
