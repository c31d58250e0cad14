"""How does one write a simulated world from the command line?"""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import click

from cli.progress import progress_on_terminal

SHANGHAI = timezone(timedelta(hours=8))


@click.command("simulate")
@click.option(
    "--seed", type=click.IntRange(0), default=7, show_default=True, help="The same seed gives the same world."
)
@click.option(
    "--days", type=click.IntRange(1, 366), default=7, show_default=True, help="How many days it lasts."
)
@click.option("--plants", type=click.IntRange(1, 60), default=5, show_default=True, help="Wastewater plants.")
@click.option(
    "--vehicles", type=click.IntRange(1, 2000), default=24, show_default=True, help="Trucks and vessels."
)
@click.option(
    "--violations",
    default="default",
    show_default=True,
    metavar="default|none|FILE",
    help="2 % of the manifests, nothing at all, or a JSON file {kind: rate or count}.",
)
@click.option(
    "--start",
    type=click.DateTime(["%Y-%m-%d"]),
    default=datetime(2026, 3, 2, tzinfo=UTC).strftime("%Y-%m-%d"),
    show_default=True,
    help="The first day, local time of the town.",
)
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
def simulate_command(
    seed: int, days: int, plants: int, vehicles: int, violations: str, start: datetime, folder: Path
) -> None:
    """Write a believable world as a scenario folder: a water town, its traffic, its paper, its violations."""
    from demo.simulate import simulate

    wish = violations if violations in ("default", "none") else Path(violations)
    try:
        with progress_on_terminal() as progress:
            simulate(
                folder,
                seed=seed,
                days=days,
                plants=plants,
                vehicles=vehicles,
                violations=wish,
                start=start.replace(tzinfo=SHANGHAI),
                progress=progress,
            )
    except (ValueError, RuntimeError) as error:
        raise click.UsageError(str(error)) from error
    click.echo(str(folder))
