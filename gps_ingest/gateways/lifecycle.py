"""How does a gateway start and stop? On SIGTERM it takes nothing more in, commits, answers, and is gone."""

import asyncio
import gc
import logging
import signal
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from sqlalchemy import Engine

from gps_ingest.gateways.health import serve_health
from gps_ingest.gateways.intake import Intake
from gps_ingest.gateways.metrics import GatewayMetrics
from models.settings import Settings
from models.thresholds import DoubtThresholds

log = logging.getLogger(__name__)

STUCK_S = 30.0  # messages waiting this long without a commit: the supervisor should know
ANSWER_S = 2.0  # for the last answers to leave
SWITCH_S = 0.0002  # SQLite gives the interpreter up for each row; by default its writer waits 5 ms to go on
COLLECT_AFTER = (50_000, 20, 100)  # new objects: messages on their way are no garbage, looking costs a third


@dataclass(frozen=True, slots=True)
class GatewayContext:
    """What every gateway works with."""

    engine: Engine
    settings: Settings
    limits: DoubtThresholds
    intake: Intake
    metrics: GatewayMetrics


class Edge(Protocol):
    """One kind of gateway between start and stop."""

    async def stop_accepting(self) -> None:
        """Let nobody and nothing new in; what was read already may still be submitted."""

    async def close(self) -> None:
        """All is committed and answered: hang up."""


@runtime_checkable
class WatchedEdge(Protocol):
    """An edge that can be in trouble of its own, for example without its broker."""

    def fault(self) -> str | None:
        """What a supervisor should know, or None."""


StartEdge = Callable[[GatewayContext, str, int], Awaitable[Edge]]
"""Begin to listen on (host, port); returns once devices can come."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where a gateway listens for devices and for its supervisor."""

    devices: tuple[str, int]
    health: tuple[str, int]


async def run_gateway(
    name: str,
    start_edge: StartEdge,
    addresses: Addresses,
    engine: Engine,
    settings: Settings,
    limits: DoubtThresholds,
    *,
    started: Callable[[], None] = lambda: None,
    stop: asyncio.Event | None = None,
) -> None:
    """Run until SIGTERM, SIGINT or `stop`; `started` is called once devices can come."""
    stop = stop or asyncio.Event()
    sys.setswitchinterval(SWITCH_S)
    import gc

    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    metrics = GatewayMetrics(name)
    intake = Intake(engine, limits, metrics)
    context = GatewayContext(engine, settings, limits, intake, metrics)
    intake.start()
    edges: list[Edge] = []
    health = await serve_health(*addresses.health, metrics, lambda: fault_of(intake, edges))
    edge = await start_edge(context, *addresses.devices)
    edges.append(edge)
    host, port = addresses.devices
    log.info("%s listens on %s:%d", name, host, port) if port else log.info("%s has started", name)
    started()
    await stop.wait()
    log.info("%s stops: %d messages to commit", name, intake.waiting)
    await edge.stop_accepting()
    await intake.drain()
    await asyncio.wait_for(edge.close(), ANSWER_S)
    health.close()


def run_lean() -> None:
    """Set the interpreter up for messages that come and go by the ten thousand a second."""
    sys.setswitchinterval(SWITCH_S)
    gc.freeze()  # what was loaded so far stays for ever
    gc.set_threshold(*COLLECT_AFTER)


def fault_of(intake: Intake, edges: Sequence[Edge] = ()) -> str | None:
    """What a supervisor should know, or None."""
    if intake.stuck_s > STUCK_S:
        return f"no commit for {intake.stuck_s:.0f} s, {intake.waiting} messages wait"
    watched = (edge for edge in edges if isinstance(edge, WatchedEdge))
    return next((why for edge in watched if (why := edge.fault()) is not None), None)
