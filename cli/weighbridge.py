"""How do tickets get from a scale to the service? `sludgetrace weighbridge` beside the scale sends them.

A thread reads the line, whatever the network does; the main thread sends what the spool holds.
"""

import logging
import re
import signal
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import click
from serial import Serial, SerialException, serial_for_url
from serial.urlhandler.protocol_socket import Serial as SocketSerial

from cli.runtime import now
from cli.weighbridge_lines import FORMATS, NotATicketLine, pattern_of, ticket_of
from cli.weighbridge_send import Server, ServerAway, TicketRefused
from cli.weighbridge_spool import Line, Spool
from tracking.rules.custody.tickets import LONGEST_LINE, TicketGiven

log = logging.getLogger(__name__)

READ_S = 0.2
AGAIN_AT_MOST_S = 60.0
ENDS = re.compile(rb"[\r\n]+")


@click.command()
@click.option("--port", required=True, help="/dev/ttyUSB0, COM3 or socket://HOST:PORT.")
@click.option("--baud", default=9600, show_default=True, help="Of a serial line.")
@click.option(
    "--pattern",
    default="csv",
    show_default=True,
    help=f"{', '.join(FORMATS)}, or a regular expression with the group gross.",
)
@click.option("--encoding", default="utf-8", show_default=True, help="Of the lines; gb18030 is frequent.")
@click.option("--scale", required=True, help="The code of the scale in the service.")
@click.option("--timezone", default="Asia/Shanghai", show_default=True, help="Of the scale's clock.")
@click.option("--url", required=True, help="Address of the service.")
@click.option(
    "--token", required=True, envvar="SLUDGETRACE_WEIGHBRIDGE_TOKEN", help="Better by the variable."
)
@click.option(
    "--spool",
    "spool_path",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("weighbridge-spool.db"),
    show_default=True,
)
@click.option("--count", type=click.IntRange(min=1), help="Stop after so many lines were dealt with.")
def weighbridge(
    port: str,
    baud: int,
    pattern: str,
    encoding: str,
    scale: str,
    timezone: str,
    url: str,
    token: str,
    spool_path: Path,
    count: int | None,
) -> None:
    """Read tickets of a scale from a serial line or TCP and send them, losing none, until interrupted."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    if urlsplit(url).scheme not in ("http", "https"):
        raise click.UsageError(f"'{url}' is no http:// or https:// address")
    try:
        reading, zone = pattern_of(pattern), ZoneInfo(timezone)
        b"".decode(encoding)
    except (ValueError, LookupError) as wrong:
        raise click.UsageError(str(wrong)) from wrong
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    spool = Spool(spool_path)
    reader = threading.Thread(
        target=read_lines, args=(port, baud, encoding, Spool(spool_path), stopping), daemon=True
    )
    reader.start()
    try:
        done = send_lines(
            spool,
            Server(url, token),
            lambda line: ticket_of(line.text, reading, scale, line.read_at, zone),
            stopping,
            count,
        )
    finally:
        stopping.set()
        reader.join(timeout=5)
    waiting, refused = spool.count("waiting"), spool.count("refused")
    spool.close()
    click.echo(f"{done} lines dealt with, {waiting} wait, {refused} refused in all")


class ScaleSocket(SocketSerial):
    """A TCP connection of a scale, of which nothing is thrown away.

    The library empties a line as it opens it, as one does with a serial port that may hold old noise. What a
    scale says right after the connection stands is a ticket.
    """

    def reset_input_buffer(self) -> None:
        """Keep what is there."""


def opened(port: str, baud: int) -> Serial | ScaleSocket:
    """The line of a scale; raises SerialException or OSError."""
    if not port.lower().startswith("socket://"):
        return serial_for_url(port, baudrate=baud, timeout=READ_S)
    line = ScaleSocket(None, baudrate=baud, timeout=READ_S)
    line.port = port
    line.open()
    return line


def read_lines(
    port: str,
    baud: int,
    encoding: str,
    spool: Spool,
    stopping: threading.Event,
    clock: Callable[[], datetime] = now,
) -> None:
    """Keep every line that the scale says; open the port again whenever it goes away."""
    wait_s = 1.0
    while not stopping.is_set():
        try:
            with opened(port, baud) as line:
                wait_s = 1.0
                log.info("reading %s", port)
                keep_lines(line.read, encoding, spool, stopping, clock)
        except (SerialException, OSError) as gone:
            log.warning("%s: %s; again in %.0f s", port, gone, wait_s)
            stopping.wait(wait_s)
            wait_s = min(wait_s * 2, AGAIN_AT_MOST_S)
    spool.close()


def keep_lines(
    read: Callable[[int], bytes],
    encoding: str,
    spool: Spool,
    stopping: threading.Event,
    clock: Callable[[], datetime],
) -> None:
    """Cut what comes into lines; one that never ends is cut at the longest that is taken."""
    rest = b""
    while not stopping.is_set():
        *whole, rest = ENDS.split(rest + read(1024))
        if len(rest) > LONGEST_LINE:
            whole, rest = [*whole, rest[:LONGEST_LINE]], b""
        for each in whole:
            text = each.decode(encoding, "replace").replace("\x00", "")
            if text.strip():
                spool.put(text, clock())


def send_lines(
    spool: Spool,
    server: Server,
    read: Callable[[Line], TicketGiven],
    stopping: threading.Event,
    count: int | None,
) -> int:
    """Send what waits, the oldest first, until stopped; how many lines were dealt with."""
    done, wait_s = 0, 1.0
    while not stopping.is_set() and (count is None or done < count):
        line = spool.next_waiting()
        if line is None:
            stopping.wait(READ_S)
            continue
        try:
            send_one(spool, server, read, line)
        except ServerAway as away:
            log.warning("%s; %d wait, again in %.0f s", away, spool.count("waiting"), wait_s)
            stopping.wait(wait_s)
            wait_s = min(wait_s * 2, AGAIN_AT_MOST_S)
            continue
        done, wait_s = done + 1, 1.0
    return done


def send_one(spool: Spool, server: Server, read: Callable[[Line], TicketGiven], line: Line) -> None:
    """Send a line and note what became of it; raises ServerAway."""
    try:
        server.send(read(line))
    except (NotATicketLine, TicketRefused) as refused:
        log.warning("line %d is not taken: %s", line.id, refused)
        spool.refused(line, str(refused))
    else:
        spool.sent(line)
