"""How do GNSS receivers with a modem come in? NMEA 0183 over TCP, after a first line that says who it is.

The receiver's first line is `$PSLUD,<device code>,<token>` (with or without a checksum). Without it nothing
is kept. What it sends then is committed second by second and told with `$PSLUD,OK,<lines>*hh`: so many of
the lines of this connection are settled. A receiver that keeps no account may pass over these answers.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any

from gps_ingest.gateways.connections import Connection, ConnectionHouse
from gps_ingest.gateways.lifecycle import GatewayContext
from gps_ingest.gateways.nmea_bad_lines import BadLines
from gps_ingest.gateways.nmea_receiver import Receiver
from gps_ingest.gateways.standing import StandingWatch
from models.session import read_sessions


async def start(context: GatewayContext, host: str, port: int) -> "NmeaHouse":
    """Let receivers in; raises OSError where the port is taken."""
    house = NmeaHouse(context)
    await house.listen(host, port)
    house.standing.start()
    return house


class NmeaHouse(ConnectionHouse):
    """All receivers of a gateway, and the questions to the database that are under way for them."""

    def __init__(self, context: GatewayContext) -> None:
        super().__init__(context, self._new_receiver)
        self.sessions = read_sessions(context.engine)
        self.bad_lines = BadLines()
        self.standing = StandingWatch(self.sessions, self._proven)
        self._loop = asyncio.get_running_loop()
        self._questions: set[asyncio.Task[None]] = set()

    def _new_receiver(self, house: ConnectionHouse) -> Connection:
        return Receiver(self)

    def _proven(self) -> list[Receiver]:
        return [each for each in self.connections if isinstance(each, Receiver) and each.known]

    def spawn(self, question: Coroutine[Any, Any, None]) -> None:
        """Run it beside the loop's other work."""
        task = self._loop.create_task(question)
        self._questions.add(task)
        task.add_done_callback(self._questions.discard)

    async def stop_accepting(self) -> None:
        """Read nothing more; what was read is submitted."""
        self.standing.stop()
        await super().stop_accepting()
        while self._questions:
            await asyncio.wait(set(self._questions))
        for connection in self.connections:
            if isinstance(connection, Receiver):
                connection.submit_all()
