"""What does the platform do with each message of a terminal? One connection of the JT/T 808 gateway.

Before it authenticated a terminal may register, ask the time and say that it lives; its positions wait in
quarantine. Afterwards whatever it says is kept, and answered once it is committed.
"""

import logging
from collections.abc import Coroutine, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from gps_ingest.decoders.fix_batch import Decoded
from gps_ingest.decoders.jt808.answers import Answers
from gps_ingest.decoders.jt808.frames import DELIMITER, Frame, FrameFault
from gps_ingest.decoders.jt808.message_ids import MessageId, Result
from gps_ingest.decoders.jt808.messages import (
    NO_ROWS,
    NOTHING,
    PLACE,
    Profile,
    decode_message,
    is_backfill,
)
from gps_ingest.decoders.jt808.packets import Assembly, Packets, Whole
from gps_ingest.decoders.jt808.stream import FrameStream
from gps_ingest.gateways.connections import Connection
from gps_ingest.gateways.intake import Afterwards
from gps_ingest.gateways.jt808_login import CONVERSATION, take_unproven
from gps_ingest.gateways.jt808_reports import PRIVATE, REPORTS
from gps_ingest.gateways.questions import DatabaseAway
from gps_ingest.store.acceptance import Acceptance, Arrival
from gps_ingest.store.raw_messages import Message
from models.values import Refusal
from models.vocabulary import Protocol

if TYPE_CHECKING:
    from gps_ingest.gateways.jt808 import Jt808House

MOST_BACKLOG_BYTES = 65_536  # of a terminal that goes on while it is being looked up
MOST_PACKET_BYTES = 2 * 1024 * 1024  # of unfinished messages of one terminal
log = logging.getLogger(__name__)

POSITIONS = frozenset({MessageId.LOCATION, MessageId.LOCATION_BATCH})
FAULT_RESULTS = {FrameFault.LENGTH: Result.FAULTY, FrameFault.ENCRYPTED: Result.UNSUPPORTED}

Received = tuple[Frame, bytes]


class Terminal(Connection):
    """One terminal's connection."""

    __slots__ = (
        "answers", "asking", "backlog", "code", "ended", "jt808", "later", "outbox", "packets", "phone",
        "profile", "stream", "token_issue", "turned_away", "unanswered",
    )  # fmt: skip

    def __init__(self, house: "Jt808House") -> None:
        super().__init__(house)
        self.jt808 = house
        self.stream = FrameStream()
        self.answers = Answers()
        self.packets: Packets | None = None
        self.phone = b""  # of the terminal that authenticated
        self.code = ""
        self.token_issue = 0  # the one that let it in
        self.profile: Profile | None = None
        self.asking = False  # the database is being asked: what comes waits in `later` and `backlog`
        self.later: Sequence[Received] = ()
        self.backlog = b""
        self.outbox: list[bytes] = []
        self.unanswered = 0
        self.turned_away = False  # nothing more of it is taken
        self.ended = False  # the terminal writes no more, but reads

    # --- bytes in, bytes out ---------------------------------------------------------------------------

    def received(self, data: bytes) -> None:
        if self.turned_away:
            return
        if self.asking:
            self.backlog += data
            if len(self.backlog) > MOST_BACKLOG_BYTES:
                self.hang_up("flood")
            return
        self.take_all(self.stream.feed(data, self._pass_over))
        if self.stream.oversized:
            self.hang_up("oversized")
        elif self.stream.hopeless:
            self.hang_up("flood")
        if not self.stream.unfinished:
            self.unfinished_since = None
        elif self.unfinished_since is None:
            self.unfinished_since = self.heard_at

    def eof_received(self) -> bool:
        """The terminal has said all it wanted; it still gets its answers."""
        self.ended = True
        return self.unanswered > 0 or self.asking or bool(self.outbox)

    def hang_up(self, reason: str) -> None:
        self.turned_away = True
        super().hang_up(reason)

    def revoke(self) -> None:
        """The device may not speak any more."""
        self.hang_up("revoked")

    def reject(self, reason: str) -> None:
        self.house.context.metrics.rejected.labels(reason).inc()

    def _pass_over(self, reason: str) -> None:
        """What is no message; of somebody unknown it counts as spoken."""
        self.reject(reason)
        if not self.known and not self.house.may_speak(self.address):
            self.hang_up("flood")

    def reply(self, data: bytes) -> None:
        """Write once for all answers of this turn of the loop."""
        self.outbox.append(data)
        if len(self.outbox) == 1:
            self.jt808.call_soon(self.flush)

    def flush(self) -> None:
        data = b"".join(self.outbox)
        self.outbox.clear()
        self.send(data)
        if self.ended and not self.unanswered and not self.asking and self.transport is not None:
            self.transport.close()

    # --- messages --------------------------------------------------------------------------------------

    def take_all(self, messages: Sequence[Received]) -> None:
        """Message after message; a question to the database makes the rest wait for its answer."""
        now = datetime.now(UTC)
        for index, (frame, content) in enumerate(messages):
            self._take(frame, content, now)
            if self.turned_away:
                return
            if self.asking:
                self.later = messages[index + 1 :]
                return

    def _take(self, frame: Frame, content: bytes, now: datetime) -> None:
        if not self.is_own(frame) and not self.house.may_speak(self.address):
            self.hang_up("flood")
        elif frame.fault is not None:
            self._take_faulty(frame, content, now)
        elif frame.packets > 1:
            self._take_packet(frame, content, now)
        else:
            self._take_whole(frame, DELIMITER + content + DELIMITER, now)

    def _take_whole(
        self, frame: Frame, body: bytes, now: datetime, serials: Sequence[int] | None = None
    ) -> None:
        """A message without fault; `serials`: those of its packets."""
        is_own = self.is_own(frame)
        if frame.msg_id in CONVERSATION:
            CONVERSATION[frame.msg_id](self, frame, now)
        elif not is_own and frame.msg_id in POSITIONS:
            take_unproven(self, frame, self.message(frame, body, now))
        elif not is_own or self.profile is None:
            self.reply(self.answers.general(frame, Result.FAILED))
        elif frame.msg_id in POSITIONS:
            if is_backfill(frame):
                self.house.context.metrics.backfill.inc()
            decoded = decode_message(frame, self.profile)
            self.submit(Arrival(self.message(frame, body, now), decoded), frame, Result.DONE, serials)
        elif frame.msg_id in REPORTS:
            report = REPORTS[frame.msg_id](frame, body, self.profile, now)
            arrival = Arrival(self.message(frame, report.stored, now), report.decoded)
            self.submit(arrival, frame, Result.DONE, serials, report.afterwards)
        else:
            arrival = Arrival(self.message(frame, body, now), NOTHING)
            self.submit(arrival, frame, Result.UNSUPPORTED, serials)

    def _take_faulty(self, frame: Frame, content: bytes, now: datetime) -> None:
        """Kept with the reason when a known terminal sent it, and answered in any case."""
        assert frame.fault is not None  # noqa: S101 - only such frames come here
        self.reject(frame.fault)
        result = FAULT_RESULTS[frame.fault]
        if not self.is_own(frame) or frame.msg_id in PRIVATE:
            self.reply(self.answers.general(frame, result))
            return
        decoded = Decoded(NO_ROWS, (Refusal("message", frame.fault, frame.detail),), place=PLACE)
        message = self.message(frame, DELIMITER + content + DELIMITER, now)
        self.submit(Arrival(message, decoded), frame, result)

    def _take_packet(self, frame: Frame, content: bytes, now: datetime) -> None:
        """One packet; the message is taken when it is whole, and each of its packets answered then."""
        if not self.is_own(frame):
            self.reply(self.answers.general(frame, Result.FAILED))
            return
        self.packets = packets = self.packets or Packets()
        try:
            found = packets.add(frame, content, self.heard_at)
        except ValueError:
            self.reject("packet_number")
            self.reply(self.answers.general(frame, Result.FAULTY))
            return
        if isinstance(found, Whole):
            body = b"".join(DELIMITER + each + DELIMITER for each in found.contents)
            self._take_whole(found.frame, body, now, found.serials)
            return
        self.jt808.assembling.add(self)
        if packets.size_bytes > MOST_PACKET_BYTES:
            self.hang_up("oversized")
        elif frame.index == frame.packets:
            self.ask_for_missing(found, self.heard_at)

    def ask_for_missing(self, assembly: Assembly, now_s: float) -> None:
        """0x8003 with the packets that did not come."""
        missing = assembly.ask(now_s)
        self.reply(self.answers.resend(assembly.any_frame, assembly.first_serial, missing))

    # --- on the way to the database --------------------------------------------------------------------

    def submit(
        self,
        arrival: Arrival,
        frame: Frame,
        result: Result,
        serials: Sequence[int] | None = None,
        afterwards: Afterwards | None = None,
    ) -> None:
        """Have it committed, and answered then: `result` when all went well."""
        self.unanswered += 1
        answer = partial(self._committed, frame, result, serials)
        self.house.context.intake.submit(arrival, answer, afterwards)

    def _committed(
        self, frame: Frame, result: Result, serials: Sequence[int] | None, acceptance: Acceptance | None
    ) -> None:
        self.unanswered -= 1
        if acceptance is None:
            result = Result.FAILED
        elif result is Result.DONE and acceptance.refused and not len(acceptance.positions):
            result = Result.FAULTY
        for serial in serials or (frame.serial,):
            self.reply(self.answers.general_of(frame, serial, result))

    def message(self, frame: Frame, body: bytes, now: datetime) -> Message:
        """As it is kept."""
        code = self.code if frame.phone == self.phone else frame.device_code
        return Message(code, Protocol.JT808, body, self.source, now)

    def is_own(self, frame: Frame) -> bool:
        """Is it of the terminal that authenticated here?"""
        return self.known and (frame.phone == self.phone or frame.device_code == self.code)

    # --- questions to the database -----------------------------------------------------------------------

    def ask(self, question: Coroutine[Any, Any, None]) -> None:
        """Have the database asked; what the terminal says meanwhile waits, in its own buffer if it can."""
        self.asking = True
        if self.transport is not None:
            self.transport.pause_reading()
        self.jt808.spawn(self._asked(question))

    async def _asked(self, question: Coroutine[Any, Any, None]) -> None:
        try:
            await question
        except DatabaseAway:
            self.hang_up("database_away")
        except Exception:  # one terminal's trouble is not the others'
            log.exception("a question of terminal %s could not be answered", self.source)
            self.hang_up("no_answer")
        self.asking = False
        later, self.later = self.later, ()
        if not self.turned_away:
            self.take_all(later)
        if not self.asking and self.backlog:
            backlog, self.backlog = self.backlog, b""
            self.received(backlog)
        if not self.asking and self.transport is not None and not self.jt808.is_paused:
            self.transport.resume_reading()
        self.jt808.call_soon(self.flush)
