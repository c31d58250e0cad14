"""What loads the interface? A process of its own, `python -m bench.custody_load PLAN`: HTTP/1.1 on asyncio.

One connection for each truck: it hauls load after load, each from issue to acceptance, each step a call with
an Idempotency-Key of its own. Says `ready`, starts on a line of standard input, ends with one line of JSON.
"""

import asyncio
import sys
import time
from collections import deque
from pathlib import Path
from typing import Any
from uuid import uuid4

import orjson

Plan = dict[str, Any]
WEIGHED = {"gross_kg": 28_000, "tare_kg": 11_000, "moisture_fraction": 0.79}
STEPS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("plant", {"act": "load", "weighed": WEIGHED}),
    ("hauler", {"act": "depart"}),
    ("site", {"act": "arrive", "weighed": {"gross_kg": 27_980}}),
    ("site", {"act": "accept", "weighed": WEIGHED | {"gross_kg": 27_980}}),
)


def call_of(token: str, path: str, body: Any) -> bytes:
    """One POST."""
    content = orjson.dumps(body)
    head = (
        f"POST /api/v1{path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {token}\r\nIdempotency-Key: {uuid4().hex}\r\n"
        f"Content-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content


def draft_of(plan: Plan, truck: str) -> dict[str, Any]:
    """A load of one truck straight to the site."""
    leg = {"mode": "road", "vehicle": truck, "from": plan["plant"], "to": plan["site"]}
    ends = {"origin": plan["plant"], "destination": plan["site"]}
    return {"draft": ends | {"sludge_kind": "dewatered", "planned_kg": 17_000, "legs": [leg]}}


class Connection:
    """A client that waits for each answer."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self.waited_s: list[float] = []
        self.failed = 0

    async def call(self, request: bytes) -> Any:
        """The answer as JSON; None for a refusal."""
        if self.streams is None:
            self.streams = await asyncio.open_connection(self.plan["host"], self.plan["port"])
        reader, writer = self.streams
        began = time.perf_counter()
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        body = await reader.readexactly(int(head.split(b"content-length:")[1].split(b"\r\n")[0]))
        self.waited_s.append(time.perf_counter() - began)
        if b"connection: close" in head:
            writer.close()
            self.streams = None
        if head.split(b" ")[1] in (b"200", b"201"):
            return orjson.loads(body)
        self.failed += 1
        print(body.decode(), file=sys.stderr)
        return None

    async def haul(self, truck: str, left: deque[int]) -> None:
        """Loads until none is left."""
        tokens = self.plan["tokens"]
        while left:
            left.popleft()
            told = await self.call(call_of(tokens["plant"], "/manifests/issue", draft_of(self.plan, truck)))
            for who, body in STEPS if told else ():
                told = await self.call(call_of(tokens[who], f"/manifests/{told['number']}/steps", body))
                if told is None:
                    break
        if self.streams is not None:
            self.streams[1].close()


async def run(plan: Plan) -> dict[str, Any]:
    """All loads, a connection a truck."""
    left = deque(range(plan["loads"]))
    connections = [Connection(plan) for _ in plan["trucks"]]
    began, cpu = time.perf_counter(), time.process_time()
    pairs = zip(connections, plan["trucks"], strict=True)
    await asyncio.gather(*(connection.haul(truck, left) for connection, truck in pairs))
    waited = sorted(each for connection in connections for each in connection.waited_s)
    return {
        "seconds": time.perf_counter() - began,
        "cpu_s": time.process_time() - cpu,
        "slow_ms": waited[int(len(waited) * 0.95)] * 1000,
        "failed": sum(connection.failed for connection in connections),
    }


def main() -> None:
    """Read, say ready, wait, run, tell."""
    plan = orjson.loads(Path(sys.argv[1]).read_bytes())
    print("ready", flush=True)
    sys.stdin.readline()
    print(orjson.dumps(asyncio.run(run(plan))).decode(), flush=True)


if __name__ == "__main__":
    main()
