"""On what do the tests of MQTT stand? A broker of their own, and settings that lead to it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from gps_ingest.store.devices import register_device
from models.session import write_sessions
from models.settings import Settings
from models.vocabulary import Protocol
from tests.gps_ingest.mqtt.broker import GATEWAY, PASSWORD, Broker, mosquitto, running_broker


@pytest.fixture
def program() -> str:
    """Mosquitto."""
    found = mosquitto()
    if found is None:
        pytest.skip("Mosquitto is not installed: apt-get install -y mosquitto")
    return found


@pytest.fixture
def broker(program: str, tmp_path: Path) -> Iterator[Broker]:
    """A Mosquitto that runs."""
    with running_broker(program, tmp_path / "broker") as running:
        yield running


@pytest.fixture
def settings(broker: Broker) -> Settings:
    return Settings(
        mqtt_broker=f"mqtt://127.0.0.1:{broker.port}", mqtt_username=GATEWAY, mqtt_password=PASSWORD
    )


@pytest.fixture
def devices(engine: Engine) -> None:
    """D1 and D2, registered."""
    with write_sessions(engine).begin() as session:
        for code in ("D1", "D2"):
            register_device(session, code, Protocol.OWNTRACKS)
