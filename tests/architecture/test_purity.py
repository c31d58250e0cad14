"""Do the pure modules load in a bare interpreter without the web, the database, the schemas or the printer?

import-linter sees imports as they are written; this sees what really happens, also through third-party code.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.tracked import PROJECT, python_files

PURE = (
    "tracking/rules",
    "gps_ingest/decoders",
    "gps_ingest/doubts",
    "models/vocabulary",
    "models/device_values",
    "models/values",
    "models/thresholds",
)
FORBIDDEN = ("flask", "sqlalchemy", "marshmallow", "weasyprint")

PROBE = """
import importlib, json, sys
forbidden, modules = json.loads(sys.argv[1])
for module in modules:
    importlib.import_module(module)
    pulled_in = [name for name in forbidden if name in sys.modules]
    if pulled_in:
        sys.exit(f"{module} pulls in {', '.join(pulled_in)}")
print(len(modules))
"""


def module_name(path: Path) -> str:
    """tracking/rules/visits.py is tracking.rules.visits; a package is named by its folder."""
    parts = path.relative_to(PROJECT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def pure_modules() -> list[str]:
    """Every module that lies in a pure place, packages included."""
    names = (path.relative_to(PROJECT).with_suffix("").as_posix() for path in python_files())
    pure = [name for name in names if any(name == place or name.startswith(f"{place}/") for place in PURE)]
    return [module_name(PROJECT / f"{name}.py") for name in pure]


def probe(modules: list[str], forbidden: tuple[str, ...] = FORBIDDEN) -> subprocess.CompletedProcess[str]:
    """Import `modules` one after another in a new interpreter that has nothing loaded."""
    question = json.dumps([forbidden, modules])
    return subprocess.run(
        [sys.executable, "-c", PROBE, question], cwd=PROJECT, capture_output=True, text=True
    )


def test_pure_modules_pull_in_nothing_impure() -> None:
    modules = pure_modules()
    assert "models.vocabulary" in modules
    result = probe(modules)
    assert result.returncode == 0, result.stderr
    assert int(result.stdout) == len(modules)


@pytest.mark.parametrize("module", ["models.tables", "models.session"])
def test_the_probe_notices_what_it_should(module: str) -> None:
    result = probe([module])
    assert result.returncode == 1
    assert f"{module} pulls in sqlalchemy" in result.stderr
