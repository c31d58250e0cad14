"""How does one write a simulated world from the command line?"""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import click

from cli.progress import progress_on_terminal
from demo.world.reception import NOISES, SAMPLING_S

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
    metavar="default|every|none|FILE",
    help="2 % of the manifests by the usual kinds, by all kinds, nothing at all, or a JSON file "
    "{kind: rate or count}.",
)
@click.option(
    "--noise",
    type=click.Choice(list(NOISES)),
    default="normal",
    show_default=True,
    help="How well terminals see: normal, or between high houses.",
)
@click.option(
    "--sampling",
    "sampling_s",
    type=click.FloatRange(*SAMPLING_S),
    help="Seconds between the reports of a moving truck; each terminal has its own where this is not given.",
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
    seed: int,
    days: int,
    plants: int,
    vehicles: int,
    violations: str,
    noise: str,
    sampling_s: float | None,
    start: datetime,
    folder: Path,
) -> None:
    """Write a believable world as a scenario folder: a water town, its traffic, its paper, its violations."""
    from demo.simulate import simulate

    wish = violations if violations in ("default", "every", "none") else Path(violations)
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
                noise=noise,
                sampling_s=sampling_s,
                progress=progress,
            )
    except (ValueError, RuntimeError) as error:
        raise click.UsageError(str(error)) from error
    click.echo(str(folder))
