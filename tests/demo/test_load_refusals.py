"""Is a manifest that cannot be stored refused whole, with line, field and a sentence?"""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from demo.scenario.fields import Fields
from demo.scenario.load import load_scenario
from demo.scenario.outcome import LoadResult
from demo.scenario.read_manifests import manifest
from models.manifests import CustodyEvent, Leg, Manifest, MoistureTest, Weighing
from models.thresholds import Thresholds
from tests.demo.test_load import NOW
from tests.demo.worlds import (
    FILES,
    LOADED,
    RECEIVED,
    RELAYED,
    SINGLE,
    TRUCK_LEG,
    write_world,
)


def load(engine: Engine, folder: Path) -> LoadResult:
    return load_scenario(engine, folder, now=NOW, thresholds=Thresholds())


def m(**changes: Any) -> dict[str, Any]:
    """A manifest M9 that is good but for the changes; None leaves a key out."""
    return {key: value for key, value in {**SINGLE, "number": "M9", **changes}.items() if value is not None}


def weighed(block: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {key: value for key, value in {**block, **changes}.items() if value is not None}


BAD_MANIFESTS: list[tuple[Any, str, str]] = [
    (
        m(loaded=weighed(LOADED, gross_kg=11000)),
        "loaded.gross_kg",
        "11000 kg gross is not above 11000 kg tare",
    ),
    (m(loaded=weighed(LOADED, gross_kg="heavy")), "loaded.gross_kg", "'heavy' is not a number"),
    (m(loaded=weighed(LOADED, tare_kg=0)), "loaded.tare_kg", "0 is not above 0"),
    (m(loaded=weighed(LOADED, tare_kg=None)), "loaded.tare_kg", "is missing"),
    (m(loaded=weighed(LOADED, at=None)), "loaded.at", "is missing"),
    (m(loaded=weighed(LOADED, at="2026-03-02T01:00:00")), "loaded.at", "is not an ISO 8601 time with zone"),
    (m(loaded=7), "loaded", "is not an object"),
    (m(received=weighed(RECEIVED, moisture=1)), "received.moisture", "1 is not a fraction"),
    (m(received=weighed(RECEIVED, moisture=-0.1)), "received.moisture", "is not a fraction"),
    (m(received=weighed(RECEIVED, moisture=78)), "received.moisture", "78 is not a fraction"),
    (m(received=weighed(RECEIVED, decision="maybe")), "received.decision", "is none of accepted"),
    (m(received=weighed(RECEIVED, accepted_kg=-5)), "received.accepted_kg", "below 0"),
    (m(disposed={"method": "magic", "at": "2026-03-02T01:00:00Z"}), "disposed.method", "is none of"),
    (m(origin="P404"), "origin", "there is no facility 'P404'"),
    (m(destination=None), "destination", "is missing"),
    (m(sludge_kind="gold"), "sludge_kind", "'gold' is none of dewatered"),
    (m(kind="lost"), "kind", "is none of normal"),
    (m(issued_at="soon"), "issued_at", "'soon' is not an ISO 8601 time"),
    (m(issued_at=1772452800), "issued_at", "is not an ISO 8601 time"),
    (m(number=None), "number", "is missing"),
    (m(number="x" * 65), "number", "longer than 64"),
    (m(number="M\u00009"), "number", "no text"),
    (m(number="M1"), "number", "'M1' is the number of manifests.jsonl:1 too"),
    (m(legs=None), "legs", "names no leg"),
    (m(legs=[]), "legs", "names no leg"),
    (m(legs="V1"), "legs", "is not a list"),
    (m(legs=[TRUCK_LEG, TRUCK_LEG]), "legs", "seq 1 more than once"),
    (m(legs=["V1"]), "legs[0]", "is not an object"),
    (m(legs=[{**TRUCK_LEG, "seq": 0}]), "legs[0].seq", "counts from 1"),
    (m(legs=[{**TRUCK_LEG, "mode": "rail"}]), "legs[0].mode", "'rail' is none of road, water"),
    (m(legs=[{**TRUCK_LEG, "vehicle": ""}]), "legs[0].vehicle", "is missing"),
    (m(legs=[{**TRUCK_LEG, "to": "S404"}]), "legs[0].to", "there is no facility 'S404'"),
    (m(legs=[{**TRUCK_LEG, "route": "R404"}]), "legs[0].route", "there is no route 'R404'"),
    (m(legs=[TRUCK_LEG, {**TRUCK_LEG, "seq": 2, "from": "X"}]), "legs[1].from", "there is no facility 'X'"),
    (m(legs=[{**TRUCK_LEG, "handover": {}}]), "legs[0].handover.at", "is missing"),
    (m(parent="M404"), "parent", "there is no manifest 'M404'"),
    (m(parent="M9"), "parent", "there is no manifest 'M9'"),
    (m(children=["M404"]), "children[0]", "there is no manifest 'M404'"),
    (m(children=["M4"]), "children[0]", "'M4' names 'M3' as its parent"),
    ("{not json}\n", "line", "is not JSON"),
    ("[]\n", "line", "is not a JSON object"),
]


@pytest.mark.parametrize(
    ("bad", "field", "reason"), BAD_MANIFESTS, ids=[each[1] + " " + each[2] for each in BAD_MANIFESTS]
)
def test_a_bad_manifest_is_refused_whole_and_the_others_load(
    sqlite_engine: Engine, tmp_path: Path, bad: Any, field: str, reason: str
) -> None:
    lines = [*FILES["manifests.jsonl"], bad, m(number="M10")]
    result = load(sqlite_engine, write_world(tmp_path / "w", {"manifests.jsonl": lines}))
    assert [(fault.place, fault.field) for fault in result.refusals] == [("manifests.jsonl:5", field)]
    assert reason in result.refusals[0].reason
    with Session(sqlite_engine) as session:
        numbers = set(session.scalars(select(Manifest.number)))
        assert numbers == {"M1", "M2", "M3", "M4", "M10"}
        for part in (Leg, Weighing, MoistureTest, CustodyEvent):
            orphans = (
                select(func.count()).select_from(part).where(part.manifest_id.not_in(select(Manifest.id)))
            )
            assert session.scalar(orphans) == 0


def test_all_faults_of_a_manifest_are_told_at_once(engine: Engine, tmp_path: Path) -> None:
    bad = m(origin=None, loaded=weighed(LOADED, gross_kg="x", moisture=2), issued_at="soon")
    result = load(engine, write_world(tmp_path / "w", {"manifests.jsonl": [bad]}))
    assert [fault.field for fault in result.refusals] == [
        "origin",
        "issued_at",
        "loaded.gross_kg",
        "loaded.moisture",
    ]


def test_a_child_goes_with_its_refused_parent(engine: Engine, tmp_path: Path) -> None:
    parent = m(number="A", legs=[{**TRUCK_LEG, "to": "S404"}])
    lines = [m(number="C", parent="B"), m(number="B", parent="A"), parent]
    result = load(engine, write_world(tmp_path / "w", {"manifests.jsonl": lines}))
    assert [(fault.place, fault.field) for fault in result.refusals] == [
        ("manifests.jsonl:3", "legs[0].to"),
        ("manifests.jsonl:2", "parent"),
        ("manifests.jsonl:1", "parent"),
    ]
    with Session(engine) as session:
        assert session.scalar(select(func.count()).select_from(Manifest)) == 0


def test_two_manifests_that_are_each_other_s_parent(engine: Engine, tmp_path: Path) -> None:
    lines = [m(number="A", parent="B"), m(number="B", parent="A")]
    result = load(engine, write_world(tmp_path / "w", {"manifests.jsonl": lines}))
    assert {(fault.place, fault.field) for fault in result.refusals} == {
        ("manifests.jsonl:1", "parent"),
        ("manifests.jsonl:2", "parent"),
    }


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["P1", "2026-03-02"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=4,
)
keys = st.sampled_from([*SINGLE, "parent", "children", "kind"])


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(keys, anything))
def test_no_json_value_in_any_field_raises(changes: dict[str, Any]) -> None:
    for paper in (SINGLE, RELAYED):
        fields = Fields({**paper, **changes}, "manifests.jsonl:1")
        manifest(fields)
        assert all(fault.reason for fault in fields.refusals)
