"""What does a story begin with? The village, a regulator's desk on a database of its own, a folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commands import configured
from tests.desk import Desk
from tests.village import Village, settled


@pytest.fixture
def village() -> Village:
    return settled()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "village"


@pytest.fixture
def desk(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """On both engines."""
    with configured(database_url, monkeypatch):
        yield Desk()
