"""Does one transmission that two receivers hear become one fix, also when it tells no second?"""

import asyncio

import pytest
from sqlalchemy import Engine

from gps_ingest.gateways import ais
from gps_ingest.gateways.ais_echoes import ECHO_MS, MOST_REMEMBERED, Echoes
from models.session import write_sessions
from models.vocabulary import Protocol
from tests.factories import device, vehicle
from tests.gps_ingest.ais.speaking import NOON_MS, VESSEL, heard, lines, one
from tests.gps_ingest.edges import fixes, running, send


@pytest.mark.parametrize(
    "line", [one(second=60), one(second=63), one(27), one(second=30)], ids=["60", "63", "type 27", "30"]
)
def test_two_receivers_hear_one_transmission(engine: Engine, line: bytes) -> None:
    with write_sessions(engine).begin() as session:
        device(session, vehicle(session), code=VESSEL, protocol=Protocol.AIS)

    async def talk() -> None:
        async with running(engine, ais.start) as gateway:
            await send(gateway.port, lines(heard(line, NOON_MS)))
            await gateway.until(lambda: gateway.count("fixes_accepted") == 1)
            await send(gateway.port, lines(heard(line, NOON_MS + 1000)))
            await gateway.until(lambda: gateway.rejected("heard_twice") == 1)
            await send(gateway.port, lines(heard(line, NOON_MS + 180_000)))  # a moored vessel says it again
            await gateway.until(lambda: gateway.count("fixes_accepted") == 2)

    asyncio.run(talk())
    assert len(fixes(engine)) == 2


def test_what_is_remembered_is_bounded_and_ends() -> None:
    echoes = Echoes()
    assert not echoes.is_echo("1", "a", 0)
    assert echoes.is_echo("1", "a", ECHO_MS)
    assert not echoes.is_echo("2", "a", 0)
    assert not echoes.is_echo("1", "a", ECHO_MS + 1)
    for number in range(MOST_REMEMBERED):
        echoes.is_echo("1", str(number), 0)
    assert not echoes.is_echo("1", "a", ECHO_MS + 1)
