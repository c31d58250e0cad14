"""Which message do these packets make? Long messages come in packets, interleaved, out of order, or not all.

Packets of one message have the same phone, message id and number of packets, and serials that count up with
the index: serial − index + 1 is the first one's. A packet that was asked for again may come under a new
serial; it is put where one is missing. The clock is the caller's.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from gps_ingest.decoders.jt808.frames import Frame, read_frame

Key = tuple[bytes, int, int]
"""Phone, message id, serial of the first packet."""

SERIALS = 0x1_0000
MOST_PACKETS = 1024  # 1 MB: more than any message of a terminal but its films


@dataclass(slots=True)
class Part:
    """One packet as it came."""

    frame: Frame
    content: bytes  # as between its delimiters


@dataclass(slots=True)
class Assembly:
    """A message of which not all packets are here."""

    first_serial: int
    packets: int
    began_s: float
    asked_s: float  # when it began, or when the missing packets were last asked for
    was_asked: bool = False
    parts: dict[int, Part] = field(default_factory=dict)

    @property
    def missing(self) -> list[int]:
        return [index for index in range(1, self.packets + 1) if index not in self.parts]

    def ask(self, now_s: float) -> list[int]:
        """The missing packets, noted as asked for."""
        self.asked_s, self.was_asked = now_s, True
        return self.missing

    @property
    def lacks(self) -> int:
        """How many packets are missing."""
        return self.packets - len(self.parts)

    @property
    def any_frame(self) -> Frame:
        return next(iter(self.parts.values())).frame

    @property
    def size_bytes(self) -> int:
        return sum(len(part.content) for part in self.parts.values())


@dataclass(slots=True)
class Whole:
    """A message put together: its frame without packets, the packets' serials, and their bytes in order."""

    frame: Frame
    serials: list[int]
    contents: list[bytes]


class Packets:
    """The unfinished messages of one connection or file."""

    def __init__(self) -> None:
        self.assemblies: dict[Key, Assembly] = {}
        self.size_bytes = 0

    def add(self, frame: Frame, content: bytes, now_s: float) -> Whole | Assembly:
        """Put a packet in its place: the message once it is whole, before that what is here of it.

        A packet that came before is passed over. Raises ValueError for an index that is none of the packets.
        """
        if not 1 <= frame.index <= frame.packets <= MOST_PACKETS:
            raise ValueError(f"packet {frame.index} of {frame.packets}")
        key = self._key_of(frame)
        assembly = self.assemblies.get(key)
        if assembly is None:
            assembly = self.assemblies[key] = Assembly(key[2], frame.packets, now_s, now_s)
        if frame.index not in assembly.parts:
            assembly.parts[frame.index] = Part(frame, content)
            self.size_bytes += len(content)
        if len(assembly.parts) < assembly.packets:
            return assembly
        self._forget(key)
        return _whole(assembly)

    def _forget(self, key: Key) -> None:
        self.size_bytes -= self.assemblies.pop(key).size_bytes

    def _key_of(self, frame: Frame) -> Key:
        """Of the message that it belongs to: by its serial, else the one that misses just this packet."""
        own = (frame.phone, frame.msg_id, (frame.serial - frame.index + 1) % SERIALS)
        if own in self.assemblies and self.assemblies[own].packets == frame.packets:
            return own
        lacking = [
            key
            for key, assembly in self.assemblies.items()
            if key[:2] == own[:2]
            and assembly.packets == frame.packets
            and assembly.was_asked
            and frame.index not in assembly.parts
        ]
        return lacking[0] if len(lacking) == 1 else own

    def drop_oldest(self) -> Assembly:
        """Forget the message that began first; what was here of it."""
        key, assembly = next(iter(self.assemblies.items()))
        self._forget(key)
        return assembly

    def drop_older(self, than_s: float) -> int:
        """Forget messages that began before; how many."""
        old = [key for key, assembly in self.assemblies.items() if assembly.began_s < than_s]
        for key in old:
            self._forget(key)
        return len(old)


def kept_whole(contents: Sequence[bytes]) -> Whole | None:
    """The message whose packets these are: all of them in order and nothing else, as a gateway keeps one.

    Their serials may differ, because packets that were asked for again came under new ones. In bytes that
    hold anything more serials alone tell which packets belong together: nobody knows what was asked for.
    """
    first = read_frame(contents[0]) if contents else None
    if first is None or first.packets != len(contents) or len(contents) < 2:
        return None
    assembly = Assembly(first.serial, len(contents), 0.0, 0.0)
    for index, content in enumerate(contents, start=1):
        frame = read_frame(content)
        if frame is None or frame.fault is not None or frame.index != index:
            return None
        if (frame.phone, frame.msg_id, frame.packets) != (first.phone, first.msg_id, first.packets):
            return None
        assembly.parts[index] = Part(frame, content)
    return _whole(assembly)


def _whole(assembly: Assembly) -> Whole:
    parts = [assembly.parts[index] for index in range(1, assembly.packets + 1)]
    first = parts[0].frame
    body = b"".join(part.frame.body for part in parts)
    frame = Frame(first.msg_id, first.phone, first.serial, body, first.is_2019)
    return Whole(frame, [part.frame.serial for part in parts], [part.content for part in parts])
