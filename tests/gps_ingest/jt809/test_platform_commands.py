"""Can an administrator let platforms in and keep them out?"""

import json
from collections.abc import Iterator

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from cli.main import main
from gps_ingest.store.platforms import Verdict, log_in
from models.fleet import Platform
from tests.commands import configured

PASSWORD = "secret88"


@pytest.fixture(autouse=True)
def _configured(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with configured(database_url, monkeypatch):
        yield


def platform(*arguments: str, typed: str = "") -> Result:
    return CliRunner().invoke(main, ["platform", *arguments], input=typed)


def add(code: str = "1001", center: str = "11", password: str = PASSWORD, name: str = "运输平台") -> Result:
    return platform("add", code, "--name", name, "--center-id", center, typed=f"{password}\n{password}\n")


def verdict(engine: Engine, password: bytes, user: int = 1001, *centers: int) -> Verdict:
    with Session(engine) as session:
        return log_in(session, user, password, centers or (11,))


def test_a_platform_is_added_listed_and_let_in(engine: Engine) -> None:
    assert add().exit_code == 0
    assert add("1002", "12").exit_code == 0
    listed = platform("list", "--format", "jsonl")
    assert [json.loads(line) for line in listed.stdout.splitlines()] == [
        {"code": "1001", "name": "运输平台", "center_id": 11, "active": True},
        {"code": "1002", "name": "运输平台", "center_id": 12, "active": True},
    ]
    assert "运输平台" in platform("list").stdout
    assert verdict(engine, b"secret88") is Verdict.ADMITTED
    assert verdict(engine, b"secret88", 1001, 11, 12) is Verdict.WRONG_CENTER
    assert verdict(engine, b"secret89") is Verdict.WRONG_PASSWORD
    assert verdict(engine, b"secret88", 1003) is Verdict.UNKNOWN


def test_the_password_is_kept_as_a_slow_hash_and_never_shown(engine: Engine) -> None:
    added = add()
    with Session(engine) as session:
        stored = session.scalars(select(Platform.password_hash)).one()
    assert stored.startswith("$argon2id$")
    assert "secret88" not in added.output + platform("list", "--format", "jsonl").output


def test_a_new_password_and_an_end(engine: Engine) -> None:
    add()
    assert platform("password", "1001", typed="other999\nother999\n").exit_code == 0
    assert verdict(engine, b"secret88") is Verdict.WRONG_PASSWORD
    assert verdict(engine, b"other999") is Verdict.ADMITTED
    assert platform("disable", "1001").exit_code == 0
    assert verdict(engine, b"other999") is Verdict.UNKNOWN
    assert platform("enable", "1001").exit_code == 0
    assert verdict(engine, b"other999") is Verdict.ADMITTED


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"code": "abc"}, "the user name is a number"),
        ({"code": "007"}, "the user name is a number"),
        ({"code": "4294967296"}, "the user name is a number"),
        ({"center": "4294967296"}, "the access code is a number"),
        ({"password": "short"}, "the password has 8 printable ASCII characters"),
        ({"password": "ninechars"}, "the password has 8 printable ASCII characters"),
        ({"password": "口令口令口令口令"}, "the password has 8 printable ASCII characters"),
        ({"name": "x" * 101}, "the name has 1 to 100"),
    ],
)
def test_what_cannot_be_registered(given: dict[str, str], sentence: str) -> None:
    result = add(**given)
    assert (result.exit_code, sentence in result.stderr) == (1, True)
    assert platform("list", "--format", "jsonl").stdout == ""


def test_a_platform_is_registered_once_and_an_unknown_one_not_changed() -> None:
    add()
    assert "registered already" in add().stderr
    for command in (("disable", "9"), ("enable", "9")):
        assert "platform '9' is not registered" in platform(*command).stderr
    assert platform("password", "9", typed="other999\nother999\n").exit_code == 1
