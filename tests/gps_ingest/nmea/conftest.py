"""A registered receiver."""

import pytest
from sqlalchemy import Engine

from gps_ingest.store.devices import issue_token
from models.session import write_sessions
from models.vocabulary import Protocol
from tests.factories import device, vehicle


@pytest.fixture
def token(engine: Engine) -> str:
    """The token of the registered receiver N1."""
    with write_sessions(engine).begin() as session:
        device(session, vehicle(session), code="N1", protocol=Protocol.NMEA)
        return issue_token(session, "N1")
