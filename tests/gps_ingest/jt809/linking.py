"""How does another platform of the tests talk to the real gateway?"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from sqlalchemy import Engine

from gps_ingest.decoders.jt809_frames import Edition, Frame, FrameStream, read_frame
from gps_ingest.gateways import jt809
from models.settings import Settings
from tests.gps_ingest.edges import PATIENCE_S, Running, running
from tests.gps_ingest.jt809.speaking import login


def converse(
    engine: Engine, talk: Callable[[Running], Awaitable[None]], settings: Settings | None = None
) -> None:
    async def whole() -> None:
        async with running(engine, jt809.start, settings) as gateway:
            await talk(gateway)

    asyncio.run(whole())


class Peer:
    """The other platform."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self._stream, self._frames = FrameStream(), list[bytes]()

    def say(self, *frames: bytes) -> None:
        self.writer.write(b"".join(frames))

    async def hear(self, edition: Edition | None = None) -> Frame:
        while not self._frames:
            data = await asyncio.wait_for(self.reader.read(4096), PATIENCE_S)
            assert data, "the gateway hung up"
            self._frames += self._stream.feed(data, lambda reason: None)
        return read_frame(self._frames.pop(0), edition)

    async def is_hung_up(self) -> bool:
        try:
            return await asyncio.wait_for(self.reader.read(), PATIENCE_S) == b""
        except ConnectionError:
            return True


@asynccontextmanager
async def linked(gateway: Running, *, is_2019: bool | None = False) -> AsyncIterator[Peer]:
    """A connection, logged in by one edition, or not at all (None)."""
    peer = Peer(*await asyncio.open_connection("127.0.0.1", gateway.port))
    if is_2019 is not None:
        peer.say(login(is_2019=is_2019))
        answer = await peer.hear()
        assert (answer.msg_id, answer.body[0], len(answer.body)) == (0x1002, 0, 5)
    yield peer
    peer.writer.close()


def just_now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)
