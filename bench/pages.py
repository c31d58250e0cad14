"""How long does each page of the demo take on the server, and how many queries?

Every page is fetched through the whole application on the analysed demo week as the regulator, who sees
everything. The peer in the same run is a page that asks nothing of the database.
"""

import time
from statistics import median
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event, select

from app import create_app
from bench.demo_week import NOW, SEED, SETTINGS, analyse_week, loaded_week
from models.findings import Finding, FindingManifest
from models.manifests import Manifest
from models.session import read_sessions, write_sessions
from models.settings import Settings
from models.vocabulary import Role
from tracking.operations.add_user import add_user

USERNAME, PASSWORD = "bench-regulator", "nobody signs in with this elsewhere"
ROUNDS = 5
GOAL_MS, GOAL_QUERIES = 300.0, 20


def run() -> dict[str, Any]:
    """The slowest page and the page with most queries, and each page's median."""
    with loaded_week() as engine:
        analyse_week(engine)
        with write_sessions(engine).begin() as session:
            add_user(session, username=USERNAME, password=PASSWORD, role=Role.REGULATOR, now=NOW)
        app = create_app(Settings(login_limit="1000 per minute", api_limit="100000 per minute"), engine)
        app.config["WTF_CSRF_ENABLED"] = False
        timings = {path: timed(app, engine, path) for path in paths(engine)}
        bare_ms, _queries = timed(app, engine, "/health")
    slowest = max(timings, key=lambda path: timings[path][0])
    busiest = max(timings, key=lambda path: timings[path][1])
    return {
        "bench": "pages",
        "seed": SEED,
        "settings": SETTINGS | {"goal_ms": GOAL_MS, "goal_queries": GOAL_QUERIES},
        "figures": {f"{path} ms": ms for path, (ms, _) in timings.items()}
        | {f"{path} queries": queries for path, (_, queries) in timings.items()},
        "peers": {"page_without_queries_ms": bare_ms},
        "ratios": {
            f"slowest_to_goal ({slowest})": timings[slowest][0] / GOAL_MS,
            f"most_queries_to_goal ({busiest})": timings[busiest][1] / GOAL_QUERIES,
            "slowest_to_page_without_queries": timings[slowest][0] / bare_ms,
        },
    }


def paths(engine: Engine) -> list[str]:
    """The pages of the demo: lists, and the manifest and finding that have most to show."""
    with read_sessions(engine)() as session:
        finding = session.scalar(select(Finding.key).where(Finding.current).order_by(Finding.score.desc()))
        number = session.scalar(
            select(Manifest.number)
            .join(FindingManifest, FindingManifest.manifest_id == Manifest.id)
            .order_by(FindingManifest.finding_id)
            .limit(1)
        )
    return [
        "/",
        "/manifests",
        f"/manifests/{number}",
        f"/manifests/{number}/map.geojson",
        "/findings",
        f"/findings/{finding}",
        "/facilities",
        "/vehicles",
        "/devices",
        "/map/positions.geojson",
    ]


def timed(app: Flask, engine: Engine, path: str) -> tuple[float, int]:
    """(median milliseconds, queries) of a page, warm."""
    client = signed_in(app)
    queries = 0

    def count(*_arguments: object) -> None:
        nonlocal queries
        queries += 1

    answer = client.get(path)
    if answer.status_code != 200:
        raise RuntimeError(f"{path} answered {answer.status_code}")
    event.listen(engine, "before_cursor_execute", count)
    try:
        client.get(path)
    finally:
        event.remove(engine, "before_cursor_execute", count)
    return median(milliseconds(client, path) for _ in range(ROUNDS)), queries


def signed_in(app: Flask) -> FlaskClient:
    """A browser signed in as the regulator."""
    client = app.test_client()
    client.post("/login", data={"username": USERNAME, "password": PASSWORD})
    return client


def milliseconds(client: FlaskClient, path: str) -> float:
    """Time of one answer."""
    began = time.perf_counter()
    client.get(path)
    return (time.perf_counter() - began) * 1000
