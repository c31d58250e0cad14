"""Is the gateway alive, and what has it counted? `/healthz` and `/metrics` over HTTP, for a supervisor."""

import asyncio
from collections.abc import Callable

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from gps_ingest.gateways.metrics import GatewayMetrics

MAX_REQUEST_BYTES = 8192
REQUEST_S = 5.0


async def serve_health(
    host: str, port: int, metrics: GatewayMetrics, fault: Callable[[], str | None]
) -> asyncio.Server:
    """Listen until closed. `fault` says what is wrong, or None: 200 and 503 for a load balancer."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), REQUEST_S)
            writer.write(response(request, metrics, fault))
            await writer.drain()
        except (TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError):
            pass  # whoever asks badly gets no answer
        finally:
            writer.close()

    return await asyncio.start_server(answer, host, port, limit=MAX_REQUEST_BYTES)


def response(request: bytes, metrics: GatewayMetrics, fault: Callable[[], str | None]) -> bytes:
    """The answer to one request."""
    method, _, rest = request.partition(b" ")
    path = rest.partition(b" ")[0]
    if method != b"GET":
        return _response("405 Method Not Allowed", "text/plain", b"only GET\n")
    if path == b"/metrics":
        return _response("200 OK", CONTENT_TYPE_LATEST, generate_latest(metrics.registry))
    if path == b"/healthz":
        wrong = fault()
        status = "200 OK" if wrong is None else "503 Service Unavailable"
        return _response(status, "text/plain; charset=utf-8", (wrong or "ok").encode() + b"\n")
    return _response("404 Not Found", "text/plain", b"/healthz or /metrics\n")


def _response(status: str, kind: str, body: bytes) -> bytes:
    head = (
        f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n"
    )
    return head.encode() + b"\r\n" + body
