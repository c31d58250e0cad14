"""How much of a quota or a store is used by a step, and had the certificate of its scale ended?

Each is one look at an index, and only for a step that names a plan, an approval, a store or a scale.
"""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from models.fleet import Scale
from models.manifests import Manifest
from models.permits import Plan, TransferApproval
from models.sight import PileSum
from models.weighbridge import ScaleCertificate
from tracking.queries.custody_ground import issued_before
from tracking.rules.custody.facts import Custody, Step
from tracking.rules.custody.outcome import key_of
from tracking.rules.custody.quantities import wet_kg
from tracking.rules.custody.surroundings import QuotaUse, StorageUse

SCALE = (
    select(Scale.certificate_valid_to, func.max(ScaleCertificate.valid_to))
    .outerjoin(
        ScaleCertificate,
        (ScaleCertificate.scale_id == Scale.id) & (ScaleCertificate.valid_from <= bindparam("day")),
    )
    .where(Scale.code == bindparam("code"))
    .group_by(Scale.id, Scale.certificate_valid_to)
)
STORED = select(
    func.coalesce(func.sum(PileSum.wet_kg), 0.0),
    func.coalesce(func.sum(PileSum.dry_kg), 0.0),
    func.coalesce(func.sum(PileSum.unknown), 0),
).where(PileSum.facility_id == bindparam("place"))


def quota_uses(session: Session, step: Step, outcome: Custody) -> tuple[QuotaUse, ...]:
    """Plan and approval that the manifest names, with what was issued and loaded under them."""
    custody, own_kg = step.custody, wet_kg(outcome) or 0.0
    found = []
    if custody.plan is not None:
        quota_t = session.scalar(select(Plan.quota_t).where(Plan.code == custody.plan))
        if quota_t is not None:
            used_kg = issued_before(session, custody, Manifest.plan == custody.plan) + own_kg
            found.append(QuotaUse("plan", custody.plan, quota_t * 1000, used_kg))
    if custody.approval is not None:
        named = select(TransferApproval.quota_t).where(TransferApproval.number == custody.approval)
        quota_t = session.scalar(named)
        if quota_t is not None:
            used_kg = issued_before(session, custody, Manifest.approval == custody.approval) + own_kg
            found.append(QuotaUse("approval", custody.approval, quota_t * 1000, used_kg))
    return tuple(found)


def storage_use(session: Session, step: Step) -> StorageUse | None:
    """What lies in the store after this load was put down; None where no permit limits it."""
    leg = step.custody.current
    place = None if leg is None else step.ground.places.get(leg.to_id)
    if place is None:
        return None
    limits = [
        (each.number, each.storage_t)
        for each in place.permits
        if each.storage_t is not None and each.holds_on(step.day)
    ]
    if not limits:
        return None
    wet, dry, unknown = session.execute(STORED, {"place": place.id}).one()
    return StorageUse(
        facility=place.code,
        permit=", ".join(number for number, _storage_t in limits),
        allowed_kg=1000 * sum(storage_t for _number, storage_t in limits),
        stored_kg=wet,
        stored_dry_kg=None if unknown else dry,
    )


def scale_lapsed(session: Session, step: Step, outcome: Custody, zone: ZoneInfo) -> tuple[str, date] | None:
    """The scale of the step's weighing and when its certificate ended, where it had by then.

    The newest certificate that had begun counts, else what the register of scales says; of a scale of which
    nothing is known nothing is said.
    """
    key = key_of(step)
    weighed = None if key is None else outcome.weighed.get(key)
    code = None if weighed is None else weighed.scale_code
    if weighed is None or code is None:
        return None
    day = weighed.at.astimezone(zone).date()
    row = session.execute(SCALE, {"code": code, "day": day}).first()
    if row is None:
        return None
    registered: datetime | None = row[0]
    newest: date | None = row[1]
    until = newest if newest is not None or registered is None else registered.astimezone(zone).date()
    return (code, until) if until is not None and until < day else None
