"""Do the demo's papers lie in every state, moved only by arrows of the table?"""

from collections import Counter
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from demo.live.desk import lay_out
from models.corrections import Correction, Hold
from models.custody_words import CorrectionState
from models.manifests import CustodyEvent, Manifest
from models.thresholds import CustodyThresholds
from models.vocabulary import CustodyState, DisposalMethod, FacilityKind, OrganisationKind, Role
from tests import factories as make
from tracking.rules.custody.arrows import ARROWS

NOW = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")


def people(session: Session) -> None:
    plant = make.organisation(session, OrganisationKind.PLANT_OPERATOR)
    hauler = make.organisation(session)
    site = make.organisation(session, OrganisationKind.SITE_OPERATOR)
    make.user(session, Role.PLANT, plant, username="plant")
    make.user(session, Role.HAULER, hauler, username="hauler")
    make.user(session, Role.DRIVER, hauler, username="driver")
    make.user(session, Role.SITE, site, username="site")
    make.user(session, Role.ADMINISTRATOR, username="admin")
    make.user(session, Role.REGULATOR, username="regulator")
    make.facility(session, FacilityKind.PLANT, plant)
    make.facility(session, FacilityKind.STORE, site, (120.05, 31.0), storage_t=800.0)
    make.facility(session, FacilityKind.SITE, site, (120.1, 31.05), method=DisposalMethod.INCINERATION)


def test_every_state_has_a_paper(session: Session) -> None:
    people(session)
    numbers = lay_out(session, NOW, ZONE, CustodyThresholds())
    states = Counter(row.custody_state for row in session.scalars(select(Manifest)))
    assert sum(states.values()) == len(numbers)
    assert set(states) >= {
        CustodyState.DRAFT,
        CustodyState.ISSUED,
        CustodyState.LOADED,
        CustodyState.IN_TRANSIT,
        CustodyState.IN_STORE,
        CustodyState.ARRIVED,
        CustodyState.ACCEPTED,
        CustodyState.REJECTED,
        CustodyState.ABORTED,
        CustodyState.DISPOSED,
    }


def test_every_change_is_an_arrow(session: Session) -> None:
    people(session)
    lay_out(session, NOW, ZONE, CustodyThresholds())
    known = {(arrow.source, arrow.target) for arrow in ARROWS}
    events = session.scalars(select(CustodyEvent)).all()
    assert {(event.from_state, event.to_state) for event in events} <= known
    assert all(event.at <= NOW for event in events)


def test_a_city_without_the_demos_logins_has_no_desk(session: Session) -> None:
    assert lay_out(session, NOW, ZONE, CustodyThresholds()) == []


def test_one_is_disputed_and_one_frozen(session: Session) -> None:
    people(session)
    lay_out(session, NOW, ZONE, CustodyThresholds())
    asked = session.scalars(select(Correction)).one()
    assert (asked.state, asked.new) == (CorrectionState.OPEN, 0.789)
    assert session.scalars(select(Hold)).one().lifted_at is None
