"""What does a survey of a pile 堆体盘点 change? The difference to the books is entered as a move of its own.

The difference is shared among the loads in store in proportion to what the books say lies of each, so that
what may travel on of them follows; what lies there of no load in store gets an entry without a manifest.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.custody_words import StockMove
from models.facilities import Facility
from models.lineage import StockEntry
from models.manifests import Manifest
from models.values import Viewer
from models.vocabulary import CustodyState, Role
from tracking.operations.custody.refusals import NotYourSignature, StepBlocked
from tracking.operations.custody.take_step import Setting
from tracking.rules.custody.facts import Blocked
from tracking.rules.custody.guards import CLOCKS_APART, blocked

KEEPERS = frozenset({Role.SITE, Role.PLANT})


@dataclass(frozen=True, slots=True)
class Survey:
    """What somebody measured: wet kg and, where it was tested, the moisture."""

    facility: str
    pile: str
    at: datetime
    wet_kg: float
    moisture_fraction: float | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """Measured minus books, kg; dry is None where either is unknown."""

    wet_kg: float
    dry_kg: float | None


@dataclass(frozen=True, slots=True)
class Share:
    """What the books say lies in the pile of one load (or of none)."""

    manifest_id: int | None
    wet_kg: float
    dry_kg: float | None


def measure_pile(session: Session, survey: Survey, viewer: Viewer, setting: Setting) -> Difference:
    """Enter a survey of one's own pile in the caller's writing transaction; raises a CustodyRefused."""
    if viewer.role not in KEEPERS or viewer.organisation_id is None:
        raise NotYourSignature
    query = select(Facility).where(
        Facility.code == survey.facility, Facility.organisation_id == viewer.organisation_id
    )
    facility = session.scalar(query.with_for_update(of=Facility))  # one survey of a place at a time
    found = list(not_plausible(survey, setting))
    if facility is not None:
        found += behind_the_books(session, facility.id, survey)
    if facility is None:
        found.append(blocked("facility", "no_such_facility", given=survey.facility))
    if facility is None or found:
        raise StepBlocked(found)
    shares = shares_of(session, facility.id, survey)
    books = sum(share.wet_kg for share in shares)
    dry = [share.dry_kg for share in shares]
    books_dry = None if None in dry else sum(each for each in dry if each is not None)
    difference = Difference(survey.wet_kg - books, dry_difference(survey, books_dry))
    if books <= 0 or not shares:  # nothing by the books: all of it is new
        enter(session, facility.id, survey, None, difference, viewer, setting)
        return difference
    for share in shares:
        part = portion(share, books, books_dry, difference)
        enter(session, facility.id, survey, share.manifest_id, part, viewer, setting)
    session.flush()
    return difference


def not_plausible(survey: Survey, setting: Setting) -> list[Blocked]:
    found = []
    if not survey.pile.strip():
        found.append(blocked("pile", "pile_missing"))
    if survey.wet_kg < 0:
        found.append(blocked("wet_kg", "mass_negative", given_kg=survey.wet_kg))
    if survey.moisture_fraction is not None and not 0 <= survey.moisture_fraction < 1:
        found.append(blocked("moisture.fraction", "moisture_out_of_range"))
    if survey.at > setting.now + CLOCKS_APART:
        at, now = survey.at.isoformat(), setting.now.isoformat()
        found.append(blocked("at", "in_the_future", at=at, now=now))
    return found


def behind_the_books(session: Session, facility_id: int, survey: Survey) -> list[Blocked]:
    """A survey says what lies there after all that is booked: one of an earlier day would count it twice."""
    newest = session.scalar(
        select(StockEntry.at)
        .where(StockEntry.facility_id == facility_id, StockEntry.pile == survey.pile.strip())
        .order_by(StockEntry.at.desc())
        .limit(1)
    )
    if newest is None or survey.at >= newest:
        return []
    return [blocked("at", "before_the_last_step", at=survey.at.isoformat(), before=newest.isoformat())]


def shares_of(session: Session, facility_id: int, survey: Survey) -> list[Share]:
    """What lies in the pile at that moment: by load in store, and the rest together."""
    in_store = Manifest.custody_state == CustodyState.IN_STORE
    whose = select(Manifest.id).where(Manifest.id == StockEntry.manifest_id, in_store).scalar_subquery()
    rows = session.execute(
        select(
            whose.label("whose"),
            func.sum(StockEntry.wet_kg),
            func.sum(StockEntry.dry_kg),
            func.count() - func.count(StockEntry.dry_kg),
        )
        .where(StockEntry.facility_id == facility_id, StockEntry.pile == survey.pile.strip())
        .where(StockEntry.at <= survey.at)
        .group_by("whose")
    )
    return [
        Share(manifest_id, wet, None if unknown else dry)
        for manifest_id, wet, dry, unknown in rows
        if abs(wet) > 0
    ]


def dry_difference(survey: Survey, books_dry_kg: float | None) -> float | None:
    """Without a moisture test the dry mass is taken as it was: water came or went. Of a pile that the books
    do not know it is unknown."""
    if survey.moisture_fraction is None:
        return 0.0 if books_dry_kg else None
    if books_dry_kg is None:
        return None
    return survey.wet_kg * (1 - survey.moisture_fraction) - books_dry_kg


def portion(share: Share, books: float, books_dry: float | None, difference: Difference) -> Difference:
    """The part of the difference that falls on one load."""
    wet = difference.wet_kg * share.wet_kg / books
    if difference.dry_kg is None or share.dry_kg is None:
        return Difference(wet, None if difference.dry_kg is None else 0.0)
    if not books_dry:
        return Difference(wet, difference.dry_kg * share.wet_kg / books)
    return Difference(wet, difference.dry_kg * share.dry_kg / books_dry)


def enter(
    session: Session,
    facility_id: int,
    survey: Survey,
    manifest_id: int | None,
    difference: Difference,
    viewer: Viewer,
    setting: Setting,
) -> None:
    if not difference.wet_kg and not difference.dry_kg:
        return
    session.add(
        StockEntry(
            facility_id=facility_id,
            pile=survey.pile.strip(),
            move=StockMove.MEASURED,
            manifest_id=manifest_id,
            wet_kg=difference.wet_kg,
            dry_kg=difference.dry_kg,
            at=survey.at,
            entered_at=setting.now,
            user_id=viewer.user_id,
            note=survey.note,
        )
    )
