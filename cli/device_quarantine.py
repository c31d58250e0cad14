"""How does an administrator see what waits in quarantine, and let it out?"""

import sys

import click

from cli.progress import busy_on_terminal
from cli.refusals import print_refusals
from cli.runtime import now, print_json_line, ready_engine, thresholds
from gps_ingest.store.devices import DeviceRefused
from gps_ingest.store.quarantine import Release, release
from gps_ingest.store.waiting_messages import waiting_groups
from models.session import read_sessions, write_sessions
from models.values import Viewer
from models.vocabulary import Role

COMMAND_LINE = "command line"


@click.command("release")
@click.argument("code")
@click.option("--again", is_flag=True, help="Also what was released before; no fix is taken twice.")
def release_command(code: str, again: bool) -> None:
    """Take in what waits of the device CODE: what it sent before it was registered, or was not trusted."""
    how = Release(COMMAND_LINE, now(), again)
    try:
        with busy_on_terminal(code), write_sessions(ready_engine()).begin() as session:
            released = list(release(session, code, thresholds().doubt, how))
    except DeviceRefused as refused:
        raise click.ClickException(str(refused)) from refused
    accepted = sum(each.acceptance.accepted for each in released)
    click.echo(f"{len(released)} messages, {accepted} fixes that are new")
    faults = [
        fault for each in released for fault in (*each.acceptance.refused, *each.acceptance.quarantined)
    ]
    print_refusals(faults)
    sys.exit(1 if faults else 0)


@click.command("waiting")
@click.option("--format", "form", type=click.Choice(["text", "jsonl"]), default="text", help="How to print.")
def waiting_command(form: str) -> None:
    """Show what waits in quarantine, by sender and reason."""
    with read_sessions(ready_engine())() as session:
        groups = waiting_groups(session, Viewer(Role.ADMINISTRATOR))
    for group in groups:
        if form == "jsonl":
            print_json_line(group)
            continue
        known = "registered" if group.registered else "not registered"
        span = f"{group.first_at.isoformat()} to {group.last_at.isoformat()}"
        click.echo(f"{group.code} ({known}): {group.messages} messages, {span}: {group.reason or 'in part'}")
    if not groups and form == "text":
        click.echo("nothing waits")
