"""What do tests of commands begin with? A desk on a database of its own, and a morning in a folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commands import configured
from tests.desk import Desk
from tests.tracking.operations.morning import busy_morning


@pytest.fixture
def desk(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """On both engines."""
    with configured(database_url, monkeypatch):
        yield Desk()


@pytest.fixture(scope="session")
def morning(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The busy morning as a scenario folder."""
    return busy_morning().write(tmp_path_factory.mktemp("busy") / "morning")
