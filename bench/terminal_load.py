"""What loads the JT/T 808 gateway? A process of its own, `python -m bench.terminal_load PLAN`, on asyncio.

PLAN is a JSON file: host, port, phones, tokens, messages (of each terminal), fixes (0: single 0x0200; else so
many in each 0x0704), window (messages that a terminal sends before it waits for an answer), heartbeats
(instead of positions), log_in_first (before the clock starts). All frames are built before it says `ready`.
It starts on a line of standard input and ends with a line of JSON. A terminal that hears anything but "done"
to one of its messages, or is hung up on, counts as failed.
"""

import asyncio
import resource
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

from demo.terminals import jt808_wire as wire

AUTH_SERIAL = 60_000
DONE = b"\x00"


def frames_of(phone: str, plan: dict[str, Any], end: datetime) -> list[bytes]:
    """The messages of one terminal: a position a second, the newest now."""
    if plan["heartbeats"]:
        return [wire.frame(wire.HEARTBEAT, phone, number) for number in range(plan["messages"])]
    each = max(1, plan["fixes"])
    start = end - timedelta(seconds=plan["messages"] * each)
    east = int(phone[-5:]) * 1e-5
    reports = [
        wire.Report(
            start + timedelta(seconds=turn), 31.2 + turn * 1e-5, 120.6 + east, 42.5, turn % 360, 1234.5
        )
        for turn in range(plan["messages"] * each)
    ]
    if not plan["fixes"]:
        bodies = [wire.location(report) for report in reports]
        return [wire.frame(wire.LOCATION, phone, number, body) for number, body in enumerate(bodies)]
    bodies = [wire.batch(reports[first : first + each]) for first in range(0, len(reports), each)]
    return [wire.frame(wire.BATCH, phone, number, body) for number, body in enumerate(bodies)]


class Terminal(asyncio.Protocol):
    """Authenticates, then keeps `window` messages under way until all are answered."""

    def __init__(self, login: bytes, frames: list[bytes], window: int) -> None:
        self.login, self.frames, self.window = login, frames, window
        loop = asyncio.get_running_loop()
        self.known: asyncio.Future[bool] = loop.create_future()
        self.done: asyncio.Future[int] = loop.create_future()
        self.sent = self.answered = 0
        self.rest = b""
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(self.login)

    def data_received(self, data: bytes) -> None:
        answers, self.rest = wire.messages(self.rest + data)
        for message_id, body in answers:
            if message_id != wire.GENERAL_ANSWER or body[4:5] != DONE:
                self.end()
                return
            if int.from_bytes(body[:2], "big") == AUTH_SERIAL:
                self.known.set_result(True)
            else:
                self.answered += 1
        if self.sent:
            self.send()

    def connection_lost(self, exc: Exception | None) -> None:
        self.transport = None
        self.end()

    def send(self) -> None:
        """As many messages as may be under way."""
        upto = min(len(self.frames), self.answered + self.window)
        if upto > self.sent and self.transport is not None:
            self.transport.write(b"".join(self.frames[self.sent : upto]))
            self.sent = upto
        if self.answered == len(self.frames):
            self.end()

    def end(self) -> None:
        """All is answered, or nothing more will be."""
        if not self.known.done():
            self.known.set_result(False)
        if not self.done.done():
            self.done.set_result(self.answered)


async def log_in(plan: dict[str, Any], terminals: list[Terminal]) -> None:
    """Connect and authenticate, some hundreds at a time as after a failure of the network."""
    loop = asyncio.get_running_loop()
    gate = asyncio.Semaphore(plan["logins_at_once"])

    async def one(number: int, terminal: Terminal) -> None:
        async with gate:
            source = (f"127.0.0.{1 + number // 20_000}", 0)  # an address has ports for so many
            address = (plan["host"], plan["port"])
            await loop.create_connection(lambda: terminal, *address, local_addr=source)
            await terminal.known
            if not plan["log_in_first"]:
                terminal.send()

    await asyncio.gather(*(one(number, terminal) for number, terminal in enumerate(terminals)))


async def run(plan: dict[str, Any], frames: list[list[bytes]]) -> None:
    """Log in, wait for the word, send, tell; hold the connections until standard input ends."""
    loop = asyncio.get_running_loop()
    logins = [
        wire.frame(wire.AUTHENTICATE, phone, AUTH_SERIAL, token.encode())
        for phone, token in zip(plan["phones"], plan["tokens"], strict=True)
    ]
    terminals = [Terminal(login, own, plan["window"]) for login, own in zip(logins, frames, strict=True)]
    if plan["log_in_first"]:
        await log_in(plan, terminals)
    say(b"ready")
    await loop.run_in_executor(None, sys.stdin.readline)
    began, cpu = time.perf_counter(), time.process_time()
    if plan["log_in_first"]:
        for terminal in terminals:
            terminal.send()
    else:
        await log_in(plan, terminals)
    answered = await asyncio.gather(*(terminal.done for terminal in terminals))
    seconds, cpu_s = time.perf_counter() - began, time.process_time() - cpu
    failed = sum(count < len(own) for count, own in zip(answered, frames, strict=True))
    told = {"answered": sum(answered), "failed": failed, "seconds": seconds, "cpu_s": cpu_s}
    say(orjson.dumps(told))
    await loop.run_in_executor(None, sys.stdin.read)


def say(line: bytes) -> None:
    """To the benchmark."""
    sys.stdout.buffer.write(line + b"\n")
    sys.stdout.buffer.flush()


def main() -> None:
    """Build, then run."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    plan = orjson.loads(Path(sys.argv[1]).read_bytes())
    end = datetime.now(UTC)
    frames = [frames_of(phone, plan, end) for phone in plan["phones"]]
    asyncio.run(run(plan, frames))


if __name__ == "__main__":
    main()
