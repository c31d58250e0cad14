"""How does a terminal behave to which nothing is certain? It keeps what was not acknowledged and sends again.

A message is one 0x0704 of a few positions, made from its number alone, so that anybody can tell afterwards
what it said. Every other terminal repeats a message byte for byte, the rest under a new serial: both exist.
"""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt

from demo.terminals import jt808_wire as wire

BEGIN = datetime(2026, 3, 2, tzinfo=UTC)
FIXES = 5  # of a message
WINDOW = 8  # messages under way
PACE_S = 0.01  # between two messages of a terminal
ANSWER_S = 4.0  # a terminal that hears nothing for so long sends again
AGAIN_S = 0.05  # between two tries to connect
AUTH_SERIAL = 0xFFFF
DONE = 0


def reports_of(message: int, lon: float) -> list[wire.Report]:
    """The positions of message number `message` of a terminal."""
    numbers = range(message * FIXES, (message + 1) * FIXES)
    return [
        wire.Report(
            BEGIN + timedelta(seconds=number), 31.0 + number % 10_000 * 1e-6, lon, number % 90, 0, number
        )
        for number in numbers
    ]


def expected(messages: int, lon: float) -> npt.NDArray[np.int64]:
    """(time_ms, lat_e7, lon_e7, speed km/h) of the positions of messages 0 … messages - 1, one a row."""
    numbers = np.arange(messages * FIXES, dtype=np.int64)
    lat_e7 = 310_000_000 + numbers % 10_000 * 10
    lon_e7 = np.full_like(numbers, round(lon * 1e7))
    return np.column_stack([int(BEGIN.timestamp()) * 1000 + numbers * 1000, lat_e7, lon_e7, numbers % 90])


@dataclass(slots=True)
class Terminal:
    """One terminal over many connections."""

    port: int
    phone: str
    token: str
    lon: float
    renumbers: bool
    made: int = 0  # messages so far
    budget: int = 0  # messages that it may make until somebody allows more
    checked: set[int] = field(default_factory=set)  # acknowledged messages that were found in the database
    acknowledged: set[int] = field(default_factory=set)
    repeats: int = 0  # messages sent more than once
    stopping: bool = False
    waiting: dict[int, int] = field(default_factory=dict)  # serial → message, in the order of sending
    serial: int = -1

    async def live(self) -> None:
        """Until `stopping`, and then until everything is acknowledged."""
        while not (self.stopping and not self.waiting):
            with suppress(OSError, TimeoutError, asyncio.IncompleteReadError):
                reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
                try:
                    await self._converse(reader, writer)
                finally:
                    writer.close()
            await asyncio.sleep(AGAIN_S)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(wire.frame(wire.AUTHENTICATE, self.phone, AUTH_SERIAL, self.token.encode()))
        hearing = self._hear(reader)
        if await anext(hearing, None) != (AUTH_SERIAL, DONE):
            return
        self._send_again(writer)
        talking = asyncio.create_task(self._talk(writer))
        try:
            async for serial, result in hearing:
                message = self.waiting.get(serial)
                if message is not None and result == DONE:
                    del self.waiting[serial]
                    self.acknowledged.add(message)
                if self.stopping and not self.waiting:
                    return
        finally:
            talking.cancel()
            with suppress(asyncio.CancelledError):
                await talking

    async def _talk(self, writer: asyncio.StreamWriter) -> None:
        """A new message now and then."""
        while not self.stopping:
            if len(self.waiting) < WINDOW and self.made < self.budget:
                writer.write(self._frame(self.made, self._next_serial()))
                self.made += 1
            await asyncio.sleep(PACE_S)

    def _send_again(self, writer: asyncio.StreamWriter) -> None:
        """All that was not acknowledged, oldest first."""
        waiting, self.waiting = self.waiting, {}
        for serial, message in waiting.items():
            self.repeats += 1
            again = self._next_serial() if self.renumbers else serial
            writer.write(self._frame(message, again))

    async def _hear(self, reader: asyncio.StreamReader) -> AsyncGenerator[tuple[int, int], None]:
        """(serial, result) of each answer; TimeoutError when none comes."""
        rest = b""
        while True:
            data = await asyncio.wait_for(reader.read(65_536), ANSWER_S)
            if not data:
                return
            answers, rest = wire.messages(rest + data)
            for message_id, body in answers:
                if message_id == wire.GENERAL_ANSWER:
                    yield int.from_bytes(body[:2], "big"), body[4]

    def _next_serial(self) -> int:
        self.serial = (self.serial + 1) % AUTH_SERIAL
        return self.serial

    def _frame(self, message: int, serial: int) -> bytes:
        self.waiting[serial] = message
        return wire.frame(wire.BATCH, self.phone, serial, wire.batch(reports_of(message, self.lon)))


def numbered(phones: list[str], tokens: list[str], port: int) -> Iterator[Terminal]:
    """One terminal for each registered device, each on a meridian of its own."""
    for number, (phone, token) in enumerate(zip(phones, tokens, strict=True)):
        yield Terminal(port, phone, token, round(120 + number * 0.01, 2), bool(number % 2))
