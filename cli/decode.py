"""What does a captured message say? Lines in, one JSON object a line out; no database is touched."""

import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import click
import orjson

from cli.runtime import now
from gps_ingest.decoders.inspected import Inspected
from gps_ingest.decoders.jt808 import inspection as jt808
from gps_ingest.decoders.sentence_inspection import AisInspector, inspect_nmea
from gps_ingest.store.watermarks import to_ms

PRINTED = (
    "ok",
    "error",
    "msg_id",
    "phone",
    "seq",
    "checksum_ok",
    "fixes",
)


LineReader = Callable[[str], Inspected]


@dataclass(frozen=True, slots=True)
class LineFormat:
    """How the lines of a format are read; `body` reads bare bodies where the format has such a thing.

    Each makes the reader of one run: messages of AIS run over several lines.
    """

    message: Callable[[], LineReader]
    body: Callable[[], LineReader] | None = None


FORMATS = {
    "jt808": LineFormat(lambda: jt808.inspect_line, lambda: jt808.inspect_body_line),
    "ais": LineFormat(lambda: AisInspector(to_ms(now())).inspect),
    "nmea": LineFormat(lambda: inspect_nmea),
}


@click.command()
@click.option("--format", "form", type=click.Choice(list(FORMATS)), required=True, help="What the lines are.")
@click.option("--body", is_flag=True, help="jt808: each line is a bare body of 0x0200.")
def decode(form: str, body: bool) -> None:
    """Lay out each line of standard input: hex of JT/T 808 messages, or sentences.

    One JSON object a line on standard output, in order; blank lines are passed over. `ok` is false with a
    reason for a bad checksum, a wrong length, encryption or a body that does not parse; what such a
    message says is shown all the same. At the end the errors are counted by class on standard error; the
    exit status is 1 when there was any.
    """
    begin = FORMATS[form].body if body else FORMATS[form].message
    if begin is None:
        raise click.UsageError(f"--body: {form} has no bare bodies")
    read = begin()
    lines, errors = 0, Counter[str]()
    for raw in sys.stdin.buffer:
        line = raw.decode("ascii", "replace").strip()
        if not line:
            continue
        message = read(line)
        lines += 1
        if message.error_class is not None:
            errors[message.error_class] += 1
        sys.stdout.buffer.write(orjson.dumps({name: getattr(message, name) for name in PRINTED}) + b"\n")
    sys.stdout.buffer.flush()
    click.echo(f"{lines} lines, {lines - errors.total()} ok", err=True)
    for error_class, count in sorted(errors.items()):
        click.echo(f"  {error_class}: {count}", err=True)
    sys.exit(1 if errors else 0)
