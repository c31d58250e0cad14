"""Is anything acknowledged ever lost, or counted twice, when processes are killed in the middle of a load?

SIGKILL of the gateway, and of PostgreSQL with all its processes, at moments of chance while terminals report.
Terminals send again what was not acknowledged, as real ones do. After each kill everything that was
acknowledged must be in the database; at the end it must hold exactly what was sent, unaltered, none twice,
each fix with a message whose bytes say it. Raises FixesDiffer otherwise.
"""

import asyncio
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine

from bench.databases import fresh_database, register_fleet, servers
from bench.fault_check import check_acknowledged, check_exact
from bench.fault_gateway import Gateway
from bench.fault_terminals import Terminal, numbered
from bench.postgres_server import PostgresServer
from models.session import open_engine
from models.vocabulary import Protocol

KILLS, TERMINALS, SEED = 20, 30, 7
BETWEEN_KILLS_S = (0.2, 1.2)
MESSAGES_A_KILL = 200  # of each terminal: two seconds of them, so that the load does not end before the kill
FINISH_S = 120.0


@dataclass(slots=True)
class Course:
    """What happened in one run."""

    kills: int = 0
    checked: int = 0  # fixes found after a kill
    recovery_s: list[float] = field(default_factory=list)  # from the kill to the next acknowledgement


def run() -> dict[str, Any]:
    """All of it, as figures; raises FixesDiffer."""
    figures: dict[str, float] = {}
    with servers() as each:
        for engine, server in each.items():
            figures |= measure(f"{engine}_gateway", server, kill_database=False)
            if server is not None:
                figures |= measure(f"{engine}_database", server, kill_database=True)
    settings = {"kills": KILLS, "terminals": TERMINALS, "signal": "SIGKILL"}
    return {
        "bench": "faults",
        "seed": SEED,
        "settings": settings,
        "figures": figures,
        "peers": {},
        "ratios": {},
    }


def measure(
    name: str, server: PostgresServer | None, *, kill_database: bool, kills: int = KILLS
) -> dict[str, float]:
    """One run on a fresh database."""
    with fresh_database(server) as url:
        fleet = register_fleet(url, TERMINALS, Protocol.JT808)
        engine, gateway = open_engine(url), Gateway(url)
        gateway.start()
        terminals = list(numbered(fleet.codes, fleet.tokens, gateway.port))
        strike = strike_at(server if kill_database else None, gateway)
        try:
            course = asyncio.run(endure(terminals, strike, engine, kills))
        finally:
            gateway.close()
        fixes = check_exact(engine, terminals)
        engine.dispose()
    recovery = sorted(course.recovery_s)
    return {
        f"{name}_kills": float(course.kills),
        f"{name}_fixes": float(fixes),
        f"{name}_messages_sent_again": float(sum(terminal.repeats for terminal in terminals)),
        f"{name}_lost_or_doubled": 0.0,
        f"{name}_recovery_median_s": recovery[len(recovery) // 2],
        f"{name}_recovery_longest_s": recovery[-1],
    }


def strike_at(server: PostgresServer | None, gateway: Gateway) -> Callable[[], None]:
    """Kill the database, or else the gateway, and bring it back."""

    def strike() -> None:
        if server is None:
            gateway.kill()
            gateway.start()
        else:
            server.kill()
            server.start_again()

    return strike


async def endure(terminals: list[Terminal], strike: Callable[[], None], engine: Engine, kills: int) -> Course:
    """Load and kills; returns when everything is acknowledged."""
    chance, course = random.Random(SEED), Course()
    lives = [asyncio.create_task(terminal.live()) for terminal in terminals]
    for _ in range(kills):
        for terminal in terminals:
            terminal.budget = terminal.made + MESSAGES_A_KILL
        await asyncio.wait_for(next_acknowledgement(terminals), FINISH_S)
        await asyncio.sleep(chance.uniform(*BETWEEN_KILLS_S))
        began = time.monotonic()
        await asyncio.to_thread(strike)
        course.kills += 1
        course.checked += await asyncio.to_thread(check_acknowledged, engine, terminals)
        await asyncio.wait_for(next_acknowledgement(terminals), FINISH_S)
        course.recovery_s.append(time.monotonic() - began)
    for terminal in terminals:
        terminal.stopping = True
    await asyncio.wait_for(asyncio.gather(*lives), FINISH_S)
    return course


async def next_acknowledgement(terminals: list[Terminal]) -> None:
    """Return once one more message than now is acknowledged."""
    before = sum(len(terminal.acknowledged) for terminal in terminals)
    while sum(len(terminal.acknowledged) for terminal in terminals) == before:
        await asyncio.sleep(0.005)
