"""What happens to a message from its bytes to the answer? Decode, then doubt and store.

Decoding a file may take a while and needs no more of the database than what is registered of the device: it
comes before the transaction that writes, so that nobody waits for it.
"""

from sqlalchemy.orm import Session

from gps_ingest.decoders.fix_batch import Decoded
from gps_ingest.decoders.formats import DECODERS
from gps_ingest.decoders.reception import Reception
from gps_ingest.store.acceptance import Acceptance, accept
from gps_ingest.store.known_devices import reception_of
from gps_ingest.store.raw_messages import Message
from models.thresholds import DoubtThresholds


def decode_as(message: Message, reception: Reception) -> Decoded:
    """What a message says under these circumstances; needs no database.

    Raises KeyError for a protocol that has no decoder (gps_ingest.decoders.formats).
    """
    return DECODERS[message.protocol](message.body, reception)


def decode_message(session: Session, message: Message) -> Decoded:
    """What a message says, by its protocol and what is registered of its device; nothing is written.

    Raises KeyError as decode_as does.
    """
    return decode_as(message, reception_of(session, message))


def take_message(session: Session, message: Message, limits: DoubtThresholds) -> Acceptance:
    """Decode and accept in one transaction, for what is in the database already.

    Raises KeyError as decode_as does.
    """
    return accept(session, message, decode_message(session, message), limits)
