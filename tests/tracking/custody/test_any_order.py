"""Whatever is tried, in whatever order and by whomever: is no tonne lost, doubled or moved off the arrows?

A machine of Hypothesis calls the real operations, each in a committed transaction. Honest calls take loads
forward; between them come wrong people, wrong acts, wrong masses, stale pages and signatures sent twice.
After every call the tables themselves are asked (laws.py); a refused call has changed no row.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import (
    run_state_machine_as_test,
)

from tests.postgres_server import PostgresServer
from tests.tracking.custody.tried_loads import Lend
from tests.tracking.custody.tried_papers import TriedPapers


def run(lend_one: Lend, most: int) -> None:
    """Examples of sixty tries each."""

    class AnyOrder(TriedPapers):
        lend = staticmethod(lend_one)

    run_state_machine_as_test(
        AnyOrder,
        settings=settings(
            max_examples=most,
            stateful_step_count=60,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )


def test_on_sqlite_no_order_of_calls_loses_a_tonne(sqlite_template: Path, tmp_path: Path) -> None:
    @contextmanager
    def lend() -> Iterator[str]:
        path = tmp_path / f"{uuid4().hex}.db"
        shutil.copyfile(sqlite_template, path)
        yield f"sqlite:///{path}"
        path.unlink()

    run(lend, 20)


@pytest.mark.postgres
def test_on_postgresql_no_order_of_calls_loses_a_tonne(postgres: PostgresServer) -> None:
    run(postgres.migrated, 8)
