"""Who may keep a connection, and for how long? What every TCP gateway asks of its devices.

One plain asyncio protocol object a connection and one sweep for all of them, no task or timer each: ten
thousand idle terminals cost little memory.
"""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Callable
from typing import Any

from gps_ingest.gateways.lifecycle import GatewayContext

SWEEP_S = 1.0
MINUTE_S = 60.0
GOODBYE_S = 1.0  # for a device to read its last answers


class Connection(asyncio.Protocol):
    """One device's connection. Subclasses read `received` and know when they are `unfinished` and `known`."""

    __slots__ = ("began_at", "heard_at", "house", "known", "source", "transport", "unfinished_since")

    def __init__(self, house: "ConnectionHouse") -> None:
        self.house = house
        self.transport: asyncio.Transport | None = None
        self.source = ""
        self.began_at = self.heard_at = house.clock()
        self.unfinished_since: float | None = None  # since when part of a message lies here
        self.known = False  # has the sender proved who it is?

    def received(self, data: bytes) -> None:
        """Bytes came."""
        raise NotImplementedError

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - asyncio's own promise
        self.transport = transport
        host, port = transport.get_extra_info("peername")[:2]
        self.source = f"{host}:{port}"
        refusal = self.house.admit(self, host)
        if refusal:
            self.house.context.metrics.rejected.labels(refusal).inc()
            transport.abort()

    def data_received(self, data: bytes) -> None:
        self.heard_at = self.house.clock()
        self.received(data)
        if self.house.context.intake.is_full:
            self.house.pause_reading()

    def pause_writing(self) -> None:
        """The device does not read its answers: it is not read either."""
        if self.transport is not None:
            self.transport.pause_reading()

    def resume_writing(self) -> None:
        if self.transport is not None and not self.house.is_paused:
            self.transport.resume_reading()

    def connection_lost(self, exc: Exception | None) -> None:
        self.house.leave(self)
        self.transport = None

    def send(self, data: bytes) -> None:
        """Write, unless the device has hung up."""
        if self.transport is not None and not self.transport.is_closing():
            self.transport.write(data)

    def hang_up(self, reason: str) -> None:
        """Close after what was written has left; counted by reason."""
        if self.transport is not None and not self.transport.is_closing():
            self.house.context.metrics.rejected.labels(reason).inc()
            self.transport.close()

    @property
    def address(self) -> str:
        """The host without the port."""
        return self.source.rpartition(":")[0]


class ConnectionHouse:
    """All connections of a listener: admission, idleness, pause, goodbye. The Edge of a TCP gateway."""

    def __init__(self, context: GatewayContext, new: Callable[["ConnectionHouse"], Connection]) -> None:
        self.context = context
        self.clock: Callable[[], float] = asyncio.get_running_loop().time
        self.connections: set[Connection] = set()
        self._new = new
        self._by_address: Counter[str] = Counter()
        self._messages: Counter[str] = Counter()
        self._minute = 0
        self._paused = False
        self._stopped = False
        self._server: asyncio.Server | None = None
        self._sweeper: asyncio.Task[Any] | None = None

    async def listen(self, host: str, port: int) -> None:
        """Let devices in."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: self._new(self), host, port, backlog=4096)
        self._sweeper = loop.create_task(self._sweep_for_ever())

    @property
    def port(self) -> int:
        """Where it listens, also when port 0 was asked for."""
        assert self._server is not None  # noqa: S101 - listen() comes first
        return int(self._server.sockets[0].getsockname()[1])

    def admit(self, connection: Connection, host: str) -> str | None:
        """Note a new connection; why it cannot stay, or None."""
        settings = self.context.settings
        self.connections.add(connection)
        self._by_address[host] += 1
        self.context.metrics.sessions.set(len(self.connections))
        if len(self.connections) > settings.gateway_connections:
            return "too_many_connections"
        if self._by_address[host] > settings.gateway_connections_per_address:
            return "too_many_connections_of_address"
        if self.is_paused and connection.transport is not None:
            connection.transport.pause_reading()
        return None

    def leave(self, connection: Connection) -> None:
        """A connection is gone."""
        if connection in self.connections:
            self.connections.discard(connection)
            self._by_address[connection.address] -= 1
            if not self._by_address[connection.address]:
                del self._by_address[connection.address]
        self.context.metrics.sessions.set(len(self.connections))

    @property
    def is_paused(self) -> bool:
        """Is nobody read at the moment?"""
        return self._paused or self._stopped

    def may_speak(self, address: str) -> bool:
        """Count one message of an address; False when it sends more than it may in this minute."""
        minute = int(self.clock() // MINUTE_S)
        if minute != self._minute:
            self._minute = minute
            self._messages.clear()
        self._messages[address] += 1
        return self._messages[address] <= self.context.settings.gateway_messages_per_address

    def pause_reading(self) -> None:
        """Read from nobody until the intake has room: the devices keep what they have."""
        if self._paused:
            return
        self._paused = True
        for connection in self.connections:
            if connection.transport is not None:
                with contextlib.suppress(RuntimeError):  # closing already
                    connection.transport.pause_reading()
        self.context.intake.call_when_free(self._resume_reading)

    def _resume_reading(self) -> None:
        self._paused = False
        if self._stopped:
            return
        for connection in list(self.connections):
            if connection.transport is not None:
                with contextlib.suppress(RuntimeError):
                    connection.transport.resume_reading()

    async def _sweep_for_ever(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_S)
            self.sweep()

    def sweep(self) -> None:
        """Close who is silent, who does not finish what it began, and who does not say who it is."""
        settings, now = self.context.settings, self.clock()
        for connection in list(self.connections):
            began = connection.unfinished_since
            if connection.transport is not None and connection.transport.is_closing():
                connection.transport.abort()  # it was hung up on a sweep ago and does not read
            elif now - connection.heard_at > settings.gateway_idle_s:
                connection.hang_up("idle")
            elif began is not None and now - began > settings.gateway_unfinished_s:
                connection.hang_up("unfinished")
            elif not connection.known and now - connection.began_at > settings.gateway_login_s:
                connection.hang_up("no_login")

    async def stop_accepting(self) -> None:
        """Close the door; those inside are not read any more, but get their answers."""
        self._stopped = True
        if self._server is not None:
            self._server.close()
        if self._sweeper is not None:
            self._sweeper.cancel()
        for connection in self.connections:
            if connection.transport is not None:
                with contextlib.suppress(RuntimeError):
                    connection.transport.pause_reading()

    async def close(self) -> None:
        """Hang up after the last answers have left; not for ever on those who do not read them."""
        for connection in list(self.connections):
            if connection.transport is not None:
                connection.transport.close()
        until = self.clock() + GOODBYE_S
        while self.connections:
            await asyncio.sleep(0.01)
            if self.clock() > until:
                self._abort_all()

    def _abort_all(self) -> None:
        for connection in list(self.connections):
            if connection.transport is not None:
                connection.transport.abort()
