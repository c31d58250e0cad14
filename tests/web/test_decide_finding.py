"""Is a decision recorded once, with its reason, by those who may, and never over somebody's head?"""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from models.findings import Decision, Finding
from models.session import write_sessions
from models.values import Viewer
from models.vocabulary import DecisionOutcome, Role
from tests import cast
from tests.cast import Cast
from tests.factories import DAY
from tests.web.conftest import SignIn
from tracking.operations.decide_finding import (
    MAX_REASON,
    DecidedMeanwhile,
    FindingUnknown,
    NotAnInspector,
    ReasonMissing,
    RevisedMeanwhile,
    decide_finding,
)

NOW = DAY + timedelta(hours=4)
DISMISS, CONFIRM = DecisionOutcome.DISMISS, DecisionOutcome.CONFIRM


def inspector(people: Cast) -> Viewer:
    return Viewer(Role.REGULATOR, None, people.users[cast.REGULATOR].id)


def decide(
    engine: Engine,
    people: Cast,
    outcome: DecisionOutcome = DISMISS,
    reason: str = "looked at the camera of the gate",
    *,
    key: str | None = None,
    viewer: Viewer | None = None,
    version: int = 1,
    seen: int = 0,
) -> int:
    with write_sessions(engine).begin() as session:
        who, what = viewer or inspector(people), key or people.ours.finding.key
        made = decide_finding(
            session,
            what,
            outcome,
            reason,
            who,
            seen_version=version,
            seen_decision_id=seen,
            now=NOW,
            contradicted_score=0.5,
        )
        return made.id


def count(engine: Engine) -> int:
    with Session(engine) as session:
        return session.scalar(select(func.count(Decision.id))) or 0


def test_a_decision_is_a_row_with_who_when_and_why(engine: Engine, people: Cast) -> None:
    decide(engine, people, reason="  the road was closed  ")
    with Session(engine) as session:
        row = session.scalars(select(Decision)).one()
    assert (row.finding_key, row.finding_version, row.outcome) == (people.ours.finding.key, 1, DISMISS)
    assert (row.reason, row.user_id, row.decided_at) == (
        "the road was closed",
        people.users[cast.REGULATOR].id,
        NOW,
    )


@pytest.mark.parametrize("reason", ["", "   \n", "x" * (MAX_REASON + 1)])
def test_a_decision_needs_a_reason(reason: str, engine: Engine, people: Cast) -> None:
    with pytest.raises(ReasonMissing):
        decide(engine, people, reason=reason)
    assert count(engine) == 0


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.REGULATOR])
def test_only_an_inspector_decides(role: Role, engine: Engine, people: Cast) -> None:
    with pytest.raises(NotAnInspector):
        decide(engine, people, viewer=Viewer(role, None, people.users[cast.ADMINISTRATOR].id))


def test_an_unknown_finding_is_refused(engine: Engine, people: Cast) -> None:
    with pytest.raises(FindingUnknown):
        decide(engine, people, key="no-such-finding")


def test_whoever_decides_second_learns_of_the_first(engine: Engine, people: Cast) -> None:
    first = decide(engine, people, CONFIRM)
    with pytest.raises(DecidedMeanwhile) as refusal:
        decide(engine, people, DISMISS)
    assert (refusal.value.outcome, refusal.value.at) == (CONFIRM, NOW)
    decide(engine, people, DISMISS, seen=first)
    assert count(engine) == 2


def test_a_revised_finding_is_read_again_first(engine: Engine, people: Cast) -> None:
    with write_sessions(engine).begin() as session:
        row = session.scalars(select(Finding).where(Finding.key == people.ours.finding.key)).one()
        row.version = 2
    with pytest.raises(RevisedMeanwhile) as refusal:
        decide(engine, people, version=1)
    assert refusal.value.version == 2


def test_two_inspectors_at_once_make_one_decision(engine: Engine, people: Cast) -> None:
    start = Barrier(2)

    def one(outcome: DecisionOutcome) -> str:
        start.wait()
        try:
            decide(engine, people, outcome)
        except DecidedMeanwhile:
            return "second"
        return "first"

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(one, (CONFIRM, DISMISS))) == ["first", "second"]
    assert count(engine) == 1


def form(people: Cast, **given: object) -> dict[str, object]:
    return {"outcome": "confirm", "reason": "seen on camera", "seen_version": 1, "seen_decision": 0} | given


def path(people: Cast) -> str:
    return f"/findings/{people.ours.finding.key}"


def test_the_page_records_and_shows_the_decision(sign_in: SignIn, people: Cast) -> None:
    client = sign_in(cast.REGULATOR)
    answer = client.post(path(people) + "/decision", data=form(people), follow_redirects=True)
    assert "处理结论已记录" in answer.text
    assert "seen on camera" in answer.text
    assert people.ours.finding.key not in client.get("/findings").text, "decided findings leave the queue"
    assert people.ours.finding.key in client.get("/findings?decided=confirm").text
    assert people.ours.finding.key not in client.get("/findings?decided=dismiss").text


def test_what_was_typed_is_not_lost(sign_in: SignIn, people: Cast) -> None:
    client = sign_in(cast.REGULATOR)
    without = client.post(path(people) + "/decision", data=form(people, outcome=""))
    assert without.status_code == 422
    assert "请选择处理结论" in without.text
    assert "seen on camera" in without.text
    empty = client.post(path(people) + "/decision", data=form(people, reason=" "))
    assert empty.status_code == 422
    assert 'value="confirm" accesskey="1" checked' in empty.text


def test_the_page_tells_of_a_decision_made_meanwhile(sign_in: SignIn, people: Cast, engine: Engine) -> None:
    decide(engine, people, DISMISS, "the first inspector's reason")
    answer = sign_in(cast.REGULATOR).post(path(people) + "/decision", data=form(people))
    assert answer.status_code == 409
    assert "请先阅读下方记录" in answer.text
    assert "the first inspector&#39;s reason" in answer.text
    assert count(engine) == 1


def test_a_reason_is_shown_as_text(sign_in: SignIn, people: Cast, engine: Engine) -> None:
    decide(engine, people, DISMISS, "<script>alert(1)</script>")
    page = sign_in(cast.REGULATOR).get(path(people)).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
