"""How does a test call a command of the command line on its own database?"""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from cli import runtime


@contextmanager
def configured(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Commands called inside find `database_url` configured; what they opened is closed at the end."""
    monkeypatch.setenv("SLUDGETRACE_DATABASE_URL", database_url)
    forget()
    try:
        yield
    finally:
        if runtime.ready_engine.cache_info().currsize:
            runtime.ready_engine().dispose()
        forget()


def forget() -> None:
    """The next command reads its settings and opens its database anew."""
    for remembered in (runtime.settings, runtime.thresholds, runtime.ready_engine):
        remembered.cache_clear()
