"""How does a test talk to a gateway? The real one, on a port of its own, in the test's event loop."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from gps_ingest.gateways.intake import Intake
from gps_ingest.gateways.lifecycle import GatewayContext
from gps_ingest.gateways.metrics import GatewayMetrics
from models.fixes import FixRow, RawMessage
from models.settings import Settings
from models.thresholds import DoubtThresholds

PATIENCE_S = 20.0


@dataclass(frozen=True, slots=True)
class Running:
    """A gateway that runs."""

    edge: Any
    context: GatewayContext

    @property
    def port(self) -> int:
        port: int = self.edge.port
        return port

    def rejected(self, reason: str) -> float:
        """How many items were counted under this reason."""
        return sample(self.context.metrics, "sludgetrace_frames_rejected_total", reason=reason)

    def count(self, name: str) -> float:
        """A counter without labels."""
        return sample(self.context.metrics, f"sludgetrace_{name}_total")

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until the condition holds."""
        async with asyncio.timeout(PATIENCE_S):
            while not condition():
                await asyncio.sleep(0.005)


def sample(metrics: GatewayMetrics, name: str, **labels: str) -> float:
    return metrics.registry.get_sample_value(name, labels) or 0.0


@asynccontextmanager
async def running(
    engine: Engine, start: Callable[..., Any], settings: Settings | None = None
) -> AsyncIterator[Running]:
    """The gateway, drained at the end as SIGTERM drains it."""
    metrics = GatewayMetrics("test")
    intake = Intake(engine, DoubtThresholds(), metrics)
    context = GatewayContext(engine, settings or Settings(), DoubtThresholds(), intake, metrics)
    intake.start()
    edge = await start(context, "127.0.0.1", 0)
    try:
        yield Running(edge, context)
    finally:
        await edge.stop_accepting()
        await intake.drain()
        await asyncio.wait_for(edge.close(), PATIENCE_S)


async def send(port: int, data: bytes) -> bytes:
    """Connect, write, hang up our side; all that came back. A gateway that hangs up first is no error."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    answer = b""
    with contextlib.suppress(OSError):
        writer.write(data)
        writer.write_eof()
        answer = await asyncio.wait_for(reader.read(), PATIENCE_S)
    writer.close()
    return answer


def fixes(engine: Engine) -> list[FixRow]:
    with Session(engine) as session:
        return list(session.scalars(select(FixRow).order_by(FixRow.time_ms, FixRow.lat_e7)))


def raws(engine: Engine) -> list[RawMessage]:
    with Session(engine) as session:
        return list(session.scalars(select(RawMessage).order_by(RawMessage.id)))
