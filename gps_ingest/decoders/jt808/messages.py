"""Which positions are in these bytes of JT/T 808? One message, the packets of one, or a file of many.

A file may be the bytes of the wire or lines of hex. What is not the device's own, is damaged or encrypted,
or tells no position is refused with a sentence; whatever else a terminal says has no position and is passed
over.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count

from gps_ingest.decoders.faults import Faults
from gps_ingest.decoders.fix_batch import Decoded, Row, RowBatch
from gps_ingest.decoders.jt808.bcd_times import NoSuchTime, offset_ms
from gps_ingest.decoders.jt808.frames import Frame, contents_of, read_frame
from gps_ingest.decoders.jt808.locations import UnreadableLocation, items_of_batch, read_location
from gps_ingest.decoders.jt808.message_ids import MessageId
from gps_ingest.decoders.jt808.packets import Packets, Whole, kept_whole
from gps_ingest.decoders.reception import Reception
from models.device_values import VendorField
from models.values import Refusal

PLACE = "[{}]"
MOST_UNFINISHED = 64  # messages whose packets come interleaved; a terminal sends one or two at a time
HEX_LINES = frozenset(b"0123456789abcdefABCDEF \t\r\n")
HALF_A_BYTE = b"\0"  # stands for a line with an odd number of digits: too short for a message, so refused
NO_ROWS = RowBatch((), ())
NOTHING = Decoded(NO_ROWS, place=PLACE)
"""A message that is understood and has no position."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What must be known of a device to read its messages."""

    utc_offset_ms: int
    vendor: tuple[VendorField, ...] = ()


def profile_of(reception: Reception) -> Profile:
    return Profile(offset_ms(reception.utc_offset_minutes), reception.vendor_fields)


def decode_message(frame: Frame, profile: Profile) -> Decoded:
    """The positions of one whole message without fault."""
    if frame.msg_id == MessageId.LOCATION:
        try:
            row = read_location(frame.body, profile.utc_offset_ms, profile.vendor)
        except (UnreadableLocation, NoSuchTime) as error:
            return Decoded(NO_ROWS, (_refusal(0, error),), place=PLACE)
        return Decoded(RowBatch((row,), (0,)), place=PLACE)
    if frame.msg_id == MessageId.LOCATION_BATCH:
        return _decode_batch(frame.body, profile)
    return NOTHING


def is_backfill(frame: Frame) -> bool:
    """Does the message fill a blind zone: positions that were measured while there was no network?"""
    return frame.msg_id == MessageId.LOCATION_BATCH and frame.body[2:3] == b"\x01"


def _decode_batch(body: bytes, profile: Profile) -> Decoded:
    items, fault = items_of_batch(body)
    rows: list[Row] = []
    positions: list[int] = []
    refusals: list[Refusal] = []
    for index, item in enumerate(items):
        try:
            rows.append(read_location(item, profile.utc_offset_ms, profile.vendor))
        except (UnreadableLocation, NoSuchTime) as error:
            refusals.append(_refusal(index, error))
        else:
            positions.append(index)
    if fault:
        refusals.append(Refusal("batch", "items", fault))
    return Decoded(RowBatch(rows, positions), tuple(refusals), place=PLACE)


def _refusal(index: int, error: UnreadableLocation | NoSuchTime) -> Refusal:
    name = error.field if isinstance(error, UnreadableLocation) else "recorded_at"
    return Refusal(PLACE.format(index), name, str(error))


def decode(data: bytes, reception: Reception) -> Decoded:
    """The positions of the device in bytes as they are stored, or in a file; never raises."""
    reader = _Reader(reception)
    contents = contents_of(wire_bytes(data))
    kept = kept_whole(contents)
    if kept is not None and kept.frame.device_code == reception.device_code:
        reader.take_whole(f"message {len(contents)}", kept.frame)
        return reader.decoded
    reader.take_all(contents)
    return reader.decoded


def wire_bytes(data: bytes) -> bytes:
    """The bytes of the wire in a file of them, or of lines of hex."""
    if not data or not HEX_LINES.issuperset(data):
        return data
    lines = (b"".join(line.split()).decode() for line in data.splitlines())
    return b"\x7e".join(bytes.fromhex(line) if len(line) % 2 == 0 else HALF_A_BYTE for line in lines)


@dataclass(slots=True)
class _Reader:
    """Takes message after message of one device."""

    reception: Reception
    rows: list[Row] = field(default_factory=list)
    faults: Faults = field(default_factory=Faults)
    positions: list[int] = field(default_factory=list)
    packets: Packets = field(default_factory=Packets)
    _items: int = 0
    _ticks: "count[int]" = field(default_factory=count)

    @property
    def decoded(self) -> Decoded:
        return Decoded(RowBatch(self.rows, self.positions), self.faults.refusals, place=PLACE)

    def take_all(self, contents: Sequence[bytes]) -> None:
        """The messages of a file, unless it is in vain."""
        for number, content in enumerate(contents, start=1):
            if self.faults.in_vain:
                self.faults.stop(f"message {number}", len(contents) - number + 1)
                break
            self.take(f"message {number}", content)
        if not contents:
            self.faults.refuse([Refusal("message 1", "message", "there is none")])
        while self.packets.assemblies:
            self._give_up_oldest()

    def _give_up_oldest(self) -> None:
        assembly = self.packets.drop_oldest()
        missing = f"{assembly.lacks} of {assembly.packets} packets are missing"
        self.faults.refuse([Refusal(f"serial {assembly.first_serial}", "packets", missing)])

    def take(self, place: str, content: bytes) -> None:
        frame = read_frame(content)
        if frame is None or frame.fault:
            reason = frame.detail if frame else f"{len(content)} bytes end before the header does"
            name = frame.fault or "message" if frame else "message"
            self.faults.refuse([Refusal(place, name, reason)])
        elif frame.device_code != self.reception.device_code:
            self.faults.turn_away([Refusal(place, "device", f"is terminal {frame.device_code}'s")])
        elif frame.packets > 1:
            self._take_packet(place, frame, content)
        else:
            self.take_whole(place, frame)

    def _take_packet(self, place: str, frame: Frame, content: bytes) -> None:
        try:
            whole = self.packets.add(frame, content, float(next(self._ticks)))
        except ValueError as error:
            self.faults.refuse([Refusal(place, "packets", f"there is no {error}")])
            return
        if isinstance(whole, Whole):
            self.take_whole(place, whole.frame)
        elif len(self.packets.assemblies) > MOST_UNFINISHED:
            self._give_up_oldest()

    def take_whole(self, place: str, frame: Frame) -> None:
        """A message that is not, or no longer, in packets."""
        decoded = decode_message(frame, profile_of(self.reception))
        if isinstance(decoded.reports, RowBatch):
            self.rows.extend(decoded.reports.rows)
            self.positions.extend(self._items + position for position in decoded.reports.positions)
        self._items += len(decoded) + len(decoded.refusals)
        self.faults.good += max(len(decoded), 1 - len(decoded.refusals))
        for each in decoded.refusals:
            self.faults.refuse([Refusal(f"{place} {each.place}", each.field, each.reason)])
