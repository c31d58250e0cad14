"""How do people load a scenario folder and score what was found in it?"""

import sys
from pathlib import Path

import click
import orjson
from rich.console import Console
from rich.table import Table

from cli.progress import progress_on_terminal
from cli.refusals import print_refusals
from cli.runtime import now, ready_engine, thresholds
from demo.scenario.folder import FolderRefused
from demo.scenario.load import load_scenario
from demo.scenario.outcome import LoadResult


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


def print_load(result: LoadResult) -> None:
    """Counts as a table on standard output, refusals on standard error."""
    table = Table("", "new", "filled", "unchanged")
    for kind, tally in result.counts.items():
        table.add_row(kind, str(tally.new), str(tally.filled), str(tally.unchanged))
    Console().print(table)
    print_refusals(result.refusals)


def print_load_json(result: LoadResult) -> None:
    """The same as one JSON object."""
    value = {"counts": result.counts, "refused": result.refusals}
    sys.stdout.buffer.write(orjson.dumps(value) + b"\n")
