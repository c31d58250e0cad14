"""How does an administrator register devices, let them in, put them on vehicles and change them?"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import click
from rich.console import Console
from rich.table import Table
from sqlalchemy.orm import Session

from cli.device_model import model
from cli.device_quarantine import reject_command, release_command, waiting_command
from cli.moments import MomentType
from cli.runtime import now, print_json_line, ready_engine
from gps_ingest.store.device_changes import (
    DeviceDetails,
    change_device,
    clear_registration,
    details_of,
    revoke_token,
    set_service,
    unbind_device,
)
from gps_ingest.store.devices import (
    DeviceLine,
    DeviceRefused,
    bind_device,
    find_device,
    issue_token,
    list_devices,
    register_device,
    unknown_senders,
)
from gps_ingest.store.platforms import PlatformRefused, tie_to_platform
from models.session import read_sessions, write_sessions
from models.vocabulary import Datum, Protocol

PROTOCOLS = click.Choice([each.value for each in Protocol])
DATUMS = click.Choice([each.value for each in Datum])
AS_ITS_FORMAT_SAYS = "format"
UNCHANGED = 10_000  # minutes that no zone has
PLATFORM = click.option(
    "--platform", help="JT/T 809: user name of the only platform that may speak of it; '' for none."
)


@click.group()
def device() -> None:
    """Devices: register, tokens, bindings, service, models, quarantine."""


@contextmanager
def changing() -> Iterator[Session]:
    """A transaction; what is refused is a sentence and exit status 1."""
    try:
        with write_sessions(ready_engine()).begin() as session:
            yield session
    except (DeviceRefused, PlatformRefused) as refused:
        raise click.ClickException(str(refused)) from refused


class OffsetType(click.ParamType[int | None]):
    """Minutes ahead of UTC, or "format": as the device's format says."""

    name = "minutes"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int | None:
        if value == AS_ITS_FORMAT_SAYS:
            return None
        try:
            return int(str(value))
        except ValueError:
            self.fail(f"{value!r} is no number of minutes, and not '{AS_ITS_FORMAT_SAYS}'", param, ctx)


@device.command()
@click.argument("code")
@click.option("--protocol", type=PROTOCOLS, required=True, help="How the device speaks.")
@click.option("--datum", type=DATUMS, default=Datum.WGS84.value, help="Which coordinates it sends.")
@click.option("--model", "model_name", help="Its model, whose vendor fields `device model` describes.")
@click.option(
    "--utc-offset-minutes", type=int, help="Its clock ahead of UTC; as its format says if left out."
)
@PLATFORM
@click.option("--vehicle", help="Code of the vehicle that it rides on.")
@click.option("--from", "since", type=MomentType(), help="Since when: ISO 8601 with zone; now if left out.")
def register(
    code: str,
    protocol: str,
    datum: str,
    model_name: str | None,
    utc_offset_minutes: int | None,
    platform: str | None,
    vehicle: str | None,
    since: datetime | None,
) -> None:
    """Register the device CODE, and put it on a vehicle."""
    if since is not None and vehicle is None:
        raise click.UsageError("--from says since when the device rides on --vehicle, which is missing")
    with changing() as session:
        registered = register_device(
            session,
            code,
            Protocol(protocol),
            Datum(datum),
            model=model_name,
            utc_offset_minutes=utc_offset_minutes,
        )
        tie_to_platform(session, registered, platform)
        if vehicle is not None:
            bind_device(session, registered, vehicle, since or now())
    click.echo(f"registered {code}")


@device.command()
@click.argument("code")
@click.option("--protocol", type=PROTOCOLS, help="How the device speaks.")
@click.option("--datum", type=DATUMS, help="Which coordinates it sends; its vehicles are analysed again.")
@click.option("--model", "model_name", help="Its model; an empty text for none.")
@click.option(
    "--utc-offset-minutes",
    type=OffsetType(),
    default=UNCHANGED,
    show_default=False,
    help="Its clock ahead of UTC in minutes, or 'format' for what its format says.",
)
@PLATFORM
def change(
    code: str,
    protocol: str | None,
    datum: str | None,
    model_name: str | None,
    utc_offset_minutes: int | None,
    platform: str | None,
) -> None:
    """Change what is registered of the device CODE; what is left out stays as it is."""
    with changing() as session:
        row = find_device(session, code)
        old = details_of(row)
        wanted = DeviceDetails(
            Protocol(protocol or old.protocol),
            Datum(datum or old.datum),
            old.model if model_name is None else model_name,
            old.utc_offset_minutes if utc_offset_minutes == UNCHANGED else utc_offset_minutes,
        )
        again = change_device(session, row, wanted)
        if platform is not None:
            tie_to_platform(session, row, platform)
    click.echo(f"changed {code}" + ("; its vehicles will be analysed again" if again else ""))


@device.command()
@click.argument("code")
@click.option("--revoke", is_flag=True, help="Take the token away and issue none.")
def token(code: str, revoke: bool) -> None:
    """Issue a token for the device CODE and print it, once. An older token stops working."""
    with changing() as session:
        if revoke:
            revoke_token(session, find_device(session, code))
            fresh = f"the token of {code} lets nobody in any more"
        else:
            fresh = issue_token(session, code)
    click.echo(fresh)


@device.command()
@click.argument("code")
@click.argument("vehicle")
@click.option("--from", "since", type=MomentType(), help="Since when: ISO 8601 with zone; now if left out.")
def bind(code: str, vehicle: str, since: datetime | None) -> None:
    """Put the device CODE on VEHICLE; an earlier stay of it ends then."""
    with changing() as session:
        bind_device(session, find_device(session, code), vehicle, since or now())
    click.echo(f"{code} rides on {vehicle}")


@device.command()
@click.argument("code")
@click.option("--at", type=MomentType(), help="When it was taken off: ISO 8601 with zone; now if left out.")
def unbind(code: str, at: datetime | None) -> None:
    """Take the device CODE off its vehicle."""
    with changing() as session:
        unbind_device(session, find_device(session, code), at or now())
    click.echo(f"{code} rides on no vehicle")


@device.command("out-of-service")
@click.argument("code")
def out_of_service(code: str) -> None:
    """Put the device CODE out of service: what it sends waits in quarantine, its token lets nobody in."""
    with changing() as session:
        set_service(session, find_device(session, code), False)
    click.echo(f"{code} is out of service")


@device.command("in-service")
@click.argument("code")
def in_service(code: str) -> None:
    """Put the device CODE back into service."""
    with changing() as session:
        set_service(session, find_device(session, code), True)
    click.echo(f"{code} is in service")


@device.command("clear-registration")
@click.argument("code")
def clear_registration_command(code: str) -> None:
    """Forget which JT/T 808 terminal registered itself as CODE: for one that was replaced."""
    with changing() as session:
        clear_registration(session, find_device(session, code))
    click.echo(f"the next terminal that registers as {code} is taken for it")


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
    Console().print(table_of(devices))
    for code, messages in unknown:
        click.echo(f"not registered: {code}, {messages} messages wait in quarantine")


def table_of(devices: list[DeviceLine]) -> Table:
    """The devices for a terminal."""
    table = Table("device", "protocol", "datum", "model", "active", "token", "vehicle")
    for line in devices:
        marks = ("✓" if mark else "–" for mark in (line.active, line.has_token))
        table.add_row(line.code, line.protocol, line.datum, line.model or "–", *marks, line.vehicle or "–")
    return table


device.add_command(release_command)
device.add_command(reject_command)
device.add_command(waiting_command)
device.add_command(model)
