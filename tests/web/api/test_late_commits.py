"""Does a reader of changes miss a row whose transaction commits after younger ones were read?"""

from datetime import timedelta
from threading import Event, Thread

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.exc import OperationalError

from models import session as sessions_of
from models.manifests import Manifest
from models.session import prompt_sessions, read_sessions, write_sessions
from tests.web.api.conftest import Interface, Machine
from tracking.queries.settled import LATE_S

EARLY = 1.0  # s before the younger row: the slow request came first


def numbers_of(machine: Machine, path: str) -> list[str]:
    """All numbers from `path` on, page by page."""
    found: list[str] = []
    while path:
        page = machine.get(path).json
        assert page is not None
        found += [item["number"] for item in page["items"]]
        path = (page["links"]["next"] or "").removeprefix("/api/v1")
    return found


def touch(interface: Interface, number: str, before_s: float, held: Event, let_go: Event) -> None:
    """Change a manifest as a request would that came `before_s` ago, and commit when let go."""
    at = interface.town.now - timedelta(seconds=before_s)
    with write_sessions(interface.engine).begin() as session:
        session.execute(update(Manifest).where(Manifest.number == number).values(updated_at=at))
        held.set()
        assert let_go.wait(20)


class Slow:
    """A change that is written and not yet committed."""

    def __init__(self, interface: Interface, number: str, before_s: float) -> None:
        self.held, self.let_go = Event(), Event()
        given = (interface, number, before_s, self.held, self.let_go)
        self.thread = Thread(target=touch, args=given)

    def __enter__(self) -> "Slow":
        self.thread.start()
        assert self.held.wait(20)
        return self

    def commit(self) -> None:
        self.let_go.set()
        self.thread.join(20)
        assert not self.thread.is_alive()

    def __exit__(self, *_error: object) -> None:
        self.commit()


def three(interface: Interface) -> list[str]:
    """Numbers of three manifests, an hour old."""
    found = [interface.issued() for _ in range(3)]
    interface.later(60)
    return found


def make_young(interface: Interface, number: str) -> None:
    """It changes now, and commits at once."""
    with write_sessions(interface.engine).begin() as session:
        session.execute(
            update(Manifest).where(Manifest.number == number).values(updated_at=interface.town.now)
        )


def test_updated_since_tells_what_committed_behind_a_younger_row(interface: Interface) -> None:
    slow, young, _old = three(interface)
    plant = interface.machine("plant")
    make_young(interface, young)
    if interface.engine.dialect.name == "postgresql":
        with Slow(interface, slow, EARLY) as change:
            assert plant.get("/manifests").status_code == 200  # the reader sees the young row, not this one
            change.commit()
    else:  # one writer at a time: the older moment comes after the wait for the lock
        with write_sessions(interface.engine).begin() as session:
            at = interface.town.now - timedelta(seconds=EARLY)
            session.execute(update(Manifest).where(Manifest.number == slow).values(updated_at=at))
    kept = interface.town.now.isoformat().replace("+00:00", "Z")
    assert set(numbers_of(plant, f"/manifests?updated_since={kept}")) == {slow, young}


def test_a_cursor_never_stands_behind_what_may_yet_appear(interface: Interface) -> None:
    slow, young, old = three(interface)
    plant = interface.machine("plant")
    make_young(interface, young)
    make_young(interface, old)
    page = plant.get("/manifests?limit=2").json
    assert page is not None
    assert [item["number"] for item in page["items"]] == [slow, young]
    cursor = page["next_cursor"]
    behind = plant.get(f"/manifests?limit=2&cursor={cursor}").json
    assert behind == {"items": [], "next_cursor": None, "links": {"next": None}}
    with write_sessions(interface.engine).begin() as session:  # commits late, with an earlier moment
        at = interface.town.now - timedelta(seconds=EARLY)
        session.execute(update(Manifest).where(Manifest.number == slow).values(updated_at=at))
    interface.later(2)
    assert numbers_of(plant, f"/manifests?limit=2&cursor={cursor}") == [slow, young, old]


@pytest.mark.parametrize("seconds", [LATE_S - 1, LATE_S + 1])
def test_what_is_held_back_is_told_when_it_is_settled(interface: Interface, seconds: float) -> None:
    slow, young, old = three(interface)
    plant = interface.machine("plant")
    make_young(interface, young)
    cursor = plant.get("/manifests?limit=1").json["next_cursor"]  # type: ignore[index]
    interface.later(seconds / 60)
    told = numbers_of(plant, f"/manifests?limit=2&cursor={cursor}")
    assert told == ([old] if seconds < LATE_S else [old, young])
    assert slow not in told


def test_a_transaction_that_took_too_long_does_not_commit(
    interface: Interface, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, plant = interface.issued(), interface.machine("plant")
    assert plant.get("/manifests").status_code == 200  # that the token was used is noted once in a while
    change = update(Manifest).where(Manifest.number == number).values(plan="too-late")
    monkeypatch.setattr(sessions_of, "PROMPT_S", -1.0)
    with (
        pytest.raises(OperationalError, match="too old"),
        prompt_sessions(interface.engine).begin() as session,
    ):
        session.execute(change)
    assert plan_of(interface.engine, number) is None
    answer = plant.post("/manifests", interface.draft())
    assert (answer.status_code, answer.headers["Retry-After"].isdigit()) == (503, True)
    monkeypatch.undo()
    with prompt_sessions(interface.engine).begin() as session:
        session.execute(change)
    assert plan_of(interface.engine, number) == "too-late"


def plan_of(engine: Engine, number: str) -> str | None:
    with read_sessions(engine)() as session:
        return session.scalar(select(Manifest.plan).where(Manifest.number == number))
