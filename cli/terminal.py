"""How does one see an edge at work without a vehicle? A simulated device that speaks the real wire."""

import logging
import signal
import threading
from collections.abc import Callable
from urllib.parse import urlsplit

import click

from cli.gateway import address_of
from cli.runtime import now, ready_engine, settings
from demo.terminals.ais_receiver import AisReceiver
from demo.terminals.course import Course, Whereabouts
from demo.terminals.jt808_terminal import Jt808Terminal, TerminalRefused
from demo.terminals.jt808_wire import Report
from demo.terminals.outfit import KINDS, Kind, NoWay, Outfit, outfit
from demo.terminals.owntracks_phone import OwnTracksPhone
from models.session import write_sessions

Tell = Callable[[Whereabouts], int]
"""Report where the vehicle is; returns how many positions were taken."""


@click.command()
@click.argument("name", metavar="KIND", type=click.Choice(list(KINDS)))
@click.option(
    "--to", "target", help="HOST:PORT of the gateway, or the URL of the service; the settings' if left out."
)
@click.option("--every", default=5.0, show_default=True, help="Seconds between positions.")
@click.option("--count", type=int, help="Stop after this many positions.")
def terminal(name: str, target: str | None, every: float, count: int | None) -> None:
    """Drive a simulated vehicle of the demo city whose device speaks KIND, until interrupted.

    Registers vehicle and device in the configured database when they are not there yet. For trying an
    edge: `sludgetrace gateway jt808`, then `sludgetrace terminal jt808`, and look at the map.
    """
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    kind = KINDS[name]
    try:
        with write_sessions(ready_engine()).begin() as session:
            ready = outfit(session, kind, now())
    except NoWay as nothing:
        raise click.ClickException(str(nothing)) from nothing
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    try:
        taken = drive(ready.course, device_for(name, kind, ready, target), every, count, stopping)
    except TerminalRefused as refused:
        raise click.ClickException(str(refused)) from refused
    click.echo(f"{taken} positions taken")


def device_for(name: str, kind: Kind, ready: Outfit, target: str | None) -> Tell:
    """What reports the vehicle's whereabouts over this kind of wire."""
    if name == "owntracks":
        phone = OwnTracksPhone(service_url(target), ready.device_code, ready.token)
        return lambda place: phone.report(place, now())
    if name == "ais":
        receiver = AisReceiver(
            address_of(target or settings().ais_bind), ready.device_code, kind.vehicle_name
        )
        return lambda place: int(receiver.hear(place, now()))
    truck = Jt808Terminal(address_of(target or settings().jt808_bind), ready.device_code, "苏E80808")
    return lambda place: truck.report(
        Report(now(), place.lat, place.lon, place.speed_kmh, place.course_deg, place.odometer_km)
    )


def service_url(target: str | None) -> str:
    """The URL of the web service."""
    url = target or f"http://{settings().bind}"
    if urlsplit(url).scheme != "http":
        raise click.UsageError(f"'{url}' is not an http:// URL; behind TLS give the service's own address")
    return url


def drive(course: Course, tell: Tell, every_s: float, count: int | None, stopping: threading.Event) -> int:
    """Report every so often; returns how many positions were taken."""
    began, told, taken = now(), 0, 0
    while not stopping.is_set() and (count is None or told < count):
        taken += tell(course.at((now() - began).total_seconds()))
        told += 1
        stopping.wait(every_s)
    return taken
