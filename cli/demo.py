"""How does one see the system at work? `demo`: a city, its past week, and devices that keep posting."""

import shutil
import signal
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path
from types import FrameType
from urllib.error import URLError
from urllib.request import urlopen
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.table import Table
from sqlalchemy import Engine

from cli.progress import progress_on_terminal
from cli.runtime import now, ready_engine, settings, thresholds
from demo.live.city import CityPlan, Login, is_empty, load_past, make_logins, make_world, world_ends
from demo.live.desk import lay_out
from demo.live.play import LiveCity
from models.session import write_sessions
from models.settings import state_path
from reports.wording import label
from tracking.operations.analyse import analyse, analysis_moment

EVERY_S = 5.0
START_WAIT_S = 60.0
STOP_WAIT_S = 30.0


@click.command()
@click.option("--seed", default=7, show_default=True, help="Which city.")
@click.option("--plants", default=5, show_default=True)
@click.option("--vehicles", default=24, show_default=True)
@click.option("--bind", help="Address and port; the setting SLUDGETRACE_BIND when absent.")
@click.option("--live/--no-live", default=True, show_default=True, help="Keep simulated devices posting.")
@click.option("--seed-only", is_flag=True, help="Build the city and stop.")
def demo(seed: int, plants: int, vehicles: int, bind: str | None, live: bool, seed_only: bool) -> None:
    """Migrate, build the demo city if the database is empty, serve it, keep its devices posting."""
    console = Console(stderr=True)
    engine = ready_engine()
    folder = state_path(settings(), "demo")
    since = build(engine, folder, CityPlan(seed, plants, vehicles))
    logins = make_logins(engine, Path(settings().state_dir), now())
    with write_sessions(engine).begin() as session:
        lay_out(session, now(), ZoneInfo(settings().timezone), thresholds().custody)
    if seed_only:
        show_logins(console, logins, None)
        return
    address = bind or settings().bind
    servers = [
        subprocess.Popen([sys.executable, "-m", "cli.main", "serve", "--bind", address]),
        subprocess.Popen([sys.executable, "-m", "cli.main", "worker"]),
    ]
    try:
        wait_for(f"http://{address}/login", servers[0])
        show_logins(console, logins, f"http://{address}")
        keep_going(engine, f"http://{address}", folder, since, live, servers, console)
    finally:
        stop(servers)


def build(engine: Engine, folder: Path, plan: CityPlan) -> datetime:
    """The city in the database, built when it is empty; returns from when on it is played live."""
    marker = folder / "since"
    if not is_empty(engine):
        return datetime.fromisoformat(marker.read_text()) if marker.exists() else now()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    since = now()
    with progress_on_terminal() as tell:
        make_world(folder / "world", plan, since, tell)
        load_past(engine, folder / "world", folder / "past", since, thresholds(), tell)
        analyse(
            engine,
            until=analysis_moment(engine, since),
            recorded_at=since,
            thresholds=thresholds(),
            contradicted_score=settings().contradicted_score,
            timezone=settings().timezone,
            progress=tell,
        )
    marker.write_text(since.isoformat())
    return since


def keep_going(
    engine: Engine,
    base_url: str,
    folder: Path,
    since: datetime,
    live: bool,
    servers: list[subprocess.Popen[bytes]],
    console: Console,
) -> None:
    """Play the city until interrupted or until a server ends."""
    stopping = False

    def end(_signal: int, _frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    world = folder / "world"
    if live and not world.exists():
        console.print("This database was not built by the demo: no simulated devices post.")
        live = False
    if live and now() > world_ends(world):
        console.print("The simulated days are over. For a new city remove the state folder, then run again.")
        live = False
    city = LiveCity(engine, base_url, world, folder / "paper", since, thresholds()) if live else None
    while not stopping and all(server.poll() is None for server in servers):
        if city is not None:
            city.play(now(), lambda: stopping)
        waited_s = 0.0
        while waited_s < EVERY_S and not stopping:
            time.sleep(0.2)
            waited_s += 0.2


def wait_for(url: str, server: "subprocess.Popen[bytes]") -> None:
    """Until the first page is answered."""
    waited_s = 0.0
    while waited_s < START_WAIT_S:
        if server.poll() is not None:
            raise click.ClickException("the web service did not start; see the lines above")
        try:
            with urlopen(url, timeout=5):  # noqa: S310  our own address on this machine
                return
        except (URLError, OSError):
            time.sleep(0.2)
            waited_s += 0.2
    raise click.ClickException(f"no answer from {url} within {START_WAIT_S:.0f} s")


def stop(servers: "list[subprocess.Popen[bytes]]") -> None:
    """End the processes that this command started."""
    for server in servers:
        if server.poll() is None:
            server.terminate()
    for server in servers:
        try:
            server.wait(STOP_WAIT_S)
        except subprocess.TimeoutExpired:
            server.kill()


def show_logins(console: Console, logins: list[Login], base_url: str | None) -> None:
    """Where to go and how to sign in."""
    table = Table(title=base_url, title_style="bold", box=None, header_style="bold")
    for head in ("用户名 user", "密码 password", "角色 role", "单位 organisation"):
        table.add_column(head)
    for login in logins:
        table.add_row(
            login.username, login.password, label(login.role, settings().locale), login.organisation
        )
    console.print(table)
