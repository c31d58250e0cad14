"""Is every module and function small enough to read at once, and does it say what it is for?"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.tracked import name_of, python_files, syntax_of

LONGEST_MODULE = 300  # lines that are not blank
LONGEST_FUNCTION = 50  # lines that are neither blank nor docstring
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "managers", "manager", "common", "misc", "base_utils"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def written_by_hand() -> list[Path]:
    """All Python but the migration steps, which Alembic writes in long lists."""
    return [path for path in python_files() if not name_of(path).startswith("migrations/versions/0")]


def functions_of(tree: ast.Module) -> Iterator[Function]:
    """Every function and method of a file."""
    yield from (node for node in ast.walk(tree) if isinstance(node, Function))


def length_of(function: Function, lines: list[str]) -> int:
    """Lines of a function from its name to its end, without blank ones and without its docstring."""
    taken = set(range(function.lineno, (function.end_lineno or function.lineno) + 1))
    first = function.body[0]
    if ast.get_docstring(function) is not None:
        taken -= set(range(first.lineno, (first.end_lineno or first.lineno) + 1))
    return sum(1 for number in taken if lines[number - 1].strip())


@pytest.mark.parametrize("path", written_by_hand(), ids=name_of)
def test_module_is_short(path: Path) -> None:
    count = sum(1 for line in path.read_text("utf-8").splitlines() if line.strip())
    assert count <= LONGEST_MODULE, f"{count} lines"


@pytest.mark.parametrize("path", written_by_hand(), ids=name_of)
def test_functions_are_short(path: Path) -> None:
    lines = path.read_text("utf-8").splitlines()
    lengths = {f"{each.name}:{each.lineno}": length_of(each, lines) for each in functions_of(syntax_of(path))}
    assert {name: length for name, length in lengths.items() if length > LONGEST_FUNCTION} == {}


@pytest.mark.parametrize("path", python_files(), ids=name_of)
def test_module_says_what_it_is_for(path: Path) -> None:
    docstring = ast.get_docstring(syntax_of(path))
    assert docstring
    assert docstring.strip()


@pytest.mark.parametrize("path", [path for path in python_files() if path.name == "__init__.py"], ids=name_of)
def test_init_holds_a_docstring_and_nothing_else(path: Path) -> None:
    """An `__init__` that imports is a hole that neither the linter nor a reader sees."""
    assert len(syntax_of(path).body) == 1


@pytest.mark.parametrize("path", python_files(), ids=name_of)
def test_file_is_named_after_a_word_of_the_domain(path: Path) -> None:
    assert path.stem not in EMPTY_NAMES
