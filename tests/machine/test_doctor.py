"""Does `doctor` notice each thing that can be missing, and name the command that gets it?"""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cli import examinations, runtime, system_packages
from cli.doctor import doctor, exit_status
from cli.examinations import Diagnosis, same
from cli.system_packages import PARTS, SystemPart, find_program
from models.migrate import upgrade

ABSENT_LIBRARY = SystemPart("No such", "libnosuch0", "无", "none", library="libnosuch.so.0")
ABSENT_PROGRAM = SystemPart(
    "No such", "nosuch", "无", "none", program="no-such-program-anywhere", for_tests_only=True
)


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A migrated database in a folder of its own, so that nothing but the test's own doing is missing."""
    path = tmp_path / "sludgetrace.db"
    upgrade(f"sqlite:///{path}")
    monkeypatch.setenv("SLUDGETRACE_DATABASE_URL", f"sqlite:///{path}")
    runtime.settings.cache_clear()
    return path


def run(*arguments: str) -> Result:
    """The command as a person calls it."""
    return CliRunner().invoke(doctor, arguments)


def diagnoses(*arguments: str) -> dict[str, dict[str, Any]]:
    """What the command reports in English, by subject."""
    reported: list[dict[str, Any]] = json.loads(run("--format", "json", "--lang", "en", *arguments).stdout)
    return {item["subject"]: item for item in reported}


@pytest.mark.usefixtures("settled")
def test_on_this_machine_python_and_its_packages_are_in_order() -> None:
    found = diagnoses()
    for subject in ("Python", "Python distributions", "Python imports", "settings", "database"):
        assert found[subject]["present"], found[subject]
        assert found[subject]["remedy"] == ""


@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize(("language", "heading"), [("zh", "如何取得"), ("en", "how to get it")])
def test_table_speaks_the_reader_s_language(language: str, heading: str) -> None:
    result = run("--lang", language)
    assert heading in result.stdout
    assert "✓" in result.stdout


@pytest.mark.usefixtures("settled")
def test_a_missing_library_fails_with_the_command_that_gets_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examinations, "PARTS", (*PARTS, ABSENT_LIBRARY))
    assert diagnoses()["No such"]["remedy"] == "sudo apt-get install -y --no-install-recommends libnosuch0"
    result = run()
    assert result.exit_code == 1
    assert "libnosuch0" in result.stdout


@pytest.mark.parametrize(
    ("item", "tests", "status"),
    [
        (Diagnosis(same("x"), True, same("")), True, 0),
        (Diagnosis(same("x"), False, same("")), False, 1),
        (Diagnosis(same("x"), False, same(""), for_tests_only=True), False, 0),
        (Diagnosis(same("x"), False, same(""), for_tests_only=True), True, 1),
    ],
)
def test_exit_status_counts_what_matters(item: Diagnosis, tests: bool, status: int) -> None:
    assert exit_status([item], tests=tests) == status


def test_nothing_examined_is_nothing_missing() -> None:
    assert exit_status([], tests=True) == 0


def test_differing_distributions_are_named_with_both_versions() -> None:
    lock = "pytest==0.0.1 \\\n    --hash=sha256:00\nno-such-thing==1.0 ; python_version > '3'\n# click==1\n"
    locked = examinations.locked_versions(lock)
    assert locked == {"pytest": "0.0.1", "no-such-thing": "1.0"}
    first, second = examinations.differing_distributions(locked)
    assert first.startswith("pytest 0.0.1 (is ")
    assert second == "no-such-thing 1.0 (not installed)"


def test_an_import_that_fails_is_reported_with_its_reason() -> None:
    assert examinations.failing_imports(["json", "no_such_module"]) == {
        "no_such_module": "No module named 'no_such_module'"
    }


@pytest.mark.parametrize("content", [None, b""])
def test_an_absent_or_empty_file_is_missing(tmp_path: Path, content: bytes | None) -> None:
    (tmp_path / "there.js").write_bytes(b"x")
    if content is not None:
        (tmp_path / "gone.js").write_bytes(content)
    found = examinations.examine_files(same("files"), tmp_path, ["there.js", "gone.js"])
    assert not found.present
    assert found.detail.en.endswith("lacks gone.js")


def test_a_setting_that_does_not_parse_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLUDGETRACE_WEB_WORKERS", "many")
    found = examinations.examine_settings()
    assert not found.present
    assert "SLUDGETRACE_WEB_WORKERS='many'" in found.detail.en
    assert found.remedy == "unset SLUDGETRACE_WEB_WORKERS"


def test_a_setting_that_does_not_exist_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLUDGETRACE_WEB_WORKER", "2")
    monkeypatch.setenv("SLUDGETRACE_RULE_EXIT_BUFFER_M", "50")
    found = examinations.examine_settings()
    assert not found.present
    assert found.detail.en == "no such setting: SLUDGETRACE_WEB_WORKER"


def test_a_database_file_is_looked_for_and_not_created(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "absent.db"
    monkeypatch.setenv("SLUDGETRACE_DATABASE_URL", f"sqlite:///{path}")
    found = examinations.examine_database()
    assert (found.present, found.remedy) == (False, "sludgetrace migrate")
    assert not path.exists()


def test_a_database_before_its_migration_is_noticed(
    monkeypatch: pytest.MonkeyPatch, empty_database_url: str, tmp_path: Path
) -> None:
    (tmp_path / "empty.db").touch()
    monkeypatch.setenv("SLUDGETRACE_DATABASE_URL", empty_database_url)
    found = examinations.examine_database()
    assert (found.present, found.remedy) == (False, "sludgetrace migrate")
    upgrade(empty_database_url)
    assert examinations.examine_database().present


def test_a_server_that_does_not_answer_is_reported_without_the_password(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SLUDGETRACE_DATABASE_URL", "postgresql://inspector:hunter2@127.0.0.1:1/sludge")
    found = examinations.examine_database()
    assert not found.present
    assert "127.0.0.1" in found.detail.en
    assert "hunter2" not in found.detail.en + found.detail.zh + found.remedy


def test_a_part_is_present_when_it_loads_or_is_on_the_path() -> None:
    assert SystemPart("C", "libc6", "", "", library="libc.so.6").is_present()
    assert SystemPart("shell", "dash", "", "", program="sh").is_present()
    assert not ABSENT_LIBRARY.is_present()
    assert not ABSENT_PROGRAM.is_present()


def test_a_service_is_found_where_debian_puts_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    services = [file for file in Path("/usr/sbin").glob("*") if os.access(file, os.X_OK) and file.is_file()]
    assert [find_program(file.name) for file in services[:3]] == [str(file) for file in services[:3]]
    assert find_program("no-such-program") is None


def test_what_only_tests_need_is_asked_for_only_then(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system_packages, "PARTS", (ABSENT_LIBRARY, ABSENT_PROGRAM))
    assert system_packages.missing_parts(with_tests=False) == [ABSENT_LIBRARY]
    assert system_packages.missing_parts(with_tests=True) == [ABSENT_LIBRARY, ABSENT_PROGRAM]


def test_without_root_the_build_goes_on_and_the_command_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(system_packages, "PARTS", (ABSENT_LIBRARY, ABSENT_PROGRAM))
    monkeypatch.setattr(system_packages, "may_install", lambda: False)
    assert system_packages.main(["run", "test"]) == 0
    assert "sudo apt-get install -y --no-install-recommends libnosuch0 nosuch" in capsys.readouterr().err


def test_a_failing_apt_get_is_no_end_of_the_build(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """A stand-in apt-get that fails as the real one does without a network."""
    stand_in = tmp_path / "apt-get"
    stand_in.write_text("#!/bin/sh\nexit 100\n")
    stand_in.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setattr(system_packages, "PARTS", (ABSENT_LIBRARY,))
    monkeypatch.setattr(system_packages, "may_install", lambda: True)
    assert system_packages.main(["run"]) == 0
    assert "still missing" in capsys.readouterr().err
