"""Do the migrations make exactly the tables of models/, forward and back, on both engines?"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, Inspector, Table, inspect
from sqlalchemy.engine.interfaces import ReflectedIndex

from models.migrate import (
    database_revision,
    downgrade,
    head_revision,
    migration_config,
    upgrade,
)
from models.session import open_engine
from models.tables import metadata

TABLES = metadata.sorted_tables


@pytest.fixture
def empty_engine(empty_database_url: str) -> Iterator[Engine]:
    """A second, empty database of the same kind."""
    opened = open_engine(empty_database_url)
    yield opened
    opened.dispose()


def tables_of(engine: Engine) -> set[str]:
    """Names of all tables but Alembic's own."""
    return set(inspect(engine).get_table_names()) - {"alembic_version"}


def conditions(index: ReflectedIndex) -> list[str]:
    """On which rows an index holds, and other things that only one engine knows."""
    return sorted(f"{name}: {value}" for name, value in index.get("dialect_options", {}).items())


def shape_of(inspector: Inspector, table: str) -> dict[str, Any]:
    """Everything the database itself knows about a table, in an order that does not depend on its making."""
    return {
        "columns": [
            (column["name"], str(column["type"]), column["nullable"], column["default"])
            for column in inspector.get_columns(table)
        ],
        "key": inspector.get_pk_constraint(table),
        "checks": sorted(
            (check["name"], check["sqltext"]) for check in inspector.get_check_constraints(table)
        ),
        "unique": sorted(
            (rule["name"], rule["column_names"]) for rule in inspector.get_unique_constraints(table)
        ),
        "references": sorted(  # SQLite does not tell the name of one that was added with its column
            (key["constrained_columns"], key["referred_table"], key["options"])
            for key in inspector.get_foreign_keys(table)
        ),
        "indexes": sorted(
            (index["name"], index["column_names"], bool(index["unique"]), conditions(index))
            for index in inspector.get_indexes(table)
        ),
    }


def test_there_is_one_head() -> None:
    assert ScriptDirectory.from_config(migration_config()).get_heads() == [head_revision()]


def test_steps_are_numbered_without_gaps() -> None:
    steps = list(ScriptDirectory.from_config(migration_config()).walk_revisions())
    assert [step.revision for step in reversed(steps)] == [f"{n:04}" for n in range(1, len(steps) + 1)]


def test_alembic_finds_nothing_left_to_do(engine: Engine) -> None:
    with engine.connect() as connection:
        options = {"compare_type": True, "compare_server_default": True}
        assert compare_metadata(MigrationContext.configure(connection, opts=options), metadata) == []


def test_migrated_tables_are_those_of_the_models(engine: Engine, empty_database_url: str) -> None:
    """Also what Alembic does not compare: checks, delete rules, partial indexes."""
    models_only = open_engine(empty_database_url)
    metadata.create_all(models_only)
    migrated, created = inspect(engine), inspect(models_only)
    for table in TABLES:
        assert shape_of(migrated, table.name) == shape_of(created, table.name), table.name
    models_only.dispose()


def test_up_down_up(empty_engine: Engine, empty_database_url: str) -> None:
    names = {table.name for table in TABLES}
    upgrade(empty_database_url)
    assert tables_of(empty_engine) == names
    assert database_revision(empty_engine) == head_revision()
    downgrade(empty_database_url, "base")
    assert tables_of(empty_engine) == set()
    assert database_revision(empty_engine) is None
    upgrade(empty_database_url)
    assert tables_of(empty_engine) == names


def test_a_second_upgrade_changes_nothing(empty_engine: Engine, empty_database_url: str) -> None:
    upgrade(empty_database_url)
    before = {table.name: shape_of(inspect(empty_engine), table.name) for table in TABLES}
    upgrade(empty_database_url)
    assert {table.name: shape_of(inspect(empty_engine), table.name) for table in TABLES} == before


def test_services_that_start_together_migrate_once(empty_engine: Engine, empty_database_url: str) -> None:
    """Each of four waits for the one that came first, and then finds nothing to do."""
    with ThreadPoolExecutor(4) as starting:
        for done in [starting.submit(upgrade, empty_database_url) for _ in range(4)]:
            done.result()
    assert tables_of(empty_engine) == {table.name for table in TABLES}
    assert database_revision(empty_engine) == head_revision()


def test_a_step_that_fails_leaves_nothing_behind(
    empty_engine: Engine, empty_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The step is broken at its very end, after all tables were made."""
    script = ScriptDirectory.from_config(migration_config()).get_revision("0001")
    assert script is not None
    real_load = ScriptDirectory._load_revisions

    def load_broken(self: ScriptDirectory) -> Iterator[Any]:
        for step in real_load(self):
            if step.revision == "0001":
                monkeypatch.setattr(step.module, "lock_insert_only_tables", _refuse)
            yield step

    monkeypatch.setattr(ScriptDirectory, "_load_revisions", load_broken)
    with pytest.raises(PowerCutError):
        upgrade(empty_database_url)
    assert tables_of(empty_engine) == set()


class PowerCutError(Exception):
    """Stands for anything that can stop a migration half way."""


def _refuse() -> None:
    raise PowerCutError


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_table_has_a_key_and_named_constraints(table: Table) -> None:
    assert table.primary_key.columns
    assert all(constraint.name for constraint in table.constraints), table.constraints
