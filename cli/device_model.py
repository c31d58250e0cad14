"""How does an administrator say what the vendor's own fields of a model of device mean?"""

import click

from cli.runtime import print_json_line, ready_engine
from gps_ingest.store.device_models import (
    QUANTITIES,
    FieldLine,
    describe_field,
    forget_field,
    list_models,
)
from gps_ingest.store.devices import DeviceRefused
from models.session import read_sessions, write_sessions


@click.group()
def model() -> None:
    """Models of devices, and what their vendors' own fields mean."""


@model.command("list")
@click.option("--format", "form", type=click.Choice(["text", "jsonl"]), default="text", help="How to print.")
def list_command(form: str) -> None:
    """List models with their fields."""
    with read_sessions(ready_engine())() as session:
        models = list_models(session)
    for line in models:
        if form == "jsonl":
            print_json_line(line)
            continue
        click.echo(f"{line.name}: {line.devices} devices")
        for field in line.fields:
            kind = "signed" if field.signed else "unsigned"
            place = f"bytes {field.offset_bytes} to {field.offset_bytes + field.width_bytes - 1}"
            click.echo(f"  {field.quantity} = {field.scale:g} × TLV {field.tlv_id:02X}, {place}, {kind}")


@model.command()
@click.argument("name")
@click.argument("quantity", type=click.Choice(QUANTITIES))
@click.option("--tlv", required=True, help="Identifier of the TLV, hexadecimal: E5.")
@click.option("--offset", "offset_bytes", type=int, default=0, help="First byte within the TLV's value.")
@click.option("--width", "width_bytes", type=int, required=True, help="Bytes, most significant first.")
@click.option("--signed", is_flag=True, help="Two's complement.")
@click.option("--scale", type=float, default=1.0, help="Quantity for one count, in the quantity's unit.")
def describe(
    name: str, quantity: str, tlv: str, offset_bytes: int, width_bytes: int, signed: bool, scale: float
) -> None:
    """State where QUANTITY stands in what devices of the model NAME send. Holds from now on."""
    try:
        tlv_id = int(tlv, 16)
    except ValueError:
        raise click.UsageError(f"'{tlv}' is not hexadecimal") from None
    line = FieldLine(tlv_id, offset_bytes, width_bytes, signed, scale, quantity)
    try:
        with write_sessions(ready_engine()).begin() as session:
            describe_field(session, name, line)
    except DeviceRefused as refused:
        raise click.ClickException(str(refused)) from refused
    click.echo(f"{name}: {quantity} stands in TLV {tlv_id:02X}")


@model.command()
@click.argument("name")
@click.argument("quantity", type=click.Choice(QUANTITIES))
def forget(name: str, quantity: str) -> None:
    """Take QUANTITY out of the model NAME."""
    with write_sessions(ready_engine()).begin() as session:
        found = forget_field(session, name, quantity)
    if not found:
        raise click.ClickException(f"{name} has no field for {quantity}")
    click.echo(f"{name}: {quantity} is not read any more")
