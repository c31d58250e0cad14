"""What would a kept message say if it were taken now? Decoded for a person to look at; nothing is written."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from gps_ingest.decoders.fix_batch import FixBatch
from gps_ingest.decoders.formats import DECODERS
from gps_ingest.store.known_devices import reception_of
from gps_ingest.store.raw_messages import Message
from models.values import Refusal, not_taken

MOST = 20  # enough to see what it is
MOST_BYTES = 4_000_000  # a larger file would keep the page waiting


@dataclass(frozen=True, slots=True)
class SeenFix:
    """One report as decoded, degrees as sent."""

    place: str
    time_ms: int
    lat: float
    lon: float
    speed_kmh: float | None


@dataclass(frozen=True, slots=True)
class Look:
    """What a message decodes to: the first reports and refusals, and how many there are of each.

    `readable` is false for a format that has no decoder here, and for a file too large to look at.
    `device_code` is the name that the message itself gives its sender, where its format has one.
    """

    readable: bool
    fixes: tuple[SeenFix, ...] = ()
    fix_count: int = 0
    refusals: tuple[Refusal, ...] = ()
    refusal_count: int = 0
    device_code: str | None = None


def look_at(session: Session, message: Message, most: int = MOST) -> Look:
    """Decode a message with what is known of its device now."""
    decoder = DECODERS.get(message.protocol)
    if decoder is None or len(message.body) > MOST_BYTES:
        return Look(readable=False)
    decoded = decoder(message.body, reception_of(session, message))
    batch = decoded.batch
    return Look(
        True,
        tuple(_seen(batch, row, decoded.place_of) for row in range(min(most, len(batch)))),
        len(batch),
        decoded.refusals[:most],
        not_taken(decoded.refusals),
        decoded.device_code,
    )


def _seen(batch: FixBatch, row: int, place_of: Callable[[int], str]) -> SeenFix:
    speed = float(batch.speed_kmh[row])
    return SeenFix(
        place_of(int(batch.position[row])),
        int(batch.time_ms[row]),
        float(batch.lat[row]),
        float(batch.lon[row]),
        None if speed != speed else speed,
    )
