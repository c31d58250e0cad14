"""How do people load a scenario folder and score what was found in it?"""

import sys
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from cli.progress import progress_on_terminal
from cli.refusals import print_refusals
from cli.runtime import now, print_json_line, ready_engine, settings, thresholds
from demo.scenario.export import ExportRefused, export_scenario
from demo.scenario.folder import FolderRefused
from demo.scenario.load import load_scenario
from demo.scenario.outcome import LoadResult
from demo.scenario.score_facts import score_folder

SCORE_COLUMNS = {
    "truth": "truth",
    "found": "found",
    "matched": "matched",
    "precision": "P",
    "recall": "R",
    "f1": "F1",
    "delay_s_p50": "p50 s",
    "delay_s_p90": "p90 s",
}


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to print the result."
)
def load(folder: Path, form: str) -> None:
    """Load a scenario folder into the database. Loading it again changes nothing.

    Rows that cannot be stored are reported with file, line, field and reason, and the rest loads; the
    exit status is 1 then.
    """
    try:
        with progress_on_terminal() as progress:
            result = load_scenario(
                ready_engine(), folder, now=now(), thresholds=thresholds(), progress=progress
            )
    except FolderRefused as refused:
        raise click.UsageError(str(refused)) from refused
    if form == "json":
        print_load_json(result)
    else:
        print_load(result)
    sys.exit(1 if result.refusals else 0)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to print the result."
)
def export(folder: Path, form: str) -> None:
    """Write everything as a scenario folder that `load` reads; a round trip changes nothing.

    Logins, tokens, signatures, raw messages and conclusions are not part of it: see docs/scenario.md.
    """
    try:
        with progress_on_terminal() as progress:
            counts = export_scenario(
                ready_engine(), folder, timezone=settings().timezone, now=now(), progress=progress
            )
    except ExportRefused as refused:
        raise click.UsageError(str(refused)) from refused
    if form == "json":
        print_json_line({"counts": counts})
        return
    table = Table("", "rows")
    for kind, count in counts.items():
        table.add_row(kind, str(count))
    Console().print(table)


def print_load(result: LoadResult) -> None:
    """Counts as a table on standard output, refusals on standard error."""
    table = Table("", "new", "filled", "unchanged")
    for kind, tally in result.counts.items():
        table.add_row(kind, str(tally.new), str(tally.filled), str(tally.unchanged))
    Console().print(table)
    print_refusals(result.refusals)


def print_load_json(result: LoadResult) -> None:
    """The same as one JSON object."""
    print_json_line({"counts": result.counts, "refused": result.refusals})


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to print the score."
)
def score(folder: Path, form: str) -> None:
    """Compare current findings and verdicts with the folder's truth.jsonl."""
    try:
        figures = score_folder(ready_engine(), folder)
    except FolderRefused as refused:
        raise click.UsageError(str(refused)) from refused
    if form == "json":
        print_json_line(figures)
    else:
        print_score(figures)


def print_score(figures: dict[str, Any]) -> None:
    """A row a kind, then the figures on manifests."""
    table = Table("kind", *SCORE_COLUMNS.values())
    for kind, values in figures["kinds"].items():
        table.add_row(kind, *(worded(values[name]) for name in SCORE_COLUMNS))
    console = Console()
    console.print(table)
    for name, value in figures.items():
        if name != "kinds":
            console.print(f"{name}: {worded(value)}", highlight=False)


def worded(value: float | int | None) -> str:
    """A figure of the table: seconds and counts whole, shares to three places."""
    if value is None:
        return "–"
    return f"{value:.3g}" if isinstance(value, float) and abs(value) < 100 else f"{value:.0f}"
