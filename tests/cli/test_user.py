"""Can logins be made, listed, changed and ended on the command line?"""

from collections.abc import Callable, Iterator

import orjson
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from cli.user import user
from models.organisations import User
from models.session import write_sessions
from models.vocabulary import OrganisationKind
from tests import factories as make
from tests.commands import configured
from tracking.operations.passwords import password_matches

PASSWORD = "a long enough password"
Run = Callable[..., Result]


@pytest.fixture
def run(database_url: str, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """`sludgetrace user …` on the test's database, which knows a hauler and a plant operator."""
    with write_sessions(engine).begin() as session:
        make.organisation(session, OrganisationKind.HAULER, code="SD")
        make.organisation(session, OrganisationKind.PLANT_OPERATOR, code="QY")
    with configured(database_url, monkeypatch):
        yield lambda *words: CliRunner().invoke(user, list(words))


def stored(engine: Engine, username: str) -> User:
    with Session(engine) as session:
        return session.scalars(select(User).where(User.username == username)).one()


def add(run: Run, username: str = "shun", role: str = "hauler", *more: str) -> Result:
    return run("add", username, "--role", role, "--password", PASSWORD, *more)


def test_a_login_is_added_with_a_hash_only(run: Run, engine: Engine) -> None:
    answer = add(run, "shun", "hauler", "--organisation", "SD", "--name", "顺", "--locale", "en")
    assert (answer.exit_code, answer.output) == (0, "shun may sign in as hauler\n")
    row = stored(engine, "shun")
    assert (row.display_name, row.locale, row.active) == ("顺", "en", True)
    assert PASSWORD not in row.password_hash
    assert password_matches(row.password_hash, PASSWORD)


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("shun", "hauler"), "needs an organisation"),
        (("shun", "hauler", "--organisation", "QY"), "not fit for role hauler"),
        (("shun", "plant", "--organisation", "nobody"), "is not known"),
        (("Shun Da", "regulator"), "user name"),
    ],
)
def test_what_does_not_fit_is_refused(words: tuple[str, ...], reason: str, run: Run) -> None:
    answer = add(run, *words)
    assert answer.exit_code == 1
    assert reason in answer.output


def test_a_name_is_given_once(run: Run) -> None:
    assert add(run, "rong", "regulator").exit_code == 0
    again = add(run, "rong", "administrator")
    assert (again.exit_code, "is taken" in again.output) == (1, True)


def test_a_short_password_is_refused(run: Run) -> None:
    answer = run("add", "rong", "--role", "regulator", "--password", "short")
    assert (answer.exit_code, "10 to 200 characters" in answer.output) == (1, True)


def test_an_unknown_role_is_wrong_use(run: Run) -> None:
    assert add(run, "rong", "king").exit_code == 2


def test_a_new_password_ends_sessions(run: Run, engine: Engine) -> None:
    add(run, "rong", "regulator")
    before = stored(engine, "rong").session_version
    assert run("password", "rong", "--password", "another long password").exit_code == 0
    row = stored(engine, "rong")
    assert password_matches(row.password_hash, "another long password")
    assert row.session_version == before + 1


def test_a_login_is_ended(run: Run, engine: Engine) -> None:
    add(run, "rong", "regulator")
    assert run("deactivate", "rong").exit_code == 0
    assert not stored(engine, "rong").active


@pytest.mark.parametrize("command", [("deactivate",), ("password", "--password", PASSWORD)])
def test_an_unknown_login_is_refused(command: tuple[str, ...], run: Run) -> None:
    answer = run(*command, "nobody")
    assert (answer.exit_code, "is not known" in answer.output) == (1, True)


def test_the_list_shows_no_secret(run: Run, engine: Engine) -> None:
    add(run, "rong", "regulator")
    add(run, "shun", "hauler", "--organisation", "SD")
    run("deactivate", "rong")
    lines = [orjson.loads(line) for line in run("list", "--format", "jsonl").output.splitlines()]
    assert [(line["username"], line["role"], line["active"]) for line in lines] == [
        ("shun", "hauler", True),
        ("rong", "regulator", False),
    ]
    text = run("list").output
    assert "shun\thauler\t" in text
    assert "argon2" not in text + str(lines)
