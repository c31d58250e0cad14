"""What does the platform do with each line of a GNSS receiver? One connection of the NMEA gateway."""

import asyncio
from collections import deque
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from gps_ingest.decoders import nmea
from gps_ingest.decoders.fix_fields import UnreadableField, device_code_fault
from gps_ingest.decoders.nmea_seconds import SecondsBuffer
from gps_ingest.decoders.nmea_sentences import SentenceRefused, read_sentence, sealed
from gps_ingest.decoders.reception import Reception
from gps_ingest.gateways.connections import Connection
from gps_ingest.gateways.questions import DatabaseAway, ask
from gps_ingest.store.acceptance import Acceptance, Arrival
from gps_ingest.store.raw_messages import Message
from gps_ingest.store.registration import authenticated
from gps_ingest.store.watermarks import to_ms
from models.vocabulary import Protocol

if TYPE_CHECKING:
    from gps_ingest.gateways.nmea import NmeaHouse

LOGIN = b"$PSLUD,"
MOST_LINE_BYTES = 200  # a sentence has 82; a tag block and a login line with a long token fit too
MOST_BACKLOG_BYTES = 524_288  # of a receiver that goes on while it is being looked up
MOST_UNREAD_BYTES = 16_384  # answers of a receiver that does not read them: it needs none
SECOND_ENDS_S = 0.5  # without a further line the second is complete
NO = b"$" + sealed("PSLUD,NO") + b"\r\n"


class Receiver(Connection):
    """A receiver: first its login, then its sentences."""

    __slots__ = (
        "asking", "buffer", "code", "ended", "nmea", "reception", "seconds", "timer", "token_issue",
        "unanswered", "unread",
    )  # fmt: skip

    def __init__(self, house: "NmeaHouse") -> None:
        super().__init__(house)
        self.nmea = house
        self.buffer = b""  # a line that has not ended, and what came behind a login that is looked at
        self.unread: deque[bytes] = deque()
        self.code = ""
        self.token_issue = 0  # the one that let it in
        self.reception: Reception | None = None
        self.seconds = SecondsBuffer()
        self.timer: asyncio.TimerHandle | None = None
        self.asking = self.ended = False
        self.unanswered = 0

    # --- bytes in -------------------------------------------------------------------------------------

    def received(self, data: bytes) -> None:
        self.buffer += data
        if not self.asking:
            self._read()
        elif len(self.buffer) > MOST_BACKLOG_BYTES:
            self._turn_away("flood")

    def _read(self) -> None:
        """Every whole line; a login makes the rest wait for the database."""
        *lines, self.buffer = self.buffer.split(b"\n")
        self.unread.extend(lines)
        if lines:
            self.unfinished_since = None
        if self.known:
            self.unread = deque(filter(bytes.strip, self.unread))  # empty lines by the hundred thousand
        while self.unread and not self.asking and not self.is_closing:
            line = self.unread.popleft()
            if len(line) > MOST_LINE_BYTES:
                self._turn_away("oversized")
                return
            self._read_line(line.strip())
        if len(self.buffer) > MOST_LINE_BYTES and not self.asking:
            self._turn_away("oversized")
            return
        if not self.buffer or self.asking:
            self.unfinished_since = None
        elif self.unfinished_since is None:
            self.unfinished_since = self.house.clock()
        self._submit(self.seconds.take_ended())
        if len(self.seconds) and self.timer is None:
            loop = asyncio.get_running_loop()
            self.timer = loop.call_later(SECOND_ENDS_S, self.submit_all)

    def _read_line(self, line: bytes) -> None:
        if not self.known:
            self._log_in(line)
        elif not line:
            return
        elif LOGIN in line:  # modems may repeat what they were told to send first; a token is never kept
            if login_of(line)[0] != self.code:
                self._turn_away("second_login")
        else:
            self._take(line)

    def eof_received(self) -> bool:
        """The receiver has said all it wanted; it still gets its answers."""
        self.ended = True
        self.submit_all()
        return self.unanswered > 0 or self.asking

    def connection_lost(self, exc: Exception | None) -> None:
        self.submit_all()
        super().connection_lost(exc)

    @property
    def is_closing(self) -> bool:
        return self.transport is None or self.transport.is_closing()

    def revoke(self) -> None:
        """The device may not speak any more; what it said before is kept."""
        self._turn_away("revoked")

    def _turn_away(self, reason: str) -> None:
        self.buffer = b""
        self.unread.clear()
        self.submit_all()
        self.hang_up(reason)

    # --- who is it? -----------------------------------------------------------------------------------

    def _log_in(self, line: bytes) -> None:
        """The first line: a login that can be read, or the connection ends. Empty ones count as spoken."""
        if not self.house.may_speak(self.address):
            self._turn_away("flood")
            return
        if not line:
            return
        code, token = login_of(line)
        if not code:
            self.send(NO)
            self._turn_away("no_login")
            return
        self.asking = True
        if self.transport is not None:
            self.transport.pause_reading()
        self.nmea.spawn(self._logged_in(code, token))

    async def _logged_in(self, code: str, token: bytes) -> None:
        received_ms = to_ms(datetime.now(UTC))
        try:
            admitted = await ask(
                self.nmea.sessions,
                lambda session: authenticated(session, code, Protocol.NMEA, token, received_ms),
            )
        except DatabaseAway:
            self._turn_away("database_away")
            return
        finally:
            self.asking = False
        if admitted is None:
            self.send(NO)
            self._turn_away("wrong_token")
            return
        self.known, self.code = True, code
        self.reception, self.token_issue = admitted.reception, admitted.token_issue
        self.send(b"$" + sealed("PSLUD,HELLO") + b"\r\n")
        self._read()
        if self.transport is not None and not self.nmea.is_paused and not self.ended:
            self.transport.resume_reading()
        if self.ended:
            self.submit_all()
            self._end_when_answered()

    # --- what it says ---------------------------------------------------------------------------------

    def _take(self, line: bytes) -> None:
        """RMC and GGA, and what is damaged: it is kept with its reason. Other sentences are passed over."""
        time_of_day: str | None = None
        try:
            sentence = read_sentence(line)
            if sentence.kind not in nmea.KINDS or sentence.start != "$":
                self.seconds.pass_over()
                return
            time_of_day = sentence.fields[0] if sentence.fields else ""
            nmea.check(sentence)
        except SentenceRefused as refused:
            self._keep_bad(line, time_of_day, refused.reason)
        except UnreadableField:
            self._keep_bad(line, time_of_day, "unreadable")
        else:
            self.seconds.add(line, time_of_day)

    def _keep_bad(self, line: bytes, time_of_day: str | None, reason: str) -> None:
        """Kept with its reason, as long as it is one of few."""
        rejected = self.house.context.metrics.rejected
        rejected.labels(reason).inc()
        if self.nmea.bad_lines.may_keep(self.code, self.house.clock()):
            self.seconds.add(line, time_of_day)
        else:
            rejected.labels("bad_line_not_kept").inc()
            self.seconds.pass_over()

    def submit_all(self) -> None:
        """Have what was read committed, also the last second."""
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None
        self._submit(self.seconds.take_all())

    def _submit(self, taken: tuple[bytes, int]) -> None:
        body, lines = taken
        if not body or self.reception is None:
            return
        decoded = nmea.decode(body, self.reception)
        if decoded.refusals == nmea.UNDATED:  # the RMC comes less often than the GGA
            return
        message = Message(self.code, Protocol.NMEA, body, self.source, datetime.now(UTC))
        self.unanswered += 1
        self.house.context.intake.submit(Arrival(message, decoded), partial(self._committed, lines))

    def _committed(self, lines: int, acceptance: Acceptance | None) -> None:
        """Tell how many lines are settled; where the database would not take them, nothing more is told."""
        self.unanswered -= 1
        if acceptance is None:
            self.hang_up("not_stored")
            return
        if self.transport is not None and self.transport.get_write_buffer_size() < MOST_UNREAD_BYTES:
            self.send(b"$" + sealed(f"PSLUD,OK,{lines}") + b"\r\n")
        self._end_when_answered()

    def _end_when_answered(self) -> None:
        if self.ended and not self.unanswered and not self.asking and self.transport is not None:
            self.transport.close()


def login_of(line: bytes) -> tuple[str, bytes]:
    """Code and token of a login line; ("", b"") for anything else. A checksum is held to where one stands."""
    if b"*" in line:
        try:
            read_sentence(line)
        except SentenceRefused:
            return "", b""
    if not line.startswith(LOGIN) or not line.isascii():
        return "", b""
    code, comma, token = line.removeprefix(LOGIN).partition(b"*")[0].rpartition(b",")
    if not comma or not token or device_code_fault(code.decode()):
        return "", b""
    return code.decode(), token
