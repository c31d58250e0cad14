"""How does an administrator let other platforms send positions (JT/T 809)?"""

import click
from rich.console import Console
from rich.table import Table

from cli.runtime import print_json_line, ready_engine
from gps_ingest.store.platforms import (
    PlatformRefused,
    add_platform,
    list_platforms,
    set_active,
    set_password,
)
from models.session import read_sessions, write_sessions

PASSWORD = click.option(
    "--password",
    prompt=True,
    hide_input=True,
    confirmation_prompt=True,
    help="Eight characters. Asked for when absent, so that it does not stay in the history of the shell.",
)


@click.group()
def platform() -> None:
    """Other platforms that send positions over JT/T 809."""


@platform.command("add")
@click.argument("code")
@click.option("--name", required=True, help="Name to show.")
@click.option("--center-id", type=int, required=True, help="Its access code (下级平台接入码), which we give.")
@PASSWORD
def add(code: str, name: str, center_id: int, password: str) -> None:
    """Register the platform that logs in with the user name CODE, a number."""
    try:
        with write_sessions(ready_engine()).begin() as session:
            add_platform(session, code, name, center_id, password)
    except PlatformRefused as refused:
        raise click.ClickException(str(refused)) from refused
    click.echo(f"platform {code} may log in with access code {center_id}")


@platform.command("list")
@click.option("--format", "form", type=click.Choice(["text", "jsonl"]), default="text", help="How to print.")
def list_command(form: str) -> None:
    """List all platforms; no password or hash is ever shown."""
    with read_sessions(ready_engine())() as session:
        platforms = list_platforms(session)
    if form == "jsonl":
        for line in platforms:
            print_json_line(line)
        return
    table = Table("code", "name", "access code", "active")
    for line in platforms:
        table.add_row(line.code, line.name, str(line.center_id), "✓" if line.active else "–")
    Console().print(table)


@platform.command("password")
@click.argument("code")
@PASSWORD
def password_command(code: str, password: str) -> None:
    """Give the platform CODE a new password, for its next login."""
    try:
        with write_sessions(ready_engine()).begin() as session:
            set_password(session, code, password)
    except PlatformRefused as refused:
        raise click.ClickException(str(refused)) from refused
    click.echo(f"platform {code} has a new password")


@platform.command("disable")
@click.argument("code")
def disable(code: str) -> None:
    """Let the platform CODE log in no more; a link that is open is closed within seconds."""
    switch(code, active=False)
    click.echo(f"platform {code} may not log in any more")


@platform.command("enable")
@click.argument("code")
def enable(code: str) -> None:
    """Let the platform CODE log in again."""
    switch(code, active=True)
    click.echo(f"platform {code} may log in")


def switch(code: str, *, active: bool) -> None:
    try:
        with write_sessions(ready_engine()).begin() as session:
            set_active(session, code, active=active)
    except PlatformRefused as refused:
        raise click.ClickException(str(refused)) from refused
