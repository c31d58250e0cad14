"""How fast is it beside its peers? `python -m bench NAME [--format json]`; `all` runs every one.

Each benchmark runs its peers in the same process and run, and prints ratios: these machines are noisy,
and only ratios of one run mean anything.
"""

from importlib import import_module
from pathlib import Path
from typing import Any

import click
import orjson
from rich.console import Console
from rich.table import Table

BENCHMARKS = {
    "analysis": "bench.analysis",
    "streaming": "bench.streaming",
    "positions": "bench.positions",
    "certificate": "bench.certificate",
    "pages": "bench.pages",
    "demo": "bench.first_page",
    "gpx": "bench.gpx",
    "ingest": "bench.ingest",
    "custody": "bench.custody",
    "custody_lists": "bench.custody_lists",
    "faults": "bench.faults",
    "detection": "bench.detection",
}
PARTS = ("figures", "peers", "ratios")


@click.command()
@click.argument("name", type=click.Choice([*BENCHMARKS, "all"]))
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.option(
    "--write",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Also write the table and plots there (detection).",
)
def main(name: str, form: str, folder: Path | None) -> None:
    """Run one benchmark, or all."""
    for each in BENCHMARKS if name == "all" else [name]:
        result = run_one(each, folder)
        if form == "json":
            click.echo(orjson.dumps(result).decode())
        else:
            show(result)


def run_one(name: str, folder: Path | None) -> dict[str, Any]:
    """The result of one; one that has something to write writes it where a folder is given."""
    module = import_module(BENCHMARKS[name])
    writes = folder is not None and hasattr(module, "run_into")
    result: dict[str, Any] = module.run_into(folder) if writes else module.run()
    return result


def show(result: dict[str, Any]) -> None:
    """One result as a table."""
    table = Table(title=f"{result['bench']}  {result['settings']}", title_justify="left", box=None)
    for head in ("", "name", "value"):
        table.add_column(head, justify="right" if head == "value" else "left")
    for part in PARTS:
        for name, value in result[part].items():
            table.add_row(part, name, f"{value:,.3f}" if isinstance(value, float) else str(value))
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
