"""What happens to the message of a phone? It is kept, taken or not, and answered so that the phone goes on.

The apps of phones send one point at a time and the oldest first. What they get 400 or more for, they send for
ever (Traccar Client, OwnTracks for Android) or throw away (OwnTracks for iOS, below 500). So whatever can be
kept is answered with 200, believed or not, and only what is for the moment with 429 or 503.
"""

from flask import Response, current_app, request
from sqlalchemy.exc import InterfaceError, OperationalError, TimeoutError

from gps_ingest.decoders.formats import DECODERS
from gps_ingest.store.acceptance import Arrival, accept_all
from gps_ingest.store.known_devices import reception_of
from gps_ingest.store.proof import Sender
from gps_ingest.store.raw_messages import Message
from gps_ingest.store.waiting_room import Room, WaitingRoom, room_of
from models.vocabulary import Protocol
from web.api.fixes import RETRY_AFTER_S, SCHEME, read_body
from web.api.problems import problem
from web.clock import now
from web.database import reading, writing
from web.device_metrics import device_metrics

MAX_UNPROVEN_BYTES = 16_384  # a point has 300; whoever does not prove anything needs no more
BASIC = "basic"
TROUBLES = (OperationalError, InterfaceError, TimeoutError)  # the last: no connection is free


def body_of_request() -> bytes | None:
    """The body, or None when it is longer than a batch may be."""
    return read_body(current_app.extensions["settings"].max_batch_bytes)


def secrets_in_header() -> list[str]:
    """A token after `Bearer`, or the password of `Basic`."""
    shown = request.headers.get("Authorization", "")
    if shown.startswith(SCHEME):
        return [shown[len(SCHEME) :].strip()]
    basic = request.authorization
    return [basic.password] if basic and basic.type == BASIC and basic.password else []


def keep(sender: Sender, protocol: Protocol, body: bytes) -> Response | None:
    """Store a message and its fixes in one transaction; an answer of its own for one that has to come again.

    Of a sender of whom more than enough waits from this very address nothing more is kept, and it is told
    that all is well: it would repeat itself for ever. Where others fill the room, it has to come again.
    """
    message = Message(sender.code, protocol, body, request.remote_addr or "unknown address", now())
    if sender.waits:
        room = waiting_room().admit(reading(), sender.code, message.source, now())
        if room is Room.FULL:
            current_app.logger.warning("the room for what unproven senders send is full: told to come again")
            return try_again("Too many messages of unproven senders wait.")
        if room is not Room.FREE:
            current_app.logger.warning("no room for what an unproven sender sends: answered, not kept")
            device_metrics().not_kept.inc()
            return None
    decoded = DECODERS[protocol](body, reception_of(reading(), message))
    limits = current_app.extensions["thresholds"].doubt
    with writing(prompt=False) as session:
        [acceptance] = accept_all(session, [Arrival(message, decoded, sender.distrust)], limits)
    device_metrics().count([acceptance])
    return None


def waiting_room() -> WaitingRoom:
    """What this process knows of those that wait."""
    settings = current_app.extensions["settings"]
    room: WaitingRoom = current_app.extensions.setdefault("waiting_room", room_of(settings))
    return room


def not_now(error: Exception) -> Response:
    """The database is away or busy: the phone shall send the message again."""
    current_app.logger.error("the message of a phone could not be stored", exc_info=error)
    return try_again("The message could not be stored now.")


def try_again(why: str) -> Response:
    """An answer after which every app sends its message again."""
    return problem(503, "Try again", why, headers={"Retry-After": str(RETRY_AFTER_S)})
