"""How does a test sit at the regulator's desk? Public commands on its own database, answers as values."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from cli.main import main
from models.vocabulary import FindingKind

Line = dict[str, Any]


class Desk:
    """Types commands and reads what they print; a command that fails unexpectedly fails the test."""

    def run(self, *words: str | Path, status: int | None = 0) -> Result:
        """One command; `status` None accepts any exit status."""
        result = CliRunner().invoke(main, [str(word) for word in words], catch_exceptions=False)
        assert status is None or result.exit_code == status, result.output
        return result

    def load(self, folder: Path) -> Result:
        return self.run("load", folder)

    def analyse(self, until: str | None = None) -> Result:
        return self.run("analyse", *(() if until is None else ("--until", until)))

    def take(self, folder: Path) -> None:
        """A folder comes in and is analysed."""
        self.load(folder)
        self.analyse()

    def findings(self, kind: FindingKind | None = None) -> list[Line]:
        """Current findings, the most probable first; of one kind where one is given."""
        lines = self.lines("findings")
        return lines if kind is None else [line for line in lines if line["kind"] == kind.value]

    def verdicts(self) -> dict[str, str]:
        """Verdict by manifest."""
        return {line["manifest"]: line["verdict"] for line in self.lines("verdicts")}

    def score(self, folder: Path) -> dict[str, Any]:
        figures: dict[str, Any] = json.loads(self.run("score", folder, "--format", "json").stdout)
        return figures

    def lines(self, command: str, *options: str) -> list[Line]:
        """What a command prints as JSON lines."""
        printed = self.run(command, "--format", "jsonl", *options).stdout
        return [json.loads(line) for line in printed.splitlines()]


def kinds(lines: Sequence[Line]) -> list[str]:
    """The kinds of findings, sorted."""
    return sorted(line["kind"] for line in lines)
