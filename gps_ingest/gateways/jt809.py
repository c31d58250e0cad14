"""How do other platforms send the positions of their trucks? The JT/T 809 gateway: the main link, up.

docs/devices/jt809.md says what a platform hears to each message. We are the superior platform (上级平台):
others connect, log in, and send. No sub-link is opened to them and nothing is asked of them.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any

from gps_ingest.gateways.connections import Connection, ConnectionHouse
from gps_ingest.gateways.jt809_link import Link
from gps_ingest.gateways.jt809_login import LoginGuard, read_keys
from gps_ingest.gateways.lifecycle import GatewayContext
from gps_ingest.gateways.roster import Roster
from models.session import read_sessions


async def start(context: GatewayContext, host: str, port: int) -> "Jt809House":
    """Let platforms in; raises OSError, and SettingError for keys that cannot be read."""
    house = Jt809House(context)
    await house.roster.start()
    await house.listen(host, port)
    return house


class Jt809House(ConnectionHouse):
    """All links of a gateway, and what they share."""

    def __init__(self, context: GatewayContext) -> None:
        super().__init__(context, self._new_link)
        self.keys = read_keys(context.settings.jt809_keys)
        self.roster = Roster(context.engine, context.settings)
        self.roster.on_refresh = self._close_disabled
        self.sessions = read_sessions(context.engine)
        self.guard = LoginGuard()
        self.one_at_a_time = asyncio.Semaphore(1)  # a password costs 64 MB and a core while it is looked at
        self._questions: set[asyncio.Task[None]] = set()
        self._loop = asyncio.get_running_loop()

    def _new_link(self, house: ConnectionHouse) -> Connection:
        return Link(self)

    def spawn(self, question: Coroutine[Any, Any, None]) -> None:
        """Run it beside the loop's other work."""
        task = self._loop.create_task(question)
        self._questions.add(task)
        task.add_done_callback(self._questions.discard)

    def _close_disabled(self) -> None:
        """A platform that was put out of service is not heard any more."""
        for connection in list(self.connections):
            if isinstance(connection, Link) and connection.known:
                connection.close_unless_admitted()

    async def stop_accepting(self) -> None:
        """Read nothing more; what was read is submitted once the login before it is answered."""
        await super().stop_accepting()
        self.roster.stop()
        while self._questions:
            await asyncio.wait(set(self._questions))
