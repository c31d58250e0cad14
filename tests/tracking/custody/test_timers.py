"""Does time alone do what the table says, once, also with several workers and after a stop?"""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from sqlalchemy import Engine, func, select

from models.corrections import Correction
from models.custody_words import Act, CorrectionState, ManifestSource
from models.manifests import CustodyEvent, Manifest
from models.vocabulary import CustodyState, DisposalMethod
from tests import factories as make
from tests.tracking.custody.haulage import Haulage
from tracking.operations.custody.run_timers import TimersRun, night_of, run_timers
from tracking.queries.custody_overdue import overdue_manifests


def due(town: Haulage, engine: Engine, minutes: float, *, closing: bool = True) -> TimersRun:
    town.later(minutes)
    town.session.commit()
    return run_timers(engine, town.setting(), closing=closing)


def disposed(town: Haulage) -> str:
    number = town.on_the_road()
    town.sign(number, Act.ARRIVE, "gate", 50)
    town.sign(number, Act.ACCEPT, "gate", weighed=town.weighed(17_000.0))
    town.sign(number, Act.DISPOSE, "gate", method=DisposalMethod.INCINERATION)
    return number


def test_what_was_issued_and_never_left_expires_after_a_day(town: Haulage, engine: Engine) -> None:
    number = town.drawn_up()
    town.sign(number, Act.ISSUE, "plant")
    assert not due(town, engine, 23 * 60).any
    assert due(town, engine, 61) == TimersRun(expired=1)
    assert not due(town, engine, 1).any
    town.session.expire_all()
    event = town.session.scalars(select(CustodyEvent).order_by(CustodyEvent.id.desc())).first()
    assert event is not None
    assert (event.actor, event.to_state) == ("machine", CustodyState.EXPIRED)


def test_what_waits_too_long_is_overdue_and_nothing_more(town: Haulage, engine: Engine) -> None:
    number = town.drawn_up()
    town.sign(number, Act.ISSUE, "plant")
    town.sign(number, Act.LOAD, "plant", weighed=town.weighed(17_000.0))
    assert due(town, engine, 121) == TimersRun(overdue=1)
    assert not due(town, engine, 1).any
    listed = overdue_manifests(town.session, town.viewer("regulator"))
    assert [(row.number, row.state) for row in listed.rows] == [(number, CustodyState.LOADED)]
    assert overdue_manifests(town.session, town.viewer("store")).rows == ()
    town.sign(number, Act.DEPART, "driver")
    assert overdue_manifests(town.session, town.viewer("regulator")).rows == ()


def test_an_unanswered_correction_goes_to_the_regulator(town: Haulage, engine: Engine) -> None:
    town.on_the_road()
    row = make.add(
        town.session,
        Correction(
            manifest_id=town.session.scalars(select(Manifest.id)).one(),
            field="planned_kg",
            old=17_000.0,
            new=16_000.0,
            reason="typed wrongly",
            requested_by_id=town.people["plant"].id,
            organisation_id=town.plant_org.id,
            requested_at=town.now,
            state=CorrectionState.OPEN,
        ),
    )
    assert due(town, engine, 60).escalated == 0
    assert due(town, engine, 7 * 1_440).escalated == 1
    town.session.refresh(row)
    assert row.state is CorrectionState.WITH_REGULATOR


def test_manifests_close_at_night_and_paper_that_was_loaded_does_not(town: Haulage, engine: Engine) -> None:
    numbers = [disposed(town), disposed(town)]
    loaded = town.session.scalars(select(Manifest).where(Manifest.number == numbers[1])).one()
    loaded.source = ManifestSource.PAPER
    assert not due(town, engine, 5, closing=False).any
    assert due(town, engine, 5) == TimersRun(closed=1)
    town.session.refresh(loaded)
    assert loaded.custody_state is CustodyState.DISPOSED


def test_several_workers_close_each_manifest_once(town: Haulage, engine: Engine) -> None:
    for _ in range(6):
        disposed(town)
    town.session.commit()
    setting = town.setting()
    with ThreadPoolExecutor(3) as workers:
        runs = list(workers.map(lambda _: run_timers(engine, setting), range(3)))
    run_timers(engine, setting)  # rows that another one held are taken by the next run
    with_closed = CustodyEvent.to_state == CustodyState.CLOSED
    count = town.session.scalar(select(func.count()).select_from(CustodyEvent).where(with_closed))
    assert count == 6
    assert sum(run.closed for run in runs) <= 6


def test_a_night_begins_at_midnight_in_the_city(town: Haulage) -> None:
    first = night_of(town.setting())
    town.later(15 * 60)
    assert night_of(town.setting()) == first
    town.later(60)
    assert night_of(town.setting()) == first + timedelta(days=1)
