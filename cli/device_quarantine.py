"""How does an administrator see what waits in quarantine, let it out, or reject it?"""

import sys

import click

from cli.progress import busy_on_terminal
from cli.refusals import print_refusals
from cli.runtime import now, print_json_line, ready_engine, thresholds
from gps_ingest.store.devices import DeviceRefused
from gps_ingest.store.quarantine import Release, decode_before, group_of, reject, release
from gps_ingest.store.waiting_messages import count_waiting, waiting_groups
from models.session import read_sessions, write_sessions
from models.values import Viewer
from models.vocabulary import Role

COMMAND_LINE = "command line"


@click.command("release")
@click.argument("code")
@click.option("--up-to", type=click.IntRange(min=1), help="Only the group with this newest message.")
@click.option("--again", is_flag=True, help="Also what was decided about before; no fix is taken twice.")
@click.option("--unproven", is_flag=True, help="Also of senders that did not prove to be the device.")
@click.option("--other-protocol", is_flag=True, help="Also what came over another protocol than its own.")
def release_command(code: str, up_to: int | None, again: bool, unproven: bool, other_protocol: bool) -> None:
    """Take in what waits of the device CODE: what it sent before it was registered, or was not trusted."""
    how = Release(COMMAND_LINE, now(), again, distrusted=unproven, other_protocol=other_protocol)
    try:
        with busy_on_terminal(code):
            with read_sessions(ready_engine())() as session:
                group = None if up_to is None else group_of(session, code, up_to)
                before = decode_before(session, code, how, group=group)
            with write_sessions(ready_engine()).begin() as session:
                released = list(release(session, code, thresholds().doubt, how, group=group, before=before))
                left = count_waiting(session, code)
    except DeviceRefused as refused:
        raise click.ClickException(str(refused)) from refused
    accepted = sum(each.acceptance.accepted for each in released)
    click.echo(f"{len(released)} messages, {accepted} fixes that are new")
    if left:
        click.echo(f"{left} messages wait still: see device waiting", err=True)
    faults = [
        fault for each in released for fault in (*each.acceptance.refused, *each.acceptance.quarantined)
    ]
    print_refusals(faults)
    sys.exit(1 if faults else 0)


@click.command("reject")
@click.argument("code")
@click.option("--up-to", type=click.IntRange(min=1), required=True, help="The group's newest message.")
def reject_command(code: str, up_to: int) -> None:
    """Take a group of messages of the sender CODE off the list of what waits. Their bytes stay."""
    try:
        with write_sessions(ready_engine()).begin() as session:
            rejected = reject(session, Release(COMMAND_LINE, now()), group_of(session, code, up_to))
    except DeviceRefused as refused:
        raise click.ClickException(str(refused)) from refused
    click.echo(f"{rejected} messages rejected")


@click.command("waiting")
@click.option("--format", "form", type=click.Choice(["text", "jsonl"]), default="text", help="How to print.")
def waiting_command(form: str) -> None:
    """Show what waits in quarantine, by sender, reason and protocol."""
    with read_sessions(ready_engine())() as session:
        groups = waiting_groups(session, Viewer(Role.ADMINISTRATOR))
    for group in groups:
        if form == "jsonl":
            print_json_line(group)
            continue
        known = "registered" if group.registered else "not registered"
        span = f"{group.first_at.isoformat()} to {group.last_at.isoformat()}"
        why = f"not proved: {group.reason}" if group.distrusted else group.reason or "in part"
        name = f"{group.protocol}, up to {group.up_to_id}"
        click.echo(f"{group.code} ({known}): {group.messages} messages, {name}, {span}: {why}")
    if not groups and form == "text":
        click.echo("nothing waits")
