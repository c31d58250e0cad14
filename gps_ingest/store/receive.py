"""What happens to a message from its bytes to the answer? Decode, doubt, store: one call for every edge."""

from sqlalchemy.orm import Session

from gps_ingest.decoders.formats import DECODERS
from gps_ingest.store.acceptance import Acceptance, accept
from gps_ingest.store.known_devices import reception_of
from gps_ingest.store.raw_messages import Message
from models.thresholds import DoubtThresholds


def take_message(session: Session, message: Message, limits: DoubtThresholds) -> Acceptance:
    """Decode by the message's protocol and accept; the caller commits, then acknowledges.

    Raises KeyError for a protocol that has no decoder (gps_ingest.decoders.formats).
    """
    decoded = DECODERS[message.protocol](message.body, reception_of(session, message))
    return accept(session, message, decoded, limits)
