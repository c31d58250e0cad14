"""How does an administrator register devices, let them in, and release what waited for them?"""

import sys
from datetime import UTC, datetime

import click
from rich.console import Console
from rich.table import Table

from cli.progress import busy_on_terminal
from cli.refusals import print_refusals
from cli.runtime import now, print_json_line, ready_engine, thresholds
from gps_ingest.store.devices import (
    DeviceRefused,
    bind_device,
    issue_token,
    list_devices,
    register_device,
    unknown_senders,
)
from gps_ingest.store.quarantine import release
from models.session import read_sessions, write_sessions
from models.vocabulary import Datum, Protocol


@click.group()
def device() -> None:
    """Devices: register, tokens, bindings, quarantine."""


@device.command()
@click.argument("code")
@click.option(
    "--protocol",
    type=click.Choice([each.value for each in Protocol]),
    required=True,
    help="How the device speaks.",
)
@click.option(
    "--datum",
    type=click.Choice([each.value for each in Datum]),
    default=Datum.WGS84.value,
    help="Which coordinates it sends.",
)
@click.option("--vehicle", help="Code of the vehicle that it rides on.")
@click.option("--from", "since", help="Since when it rides there: ISO 8601 with zone; now if left out.")
def register(code: str, protocol: str, datum: str, vehicle: str | None, since: str | None) -> None:
    """Register the device CODE, and put it on a vehicle."""
    moment = now() if since is None else aware_time(since)
    if since is not None and vehicle is None:
        raise click.UsageError("--from says since when the device rides on --vehicle, which is missing")
    try:
        with write_sessions(ready_engine()).begin() as session:
            registered = register_device(session, code, Protocol(protocol), Datum(datum))
            if vehicle is not None:
                bind_device(session, registered, vehicle, moment)
    except DeviceRefused as refused:
        raise click.ClickException(str(refused)) from refused
    click.echo(f"registered {code}")


@device.command()
@click.argument("code")
def token(code: str) -> None:
    """Issue a token for the device CODE and print it, once. An older token stops working."""
    try:
        with write_sessions(ready_engine()).begin() as session:
            fresh = issue_token(session, code)
    except DeviceRefused as refused:
        raise click.ClickException(str(refused)) from refused
    click.echo(fresh)


@device.command("list")
@click.option("--format", "form", type=click.Choice(["text", "jsonl"]), default="text", help="How to print.")
def list_command(form: str) -> None:
    """List all devices, and the unknown ones whose messages wait in quarantine."""
    with read_sessions(ready_engine())() as session:
        devices, unknown = list_devices(session, now()), unknown_senders(session)
    if form == "jsonl":
        for line in devices:
            print_json_line(line)
        for code, messages in unknown:
            print_json_line({"code": code, "registered": False, "waiting_messages": messages})
        return
    table = Table("device", "protocol", "datum", "active", "token", "vehicle")
    for line in devices:
        marks = ("✓" if mark else "–" for mark in (line.active, line.has_token))
        table.add_row(line.code, line.protocol, line.datum, *marks, line.vehicle or "–")
    Console().print(table)
    for code, messages in unknown:
        click.echo(f"not registered: {code}, {messages} messages wait in quarantine")


@device.command("release")
@click.argument("code")
def release_command(code: str) -> None:
    """Take in what the device CODE sent before it was registered."""
    try:
        with busy_on_terminal(code), write_sessions(ready_engine()).begin() as session:
            released = list(release(session, code, thresholds().doubt))
    except DeviceRefused as refused:
        raise click.ClickException(str(refused)) from refused
    accepted = sum(each.acceptance.accepted for each in released)
    click.echo(f"{len(released)} messages, {accepted} fixes that are new")
    faults = [
        fault for each in released for fault in (*each.acceptance.refused, *each.acceptance.quarantined)
    ]
    print_refusals(faults)
    sys.exit(1 if faults else 0)


def aware_time(text: str) -> datetime:
    """An ISO 8601 time with zone, in UTC; anything else is wrong use."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise click.UsageError(f"'{text}' is not an ISO 8601 time") from None
    if moment.tzinfo is None:
        raise click.UsageError(f"'{text}' has no time zone")
    return moment.astimezone(UTC)
