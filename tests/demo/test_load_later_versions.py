"""What may a later version of the same folder add, and what does it never alter?"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from demo.scenario.load import load_scenario
from demo.scenario.outcome import LoadResult
from models.journeys import ManifestMark, Watermark
from models.manifests import CustodyEvent, Leg, Manifest
from models.session import write_sessions
from models.thresholds import Thresholds
from models.vocabulary import CustodyState, WeighingRole
from tests.demo.test_load import NOW
from tests.demo.worlds import (
    LOADED,
    RECEIVED,
    RELAYED,
    SINGLE,
    TRUCK_LEG,
    dump,
    write_world,
)

Load = Callable[[dict[str, Any]], LoadResult]


ISSUED = {key: SINGLE[key] for key in ("number", "origin", "destination", "sludge_kind", "issued_at", "legs")}


@pytest.fixture
def load(engine: Engine, tmp_path: Path) -> Load:
    """Load the world with some of its files changed."""

    def load_changed(changes: dict[str, Any]) -> LoadResult:
        return load_scenario(engine, write_world(tmp_path / "w", changes), now=NOW, thresholds=Thresholds())

    return load_changed


def papers(*manifests: dict[str, Any]) -> dict[str, Any]:
    return {"manifests.jsonl": list(manifests)}


def judged(engine: Engine) -> None:
    """As after an analysis: nothing is dirty any more."""
    with write_sessions(engine).begin() as session:
        session.execute(update(ManifestMark).values(dirty=False))
        session.execute(update(Watermark).values(dirty_from_ms=None, analysed_to_ms=0))


def dirty(engine: Engine) -> set[str]:
    """Numbers of the manifests to be judged again."""
    with Session(engine) as session:
        marked = select(Manifest.number).join(ManifestMark, ManifestMark.manifest_id == Manifest.id)
        return set(session.scalars(marked.where(ManifestMark.dirty)))


def states(engine: Engine, number: str = "M1") -> list[CustodyState]:
    with Session(engine) as session:
        events = select(CustodyEvent.to_state).join(Manifest).where(Manifest.number == number)
        return list(session.scalars(events.order_by(CustodyEvent.id)))


def test_a_manifest_grows_block_by_block(engine: Engine, load: Load) -> None:
    stages: list[tuple[dict[str, Any], CustodyState]] = [
        ({}, CustodyState.ISSUED),
        ({"loaded": LOADED}, CustodyState.IN_TRANSIT),
        ({"received": {"at": RECEIVED["at"]}}, CustodyState.ARRIVED),
        ({"received": RECEIVED}, CustodyState.ACCEPTED),
        ({"disposed": SINGLE["disposed"]}, CustodyState.DISPOSED),
    ]
    paper: dict[str, Any] = dict(ISSUED)
    for index, (block, state) in enumerate(stages):
        paper |= block
        result = load(papers(paper))
        assert result.refusals == []
        tally = result.tally("manifests")
        assert (tally.new, tally.filled) == ((1, 0) if index == 0 else (0, 1))
        assert dirty(engine) == {"M1"}
        judged(engine)
        with Session(engine) as session:
            assert session.scalars(select(Manifest.custody_state)).one() is state
        assert load(papers(paper)).tally("manifests").unchanged == 1
        assert dirty(engine) == set()
    assert states(engine) == [
        CustodyState.ISSUED,
        CustodyState.LOADED,
        CustodyState.IN_TRANSIT,
        CustodyState.ARRIVED,
        CustodyState.ACCEPTED,
        CustodyState.DISPOSED,
    ]


def test_grown_or_loaded_at_once_it_is_the_same_manifest(engine: Engine, load: Load, tmp_path: Path) -> None:
    load(papers(ISSUED))
    load(papers(SINGLE))
    with Session(engine) as session:
        manifest = session.scalars(select(Manifest)).one()
        assert {weighing.role for weighing in manifest.weighings} == {
            WeighingRole.LOADED,
            WeighingRole.RECEIVED,
        }
        assert len(manifest.moisture_tests) == 2
        assert manifest.receipt is not None
        assert manifest.disposal is not None
        assert [event.from_state for event in sorted(manifest.events, key=lambda each: each.id)][
            1:
        ] == states(engine)[:-1]


def test_blanks_inside_a_block_are_filled(engine: Engine, load: Load) -> None:
    bare = {key: LOADED[key] for key in ("gross_kg", "tare_kg", "at")}
    load(papers({**ISSUED, "loaded": bare}))
    assert load(papers({**ISSUED, "plan": "P-7", "loaded": LOADED})).tally("manifests").filled == 1
    with Session(engine) as session:
        manifest = session.scalars(select(Manifest)).one()
        assert manifest.plan == "P-7"
        assert manifest.weighings[0].ticket == "T1"
        assert manifest.moisture_tests[0].moisture_fraction == 0.78


def test_a_later_version_that_leaves_a_block_out_takes_nothing_away(engine: Engine, load: Load) -> None:
    load(papers(SINGLE))
    before = dump(engine)
    assert load(papers(ISSUED)).tally("manifests").unchanged == 1
    assert dump(engine) == before


def test_legs_are_filled_and_added(engine: Engine, load: Load) -> None:
    first = {key: value for key, value in RELAYED["legs"][0].items() if key != "handover"}
    load(papers({**RELAYED, "legs": [first]}))
    assert load(papers(RELAYED)).tally("manifests").filled == 1
    assert states(engine, "M2")[-1] is CustodyState.IN_TRANSIT
    with Session(engine) as session:
        assert session.scalars(select(Leg.vehicle_code).order_by(Leg.seq)).all() == ["V1", "B1", "V404"]
        assert session.scalars(select(Leg.handover_at).where(Leg.seq == 1)).one() is not None


def with_leg(**changes: Any) -> dict[str, Any]:
    return {"legs": [{**TRUCK_LEG, **changes}]}


ALTERED: list[tuple[dict[str, Any], str]] = [
    ({"issued_at": "2026-03-02T00:31:00Z"}, "issued_at"),
    ({"sludge_kind": "dried"}, "sludge_kind"),
    ({"origin": "W1"}, "origin"),
    ({"loaded": {**LOADED, "gross_kg": 29999}}, "loaded.gross_kg"),
    ({"loaded": {**LOADED, "moisture": 0.7}}, "loaded.moisture"),
    ({"received": {**RECEIVED, "decision": "rejected"}}, "received.decision"),
    ({"received": {**RECEIVED, "ticket": "T9"}}, "received.ticket"),
    ({"disposed": {**SINGLE["disposed"], "mass_kg": 1}}, "disposed.mass_kg"),
    (with_leg(vehicle="B1"), "legs[0].vehicle"),
    (with_leg(to="W1"), "legs[0].to"),
    (with_leg(seq=2), "legs"),
]


@pytest.mark.parametrize(("change", "field"), ALTERED, ids=[field for _, field in ALTERED])
def test_paper_once_signed_is_not_altered(
    engine: Engine, load: Load, change: dict[str, Any], field: str
) -> None:
    load(papers(SINGLE))
    judged(engine)
    before = dump(engine)
    result = load(papers({**SINGLE, **change, "plan": "a blank that would be filled"}))
    assert field in [fault.field for fault in result.refusals]
    assert {fault.place for fault in result.refusals} == {"manifests.jsonl:1"}
    assert not result.changed
    assert dump(engine) == before


def test_the_reason_names_both_values(load: Load) -> None:
    load(papers(SINGLE))
    result = load(papers({**SINGLE, "loaded": {**LOADED, "gross_kg": 29999}}))
    assert [fault.reason for fault in result.refusals] == [
        "29999 differs from 30000, which was reported before and stands"
    ]


@pytest.mark.parametrize("state", [CustodyState.CLOSED, CustodyState.ABORTED])
def test_what_people_have_done_since_is_not_undone(engine: Engine, load: Load, state: CustodyState) -> None:
    load(papers({**ISSUED, "loaded": LOADED}))
    with write_sessions(engine).begin() as session:
        session.execute(update(Manifest).values(custody_state=state))
    load(papers(SINGLE))
    with Session(engine) as session:
        assert session.scalars(select(Manifest.custody_state)).one() is state
    assert states(engine)[-1] is CustodyState.IN_TRANSIT
