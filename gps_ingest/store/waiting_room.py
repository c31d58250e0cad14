"""How much may wait of senders that proved nothing? A bound for each of them, for each address, and for all.

One address may fill a share of the room and no more, so that it keeps nobody else out. Counting in the
database at each message would let strangers keep the service busy, so a process counts there seldom and adds
what it let in since. Several processes may each go a little over the bounds.
"""

import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import IPv6Address, ip_address, ip_network

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from gps_ingest.store.waiting_messages import waiting
from models.fixes import RawMessage
from models.settings import Settings

COUNT_EVERY = timedelta(minutes=1)
HOUSE_BITS = 64  # one subscriber has at least so much of IPv6: every address of it is one


class Room(StrEnum):
    """Is there room for one more message?"""

    FREE = "free"
    ENOUGH_OF_SENDER = "enough_of_sender"  # so many wait already of this name from this address
    FULL = "full"  # of this name from elsewhere, of the address, or of all: until somebody decides


@dataclass(slots=True)
class Waiting:
    """How many messages wait: of each name and address, each name, each address, and in all."""

    of_both: Counter[tuple[str, str]] = field(default_factory=Counter)
    of_sender: Counter[str] = field(default_factory=Counter)
    of_address: Counter[str] = field(default_factory=Counter)
    in_all: int = 0

    def add(self, code: str, address: str, messages: int = 1) -> None:
        self.of_both[code, address] += messages
        self.of_sender[code] += messages
        self.of_address[address] += messages
        self.in_all += messages


class WaitingRoom:
    """Who waits, by this process's last count; used by several threads."""

    def __init__(self, most_of_sender: int, most_of_address: int, most_in_all: int) -> None:
        self._most_of_sender, self._most_of_address = most_of_sender, most_of_address
        self._most_in_all = most_in_all
        self._lock = threading.Lock()
        self._counted_at: datetime | None = None
        self._waiting = Waiting()

    def admit(self, session: Session, code: str, source: str, now: datetime) -> Room:
        """May one more message of a sender wait? One that may is counted. source: as the message tells it."""
        with self._lock:
            if self._counted_at is None or now - self._counted_at >= COUNT_EVERY:
                self._waiting, self._counted_at = waiting_unproven(session), now
            return self._admit(code, source)

    def admit_uncounted(self, code: str, source: str) -> Room:
        """The same by the last count, for whoever counts by himself (`recount`)."""
        with self._lock:
            return self._admit(code, source)

    def recount(self, waiting: Waiting) -> None:
        """What waits, as it was just counted."""
        with self._lock:
            self._waiting = waiting

    def _admit(self, code: str, source: str) -> Room:
        address, now = address_of(source), self._waiting
        if now.of_both[code, address] >= self._most_of_sender:
            return Room.ENOUGH_OF_SENDER
        if (
            now.of_sender[code] >= self._most_of_sender
            or now.of_address[address] >= self._most_of_address
            or now.in_all >= self._most_in_all
        ):
            return Room.FULL
        now.add(code, address)
        return Room.FREE


def room_of(settings: Settings) -> WaitingRoom:
    """The room with the bounds of an installation."""
    return WaitingRoom(settings.unproven_per_sender, settings.unproven_per_address, settings.unproven_in_all)


def waiting_unproven(session: Session) -> Waiting:
    """What waits of messages that belong to no device; ports, which are chance, are cut off first."""
    source = case(
        (RawMessage.source.contains(":"), func.rtrim(RawMessage.source, "0123456789")),
        else_=RawMessage.source,
    )
    query = (
        select(RawMessage.device_code, source, func.count())
        .where(RawMessage.device_id.is_(None), *waiting())
        .group_by(RawMessage.device_code, source)
    )
    found = Waiting()
    for code, place, messages in session.execute(query):
        found.add(code, address_of(place), messages)
    return found


def address_of(source: str) -> str:
    """Whose share a message's source is on: the IPv4 address, the /64 of IPv6, else its first word.

    Sources are `address`, `address:port` and these with words behind them; a broker's are `mqtt …`.
    """
    word = source.split(" ", 1)[0].removesuffix("/udp")
    for candidate in _candidates(word):
        try:
            address = ip_address(candidate)
        except ValueError:
            continue
        if isinstance(address, IPv6Address):
            return str(ip_network((int(address), HOUSE_BITS), strict=False))
        return str(address)
    return word


def _candidates(word: str) -> Iterator[str]:
    """Without a port first: an IPv6 address with one behind it may look like another address."""
    host, colon, port = word.rpartition(":")
    if colon and (port.isdecimal() or not port):
        yield host.strip("[]")
    yield word.strip("[]")
