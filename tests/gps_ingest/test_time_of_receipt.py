"""Is the time of receipt the server's to say, whatever a file says of it?"""

import json
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from gps_ingest.store.acceptance import Acceptance
from gps_ingest.store.raw_messages import Message
from gps_ingest.store.receive import take_message
from models.fixes import FixRow
from models.thresholds import DoubtThresholds
from models.vocabulary import Protocol
from tests.factories import DAY, device, ms, vehicle

NOW = DAY + timedelta(hours=1)
BACKDATED = {"late", "reconstructed"}


@pytest.fixture(autouse=True)
def _logger(session: Session) -> None:
    device(session, vehicle(session), code="D1")


def csv_of(recorded: datetime, received: datetime) -> bytes:
    row = f"{recorded.isoformat()},{received.isoformat()},31.25,120.5"
    return f"recorded_at,received_at,lat,lon\n{row}\n".encode()


def geojson_of(recorded: datetime, received: datetime) -> bytes:
    times = {"recorded_at": recorded.isoformat(), "received_at": received.isoformat()}
    point = {"type": "Point", "coordinates": [120.5, 31.25]}
    return json.dumps({"type": "Feature", "geometry": point, "properties": times}).encode()


def json_of(recorded: datetime, received: datetime) -> bytes:
    fix = {"time": ms(recorded), "received_at": received.isoformat(), "lat": 31.25, "lon": 120.5}
    return json.dumps([fix]).encode()


Form = Callable[[datetime, datetime], bytes]
FORMS: list[tuple[Protocol, Form]] = [
    (Protocol.CSV, csv_of),
    (Protocol.GEOJSON, geojson_of),
    (Protocol.JSON, json_of),
]


def take(session: Session, protocol: Protocol, body: bytes) -> Acceptance:
    return take_message(session, Message("D1", protocol, body, "way", NOW), DoubtThresholds())


@pytest.mark.parametrize(("protocol", "form"), FORMS)
def test_a_file_cannot_backdate_its_receipt(session: Session, protocol: Protocol, form: Form) -> None:
    recorded = NOW - timedelta(days=30)
    acceptance = take(session, protocol, form(recorded, recorded + timedelta(seconds=5)))
    assert {name for _, names in acceptance.doubted for name in names} == BACKDATED
    assert session.scalars(select(FixRow.received_ms)).all() == [ms(NOW)]


@pytest.mark.parametrize(("protocol", "form"), FORMS)
def test_nor_bring_the_future_in(session: Session, protocol: Protocol, form: Form) -> None:
    recorded = NOW + timedelta(days=400)
    acceptance = take(session, protocol, form(recorded, recorded + timedelta(seconds=5)))
    assert (acceptance.accepted, len(acceptance.quarantined)) == (0, 1)
    assert session.scalars(select(FixRow.received_ms)).all() == []
