"""How does a truck's JT/T 808 terminal behave? It reports, and keeps what is not answered."""

import itertools
import logging
import socket
import struct
from collections import deque

from demo.terminals import jt808_wire as wire
from demo.terminals.jt808_wire import Report

log = logging.getLogger(__name__)

ANSWER_S = 10.0
BATCH_REPORTS = 15  # a message has at most 1,023 bytes of body


class TerminalRefused(Exception):
    """The platform will not have this terminal; the message says what it answered."""


class Jt808Terminal:
    """One terminal on one connection at a time."""

    def __init__(self, address: tuple[str, int], phone: str, plate: str) -> None:
        self.address, self.phone, self.plate = address, phone, plate
        self.backlog: deque[Report] = deque()
        self._socket: socket.socket | None = None
        self._seq = itertools.count(1)
        self._rest = b""
        self._token = b""  # of the registration, kept from connection to connection as terminals do

    def report(self, report: Report) -> int:
        """Send a position, and what is still owed; returns how many the platform has answered for.

        Whatever fails, the positions stay in the backlog for the next time.
        """
        self.backlog.append(report)
        try:
            if self._socket is None:
                self._connect()
            return self._send_backlog()
        except (OSError, EOFError) as error:
            log.warning("no connection: %s; %d positions wait", error, len(self.backlog))
            self.close()
            return 0

    def close(self) -> None:
        """Hang up."""
        if self._socket is not None:
            self._socket.close()
        self._socket, self._rest = None, b""

    def _connect(self) -> None:
        self._socket = socket.create_connection(self.address, timeout=ANSWER_S)
        if not self._token:
            answer = self._ask(wire.REGISTER, wire.registration("DEMO808", self.plate), wire.REGISTER_ANSWER)
            if answer[2] != 0:
                raise TerminalRefused(f"registration answered with result {answer[2]}")
            self._token = answer[3:]
        self._confirmed(wire.AUTHENTICATE, self._token)
        log.info("registered and authenticated")

    def _send_backlog(self) -> int:
        sent = 0
        while self.backlog:
            some = list(itertools.islice(self.backlog, BATCH_REPORTS))
            if len(some) == 1:
                self._confirmed(wire.LOCATION, wire.location(some[0]))
            else:
                self._confirmed(wire.BATCH, wire.batch(some))
            for _ in some:
                self.backlog.popleft()
            sent += len(some)
        return sent

    def _confirmed(self, message_id: int, body: bytes) -> None:
        answer = self._ask(message_id, body, wire.GENERAL_ANSWER)
        _seq, asked, result = struct.unpack(">HHB", answer[:5])
        if asked != message_id or result != 0:
            raise TerminalRefused(f"message {message_id:#06x} answered with result {result}")

    def _ask(self, message_id: int, body: bytes, answer_id: int) -> bytes:
        """Send a message and wait for its answer, passing over others."""
        assert self._socket is not None  # noqa: S101 - _connect() comes first
        seq = next(self._seq) & 0xFFFF
        self._socket.sendall(wire.frame(message_id, self.phone, seq, body))
        while True:
            data = self._socket.recv(4096)
            if not data:
                raise EOFError("the platform hung up")
            found, self._rest = wire.messages(self._rest + data)
            for kind, answer in found:
                if kind == answer_id and answer[:2] == struct.pack(">H", seq):
                    return answer
