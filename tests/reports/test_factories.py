"""Do the builders that other tests stand on make rows that both engines accept?"""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.findings import Finding
from models.fixes import FixRow
from models.vocabulary import DecisionOutcome
from tests import factories


def test_a_haul_is_accepted_by_the_database(session: Session) -> None:
    load = factories.haul(session)
    found = factories.finding(session, of=load.manifest, by=load.vehicle)
    factories.decision(session, found, load.regulator, DecisionOutcome.CONFIRM)
    factories.disposal(session, load.manifest, factories.DAY)
    factories.scale(session, load.plant)
    factories.map_line(session, "road", [[120.0, 31.0], [120.1, 31.0]], grade="primary")
    session.commit()
    assert session.scalar(select(func.count()).select_from(FixRow)) == 101
    assert session.scalars(select(Finding)).one().manifests[0].manifest.number == load.manifest.number


def test_two_hauls_have_different_codes(session: Session) -> None:
    assert factories.haul(session).manifest.number != factories.haul(session).manifest.number
