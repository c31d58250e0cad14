"""Which files belong to the repository? What git tracks, and nothing that a tool has left behind."""

import ast
import subprocess
from functools import cache
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent.parent


@cache
def tracked_files() -> tuple[Path, ...]:
    """Every tracked file that exists; skips the test outside a git work tree."""
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=PROJECT, capture_output=True, check=False)
    if listing.returncode != 0:
        pytest.skip("not a git work tree", allow_module_level=True)
    paths = (PROJECT / name for name in listing.stdout.decode().split("\0") if name)
    return tuple(path for path in paths if path.is_file())


def python_files() -> list[Path]:
    """Every tracked Python file."""
    return [path for path in tracked_files() if path.suffix == ".py"]


def name_of(path: Path) -> str:
    """A file as people write it: relative to the project, with slashes."""
    return path.relative_to(PROJECT).as_posix()


@cache
def syntax_of(path: Path) -> ast.Module:
    """The parsed file."""
    return ast.parse(path.read_text("utf-8"), filename=name_of(path))
