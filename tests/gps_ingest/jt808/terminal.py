"""How does a terminal behave on its connection? A small one for the tests, by the standard."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from sqlalchemy import Engine

from gps_ingest.gateways import jt808
from models.settings import Settings
from tests.gps_ingest.edges import Running, running
from tests.gps_ingest.jt808.wire import body_of, frame

PHONE, OTHER_PHONE = "13800138000", "13900139000"
GMT_PLUS_8 = timezone(timedelta(hours=8))
PATIENCE_S = 60.0  # a machine may be busy


@dataclass(frozen=True)
class Heard:
    """A message of the platform."""

    msg_id: int
    serial: int
    body: bytes

    @property
    def answer(self) -> tuple[int, int, int]:
        """(serial answered, message answered, result) of a general answer."""
        assert self.msg_id == 0x8001
        numbers = self.body
        return int.from_bytes(numbers[:2], "big"), int.from_bytes(numbers[2:4], "big"), numbers[4]


def read_platform(data: bytes, *, is_2019: bool = False) -> Heard:
    """A message of the platform from its bytes with delimiters, checked by hand."""
    assert data[:1] == data[-1:] == b"\x7e"
    message = data[1:-1].replace(b"\x7d\x02", b"\x7e").replace(b"\x7d\x01", b"\x7d")
    checksum = 0
    for byte in message:
        checksum ^= byte
    assert checksum == 0
    start = 17 if is_2019 else 12
    assert bool(message[2] & 0x40) == is_2019
    assert int.from_bytes(message[2:4], "big") & 0x3FF == len(message) - start - 1
    return Heard(
        int.from_bytes(message[:2], "big"),
        int.from_bytes(message[start - 2 : start], "big"),
        message[start:-1],
    )


class TestTerminal:
    """One connection."""

    __test__ = False

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, phone: str, *, is_2019: bool = False
    ) -> None:
        self.reader, self.writer, self.phone, self.is_2019 = reader, writer, phone, is_2019
        self.serial = 0

    def message(self, msg_id: int, body: bytes, **spoiled: Any) -> bytes:
        self.serial += 1
        return frame(msg_id, self.phone, self.serial, body, is_2019=self.is_2019, **spoiled)

    async def write(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def hear(self) -> Heard:
        """The next message of the platform."""
        async with asyncio.timeout(PATIENCE_S):
            await self.reader.readuntil(b"\x7e")
            data = b"\x7e" + await self.reader.readuntil(b"\x7e")
        return read_platform(data, is_2019=self.is_2019)

    async def say(self, msg_id: int, body: bytes = b"", **spoiled: Any) -> Heard:
        """Send a message and hear what the platform says."""
        await self.write(self.message(msg_id, body, **spoiled))
        return await self.hear()

    async def is_closed(self) -> bool:
        """Does the platform hang up (after at most what it had still to say)?"""
        async with asyncio.timeout(PATIENCE_S):
            try:
                await self.reader.read()
            except ConnectionError:
                return True
        return True

    async def register(self, maker: bytes = b"MAKER", terminal: bytes = b"T000001") -> Heard:
        return await self.say(0x0100, registration(maker, terminal, is_2019=self.is_2019))

    async def authenticate(self, token: str) -> Heard:
        return await self.say(0x0102, authentication(token, is_2019=self.is_2019))

    async def log_in(self) -> str:
        """Register and authenticate; the token."""
        answer = await self.register()
        assert answer.msg_id == 0x8100
        assert answer.body[2] == 0
        token = answer.body[3:].decode()
        assert (await self.authenticate(token)).answer[2] == 0
        return token


def registration(maker: bytes, terminal: bytes, *, is_2019: bool = False) -> bytes:
    """A body of 0x0100."""
    widths = (11, 30, 30) if is_2019 else (5, 20, 7)
    named = zip((maker, b"MODEL", terminal), widths, strict=True)
    padded = b"".join(name.ljust(width, b"\0") for name, width in named)
    return bytes.fromhex("002c0064") + padded + b"\x02" + "粤B12345".encode("gbk")


def authentication(token: str, *, is_2019: bool = False) -> bytes:
    """A body of 0x0102."""
    text = token.encode()
    return bytes((len(text),)) + text + b"8" * 15 + b"V1".ljust(20, b"\0") if is_2019 else text


@asynccontextmanager
async def terminal(port: int, phone: str = PHONE, *, is_2019: bool = False) -> AsyncIterator[TestTerminal]:
    """A connection, closed at the end."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield TestTerminal(reader, writer, phone, is_2019=is_2019)
    finally:
        writer.close()


def converse(
    engine: Engine, talk: Callable[[Running], Awaitable[None]], settings: Settings | None = None
) -> None:
    """Run the gateway, talk to it, drain it. These terminals forget their tokens: they may register again
    unless the settings say otherwise."""
    settings = settings or Settings(jt808_reregister=True)

    async def whole() -> None:
        async with running(engine, jt808.start, settings) as gateway:
            await talk(gateway)

    asyncio.run(whole())


def bcd(moment: datetime) -> str:
    """A time as terminals write it."""
    return moment.astimezone(GMT_PLUS_8).strftime("%y%m%d%H%M%S")


def body_at(moment: datetime, **given: object) -> bytes:
    """A location of this time."""
    return body_of(bcd=bcd(moment), **given)
