"""Whom do the tests of JT/T 809 know? One platform and one truck."""

import pytest
from sqlalchemy import Engine

from gps_ingest.store import platforms
from models.session import write_sessions
from models.vocabulary import Protocol
from tests.factories import device, vehicle
from tests.gps_ingest.jt809.speaking import CENTER, CODE, PASSWORD, USER


@pytest.fixture
def platform_and_truck(engine: Engine) -> None:
    with write_sessions(engine).begin() as session:
        truck = device(session, vehicle(session), code=CODE, protocol=Protocol.JT809)
        platforms.add_platform(session, str(USER), "运输企业平台", CENTER, PASSWORD)
        platforms.tie_to_platform(session, truck, str(USER))
