"""How are the gateways run, each a process of its own on the one database?"""

import asyncio
import logging
import resource
import sys
from importlib import import_module

import click

from cli.runtime import ready_engine, settings, thresholds
from gps_ingest.gateways.lifecycle import Addresses, StartEdge, run_gateway
from models.settings import SettingError

GATEWAYS = {
    "jt808": "gps_ingest.gateways.jt808:start",
    "jt809": "gps_ingest.gateways.jt809:start",
    "mqtt": "gps_ingest.gateways.mqtt:start",
    "ais": "gps_ingest.gateways.ais:start",
    "nmea": "gps_ingest.gateways.nmea:start",
}
# The loop and the writer take turns. SQLite gives the turn away for each row it writes, and would wait for it
# five milliseconds by default: half as fast.
SWITCH_S = 0.0002
HEALTH_PORTS = {"jt808": 9808, "jt809": 9809, "mqtt": 9883, "ais": 9110, "nmea": 9111}


@click.command()
@click.argument("name", type=click.Choice(list(GATEWAYS)))
@click.option(
    "--bind", help="Where devices come in, HOST:PORT; the setting SLUDGETRACE_<NAME>_BIND if left out."
)
@click.option("--health-bind", help="Where /healthz and /metrics answer, HOST:PORT.")
def gateway(name: str, bind: str | None, health_bind: str | None) -> None:
    """Take in what devices send over NAME, until SIGTERM.

    On SIGTERM it accepts nothing more, commits and acknowledges what it has, and exits.
    """
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    configured = settings()
    if bind and name == "mqtt":
        raise click.UsageError("mqtt listens nowhere: it calls the broker of SLUDGETRACE_MQTT_BROKER")
    devices = bind or str(getattr(configured, f"{name}_bind", "127.0.0.1:0"))
    health = health_bind or configured.gateway_health_bind or f"127.0.0.1:{HEALTH_PORTS[name]}"
    addresses = Addresses(address_of(devices), address_of(health))
    module, attribute = GATEWAYS[name].split(":")
    start: StartEdge = getattr(import_module(module), attribute)
    sys.setswitchinterval(SWITCH_S)
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))  # a connection is a file
    try:
        asyncio.run(run_gateway(name, start, addresses, ready_engine(), configured, thresholds().doubt))
    except (OSError, SettingError) as error:
        raise click.ClickException(f"{name} cannot start: {error}") from error


def address_of(text: str) -> tuple[str, int]:
    """HOST:PORT; anything else is wrong use."""
    host, colon, port = text.rpartition(":")
    if not colon or not port.isdecimal() or int(port) > 65_535:
        raise click.UsageError(f"'{text}' is not HOST:PORT")
    return host.strip("[]") or "127.0.0.1", int(port)
