"""Does the database itself refuse to change what devices sent?"""

from datetime import UTC, datetime

import numpy as np
import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from gps_ingest.store.fix_months import make_room
from models.fixes import FixRow, RawMessage
from models.fleet import Device
from models.vocabulary import Protocol, RawStatus

CHANGES = (
    "UPDATE fix SET speed_kmh = 0",
    "UPDATE fix SET lat_e7 = lat_e7 + 1",
    "DELETE FROM fix",
    "UPDATE raw_message SET source = 'elsewhere'",
    "DELETE FROM raw_message",
)


@pytest.fixture
def evidence(session: Session) -> Session:
    """One device that sent one message with one fix."""
    device = Device(code="D1", protocol=Protocol.JSON)
    session.add(device)
    session.flush()
    raw = RawMessage(
        device_code="D1",
        device_id=device.id,
        protocol=Protocol.JSON,
        received_at=datetime(2026, 3, 1, tzinfo=UTC),
        body=b"{}",
        sha256="0" * 64,
        source="127.0.0.1",
        status=next(iter(RawStatus)),
    )
    session.add(raw)
    session.flush()
    make_room(session.connection(), np.array([1_772_323_200_000]))
    session.add(
        FixRow(
            device_id=device.id,
            time_ms=1_772_323_200_000,
            lat_e7=312_000_000,
            lon_e7=1_206_000_000,
            speed_kmh=42.5,
            load_state=0,
            acc=0,
            doubts=0,
            raw_id=raw.id,
        )
    )
    session.commit()
    return session


@pytest.mark.parametrize("statement", CHANGES)
def test_a_change_is_refused_with_a_sentence(evidence: Session, statement: str) -> None:
    with pytest.raises(DBAPIError, match="is insert-only"):
        evidence.execute(text(statement))
    evidence.rollback()
    fix = evidence.query(FixRow).one()
    assert (fix.lat_e7, fix.speed_kmh, fix.device_id) == (312_000_000, 42.5, evidence.query(Device).one().id)
    assert evidence.query(RawMessage).one().body == b"{}"


def test_truncate_is_refused(evidence: Session, engine: Engine) -> None:
    if engine.dialect.name != "postgresql":
        pytest.skip("SQLite has no TRUNCATE")
    with pytest.raises(DBAPIError, match="is insert-only"):
        evidence.execute(text("TRUNCATE fix"))


def test_replace_is_refused(evidence: Session, engine: Engine) -> None:
    """SQLite's REPLACE deletes the old row without asking a DELETE trigger, unless told otherwise."""
    if engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL has no REPLACE")
    replace = text(
        "INSERT OR REPLACE INTO fix SELECT device_id, time_ms, lat_e7, lon_e7, 99, course_deg, accuracy_m, "
        "odometer_km, received_ms, load_state, acc, doubts, raw_id, satellites, signal, recorder_speed_kmh, "
        "load_kg, alarm FROM fix"
    )
    with pytest.raises(DBAPIError, match="is insert-only"):
        evidence.execute(replace)


def test_the_same_fix_again_adds_nothing_and_is_no_error(evidence: Session) -> None:
    again = text(
        "INSERT INTO fix (device_id, time_ms, lat_e7, lon_e7, speed_kmh, load_state, acc, doubts, raw_id) "
        "SELECT device_id, time_ms, lat_e7, lon_e7, 99, load_state, acc, doubts, raw_id FROM fix WHERE true "
        "ON CONFLICT DO NOTHING"
    )
    evidence.execute(again)
    assert evidence.query(FixRow).one().speed_kmh == 42.5
