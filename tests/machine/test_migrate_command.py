"""Does `sludgetrace migrate` bring a database up, say where it stands, and refuse one from the future?"""

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from cli import runtime
from cli.database import migrate
from models.migrate import DatabaseNewerError, database_revision, head_revision, upgrade
from models.session import open_engine


@pytest.fixture
def url(empty_database_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The configured database, empty."""
    monkeypatch.setenv("SLUDGETRACE_DATABASE_URL", empty_database_url)
    runtime.settings.cache_clear()
    return empty_database_url


def run(*arguments: str) -> Result:
    """The command as a person calls it."""
    return CliRunner().invoke(migrate, arguments)


def revision_of(url: str) -> str | None:
    """Where the database stands."""
    engine = open_engine(url)
    try:
        return database_revision(engine)
    finally:
        engine.dispose()


def test_check_changes_nothing(url: str) -> None:
    result = run("--check")
    assert (result.exit_code, result.stdout) == (1, f"- → {head_revision()}\n")
    assert revision_of(url) is None


def test_migrate_twice(url: str) -> None:
    assert run().stdout == f"- → {head_revision()}\n"
    assert revision_of(url) == head_revision()
    second = run()
    assert (second.exit_code, second.stdout) == (0, f"{head_revision()} ✓\n")
    assert run("--check").exit_code == 0


def test_a_database_of_a_newer_program_is_refused_and_left_alone(url: str) -> None:
    upgrade(url)
    engine = open_engine(url)
    with engine.execution_options(writes=True).begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(DatabaseNewerError, match="step 9999"):
        upgrade(url)
    result = run()
    assert result.exit_code == 1
    assert f"the database is at step 9999, this program knows up to {head_revision()}" in result.stderr
    assert revision_of(url) == "9999"
