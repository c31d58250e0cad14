"""Paper that comes in while it is judged, and two analyses at once: nothing is lost, nothing is doubled."""

from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session, sessionmaker

from models.findings import Finding, Verdict
from models.journeys import ManifestMark, TripLeg
from models.session import write_sessions
from tests.tracking.operations.conclusions import conclusions
from tests.tracking.operations.conftest import analysed, take_in
from tests.village import PLANT, SITE, Village, settled
from tracking.operations import analyse as operation
from tracking.queries.open_work import Block, blocks_to_judge
from tracking.rules.world import World


def on_the_way() -> tuple[Village, float, float]:
    village = settled()
    truck = village.truck("T-1")
    truck.drives(PLANT).stands(20)
    left = truck.minute
    truck.drives(SITE)
    arrived = truck.minute
    truck.stands(20).drives(PLANT).stands(20)
    return village, left, arrived


def test_a_receipt_that_comes_while_it_is_judged_is_judged_next(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    village, left, arrived = on_the_way()
    village.paper("M-1", "T-1", left, None)
    take_in(engine, village.write(tmp_path / "first"))
    village.paper("M-1", "T-1", left, arrived, received_kg=12_000.0)
    later = village.write(tmp_path / "second")
    read, opened = blocks_to_judge, write_sessions
    state = {"read": False, "loaded": False}

    def reads(
        session: Session, world: World, until_ms: int, only: Collection[int] | None = None
    ) -> list[Block]:
        state["read"] = True
        return read(session, world, until_ms, only)

    def opens(bound: Engine) -> sessionmaker[Session]:
        if state["read"] and not state["loaded"]:  # between reading the paper and judging it
            state["loaded"] = True
            take_in(engine, later)
        return opened(bound)

    monkeypatch.setattr(operation, "blocks_to_judge", reads)
    monkeypatch.setattr(operation, "write_sessions", opens)
    analysed(engine)
    monkeypatch.undo()
    with Session(engine) as session:
        assert session.scalars(select(ManifestMark.dirty)).all() == [True], "the new paper waits"

    analysed(engine)

    with Session(engine) as session:
        kinds = set(session.scalars(select(Finding.kind).where(Finding.current)))
        assert {kind.value for kind in kinds} == {"wet_gap", "dry_gap"}
        assert session.scalars(select(ManifestMark.dirty)).all() == [False]


def test_two_analyses_at_once_write_everything_once(engine: Engine, morning: Path) -> None:
    take_in(engine, morning)
    with ThreadPoolExecutor(2) as both:
        list(both.map(lambda _: analysed(engine), range(2)))
    together = conclusions(engine)
    with Session(engine) as session:
        versions = session.scalars(select(Finding.version)).all()
        assert set(versions) == {1}
        legs = session.scalar(select(func.count()).select_from(TripLeg))
        assert legs == session.scalar(select(func.count(func.distinct(TripLeg.leg_id))))
        current = session.scalar(select(func.count()).select_from(Verdict).where(Verdict.current))
        assert current == session.scalar(select(func.count()).select_from(Verdict))
    analysed(engine)
    assert conclusions(engine) == together
