"""Does a gateway that is killed lose or double anything? The process as it is run, and a real broker."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, text

from bench.first_page import free_port
from cli.gateway import gateway
from models.session import write_sessions
from models.settings import PREFIX, Settings
from tests.conftest import PROJECT
from tests.gps_ingest.edges import fixes, raws
from tests.gps_ingest.mqtt.broker import PATIENCE_S, Broker
from tests.gps_ingest.mqtt.test_gateway import location

pytestmark = pytest.mark.usefixtures("devices")


@contextmanager
def gateway_process(
    database_url: str, settings: Settings, folder: Path
) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """`sludgetrace gateway mqtt` as it is run; the process and its port for the supervisor."""
    health = free_port()
    environ = os.environ | {
        f"{PREFIX}DATABASE_URL": database_url,
        f"{PREFIX}STATE_DIR": str(folder),
        f"{PREFIX}MQTT_BROKER": settings.mqtt_broker,
        f"{PREFIX}MQTT_USERNAME": settings.mqtt_username,
        f"{PREFIX}MQTT_PASSWORD": settings.mqtt_password,
    }
    command = [sys.executable, "-m", "cli.main", "gateway", "mqtt", "--health-bind", f"127.0.0.1:{health}"]
    with (folder / "gateway.log").open("ab") as output:
        process = subprocess.Popen(command, env=environ, cwd=PROJECT, stdout=output, stderr=output)
    try:
        wait_for(lambda: metric(health, "sessions") == 1)
        yield process, health
    finally:
        process.kill()
        process.wait(PATIENCE_S)


def metric(port: int, name: str) -> float | None:
    """A figure of the gateway's own account, None where it does not answer."""
    try:
        with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
            lines = answer.read().decode().splitlines()
    except OSError:
        return None
    return next((float(line.split()[1]) for line in lines if line.startswith(f"sludgetrace_{name} ")), None)


def wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_gateway_killed_between_receipt_and_commit_loses_and_doubles_nothing(
    engine: Engine, database_url: str, settings: Settings, broker: Broker, tmp_path: Path
) -> None:
    with gateway_process(database_url, settings, tmp_path) as (process, health):
        with write_sessions(engine).begin() as holding:  # nobody else can commit now
            holding.connection()  # SQLite's lock is taken here
            if engine.dialect.name == "postgresql":
                holding.execute(text("LOCK TABLE raw_message IN ACCESS EXCLUSIVE MODE"))
            broker.publish("owntracks/D1/phone", *[location(second) for second in range(20)])
            wait_for(lambda: metric(health, "messages_received_total") == 20)
            process.kill()
            process.wait(PATIENCE_S)
        assert fixes(engine) == []
    with gateway_process(database_url, settings, tmp_path) as (process, health):
        wait_for(lambda: len(fixes(engine)) == 20)
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_S) == 0
    assert len(raws(engine)) == 20
    assert "for-tests-only" not in (tmp_path / "gateway.log").read_text()
    with gateway_process(database_url, settings, tmp_path) as (process, health):
        assert metric(health, "messages_received_total") == 0  # all were acknowledged


def test_the_gateway_listens_nowhere() -> None:
    told = CliRunner().invoke(gateway, ["mqtt", "--bind", "127.0.0.1:1883"])
    assert told.exit_code == 2
    assert "SLUDGETRACE_MQTT_BROKER" in told.output


def test_a_broker_s_address_that_is_none_ends_the_start_with_a_sentence(
    database_url: str, tmp_path: Path
) -> None:
    environ = os.environ | {
        f"{PREFIX}DATABASE_URL": database_url,
        f"{PREFIX}STATE_DIR": str(tmp_path),
        f"{PREFIX}MQTT_BROKER": "http://broker",
    }
    command = [sys.executable, "-m", "cli.main", "gateway", "mqtt", "--health-bind", "127.0.0.1:0"]
    told = subprocess.run(command, env=environ, cwd=PROJECT, capture_output=True, text=True)
    assert told.returncode == 1
    assert "mqtt cannot start: SLUDGETRACE_MQTT_BROKER: expected mqtt://HOST:PORT" in told.stderr
