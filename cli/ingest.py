"""How does a file with positions get in by hand? The same way as a device's message."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from cli.moments import MomentType
from cli.progress import busy_on_terminal
from cli.refusals import print_refusals
from cli.runtime import now, print_json_line, ready_engine, settings, thresholds
from gps_ingest.decoders import ais
from gps_ingest.decoders.formats import DECODERS
from gps_ingest.store.acceptance import Acceptance, accept
from gps_ingest.store.raw_messages import Message
from gps_ingest.store.receive import decode_message
from gps_ingest.store.watermarks import to_ms
from models.session import read_sessions, write_sessions
from models.values import not_taken
from models.vocabulary import Protocol

FORMATS = [protocol.value for protocol in DECODERS]


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--format", "form", type=click.Choice(FORMATS), required=True, help="What the file holds.")
@click.option("--device", required=True, help="Code of the device whose positions these are.")
@click.option(
    "--received-at",
    type=MomentType(),
    help="ais: when sentences that do not tell it were received; when the file was last written if left out.",
)
@click.option(
    "--result", type=click.Choice(["text", "json"]), default="text", help="How to print the result."
)
def ingest(file: Path, form: str, device: str, received_at: datetime | None, result: str) -> None:
    """Take one file of positions through the same path as a device's message.

    What cannot be read is reported with place, field and reason, and the rest is taken; the exit status
    is 1 then. The file of a device that is not registered waits in quarantine. Of an AIS log only the
    sentences of the vessel are kept whose MMSI --device gives; those of others are counted.
    """
    size = file.stat().st_size
    if size > settings().max_upload_bytes:
        limit = f"SLUDGETRACE_MAX_UPLOAD_BYTES allows {settings().max_upload_bytes}"
        raise click.ClickException(f"{file} has {size} bytes; {limit}")
    if received_at is not None and form != Protocol.AIS:
        raise click.UsageError("--received-at is for --format ais: other files tell their times")
    body = own_sentences(file, device, received_at) if form == Protocol.AIS else file.read_bytes()
    message = Message(device, Protocol(form), body, file.name, now())
    engine = ready_engine()
    with busy_on_terminal(file.name):
        with read_sessions(engine)() as session:
            decoded = decode_message(session, message)
        with write_sessions(engine).begin() as session:
            acceptance = accept(session, message, decoded, thresholds().doubt)
    if result == "json":
        print_json_line(acceptance_json(acceptance))
    else:
        print_acceptance(device, acceptance)
    sys.exit(0 if acceptance.whole else 1)


def own_sentences(file: Path, mmsi: str, received_at: datetime | None) -> bytes:
    """The lines of one vessel in an AIS log, each with its time of receipt; says what was left out."""
    written_at = datetime.fromtimestamp(file.stat().st_mtime, UTC)
    own = ais.own_lines(file.read_bytes(), mmsi, to_ms(received_at or written_at))
    if own.stop is not None:
        raise click.ClickException(f"{file}, {own.stop.place}: {own.stop.reason}")
    if own.others and not own.own:
        raise click.ClickException(f"{file} holds no message of a vessel {mmsi}, but {own.others} of others")
    if own.others:
        click.echo(f"passed over {own.others} messages of other vessels", err=True)
    if own.undated and received_at is None:
        click.echo(
            f"{own.undated} messages do not tell when they were received: taken as of "
            f"{written_at.isoformat(timespec='seconds')}, when the file was last written; see --received-at",
            err=True,
        )
    return own.body


def acceptance_json(acceptance: Acceptance) -> dict[str, object]:
    """What became of the message, as one object."""
    return {
        "accepted": acceptance.accepted,
        "repeated": acceptance.repeated,
        "doubted": [{"position": position, "reasons": reasons} for position, reasons in acceptance.doubted],
        "refused": acceptance.refused,
        "quarantined": acceptance.quarantined,
        "waiting": acceptance.waiting,
    }


def print_acceptance(device: str, acceptance: Acceptance) -> None:
    """The counts on standard output, each refusal on standard error."""
    if acceptance.waiting:
        click.echo(
            f"device '{device}' is not registered or out of service: the file waits in quarantine. "
            f"Register it, then: sludgetrace device release {device}",
            err=True,
        )
    doubted = acceptance.doubted
    click.echo(
        f"accepted {acceptance.accepted}, repeated {acceptance.repeated}, doubted {len(doubted)}, "
        f"refused {not_taken(acceptance.refused)}, quarantined {not_taken(acceptance.quarantined)}"
    )
    reasons = sorted({reason for _, names in doubted for reason in names})
    for reason in reasons:
        click.echo(f"  doubted as {reason}: {sum(reason in names for _, names in doubted)}")
    print_refusals([*acceptance.refused, *acceptance.quarantined])
