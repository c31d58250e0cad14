"""Does `sludgetrace report certificate` write a PDF, and refuse in a sentence what it cannot?"""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from click.testing import CliRunner
from sqlalchemy.orm import Session

from cli import runtime
from cli.main import main
from models.settings import PREFIX
from tests import factories

CACHES = (runtime.settings, runtime.thresholds, runtime.ready_engine)


@pytest.fixture
def number(database_url: str, session: Session, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The number of a manifest in the database that the command line is set to."""
    load = factories.haul(session)
    session.commit()
    monkeypatch.setenv(f"{PREFIX}DATABASE_URL", database_url)
    for cache in CACHES:
        cache.cache_clear()
    yield load.manifest.number
    runtime.ready_engine().dispose()
    for cache in CACHES:
        cache.cache_clear()


@pytest.mark.parametrize(("options", "language"), [([], "zh-CN"), (["--lang", "en"], "en")])
def test_a_certificate_is_written(number: str, options: list[str], language: str, tmp_path: Path) -> None:
    output = tmp_path / "certificate.pdf"
    result = CliRunner().invoke(main, ["report", "certificate", number, *options, "-o", str(output)])
    assert result.exit_code == 0, result.output
    assert f"TC-{number}" in result.output
    with pikepdf.open(BytesIO(output.read_bytes())) as pdf:
        assert str(pdf.Root.Lang) == language


def test_an_unknown_manifest_is_refused(number: str, tmp_path: Path) -> None:
    output = tmp_path / "certificate.pdf"
    result = CliRunner().invoke(main, ["report", "certificate", f"{number}x", "-o", str(output)])
    assert result.exit_code == 1
    assert f"there is no manifest {number}x" in result.stderr
    assert not output.exists()


def test_a_folder_that_does_not_exist_is_named(number: str, tmp_path: Path) -> None:
    output = tmp_path / "missing" / "certificate.pdf"
    result = CliRunner().invoke(main, ["report", "certificate", number, "-o", str(output)])
    assert result.exit_code == 1
    assert str(output) in result.stderr


@pytest.mark.parametrize(
    "words", [["certificate"], ["certificate", "M-1"], ["certificate", "M-1", "-o", "x", "--lang", "fr"]]
)
def test_wrong_use_is_wrong_use(words: list[str]) -> None:
    assert CliRunner().invoke(main, ["report", *words]).exit_code == 2


def test_help_explains() -> None:
    result = CliRunner().invoke(main, ["report", "certificate", "--help"])
    assert result.exit_code == 0
    assert "traceability certificate" in result.output
