"""Is the repository free of one machine's paths and hosts, and is all it downloads pinned by a hash?"""

import json
import re
from pathlib import Path

import pytest

from tests.architecture.tracked import PROJECT, name_of, tracked_files

MACHINE_PATHS = re.compile(r"(?<![\w.])/(?:root|work|home/\w+|Users/\w+|opt/pypi\w*)/")
REGISTRY_HOSTS = re.compile(
    r"(?:pypi\.org|pythonhosted\.org|registry\.npmjs|npmmirror|unpkg\.com|jsdelivr|cdnjs|googleapis|deb\.debian\.org)"
)
OWN_PATTERNS = "tests/architecture/test_repository.py"


def text_of(path: Path) -> str:
    """The file as text; blank for one that is not text."""
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        return ""


def lines_matching(pattern: re.Pattern[str]) -> list[str]:
    """Every tracked line with the pattern, as "file:number: text"."""
    return [
        f"{name_of(path)}:{number}: {line.strip()[:120]}"
        for path in tracked_files()
        if name_of(path) != OWN_PATTERNS
        for number, line in enumerate(text_of(path).splitlines(), start=1)
        if pattern.search(line)
    ]


def locked_requirements(lock: str) -> list[str]:
    """Each requirement of a lock with its continuation lines joined."""
    joined = re.sub(r"\\\n\s*", "", lock)
    return [line for line in joined.splitlines() if line and not line.startswith("#")]


def test_no_path_of_one_machine() -> None:
    assert lines_matching(MACHINE_PATHS) == []


def test_no_host_of_a_registry() -> None:
    assert lines_matching(REGISTRY_HOSTS) == []


PINNED = re.compile(r"[\w.-]+(\[[\w,-]+\])?==[\w.!+]+( ?; [^#]+?)?( ?--hash=sha256:[0-9a-f]{64})+")
"""A version and its hashes; with its extras, which pip would else look for in other versions."""


@pytest.mark.parametrize("name", ["requirements.lock", "web/node.lock"])
def test_python_lock_pins_every_distribution_by_hash(name: str) -> None:
    lock = (PROJECT / name).read_text("utf-8")
    requirements = locked_requirements(lock)
    assert requirements
    for requirement in requirements:
        assert re.fullmatch(PINNED, requirement), requirement
    assert not re.search(r"https?://|--(?:extra-)?index-url|--find-links", lock)


def test_node_lock_pins_every_package_by_hash_and_names_no_address() -> None:
    packages = json.loads((PROJECT / "web/package-lock.json").read_text("utf-8"))["packages"]
    installed = {name: package for name, package in packages.items() if name}
    assert installed
    assert [name for name, package in installed.items() if "resolved" in package] == []
    assert [
        name for name, package in installed.items() if not package["integrity"].startswith("sha512-")
    ] == []


def test_licence_is_the_whole_apache_licence() -> None:
    licence = (PROJECT / "LICENSE").read_text("utf-8")
    assert "Version 2.0, January 2004" in licence
    assert "END OF TERMS AND CONDITIONS" in licence
    assert [n for n in range(1, 10) if not re.search(rf"^ +{n}\. ", licence, flags=re.MULTILINE)] == []


def test_what_is_downloaded_is_not_committed() -> None:
    places = ("web/static/vendor/", "web/node_modules/", "reports/fonts/", ".venv/", "var/")
    assert [name_of(path) for path in tracked_files() if name_of(path).startswith(places)] == []
