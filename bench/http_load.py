"""What loads the web service? A process of its own, `python -m bench.http_load PLAN`: HTTP/1.1 on asyncio.

PLAN is a JSON file: host, port, connections, tokens, batches, rows. All requests are built before it says
`ready`; it starts on a line of standard input and ends with one line of JSON: seconds, requests, fixes that
the answers called accepted, answers that were not 200, and the processor time of this process.
"""

import asyncio
import sys
import time
from collections import deque
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

ACCEPTED = b'"accepted":'


def request_of(token: str, fixes: list[dict[str, Any]]) -> bytes:
    """One POST of a batch."""
    body = orjson.dumps(fixes)
    head = (
        "POST /api/v1/fixes HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {token}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def fixes_of(batch: int, rows: int, end: datetime) -> list[dict[str, Any]]:
    """A backlog of one fix a second, the latest of them now."""
    start = end - timedelta(seconds=rows)
    return [
        {
            "recorded_at": (start + timedelta(seconds=number)).isoformat(timespec="milliseconds"),
            "lat": round(31.2 + number * 1e-5, 7),
            "lon": round(120.6 + batch * 1e-5, 7),
            "speed_kmh": 42.5,
            "course_deg": float(number % 360),
            "accuracy_m": 5.0,
            "odometer_km": 1234.5 + number / 100,
            "satellites": 12,
        }
        for number in range(rows)
    ]


async def run(plan: dict[str, Any], requests: deque[bytes]) -> dict[str, Any]:
    """Send all requests over some connections, each waiting for its answers."""
    done = {"requests": 0, "accepted": 0, "failed": 0}

    async def connection() -> None:
        reader, writer = await asyncio.open_connection(plan["host"], plan["port"])
        while requests:
            writer.write(requests.popleft())
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
            body = await reader.readexactly(length)
            done["requests"] += 1
            if head.startswith(b"HTTP/1.1 200"):
                done["accepted"] += int(body.split(ACCEPTED)[1].split(b",")[0])
            else:
                done["failed"] += 1
            if b"connection: close" in head.lower():
                writer.close()
                reader, writer = await asyncio.open_connection(plan["host"], plan["port"])
        writer.close()

    began, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*(connection() for _ in range(plan["connections"])))
    return done | {"seconds": time.perf_counter() - began, "cpu_s": time.process_time() - cpu}


def main() -> None:
    """Build, say ready, wait, run, tell."""
    plan = orjson.loads(Path(sys.argv[1]).read_bytes())
    end = datetime.now(UTC)
    tokens = plan["tokens"]
    requests = deque(
        request_of(tokens[batch % len(tokens)], fixes_of(batch, plan["rows"], end))
        for batch in range(plan["batches"])
    )
    print("ready", flush=True)
    sys.stdin.readline()
    print(orjson.dumps(asyncio.run(run(plan, requests))).decode(), flush=True)


if __name__ == "__main__":
    main()
