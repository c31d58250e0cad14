"""What leaves a site: compost, bricks, ash (产物外运), for which use 用途, to whom?"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.custody_words import StockMove
from models.facilities import Facility
from models.lineage import ProductDispatch, StockEntry
from models.organisations import Organisation
from models.values import Reason, Viewer
from models.vocabulary import DisposalMethod, Role
from tracking.operations.custody.refusals import NotYourSignature, StepBlocked
from tracking.operations.custody.take_step import Setting
from tracking.rules.custody.facts import Blocked
from tracking.rules.custody.guards import CLOCKS_APART, blocked

TEXTS = (("product", 100), ("use", 200), ("receiver", 200), ("vehicle", 64), ("ticket", 64))
NEEDED = ("product", "use", "receiver")


@dataclass(frozen=True, slots=True)
class DispatchDraft:
    """A dispatch as typed; `facility` and `receiver_code` are codes, `receiver` a name."""

    facility: str
    product: str
    mass_kg: float
    use: str
    receiver: str
    at: datetime
    method: DisposalMethod | None = None
    moisture_fraction: float | None = None
    receiver_code: str | None = None
    vehicle: str | None = None
    ticket: str | None = None


@dataclass(frozen=True, slots=True)
class Dispatched:
    """The number of the dispatch, and what looks odd about it (catalogue "custody")."""

    number: str
    warnings: tuple[Reason, ...]


def dispatch_product(session: Session, draft: DispatchDraft, viewer: Viewer, setting: Setting) -> Dispatched:
    """Enter what left one's own site, in the caller's writing transaction; raises a CustodyRefused."""
    if viewer.role is not Role.SITE or viewer.organisation_id is None:
        raise NotYourSignature
    facility = session.scalar(
        select(Facility).where(
            Facility.code == draft.facility, Facility.organisation_id == viewer.organisation_id
        )
    )
    receiver = None
    if draft.receiver_code:
        receiver = session.scalar(select(Organisation).where(Organisation.code == draft.receiver_code))
    found = list(not_plausible(draft, setting))
    if facility is None:
        found.append(blocked("facility", "no_such_facility", given=draft.facility))
    if draft.receiver_code and receiver is None:
        found.append(blocked("receiver_code", "no_such_organisation", given=draft.receiver_code))
    if facility is None or found:
        raise StepBlocked(found)
    row = ProductDispatch(
        facility_id=facility.id,
        number=uuid4().hex,  # until the row has its id
        product=draft.product.strip(),
        method=draft.method,
        mass_kg=draft.mass_kg,
        moisture_fraction=draft.moisture_fraction,
        use=draft.use.strip(),
        receiver=draft.receiver.strip(),
        receiver_id=None if receiver is None else receiver.id,
        vehicle=draft.vehicle,
        ticket=draft.ticket,
        at=draft.at,
        entered_at=setting.now,
        user_id=viewer.user_id,
    )
    session.add(row)
    session.flush()
    row.number = f"CP{draft.at.astimezone(setting.zone):%Y%m%d}-{row.id:06d}"
    session.flush()
    return Dispatched(row.number, tuple(odd(session, facility.id)))


def not_plausible(draft: DispatchDraft, setting: Setting) -> Iterator[Blocked]:
    """What cannot be stored or cannot have happened."""
    for name, longest in TEXTS:
        value = (getattr(draft, name) or "").strip()
        if not value and name in NEEDED:
            yield blocked(name, "field_missing")
        elif len(value) > longest:
            yield blocked(name, "text_too_long", longest=longest)
    if draft.mass_kg <= 0:
        yield blocked("mass_kg", "mass_not_positive", given_kg=draft.mass_kg)
    if draft.moisture_fraction is not None and not 0 <= draft.moisture_fraction < 1:
        yield blocked("moisture_fraction", "moisture_out_of_range")
    if draft.at > setting.now + CLOCKS_APART:
        at, now = draft.at.isoformat(), setting.now.isoformat()
        yield blocked("at", "in_the_future", at=at, now=now)


def odd(session: Session, facility_id: int) -> Iterator[Reason]:
    """More has left than was ever disposed of: compost takes bulking material and bricks take clay, so it
    is a question and no refusal. Wet mass against wet mass: what comes out is drier than what went in."""
    left_kg = session.scalar(
        select(func.coalesce(func.sum(ProductDispatch.mass_kg), 0.0)).where(
            ProductDispatch.facility_id == facility_id
        )
    )
    disposed_kg = session.scalar(
        select(func.coalesce(func.sum(-StockEntry.wet_kg), 0.0)).where(
            StockEntry.facility_id == facility_id, StockEntry.move == StockMove.DISPOSED
        )
    )
    if (left_kg or 0.0) > (disposed_kg or 0.0):
        params = {"left_kg": left_kg, "disposed_kg": disposed_kg}
        yield Reason("custody.more_left_than_disposed", params)
