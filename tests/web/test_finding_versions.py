"""Does a finding stay readable when it is taken back, and come back when it has become worse?"""

from typing import Any

import pytest
from sqlalchemy import Engine, update

from models.findings import Finding
from models.session import write_sessions
from models.vocabulary import DecisionOutcome, FindingKind, Severity
from tests import cast
from tests import factories as make
from tests.cast import Cast
from tests.web.conftest import SignIn
from tracking.operations.revise_findings import retract

KEY = "F-QY-1"


@pytest.fixture
def decided(engine: Engine, people: Cast) -> Cast:
    """Our finding in its first version, medium and with a score of 0.5, was dismissed."""
    with write_sessions(engine).begin() as session:
        session.execute(update(Finding).where(Finding.key == KEY).values(severity=Severity.MEDIUM, score=0.5))
        make.decision(session, people.ours.finding, people.users[cast.REGULATOR], DecisionOutcome.DISMISS)
    return people


def revise(engine: Engine, people: Cast, **given: Any) -> None:
    """A second version of the decided finding."""
    with write_sessions(engine).begin() as session:
        session.execute(update(Finding).where(Finding.key == KEY).values(current=False))
        values: dict[str, Any] = {"severity": Severity.MEDIUM, "score": 0.5} | given
        load = people.ours
        make.finding(
            session, FindingKind.OFF_ROUTE, load.manifest, load.vehicle, key=KEY, version=2, **values
        )


def waits(sign_in: SignIn) -> bool:
    return KEY in sign_in(cast.REGULATOR).get("/findings.csv").text


@pytest.mark.parametrize(
    ("changes", "comes_back"),
    [
        ({"score": 0.45}, False),
        ({"score": 0.65}, False),
        ({"score": 0.75}, True),
        ({"severity": Severity.LOW}, False),
        ({"severity": Severity.HIGH}, True),
    ],
)
def test_a_decided_finding_comes_back_only_when_it_is_worse(
    changes: dict[str, object], comes_back: bool, engine: Engine, decided: Cast, sign_in: SignIn
) -> None:
    assert not waits(sign_in)
    revise(engine, decided, **changes)
    assert waits(sign_in) is comes_back


def test_deciding_again_settles_it(engine: Engine, decided: Cast, sign_in: SignIn) -> None:
    revise(engine, decided, score=0.9)
    answer = sign_in(cast.REGULATOR).post(
        f"/findings/{KEY}/decision",
        data={"outcome": "confirm", "reason": "seen", "seen_version": 2, "seen_decision": 1},
    )
    assert answer.status_code == 302
    assert not waits(sign_in)


def test_a_finding_that_was_taken_back_says_so_and_keeps_its_decisions(
    engine: Engine, decided: Cast, sign_in: SignIn
) -> None:
    with write_sessions(engine).begin() as session:
        row = session.get(Finding, decided.ours.finding.id)
        assert row is not None
        retract(session, row, row.recorded_at)
    for username in (cast.REGULATOR, cast.PLANT):
        answer = sign_in(username).get(f"/findings/{KEY}")
        assert answer.status_code == 200
        assert "撤回" in answer.text
        assert "looked at the site" in answer.text
        assert 'name="seen_version"' not in answer.text
    assert sign_in(cast.RIVAL_PLANT).get(f"/findings/{KEY}").status_code == 404
    assert not waits(sign_in)


def test_who_may_not_see_the_last_version_is_not_shown_an_older_one(
    engine: Engine, decided: Cast, sign_in: SignIn
) -> None:
    with write_sessions(engine).begin() as session:
        session.execute(update(Finding).where(Finding.key == KEY).values(current=False))
        make.finding(session, of=decided.theirs.manifest, by=decided.theirs.vehicle, key=KEY, version=2)
    assert sign_in(cast.PLANT).get(f"/findings/{KEY}").status_code == 404
    assert sign_in(cast.RIVAL_PLANT).get(f"/findings/{KEY}").status_code == 200
