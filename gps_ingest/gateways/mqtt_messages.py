"""What does a message from the broker become? Decoded off the event loop, many at a time, in their order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from gps_ingest.decoders.fix_batch import Decoded, nothing_decoded
from gps_ingest.decoders.formats import DECODERS
from gps_ingest.decoders.json_batch import BatchRefused, read_items
from gps_ingest.decoders.owntracks import is_kept
from gps_ingest.decoders.reception import Reception
from gps_ingest.store.acceptance import Arrival
from gps_ingest.store.raw_messages import Message
from gps_ingest.store.roster import RosteredDevice
from gps_ingest.store.watermarks import to_ms
from models.vocabulary import Protocol

PROTOCOLS = {"owntracks": Protocol.OWNTRACKS, "sludgetrace": Protocol.MQTT}
SPEAKING = frozenset(PROTOCOLS.values())
OTHER_PROTOCOL = "the device is registered with another protocol"
TOO_MANY = "a batch has at most {most} fixes; this one has {sent}"


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message as the broker delivered it; `connection` counts the connections to the broker."""

    topic: str
    payload: bytes
    qos: int
    mid: int
    connection: int

    @property
    def code(self) -> str:
        """The second level of the topic names the device."""
        return self.topic.split("/", 2)[1]


@dataclass(frozen=True, slots=True)
class Known:
    """A delivery, and the device that is registered under its name."""

    delivery: Delivery
    device: RosteredDevice | None

    @property
    def is_trusted(self) -> bool:
        """Is it a device in service that may come by way of the broker?"""
        return self.device is not None and self.device.active and self.device.protocol in SPEAKING


def arrivals_of(messages: Sequence[Known], most_fixes: int) -> list[Arrival | None]:
    """Each message with what its decoder reads; None for one of which nothing may be kept."""
    return [arrival_of(message, most_fixes) for message in messages]


def arrival_of(message: Known, most_fixes: int) -> Arrival | None:
    """The message with what its decoder reads, waiting where its device speaks otherwise."""
    delivery, device = message.delivery, message.device
    protocol = PROTOCOLS[delivery.topic.partition("/")[0]]
    if protocol is Protocol.OWNTRACKS and not is_kept(delivery.payload):
        return None
    now = datetime.now(UTC)
    code, received_ms = delivery.code, to_ms(now)
    reception = Reception(code, received_ms) if device is None else device.reception(code, received_ms)
    decoded = _too_long(delivery, protocol, most_fixes)
    if decoded is None:  # one without fixes is false
        decoded = DECODERS[protocol](delivery.payload, reception)
    is_other = device is not None and device.protocol not in SPEAKING
    kept = Message(code, protocol, delivery.payload, f"mqtt {delivery.topic}", now)
    return Arrival(kept, decoded, OTHER_PROTOCOL if is_other else None)


def _too_long(delivery: Delivery, protocol: Protocol, most_fixes: int) -> Decoded | None:
    """The answer to a batch of more items than one may have: refused whole, as over HTTP."""
    if protocol is not Protocol.MQTT:
        return None
    try:
        sent = len(read_items(delivery.payload))
    except BatchRefused:
        return None  # the decoder says what it is
    return (
        nothing_decoded("body", "", TOO_MANY.format(most=most_fixes, sent=sent))
        if sent > most_fixes
        else None
    )
