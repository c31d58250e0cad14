"""Does any list read a whole table of custody? The plans of the statements that the pages really send."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, event

from app import create_app
from bench.custody_lists import NOW, following, signed_in, token_of
from bench.list_addresses import BEHIND, LISTS, OF_INTERFACE
from bench.list_database import fill
from models.settings import Settings
from models.vocabulary import Role

MANIFESTS = 8_000
BIG = (
    *("manifest", "leg", "custody_event", "signature", "weighing", "finding", "decision", "verdict"),
    *("finding_manifest", "finding_vehicle", "correction", "case_file", "stock_entry"),
    *("manifest_sight", "finding_sight", "vehicle_load"),
)
WITHOUT_CUSTODY = re.compile(
    r"/(administration|login|health|metrics|offline|devices|vehicles|fleet|messages|quarantine|users|upload|rules"
    r"|map/(basemap|network)|emergency/|permits/|plans/enter|measurements/|cases/open|issue/|paper/|.*\.csv$)"
)
"""Lists of machines, people and rules, forms of new things, and files of lists that are tested as pages."""


class Listener:
    """The statements of one engine while pages are asked for."""

    def __init__(self, engine: Engine) -> None:
        self.engine, self.sent = engine, list[tuple[str, Any]]()
        event.listen(engine, "before_cursor_execute", self.note)

    def note(self, _connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "WITH")):
            self.sent.append((statement, parameters))

    def stop(self) -> None:
        event.remove(self.engine, "before_cursor_execute", self.note)


@pytest.fixture
def city(engine: Engine, database_url: str) -> Flask:
    """The service on a city of nine days, analysed."""
    fill(database_url, MANIFESTS, datetime(2026, 11, 24, 3, tzinfo=UTC))
    app = create_app(Settings(login_limit="1000 per minute", api_limit="100000 per minute"), engine)
    app.config["WTF_CSRF_ENABLED"] = False
    app.extensions["clock"] = lambda: NOW
    return app


def whole_tables(engine: Engine, statement: str, parameters: Any) -> set[str]:
    """Big tables that the statement reads from end to end without an index."""
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
        scans = [re.match(r"SCAN (\w+)(?! USING)$", row[-1]) for row in rows]
        return {table for scan in scans if scan for table in [re.sub(r"_\d+$", "", scan[1])] if table in BIG}
    with engine.connect() as connection:
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")  # where an index can serve, one must
        plan = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters).scalar_one()
    return set(seq_scans(plan[0]["Plan"]))


def seq_scans(node: dict[str, Any]) -> Iterator[str]:
    """Big tables that a plan of PostgreSQL reads from end to end."""
    if node["Node Type"] == "Seq Scan" and node["Relation Name"] in BIG:
        yield node["Relation Name"]
    for child in node.get("Plans", ()):
        yield from seq_scans(child)


def tried() -> list[tuple[Role, str]]:
    """Every list with everybody who sees it."""
    return [
        (role, path) for lists in (LISTS, OF_INTERFACE) for role, paths in lists.items() for path in paths
    ]


def test_no_list_reads_a_whole_table(city: Flask, engine: Engine) -> None:
    seen: dict[str, str] = {}
    listener = Listener(engine)
    heads = {role: {"Authorization": f"Bearer {token_of(engine, role)}"} for role in OF_INTERFACE}
    browsers = {role: signed_in(city, role) for role in LISTS}
    for role, path in tried():
        head = heads[role] if path.startswith("/api/") else {}
        client = city.test_client() if head else browsers[role]
        address = following(client, path, head) if path.endswith(BEHIND) else path
        listener.sent.clear()
        assert client.get(address, headers=head).status_code == 200, (role, path)
        for statement, parameters in list(listener.sent):
            if statement not in seen:
                whole = whole_tables(engine, statement, parameters)
                seen[statement] = f"{role} {path} reads all of {sorted(whole)}: {statement}" if whole else ""
    listener.stop()
    assert "\n".join(found for found in seen.values() if found) == ""


def test_every_list_is_among_those_that_are_tried(service_of_nobody: Flask) -> None:
    """A page without an object in its address is a list, until it is written here why not."""
    known = {path.partition("?")[0].removesuffix(BEHIND) for _role, path in tried()}
    pages = {
        rule.rule
        for rule in service_of_nobody.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and not rule.arguments and not rule.rule.startswith("/api/")
    }
    left = {page for page in pages if page not in known and not WITHOUT_CUSTODY.match(page)}
    assert left == set()


@pytest.fixture
def service_of_nobody(engine: Engine) -> Flask:
    return create_app(Settings(), engine)
