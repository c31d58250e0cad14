"""How do AIS receivers feed the system? Sentences over TCP and UDP on one port, each vessel a device.

Receivers from the allowed addresses connect, or send datagrams. AIS knows no acknowledgement: what a TCP
receiver sends while the database is away waits in its own buffer, a datagram then is lost and counted.
"""

import asyncio
from datetime import UTC, datetime
from typing import Any

from gps_ingest.decoders import ais
from gps_ingest.decoders.ais_assembly import KINDS, AisMessage, Assembly
from gps_ingest.decoders.ais_reports import sender_of
from gps_ingest.decoders.nmea_sentences import (
    MAX_LINE_BYTES,
    SentenceRefused,
    read_sentence,
    receipt_stamp,
)
from gps_ingest.decoders.reception import Reception
from gps_ingest.gateways.ais_echoes import Echoes
from gps_ingest.gateways.ais_sources import Strangers, is_source, read_sources
from gps_ingest.gateways.connections import Connection, ConnectionHouse
from gps_ingest.gateways.lifecycle import GatewayContext
from gps_ingest.gateways.roster import Roster
from gps_ingest.store.acceptance import Acceptance, Arrival
from gps_ingest.store.raw_messages import Message
from gps_ingest.store.watermarks import to_ms
from models.vocabulary import Protocol

TELL_STRANGERS_S = 600.0


async def start(context: GatewayContext, host: str, port: int) -> "AisEdge":
    """Listen on TCP and UDP; raises OSError, and SettingError for sources that cannot be read."""
    feed = AisFeed(context)
    await feed.roster.start()
    house = ConnectionHouse(context, lambda house: AisConnection(house, feed))
    await house.listen(host, port)
    loop = asyncio.get_running_loop()
    datagrams, _ = await loop.create_datagram_endpoint(
        lambda: AisDatagrams(feed), local_addr=(host, house.port)
    )
    return AisEdge(house, datagrams, feed)


class AisFeed:
    """What all receivers share: who may feed, which vessels are ours, and the way to the database."""

    def __init__(self, context: GatewayContext) -> None:
        self.context = context
        self.sources = read_sources(context.settings.ais_sources)
        self.roster = Roster(context.engine, context.settings)
        self.strangers = Strangers()
        self.echoes = Echoes()

    def hear(self, line: bytes, source: str, assembly: Assembly) -> None:
        """One line of a receiver; what is no sentence of ours is counted by reason."""
        if not line.strip():
            return
        now = datetime.now(UTC)
        try:
            sentence = read_sentence(line)
            if sentence.kind not in KINDS:
                self.reject("not_ais")
                return
            message = assembly.add(sentence, line.strip(), to_ms(now))
            if message is not None:
                self._take(message, source, now)
        except SentenceRefused as refused:
            self.reject(refused.reason)
        for _ in assembly.given_up:
            self.reject("incomplete")
        assembly.given_up.clear()

    def reject(self, reason: str) -> None:
        self.context.metrics.rejected.labels(reason).inc()

    def _take(self, message: AisMessage, source: str, now: datetime) -> None:
        """A whole message: into the database when it is of a registered vessel."""
        mmsi = sender_of(message)[1]
        vessel = self.roster.device(mmsi)
        if vessel is None or vessel.protocol is not Protocol.AIS:
            self.reject("stranger")
            self.strangers.hear(mmsi)
            return
        if not vessel.active and not self.roster.may_wait(mmsi, source):
            self.reject("no_room")
            return
        heard_ms = to_ms(now) if message.received_ms is None else message.received_ms
        if self.echoes.is_echo(mmsi, message.payload, heard_ms):
            self.reject("heard_twice")
            return
        stamp = receipt_stamp(to_ms(now)) if message.received_ms is None else b""
        body = b"\n".join(stamp + line for line in message.lines)
        decoded = ais.decode(body, Reception(mmsi, to_ms(now)))
        arrival = Arrival(Message(mmsi, Protocol.AIS, body, source, now), decoded)
        self.context.intake.submit(arrival, _no_answer)


def _no_answer(acceptance: Acceptance | None) -> None:
    """AIS knows none."""


class AisConnection(Connection):
    """A receiver that keeps a TCP connection."""

    __slots__ = ("assembly", "buffer", "feed")

    def __init__(self, house: ConnectionHouse, feed: AisFeed) -> None:
        super().__init__(house)
        self.feed = feed
        self.buffer = b""
        self.assembly = Assembly()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.known = is_source(self.address, self.feed.sources)
        if not self.known:
            self.hang_up("foreign_source")

    def received(self, data: bytes) -> None:
        if not self.known:
            return
        *lines, rest = (self.buffer + data).split(b"\n")
        for line in filter(bytes.strip, lines):  # empty ones come by the hundred thousand
            self.feed.hear(line, self.source, self.assembly)
        if len(rest) > MAX_LINE_BYTES:
            self.hang_up("oversized")
            rest = b""
        if not rest:
            self.unfinished_since = None
        elif lines or self.unfinished_since is None:
            self.unfinished_since = self.house.clock()
        self.buffer = rest


class AisDatagrams(asyncio.DatagramProtocol):
    """Receivers that send datagrams, of one sentence or several."""

    def __init__(self, feed: AisFeed) -> None:
        self.feed = feed
        self.assemblies: dict[str, Assembly] = {}

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        host, port = addr[:2]
        if not is_source(host, self.feed.sources):
            self.feed.reject("foreign_source")
            return
        if self.feed.context.intake.is_full:
            self.feed.reject("overload")
            return
        assembly = self.assemblies.setdefault(host, Assembly())
        for line in data.split(b"\n"):
            self.feed.hear(line, f"{host}:{port}/udp", assembly)


class AisEdge:
    """Both listeners between start and stop."""

    def __init__(self, house: ConnectionHouse, datagrams: asyncio.DatagramTransport, feed: AisFeed) -> None:
        self.house, self.feed = house, feed
        self._datagrams = datagrams
        self._telling = asyncio.get_running_loop().create_task(self._tell_for_ever())

    @property
    def port(self) -> int:
        """Of both listeners."""
        return self.house.port

    async def stop_accepting(self) -> None:
        """Hear nothing more; a message of which parts are missing is given up."""
        await self.house.stop_accepting()
        self._datagrams.close()
        self._telling.cancel()
        self.feed.roster.stop()
        self.feed.strangers.tell()

    async def close(self) -> None:
        await self.house.close()

    async def _tell_for_ever(self) -> None:
        while True:
            await asyncio.sleep(TELL_STRANGERS_S)
            self.feed.strangers.tell()
