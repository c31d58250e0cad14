"""What do the tests of prints stand on? A haul whose paper and track disagree, and its facts."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from models.settings import Settings
from models.values import Viewer
from models.vocabulary import FindingKind, Role, VerdictValue
from reports.certificate.collect import collect
from reports.certificate.facts import CertificateFacts
from tests import factories
from tests.factories import DAY, Haul

NOW = datetime(2026, 3, 2, 9, 30, 5, tzinfo=UTC)
SETTINGS = Settings(public_url="https://sludge.example")
REGULATOR = Viewer(Role.REGULATOR)


def off_route(session: Session, load: Haul, **given: Any) -> None:
    """An off-route finding with evidence, as the rules write it."""
    start = DAY + timedelta(minutes=20)
    figures = {
        "farthest_m": 322.8,
        "duration_s": 600.0,
        "travelled_m": 2_345.6,
        "fixes": 21,
        "alarm_after_s": 132.0,
    }
    line = [[120.05, 31.02], [120.054, 31.026], [120.058, 31.045]]
    span = {"start_ms": factories.ms(start), "end_ms": factories.ms(start + timedelta(minutes=10))}
    mark = {"role": "off_route_part", "type": "LineString", "coordinates": line} | span
    said = {"vehicle": load.vehicle.code, "route": load.route.code, "start_ms": span["start_ms"]} | figures
    expected = {"route": load.route.code, "corridor_m": 75.0}
    values: dict[str, Any] = {
        "evidence": {"figures": figures, "thresholds": {"corridor_m": 75.0, "alarm": 9.0}, "marks": [mark]},
        "reasons": [
            {"code": "off_route.seen", "params": said},
            {"code": "off_route.expected", "params": expected},
        ],
        "score": 0.87,
    }
    factories.finding(
        session, FindingKind.OFF_ROUTE, load.manifest, load.vehicle, start, 10, **values | given
    )


def contradict(session: Session, load: Haul) -> None:
    """The haul's verdict becomes contradicted by its off-route finding."""
    load.verdict.current = False
    session.flush()
    reason = {"code": "verdict.contradicted", "params": {"kind": "off_route", "score": 0.87}}
    factories.verdict(
        session, load.manifest, VerdictValue.CONTRADICTED, version=2, score=0.87, reasons=[reason]
    )


@pytest.fixture
def off_route_haul(session: Session) -> Haul:
    """A load that left its corridor."""
    load = factories.haul(session)
    off_route(session, load)
    contradict(session, load)
    session.commit()
    session.expire_all()
    return load


@pytest.fixture
def facts(session: Session, off_route_haul: Haul) -> CertificateFacts:
    """What a certificate of that load states."""
    return collect(session, off_route_haul.manifest.number, REGULATOR, now=NOW, settings=SETTINGS)
