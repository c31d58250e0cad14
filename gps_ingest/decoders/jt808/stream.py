"""Where do messages begin and end in a stream? Junk between them is skipped and counted.

Whatever stands between two 7e is tried as a message, so that a terminal which writes one 7e between two
messages is understood, and a lost one costs one message and not all that follow.
"""

import re
from collections.abc import Callable

from gps_ingest.decoders.jt808.frames import DELIMITER, MAX_FRAME_BYTES, Frame, FrameFault, read_frame

JUNK = "junk"
MOST_FAULTS = 1000  # in one read: what has more is no terminal, and others wait meanwhile
DELIMITERS = re.compile(rb"\x7e{3,}")  # more than two mean what two mean
BETWEEN_SPOILERS = (FrameFault.CHECKSUM, FrameFault.LENGTH)  # a hundred zeros have a good checksum too


class FrameStream:
    """The bytes of one connection, cut into messages."""

    __slots__ = ("_closed", "_rest", "_started", "faults", "oversized")

    def __init__(self) -> None:
        self._rest = b""
        self._started = False  # has any 7e come?
        self._closed = True  # did the last 7e end a message?
        self.faults = 0  # things that were no message in the last read
        self.oversized = False  # something longer than any message came: nothing more is read

    @property
    def hopeless(self) -> bool:
        """Was the last read so full of what is no message that the rest of it was given up?"""
        return self.faults > MOST_FAULTS

    @property
    def unfinished(self) -> bool:
        """Was a message begun that has not ended?"""
        return bool(self._rest) and not self._closed

    def feed(self, data: bytes, reject: Callable[[str], None]) -> list[tuple[Frame, bytes]]:
        """The messages that end in `data`, each with its bytes between the delimiters.

        A message here has a good checksum; its length may be wrong and its body encrypted (Frame.fault).
        `reject` is called with the reason for each thing that is no message.
        """
        pieces = DELIMITERS.sub(DELIMITER * 2, self._rest + data).split(DELIMITER)
        self.faults = 0
        self._rest = pieces.pop()
        messages: list[tuple[Frame, bytes]] = []
        for piece in pieces:
            if not piece:
                self._closed = False
            elif len(piece) > MAX_FRAME_BYTES:
                self.oversized = True
                break
            else:
                self._try(piece, messages, reject)
                if self.hopeless:
                    break
            self._started = True
        if not self._started and self._rest:
            reject(JUNK)
            self._rest = b""
        self.oversized = self.oversized or len(self._rest) > MAX_FRAME_BYTES
        return messages

    def _try(self, piece: bytes, messages: list[tuple[Frame, bytes]], reject: Callable[[str], None]) -> None:
        """Take the piece as a message; otherwise it was junk when no 7e had opened it."""
        self.faults += 1
        frame = read_frame(piece) if self._started else None
        spoilers = BETWEEN_SPOILERS if self._closed else (FrameFault.CHECKSUM,)
        if frame is not None and frame.fault not in spoilers:
            messages.append((frame, piece))
            self._closed = True
            self.faults -= 1
        elif self._closed:
            reject(JUNK)
            self._closed = False
        else:
            reject(FrameFault.TRUNCATED if frame is None else FrameFault.CHECKSUM)
            self._closed = True
