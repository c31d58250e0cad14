"""Does a quarter of a megabyte of delimiters, escapes or empty lines keep other devices waiting?"""

import asyncio
import time
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine

from gps_ingest.gateways import ais, jt808, jt809, nmea
from models.settings import Settings
from tests.gps_ingest.edges import Running, running

READ_BYTES = 262_144  # the most that one read of a connection brings
MOST_S = 0.5  # tens of milliseconds on a machine of its own; a hundred times that before there was a bound
SPEAK = 600


def hear_flood(engine: Engine, start: Callable[..., Any], pattern: bytes) -> tuple[float, Running]:
    """How long the loop was busy with one read of a stranger, and the gateway afterwards."""

    async def whole() -> tuple[float, Running]:
        async with running(engine, start, Settings(gateway_messages_per_address=SPEAK)) as gateway:
            house = getattr(gateway.edge, "house", gateway.edge)
            _, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
            await gateway.until(lambda: len(house.connections) == 1)
            [connection] = house.connections
            flood = pattern * (READ_BYTES // len(pattern))
            began = time.perf_counter()
            connection.data_received(flood)
            busy_s = time.perf_counter() - began
            writer.close()
            return busy_s, gateway

    return asyncio.run(whole())


@pytest.mark.parametrize(
    ("start", "pattern"),
    [
        (nmea.start, b"\n"),
        (nmea.start, b"\r\n"),
        (ais.start, b"\n"),
        (jt808.start, b"\x7e"),
        (jt808.start, b"\x7d"),
        (jt808.start, b"\x7d\x01"),
        (jt808.start, b"\x7e\x00"),
        (jt808.start, b"\x7e\x7d"),
        (jt809.start, b"\x5b"),
        (jt809.start, b"\x5d"),
        (jt809.start, b"\x5b\x5d"),
        (jt809.start, b"\x5a\x5d"),
        (jt809.start, b"\x5e\x01"),
    ],
)
def test_a_read_full_of_nothing_is_over_soon(
    engine: Engine, start: Callable[..., Any], pattern: bytes
) -> None:
    busy_s, _ = hear_flood(engine, start, pattern)
    assert busy_s < MOST_S


@pytest.mark.parametrize(
    ("start", "pattern"),
    [
        (nmea.start, b"\n"),
        (jt808.start, b"\x7e\x00"),
        (jt809.start, b"\x5b\x5d"),
        (jt809.start, b"\x5a\x5d"),
    ],
)
def test_a_stranger_who_says_nothing_in_many_pieces_is_hung_up_on(
    engine: Engine, start: Callable[..., Any], pattern: bytes
) -> None:
    _, gateway = hear_flood(engine, start, pattern)
    assert gateway.rejected("flood") == 1
