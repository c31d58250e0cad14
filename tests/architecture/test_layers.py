"""Do the import contracts of pyproject.toml cover everything, and hold what import-linter cannot see?"""

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.tracked import PROJECT, name_of, python_files, syntax_of

CONTRACTS = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
ENDS = {"app", "bench", "tests"}  # nothing of the service stands on these


def top_level_packages() -> set[str]:
    """Folders at the top that hold tracked Python, apart from the tests."""
    tops = {path.relative_to(PROJECT).parts for path in python_files()}
    return {parts[0] for parts in tops if len(parts) > 1} - {"tests"}


def imported_packages(tree: ast.Module) -> Iterator[str]:
    """First part of every module that is imported anywhere in a file, also inside functions."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


def test_every_package_is_under_the_linter() -> None:
    assert set(CONTRACTS["root_packages"]) == top_level_packages()


def test_every_package_has_its_layer() -> None:
    layers = CONTRACTS["contracts"][0]["layers"]
    named = [name.strip(" ()") for layer in layers for name in layer.replace(":", "|").split("|")]
    assert sorted(named) == sorted(top_level_packages())


def test_the_layers_are_those_of_the_design() -> None:
    assert CONTRACTS["contracts"][0]["layers"] == [
        "bench",
        "cli",
        "web",
        "demo",
        "reports",
        "tracking | gps_ingest",
        "migrations",
        "models",
    ]


@pytest.mark.parametrize("path", python_files(), ids=name_of)
def test_nothing_of_the_service_stands_on_its_ends(path: Path) -> None:
    """app.py joins the parts, bench and tests look at them: an import of them would point upwards."""
    own = path.relative_to(PROJECT).parts[0]
    if own in ENDS or own == "app.py":
        return
    assert not ENDS & set(imported_packages(syntax_of(path)))


@pytest.mark.parametrize("path", python_files(), ids=name_of)
def test_no_relative_import(path: Path) -> None:
    """A relative import hides from a reader which layer it reaches into."""
    relative = [
        node.lineno for node in ast.walk(syntax_of(path)) if isinstance(node, ast.ImportFrom) and node.level
    ]
    assert not relative
