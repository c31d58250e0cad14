"""Does every list stay as fast with a million manifests as with a thousand?

The same city, issuing 900 manifests a day, after a day and after three years: each list page and each list of
the interface is fetched through the whole application as the person who sees it, on both engines in one run.
The ratios are the median time at the larger size to that at the smaller one. A page of a small city is often
not full: writing fifty rows takes longer than writing four, however they are found. So the rows of an answer
are counted, and the worst ratio of the lists that are as long at both sizes stands beside that of all.
"""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from app import create_app
from bench.databases import fresh_database, servers
from bench.list_addresses import BEHIND, LISTS, OF_INTERFACE
from bench.list_cast import PASSWORD
from bench.list_database import fill
from bench.postgres_server import PostgresServer
from models.custody_words import Scope
from models.session import open_engine, write_sessions
from models.settings import Settings
from models.values import Viewer
from models.vocabulary import Role
from tracking.operations.api_tokens import give_token

SIZES = (1_000, 1_000_000)
ROUNDS = 7
GOAL = 1.5
AS_LONG = 1.1
"""The larger city's page has at most so many times the rows."""
END = datetime.fromisoformat("2026-11-24T03:00:00+00:00")
NOW = END + timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Fetched:
    """How long a list took, in milliseconds (median), and how many rows it showed."""

    ms: float
    rows: int


def run(sizes: tuple[int, int] = SIZES) -> dict[str, Any]:
    """Milliseconds of each list at the larger size, at the smaller one, and their ratio."""
    times: dict[int, dict[str, Fetched]] = {size: {} for size in sizes}
    with servers() as each:
        for engine, server in each.items():
            for size in sizes:
                found = measured(server, size)
                times[size] |= {f"{engine} {name}": value for name, value in found.items()}
    small, large = times[sizes[0]], times[sizes[1]]
    ratios = {name: large[name].ms / small[name].ms for name in large}
    as_long = [name for name in large if large[name].rows <= small[name].rows * AS_LONG]
    return {
        "bench": "custody_lists",
        "seed": 0,
        "settings": {"sizes": list(sizes), "rounds": ROUNDS, "goal": GOAL, "lists": len(ratios)},
        "figures": {f"{name} ms": found.ms for name, found in large.items()},
        "peers": {f"{name} ms at {sizes[0]}": found.ms for name, found in small.items()},
        "ratios": summary("as long at both sizes", ratios, as_long)
        | summary("all", ratios, list(ratios))
        | {
            f"{name} ({small[name].rows} to {large[name].rows} rows)": ratio for name, ratio in ratios.items()
        },
    }


def summary(of: str, ratios: dict[str, float], names: list[str]) -> dict[str, float]:
    """How many lists these are, their median, how many are over the goal, and the worst."""
    if not names:
        return {f"{of}: lists": 0.0}
    worst = max(names, key=lambda name: ratios[name])
    return {
        f"{of}: lists": float(len(names)),
        f"{of}: median": median(ratios[name] for name in names),
        f"{of}: over {GOAL}": float(sum(ratios[name] > GOAL for name in names)),
        f"{of}: worst ({worst})": ratios[worst],
    }


def measured(server: PostgresServer | None, size: int) -> dict[str, Fetched]:
    """Median milliseconds of each list in a database of so many manifests."""
    with fresh_database(server) as url:
        fill(url, size, END)
        engine = open_engine(url)
        try:
            return times_of(engine)
        finally:
            engine.dispose()


def times_of(engine: Engine) -> dict[str, Fetched]:
    """Of every list as every person who sees it, and of the interface with that person's token."""
    app = create_app(Settings(login_limit="1000 per minute", api_limit="1000000 per minute"), engine)
    app.config["WTF_CSRF_ENABLED"] = False
    app.extensions["clock"] = lambda: NOW
    found = {}
    for role, paths in LISTS.items():
        client = signed_in(app, role)
        for path in paths:
            found[f"{role} {path}"] = fetched(client, path, {})
    for role, paths in OF_INTERFACE.items():
        head = {"Authorization": f"Bearer {token_of(engine, role)}"}
        for path in paths:
            found[f"{role} {path}"] = fetched(app.test_client(), path, head)
    return found


def signed_in(app: Flask, role: Role) -> FlaskClient:
    """A browser of the role's login."""
    client = app.test_client()
    client.post("/login", data={"username": role.value, "password": PASSWORD})
    return client


def token_of(engine: Engine, role: Role) -> str:
    """A token of the role's login that may do everything."""
    giver = Viewer(Role.ADMINISTRATOR, None, 1, "bench")
    given = {"name": role.value, "username": role.value, "scopes": tuple(Scope), "expires_at": None}
    with write_sessions(engine).begin() as session:
        return give_token(session, giver, now=NOW, **given)[1]  # type: ignore[arg-type]  # as named


def fetched(client: FlaskClient, path: str, head: dict[str, str]) -> Fetched:
    """A list, warm; BEHIND in a path stands for the place that the page before names."""
    path = following(client, path, head) if path.endswith(BEHIND) else path
    times = [milliseconds(client, path, head) for _ in range(ROUNDS)]
    answer = client.get(path, headers=head)
    if answer.is_json:
        told = answer.json or {}
        return Fetched(median(times), len(told.get("items", told.get("features", ()))))
    return Fetched(median(times), answer.text.count("<tr") + answer.text.count("<li"))


def following(client: FlaskClient, path: str, head: dict[str, str]) -> str:
    """The address of the page behind a list's first one; the first where it has no other."""
    path = path.removesuffix(BEHIND)
    answer = client.get(path, headers=head)
    if answer.is_json:
        return (answer.json or {})["links"]["next"] or path
    marked = answer.text.partition("after=")[2]
    after = marked.partition('"')[0].partition("&")[0]
    return f"{path}{'&' if '?' in path else '?'}after={after}" if after else path


def milliseconds(client: FlaskClient, path: str, head: dict[str, str]) -> float:
    """Time of one answer; raises RuntimeError for one that is not the list."""
    began = time.perf_counter()
    answer = client.get(path, headers=head)
    taken = (time.perf_counter() - began) * 1000
    if answer.status_code != 200:
        raise RuntimeError(f"{path} answered {answer.status_code}")
    return taken
