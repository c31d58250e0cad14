"""How does a test talk with the NMEA gateway? Over a real connection, logged in or not."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from sqlalchemy import Engine

from gps_ingest.decoders.nmea_sentences import sealed
from gps_ingest.gateways import nmea
from models.settings import Settings
from tests.gps_ingest.edges import PATIENCE_S, Running, running

HELLO = b"$" + sealed("PSLUD,HELLO") + b"\r\n"


def converse(
    engine: Engine, talk: Callable[[Running], Awaitable[None]], settings: Settings | None = None
) -> None:
    async def whole() -> None:
        async with running(engine, nmea.start, settings) as gateway:
            await talk(gateway)

    asyncio.run(whole())


@asynccontextmanager
async def connected(
    gateway: Running, token: str = ""
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A connection, logged in when a token is given."""
    reader, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
    if token:
        writer.write(login(token))
        assert await line_of(reader) == HELLO
    yield reader, writer
    writer.close()


async def line_of(reader: asyncio.StreamReader) -> bytes:
    return await asyncio.wait_for(reader.readline(), PATIENCE_S)


def login(token: str, code: str = "N1") -> bytes:
    return f"$PSLUD,{code},{token}\r\n".encode()


def ok(count: int) -> bytes:
    return b"$" + sealed(f"PSLUD,OK,{count}") + b"\r\n"
