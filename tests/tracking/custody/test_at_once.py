"""Two at once: does exactly one win, and is the other told who was first?"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from models.custody_words import Act, SigningMethod
from models.manifests import CustodyEvent, Manifest
from models.session import write_sessions
from models.signatures import Signature
from models.vocabulary import CustodyState, ManifestKind, Mode
from tests.tracking.custody.haulage import Haulage
from tracking.operations.custody.draw_up import LegDraft, PartDraft
from tracking.operations.custody.refusals import CustodyRefused, StepBlocked, TakenMeanwhile
from tracking.operations.custody.take_step import Seen, Signer, take_step
from tracking.rules.custody.facts import Given


def at_once(engine: Engine, *tasks: Callable[[Session], Any]) -> list[Any]:
    """What each task in a thread and transaction of its own ended with: its result or its refusal."""
    start = Barrier(len(tasks))

    def run(task: Callable[[Session], Any]) -> Any:
        start.wait(10)
        try:
            with write_sessions(engine).begin() as session:
                return task(session)
        except CustodyRefused as refused:
            return refused

    with ThreadPoolExecutor(len(tasks)) as threads:
        return list(threads.map(run, tasks))


def signing(
    town: Haulage, number: str, act: Act, who: str, seen: Seen | None = None, **given: Any
) -> Callable[[Session], Any]:
    viewer, setting = town.viewer(who), town.setting()
    signer = Signer(viewer.name, viewer.organisation_id, SigningMethod.PASSWORD, viewer.user_id)
    what = Given(**{"at": town.now} | given)

    def task(session: Session) -> Any:
        return take_step(session, number, act, viewer, signer, what, setting, seen)

    return task


@pytest.mark.parametrize("seen", [None, Seen(CustodyState.LOADED, 1)])
def test_of_two_signers_one_wins_and_the_other_learns_who(
    town: Haulage, engine: Engine, seen: Seen | None
) -> None:
    number = town.drawn_up()
    town.sign(number, Act.ISSUE, "plant")
    town.sign(number, Act.LOAD, "plant", weighed=town.weighed(17_000.0))
    town.later(10)
    town.session.commit()
    both = [signing(town, number, Act.DEPART, who, seen) for who in ("driver", "dispatcher")]
    results = at_once(engine, *both)
    lost = [each for each in results if isinstance(each, TakenMeanwhile)]
    assert len(lost) == 1
    names = {town.viewer("driver").name, town.viewer("dispatcher").name}
    assert lost[0].by in names
    assert (lost[0].at, lost[0].state) == (town.now, CustodyState.IN_TRANSIT)
    departed = select(func.count()).select_from(Signature).where(Signature.act == Act.DEPART)
    assert town.session.scalar(departed) == 1


def test_two_different_decisions_at_once_leave_one(town: Haulage, engine: Engine) -> None:
    number = town.on_the_road()
    town.sign(number, Act.ARRIVE, "gate", 50)
    town.later(10)
    town.session.commit()
    seen = Seen(CustodyState.ARRIVED, 1)
    accept = signing(town, number, Act.ACCEPT, "gate", seen, weighed=town.weighed(17_000.0))
    reject = signing(town, number, Act.REJECT, "gate", seen, reason="too wet")
    results = at_once(engine, accept, reject)
    assert sum(isinstance(each, TakenMeanwhile) for each in results) == 1
    decided = CustodyEvent.from_state == CustodyState.ARRIVED
    assert town.session.scalar(select(func.count()).select_from(CustodyEvent).where(decided)) == 1


def test_both_sides_of_a_cancellation_sign_at_once(town: Haulage, engine: Engine) -> None:
    number = town.drawn_up()
    town.sign(number, Act.ISSUE, "plant")
    town.sign(number, Act.LOAD, "plant", weighed=town.weighed(17_000.0))
    town.later(10)
    town.session.commit()
    sides = [signing(town, number, Act.CANCEL_LOADED, who, reason="flood") for who in ("plant", "driver")]
    results = at_once(engine, *sides)
    assert not [each for each in results if isinstance(each, CustodyRefused)]
    query = select(Manifest.custody_state).where(Manifest.number == number)
    assert town.session.scalars(query).one() is CustodyState.CANCELLED


def test_two_children_issued_at_once_take_no_more_than_there_is(town: Haulage, engine: Engine) -> None:
    number = town.in_store()
    on = (LegDraft(Mode.ROAD, town.far_truck.code, town.store.code, town.site.code),)
    parents = (PartDraft(number, 10_000.0),)
    given = {"kind": ManifestKind.SPLIT, "origin": town.store.code, "legs": on, "parents": parents}
    children = [town.drawn_up("store", **given) for _ in range(2)]
    town.later(10)
    town.session.commit()
    results = at_once(engine, *(signing(town, child, Act.ISSUE, "store") for child in children))
    lost = [each for each in results if isinstance(each, StepBlocked)]
    assert [each.blocked[0].reason.code for each in lost] == ["custody.child_too_big"]
