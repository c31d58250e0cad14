"""Do the figures of the day count each load once, and a site's intake only what it took?"""

import pytest
from sqlalchemy.orm import Session

from models.facilities import Facility
from models.manifests import Diversion, Manifest
from models.values import Viewer
from models.vocabulary import (
    CustodyState,
    FacilityKind,
    ManifestKind,
    ReceiptDecision,
    Role,
    VerdictValue,
    WeighingRole,
)
from tests import factories as make
from tests.factories import DAY
from tracking.queries.data_day import Day, day_of
from tracking.queries.overview import SiteIntake, day_summary, site_intakes, verdicts_by_day

WATCHER = Viewer(Role.REGULATOR)
PART, REJECTED = ReceiptDecision.PART_ACCEPTED, ReceiptDecision.REJECTED


@pytest.fixture
def day() -> Day:
    return day_of(DAY, "Asia/Shanghai")


@pytest.fixture
def plant(session: Session) -> Facility:
    return make.facility(session)


@pytest.fixture
def site(session: Session) -> Facility:
    return make.facility(session, FacilityKind.SITE, code="SITE", permit_t_per_day=20.0)


def load(
    session: Session, plant: Facility, site: Facility, net_kg: float = 10_000.0, **given: object
) -> Manifest:
    """A load that left and was weighed in at the site on DAY."""
    row = make.manifest(session, plant, site, issued_at=DAY, **given)
    make.weighing(session, row, WeighingRole.LOADED, net_kg, 0.8, DAY)
    make.weighing(session, row, WeighingRole.RECEIVED, net_kg, 0.8, DAY)
    return row


def intake(session: Session, day: Day, code: str = "SITE") -> SiteIntake | None:
    return next((one for one in site_intakes(session, WATCHER, day) if one.site.code == code), None)


def test_a_refused_load_does_not_count_against_the_permit(
    session: Session, day: Day, plant: Facility, site: Facility
) -> None:
    refused = load(session, plant, site, custody_state=CustodyState.REJECTED)
    make.receipt(session, refused, DAY, REJECTED, accepted_kg=0.0, refused_kg=10_000.0)
    assert intake(session, day) is None
    make.receipt(session, load(session, plant, site), DAY)
    found = intake(session, day)
    assert found is not None
    assert (found.received_kg, found.loads, found.used_fraction) == (10_000.0, 1, 0.5)


@pytest.mark.parametrize("stated", [{"accepted_kg": 6_000.0}, {"refused_kg": 4_000.0}])
def test_of_a_part_only_what_was_accepted_counts(
    session: Session, day: Day, plant: Facility, site: Facility, stated: dict[str, float]
) -> None:
    make.receipt(session, load(session, plant, site), DAY, PART, **stated)
    found = intake(session, day)
    assert found is not None
    assert found.received_kg == pytest.approx(6_000.0)


def test_a_diverted_load_counts_where_it_was_sent(
    session: Session, day: Day, plant: Facility, site: Facility
) -> None:
    other = make.facility(session, FacilityKind.SITE, code="OTHER", permit_t_per_day=40.0)
    make.add(
        session,
        Diversion(
            code="DIV", from_site_id=site.id, to_site_id=other.id, valid_from=day.start, valid_to=day.end
        ),
    )
    make.receipt(session, load(session, plant, site, diversion="DIV"), DAY)
    assert intake(session, day) is None
    found = intake(session, day, "OTHER")
    assert found is not None
    assert found.received_kg == 10_000.0


def test_what_goes_back_to_the_plant_is_no_intake(
    session: Session, day: Day, plant: Facility, site: Facility
) -> None:
    back = load(session, site, plant, kind=ManifestKind.RETURN)
    make.receipt(session, back, DAY)
    assert site_intakes(session, WATCHER, day) == []


@pytest.mark.parametrize("kind", [kind for kind in ManifestKind if kind is not ManifestKind.NORMAL])
def test_a_child_is_not_another_shipment(
    session: Session, day: Day, plant: Facility, site: Facility, kind: ManifestKind
) -> None:
    parent = load(session, plant, site, custody_state=CustodyState.REJECTED)
    load(session, plant, site, kind=kind, parent_id=parent.id)
    summary = day_summary(session, WATCHER, day)
    assert (summary.shipments, summary.wet_kg) == (1, 10_000.0)
    assert summary.dry_kg == pytest.approx(2_000.0)
    [(_day, counts)] = verdicts_by_day(session, WATCHER, [day])
    assert counts[VerdictValue.PENDING] == 1
