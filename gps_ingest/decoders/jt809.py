"""How do messages of another platform become position reports? JT/T 809: 0x1200 with 0x1202 and 0x1203.

A vehicle's message begins with its plate (21 bytes GBK), the colour of the plate u8, a kind u16 and a
length u32. Plate and colour make the code of its device: `苏E12345-2`.
"""

from dataclasses import dataclass, field
from struct import Struct

from gps_ingest.decoders.faults import Faults
from gps_ingest.decoders.fix_batch import Decoded, Row, RowBatch
from gps_ingest.decoders.jt808.bcd_times import offset_ms
from gps_ingest.decoders.jt809_frames import (
    END,
    VEHICLE_MESSAGES,
    Edition,
    Frame,
    FrameRefused,
    read_frame,
    split_frames,
)
from gps_ingest.decoders.jt809_positions import (
    POSITION_2011_BYTES,
    UnreadablePosition,
    position_bytes_2019,
    read_2011,
    read_2019,
)
from gps_ingest.decoders.reception import Reception
from models.values import Refusal

VEHICLE_HEAD = Struct(">21sBHI")
ONE_POSITION, LATER_POSITIONS = 0x1202, 0x1203
PLACE = "position {}"


class UnreadableVehicle(ValueError):
    """A message names no vehicle; the message of the error is the sentence for a person."""


@dataclass(frozen=True, slots=True)
class VehicleMessage:
    """What a platform sends of a vehicle: of which, which kind, and the bytes of it."""

    plate: str
    colour: int
    kind: int
    data: bytes

    @property
    def device_code(self) -> str:
        return f"{self.plate}-{self.colour}"


def read_vehicle(body: bytes) -> VehicleMessage:
    """The vehicle's part of a body; raises UnreadableVehicle."""
    if len(body) < VEHICLE_HEAD.size:
        raise UnreadableVehicle(f"{len(body)} bytes name no vehicle")
    plate, colour, kind, length = VEHICLE_HEAD.unpack_from(body)
    try:
        text = plate.partition(b"\0")[0].decode("gbk").strip()
    except UnicodeDecodeError:
        raise UnreadableVehicle(f"{plate.hex()} is no plate in GBK") from None
    if not text or not text.isprintable():
        raise UnreadableVehicle(f"{plate.hex()} is no plate")
    if length != len(body) - VEHICLE_HEAD.size:
        raise UnreadableVehicle(f"{length} bytes are told, {len(body) - VEHICLE_HEAD.size} came")
    return VehicleMessage(text, colour, kind, body[VEHICLE_HEAD.size :])


@dataclass(slots=True)
class Positions:
    """What was read so far: rows and their numbers, counted from 1, and why others could not be taken."""

    rows: list[Row] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    faults: Faults = field(default_factory=Faults)
    seen: int = 0

    def decoded(self, device_code: str | None) -> Decoded:
        return Decoded(RowBatch(self.rows, self.numbers), self.faults.refusals, device_code, PLACE)

    def take(self, edition: Edition, vehicle: VehicleMessage, reception: Reception) -> None:
        """The positions in a vehicle's message; other kinds have none."""
        pieces, fault = _pieces(edition, vehicle)
        for piece in pieces:
            self.seen += 1
            try:
                self.rows.append(_read(edition, piece, reception))
                self.numbers.append(self.seen)
                self.faults.good += 1
            except UnreadablePosition as error:
                self._refuse(str(error))
        if fault:
            self.seen += 1
            self._refuse(fault)

    def _refuse(self, reason: str) -> None:
        self.faults.refuse([Refusal(PLACE.format(self.seen), "position", reason)])


def decode(body: bytes, reception: Reception) -> Decoded:
    """The positions in the frames of the vehicle `reception.device_code`, of any where that is blank.

    Frames of other vehicles are refused, and encrypted ones: the gateway keeps them deciphered where it has
    the keys.
    """
    positions, code, number = Positions(), None, 0
    faults = positions.faults
    for number, raw in enumerate(split_frames(body), start=1):
        place = f"frame {number}"
        if faults.in_vain:
            faults.stop(place, body.count(END) - number + 1)
            break
        try:
            frame = read_frame(raw)
            vehicle = vehicle_of(frame)
        except FrameRefused as refused:
            faults.refuse([Refusal(place, refused.reason, str(refused))])
        except UnreadableVehicle as error:
            faults.refuse([Refusal(place, "vehicle", str(error))])
        else:
            if vehicle is None:
                continue
            code = vehicle.device_code
            if reception.device_code in ("", code):
                positions.take(frame.edition, vehicle, reception)
            else:
                faults.turn_away([Refusal(place, "vehicle", f"is of the vehicle {code}")])
    if not number:
        faults.refuse([Refusal("message", "frame", "holds no frame")])
    return positions.decoded(code)


def vehicle_of(frame: Frame) -> VehicleMessage | None:
    """The vehicle that a frame is about, None for none; raises UnreadableVehicle and FrameRefused."""
    if frame.is_encrypted:
        raise FrameRefused("encrypted", "the body is encrypted")
    return read_vehicle(frame.body) if frame.msg_id in VEHICLE_MESSAGES else None


def _read(edition: Edition, piece: bytes, reception: Reception) -> Row:
    """A position in the edition's form; the short form of 2011 is known by its length anywhere."""
    ahead_ms = offset_ms(reception.utc_offset_minutes)
    if edition is Edition.E2011 or len(piece) == POSITION_2011_BYTES:
        return read_2011(piece, ahead_ms)
    return read_2019(piece, ahead_ms, reception.vendor_fields)


def _pieces(edition: Edition, vehicle: VehicleMessage) -> tuple[list[bytes], str | None]:
    """The bytes of each position of a message, and what is wrong with it.

    A re-upload has them one after the other behind their count.
    """
    data = vehicle.data
    if vehicle.kind == ONE_POSITION:
        return [data], None
    if vehicle.kind != LATER_POSITIONS:
        return [], None
    if not data:
        return [], "a re-upload without a count"
    count, rest = data[0], data[1:]
    pieces: list[bytes] = []
    is_short = edition is Edition.E2011 or len(rest) == count * POSITION_2011_BYTES
    while rest and len(pieces) < count:
        try:
            length = POSITION_2011_BYTES if is_short else position_bytes_2019(rest)
        except UnreadablePosition as error:
            return pieces, str(error)
        if len(rest) < length:
            return pieces, f"{len(rest)} bytes are no position"
        pieces.append(rest[:length])
        rest = rest[length:]
    if len(pieces) != count or rest:
        return pieces, f"{count} positions are told, {len(pieces)} came and {len(rest)} bytes"
    return pieces, None
