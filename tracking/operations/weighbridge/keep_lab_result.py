"""How does a laboratory's result get in? One analyte of a place's sludge over a period."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from math import isfinite

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.facilities import Facility
from models.values import Viewer
from models.vocabulary import Role
from models.weighbridge import LabResult
from tracking.operations.custody.aim_correction import refuse, text_blocked
from tracking.operations.custody.refusals import NotYourSignature, StepBlocked
from tracking.operations.custody.take_step import Setting
from tracking.operations.weighbridge.scans import own_scan
from tracking.rules.custody.facts import Blocked
from tracking.rules.custody.guards import blocked

ENTERED_BY = frozenset({Role.PLANT, Role.SITE})


@dataclass(frozen=True, slots=True)
class LabGiven:
    """A result as reported: `u` is the standard uncertainty in the same unit; days in the city's calendar."""

    facility: str
    period_from: date
    period_to: date
    laboratory: str
    report_number: str
    analyte: str  # as in subjects of the rule table: "ph", "cd"
    value: float
    unit: str
    u: float | None = None
    method: str | None = None
    sampled_on: date | None = None
    attachment_id: int | None = None


def keep_lab_result(session: Session, given: LabGiven, viewer: Viewer, setting: Setting) -> int:
    """The row id of the result for an own place, in the caller's transaction. Raises a CustodyRefused."""
    if viewer.role not in ENTERED_BY or viewer.organisation_id is None or viewer.user_id is None:
        raise NotYourSignature
    refuse(not_a_result(given, setting))
    own = (Facility.code == given.facility) & (Facility.organisation_id == viewer.organisation_id)
    facility_id = session.scalar(select(Facility.id).where(own))
    if facility_id is None:
        raise StepBlocked([blocked("facility", "no_such_facility", given=given.facility[:64])])
    scan_id = own_scan(session, given.attachment_id, viewer)
    report, analyte = given.report_number.strip(), given.analyte.strip().lower()
    same = (
        (LabResult.facility_id == facility_id)
        & (LabResult.report_number == report)
        & (LabResult.analyte == analyte)
    )
    if session.scalar(select(LabResult.id).where(same)) is not None:
        raise StepBlocked([blocked("report_number", "result_there", given=report)])
    row = LabResult(
        facility_id=facility_id,
        period_from=given.period_from,
        period_to=given.period_to,
        sampled_on=given.sampled_on,
        laboratory=given.laboratory.strip(),
        report_number=report,
        analyte=analyte,
        value=given.value,
        unit=given.unit.strip(),
        u=given.u,
        method=given.method,
        attachment_id=scan_id,
        user_id=viewer.user_id,
        entered_at=setting.now,
    )
    session.add(row)
    session.flush()
    return row.id


def not_a_result(given: LabGiven, setting: Setting) -> Iterator[Blocked]:
    """Why what was given is no result."""
    texts = (
        ("laboratory", given.laboratory, 200),
        ("report_number", given.report_number, 100),
        ("analyte", given.analyte, 64),
        ("unit", given.unit, 16),
    )
    for field, text, most in texts:
        yield from text_blocked(field, text, most)
    if given.method is not None and len(given.method) > 100:
        yield blocked("method", "too_long", most=100)
    if not isfinite(given.value):
        yield blocked("value", "no_number")
    if given.u is not None and not (isfinite(given.u) and given.u >= 0):
        yield blocked("u", "no_number")
    if given.period_to < given.period_from:
        yield blocked("period_to", "ends_before_it_begins")
    today = setting.now.astimezone(setting.zone).date()
    if given.period_from > today or (given.sampled_on is not None and given.sampled_on > today):
        yield blocked("period_from", "day_in_the_future")
