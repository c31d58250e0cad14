"""How is the web service run? gunicorn with threads, or Werkzeug's reloading server while developing."""

import os
import subprocess
import sys

import click

from cli.runtime import ready_engine, settings
from models.settings import Settings, state_path
from web.device_metrics import start_counting

APPLICATION = "app:create_app()"
THREADS = 4  # of a worker: pages wait for the database more than they compute
GRACE_S = 20  # to finish what is being answered, e.g. a certificate
TIMEOUT_S = 120


def gunicorn_arguments(bind: str, configured: Settings) -> list[str]:
    """The words of gunicorn's command line."""
    return [
        *("--bind", bind),
        *("--workers", str(configured.web_workers)),
        *("--worker-class", "gthread"),
        *("--threads", str(THREADS)),
        *("--graceful-timeout", str(GRACE_S)),
        *("--timeout", str(TIMEOUT_S)),
        *("--limit-request-line", "8190"),
        *("--name", "sludgetrace"),
        "--no-control-socket",  # nothing but the service itself listens
        APPLICATION,
    ]


@click.command()
@click.option("--bind", help="Address and port; the setting SLUDGETRACE_BIND when absent.")
@click.option("--dev", is_flag=True, help="One process that reloads changed code; for developing only.")
def serve(bind: str | None, dev: bool) -> None:
    """Serve the pages and the programming interface until interrupted."""
    ready_engine().dispose()  # migrated; the workers open connections of their own
    address = bind or settings().bind
    click.echo(f"http://{address}", err=True)
    if dev:
        serve_developing(address)
        return
    start_counting(state_path(settings(), "metrics"))
    command = [sys.executable, "-m", "gunicorn", *gunicorn_arguments(address, settings())]
    # The same process goes on as gunicorn: whoever stops this command stops the service.
    os.execv(sys.executable, command)  # noqa: S606  our own interpreter, no shell


def serve_developing(address: str) -> None:
    """Flask's own server; it reloads itself when code changes."""
    host, _colon, port = address.rpartition(":")
    words = [sys.executable, "-m", "flask", "--app", APPLICATION, "run", "--reload"]
    raise SystemExit(subprocess.call([*words, "--host", host or "127.0.0.1", "--port", port]))
