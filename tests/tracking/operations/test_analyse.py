"""What does the analysis write? Findings with versions, verdicts, nothing twice, nothing deleted."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from models.findings import Decision, Finding, Verdict
from models.journeys import ManifestMark, TripLeg, TripRow, Watermark
from models.manifests import Manifest
from models.thresholds import Thresholds
from models.vocabulary import DecisionOutcome, FindingKind, VerdictValue
from tests.demo.worlds import dump
from tests.factories import DAY, decision, haul, user
from tests.tracking.operations.conclusions import conclusions
from tests.tracking.operations.conftest import LATER, NOW, ONE_ENGINE, analysed, take_in
from tests.village import PLANT, SITE, Village, settled
from tracking.operations.analyse import analyse, analysis_moment
from tracking.operations.revise_findings import ScopedDraft, keyed
from tracking.rules.findings import FindingDraft

EXPECTED = {
    "M-PHANTOM": {"phantom_manifest"},
    "M-HEAVY": {"phantom_manifest", "overload", "wet_gap", "dry_gap"},
    "M-UNKNOWN": {"unknown_vehicle", "wet_gap"},
    "M-COLLEAGUE": {"wrong_vehicle"},
    "M-SHRANK": {"wet_gap", "dry_gap"},
    "M-WRONG": {"wrong_destination", "off_route"},
    "M-DETOUR": {"off_route"},
    "M-STOP": {"unplanned_stop"},
    "M-SILENT": {"signal_gap", "overdue"},
}


def kinds_by_manifest(engine: Engine) -> dict[str, set[str]]:
    told: dict[str, set[str]] = {}
    for row in conclusions(engine)["findings"].values():
        for number in row[-2]:
            told.setdefault(number, set()).add(row[0].value)
    return told


def test_the_busy_morning(engine: Engine, morning: Path) -> None:
    take_in(engine, morning)
    result = analysed(engine)
    assert (result.vehicles, result.until) == (11, LATER)
    told = kinds_by_manifest(engine)
    assert told == EXPECTED
    of_no_paper = [row for row in conclusions(engine)["findings"].values() if not row[-2]]
    assert {row[-1][0] for row in of_no_paper} == {"GHOST"}
    verdicts = {number: value for number, (value, _, _) in conclusions(engine)["verdicts"].items()}
    contradicted = {number for number, value in verdicts.items() if value is VerdictValue.CONTRADICTED}
    assert contradicted == set(EXPECTED)
    consistent = {number for number, value in verdicts.items() if value is VerdictValue.CONSISTENT}
    assert consistent == {"H-1-1", "H-1-2", "H-2-1", "H-2-2"}


def test_a_second_analysis_changes_no_row(engine: Engine, morning: Path) -> None:
    take_in(engine, morning)
    analysed(engine)
    before = dump(engine)
    result = analysed(engine)
    assert (result.vehicles, result.fixes) == (0, 0)
    assert dump(engine) == before


@ONE_ENGINE
def test_loading_twice_and_analysing_twice_changes_no_row(engine: Engine, morning: Path) -> None:
    take_in(engine, morning)
    analysed(engine)
    before = dump(engine)
    take_in(engine, morning)
    analysed(engine)
    assert dump(engine) == before


@ONE_ENGINE
def test_nothing_is_left_to_do_and_links_join_what_is_there(engine: Engine, morning: Path) -> None:
    take_in(engine, morning)
    analysed(engine)
    with Session(engine) as session:
        assert session.scalars(select(TripRow).where(TripRow.judged.is_(False))).all() == []
        assert session.scalars(select(ManifestMark).where(ManifestMark.dirty)).all() == []
        assert session.scalars(select(Watermark).where(Watermark.dirty_from_ms.is_not(None))).all() == []
        numbers = session.scalar(select(func.count()).select_from(Manifest))
        verdicts = session.scalar(select(func.count()).select_from(Verdict).where(Verdict.current))
        assert numbers == verdicts == 13
        assert session.scalar(select(func.count()).select_from(TripLeg)) == 10


@ONE_ENGINE
def test_of_each_finding_and_verdict_one_version_is_current(
    engine: Engine, morning: Path, tmp_path: Path
) -> None:
    """Hour by hour there are many versions; each row says who came before whom."""
    take_in(engine, morning)
    for hours in range(1, 7):
        analysed(engine, until=DAY + timedelta(hours=hours))
    with Session(engine) as session:
        rows = session.scalars(select(Finding).order_by(Finding.key, Finding.version)).all()
    by_key: dict[str, list[Finding]] = {}
    for row in rows:
        by_key.setdefault(row.key, []).append(row)
    assert any(len(versions) > 1 for versions in by_key.values())
    for versions in by_key.values():
        assert [row.version for row in versions] == list(range(1, len(versions) + 1))
        assert [row.current for row in versions[:-1]] == [False] * (len(versions) - 1)
        assert versions[-1].current is not versions[-1].retracted
        assert not any(row.retracted and row.current for row in versions)


def test_later_data_take_a_finding_back_and_its_history_stays(engine: Engine, tmp_path: Path) -> None:
    """A ghost until its paper comes in."""
    village = settled()
    truck = village.truck("T1")
    truck.drives(PLANT).stands(20)
    left = truck.minute
    truck.drives(SITE)
    arrived = truck.minute
    truck.stands(20)
    take_in(engine, village.write(tmp_path / "first"))
    analysed(engine)
    village.paper("M-1", "T1", left, arrived)
    take_in(engine, village.write(tmp_path / "second"))
    analysed(engine)
    with Session(engine) as session:
        told = [
            (row.kind, row.version, row.current, row.retracted)
            for row in session.scalars(select(Finding).order_by(Finding.version))
        ]
    assert told == [
        (FindingKind.GHOST_TRIP, 1, False, False),
        (FindingKind.GHOST_TRIP, 2, False, True),
    ]


def stop_village() -> Village:
    """Two loads, ten hours apart, each with a stop of five minutes by the road."""
    village = settled()
    for number in (1, 2):
        truck = village.truck(f"T{number}")
        truck.stands(600.0 * (number - 1), silent=True).drives(PLANT).stands(20)
        left = truck.minute
        truck.drives((6_000, 0)).stands(5).drives(SITE)
        village.paper(f"M-{number}", truck.code, left, truck.minute)
        truck.stands(20)
    return village


def stop_scores(engine: Engine) -> dict[str, float]:
    rows = conclusions(engine)["findings"].values()
    return {row[-2][0]: row[2] for row in rows if row[0] is FindingKind.UNPLANNED_STOP}


def test_what_inspectors_decide_moves_later_scores(engine: Engine, tmp_path: Path) -> None:
    """The first stop is dismissed several times over; the second, judged after, is ranked lower."""
    take_in(engine, stop_village().write(tmp_path / "village"))
    analysed(engine, until=DAY + timedelta(hours=3))
    (before,) = stop_scores(engine).values()
    with Session(engine.execution_options(writes=True)) as session, session.begin():
        stop = session.scalars(select(Finding).where(Finding.current)).one()
        decision(session, stop, user(session), DecisionOutcome.DISMISS)
    analysed(engine)
    scores = stop_scores(engine)
    assert scores["M-1"] == before  # as it was when it was judged
    assert scores["M-2"] < before
    with Session(engine) as session:
        assert session.scalar(select(func.count()).select_from(Decision)) == 1


@ONE_ENGINE
def test_of_several_decisions_on_one_finding_the_last_counts(engine: Engine, tmp_path: Path) -> None:
    take_in(engine, stop_village().write(tmp_path / "village"))
    analysed(engine, until=DAY + timedelta(hours=3))
    (before,) = stop_scores(engine).values()
    with Session(engine.execution_options(writes=True)) as session, session.begin():
        stop = session.scalars(select(Finding).where(Finding.current)).one()
        inspector = user(session)
        decision(session, stop, inspector, DecisionOutcome.DISMISS)
        decision(session, stop, inspector, DecisionOutcome.CONFIRM)
    analysed(engine)
    assert stop_scores(engine)["M-2"] >= before


def test_rows_made_by_hand_are_judged_too(engine: Engine) -> None:
    """A haul from the factories: analysed from its fixes, whatever trips and visits were stored before."""
    with Session(engine.execution_options(writes=True)) as session, session.begin():
        made = haul(session)
        number = made.manifest.number
        first_fix_ms = round(DAY.timestamp() * 1000)
        session.add(Watermark(vehicle_id=made.vehicle.id, dirty_from_ms=first_fix_ms))
    analysed(engine)
    told = conclusions(engine)
    assert told["findings"] == {}
    assert set(told["verdicts"]) == {number}


@ONE_ENGINE
def test_the_line_that_contradicts_is_a_setting(engine: Engine, tmp_path: Path) -> None:
    take_in(engine, stop_village().write(tmp_path / "village"))
    analyse(engine, until=LATER, recorded_at=NOW, thresholds=Thresholds(), contradicted_score=0.95)
    verdicts = {value for value, _, _ in conclusions(engine)["verdicts"].values()}
    assert verdicts == {VerdictValue.CONSISTENT}


@ONE_ENGINE
def test_by_default_up_to_the_end_of_the_newest_world_and_never_beyond_the_clock(
    engine: Engine, morning: Path
) -> None:
    early = datetime(2026, 3, 2, 1, tzinfo=UTC)
    assert analysis_moment(engine, NOW) == NOW
    take_in(engine, morning)
    assert early < analysis_moment(engine, NOW) < NOW
    assert analysis_moment(engine, early) == early


def test_an_empty_database(engine: Engine) -> None:
    result = analysed(engine)
    assert (result.vehicles, result.fixes, result.blocks) == (0, 0, 0)


def test_two_stops_within_one_window_are_two_findings() -> None:
    def stop(start_ms: int) -> ScopedDraft:
        draft = FindingDraft(FindingKind.UNPLANNED_STOP, "V1", start_ms, start_ms + 1, start_ms, 1.0, ())
        return ScopedDraft("trip:1:0", draft, 0.5)

    first, second = stop(1_200_000), stop(1_500_000)
    assert list(keyed([second, first]).values()) == [first, second]
    assert keyed([first]).keys() <= keyed([first, second]).keys()
