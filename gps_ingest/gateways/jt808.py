"""How do terminals on trucks come in? The JT/T 808 gateway: one TCP port, thousands of connections.

docs/devices/jt808.md says what a terminal hears to each message.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from gps_ingest.decoders.jt808.bcd_times import offset_ms
from gps_ingest.decoders.jt808.messages import Profile
from gps_ingest.gateways.connections import Connection, ConnectionHouse
from gps_ingest.gateways.jt808_admission import Admission
from gps_ingest.gateways.jt808_terminal import Terminal
from gps_ingest.gateways.lifecycle import GatewayContext
from gps_ingest.gateways.standing import StandingWatch
from models.session import read_sessions

ASK_AGAIN_S = 10.0  # for packets that did not come
ASSEMBLY_S = (
    60.0  # a message whose packets have not all come by then is forgotten: nobody was told it was safe
)


async def start(context: GatewayContext, host: str, port: int) -> "Jt808House":
    """Let terminals in; raises OSError where the port is taken."""
    house = Jt808House(context)
    await house.listen(host, port)
    house.standing.start()
    return house


class Jt808House(ConnectionHouse):
    """All terminals of a gateway, and the questions to the database that are under way for them."""

    def __init__(self, context: GatewayContext) -> None:
        super().__init__(context, self._new_terminal)
        self.admission = Admission(context.engine, context.settings)
        self.usual_profile = Profile(offset_ms(None))
        self.assembling: set[Terminal] = set()  # those with messages of which packets are missing
        self.standing = StandingWatch(read_sessions(context.engine), self._proven)
        self._questions: set[asyncio.Task[None]] = set()
        self._loop = asyncio.get_running_loop()

    def _new_terminal(self, house: ConnectionHouse) -> Terminal:
        return Terminal(self)

    def _proven(self) -> list[Terminal]:
        return [each for each in self.connections if isinstance(each, Terminal) and each.known]

    def spawn(self, question: Coroutine[Any, Any, None]) -> None:
        """Run it beside the loop's other work."""
        task = self._loop.create_task(question)
        self._questions.add(task)
        task.add_done_callback(self._questions.discard)

    def call_soon(self, action: Callable[[], None]) -> None:
        """In this turn of the loop, after what is under way."""
        self._loop.call_soon(action)

    def leave(self, connection: Connection) -> None:
        super().leave(connection)
        if isinstance(connection, Terminal):
            self.assembling.discard(connection)

    def sweep(self) -> None:
        """Also ask for packets that are missing, and forget messages that never became whole."""
        super().sweep()
        now_s = self.clock()
        for terminal in list(self.assembling):
            packets = terminal.packets
            if packets is None or not packets.assemblies:
                self.assembling.discard(terminal)
                continue
            for _ in range(packets.drop_older(now_s - ASSEMBLY_S)):
                terminal.reject("incomplete")
            for assembly in packets.assemblies.values():
                if now_s - assembly.asked_s > ASK_AGAIN_S:
                    terminal.ask_for_missing(assembly, now_s)

    async def stop_accepting(self) -> None:
        """Read nothing more; what was read is submitted once the questions before it are answered."""
        self.standing.stop()
        await super().stop_accepting()
        while self._questions:
            await asyncio.wait(set(self._questions))

    async def close(self) -> None:
        """Hang up after the last answers, also those that were not written yet."""
        for connection in list(self.connections):
            if isinstance(connection, Terminal):
                connection.flush()
        await super().close()
