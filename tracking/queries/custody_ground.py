"""On what ground does a step stand? Places with permits, licensed vehicles, the plan, approvals, diversions.

Only what the manifest names is read, and of that only what the act's guards look at.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, Select, bindparam, func, select
from sqlalchemy.orm import Session

from models.custody_words import Act
from models.facilities import Facility
from models.lineage import Voyage
from models.manifests import Diversion, Manifest, Weighing
from models.organisations import Organisation
from models.permits import FacilityPermit, Plan, TransferApproval
from models.vocabulary import CustodyState, WeighingRole
from tracking.queries.custody_carriers import carriers, inactive, routes, vehicles
from tracking.queries.custody_facts import custody_by_id
from tracking.rules.custody.facts import Custody, Given, Ground
from tracking.rules.custody.quantities import resting_place
from tracking.rules.custody.standings import (
    ApprovalStanding,
    DiversionStanding,
    Permit,
    PlaceStanding,
    PlanStanding,
    VoyageStanding,
)

COUNTED = frozenset(CustodyState) - {CustodyState.DRAFT, CustodyState.CANCELLED, CustodyState.EXPIRED}

WITH_PERMITS = frozenset({Act.ISSUE, Act.STORE, Act.DISPOSE})
WITH_PARENTS = frozenset({Act.ISSUE, Act.LOAD, Act.DEPART, Act.CANCEL_LOADED})
WITH_VEHICLES = frozenset({Act.ISSUE, Act.LOAD, Act.RELOAD, Act.DEPART, Act.TAKE_OVER})


def ground_of(session: Session, custody: Custody, act: Act, given: Given, zone: ZoneInfo) -> Ground:
    """The ground for this act; days are the city's."""
    named = {custody.origin_id, custody.destination_id, given.place_id, custody.received_at_id}
    named |= {leg.from_id for leg in custody.legs} | {leg.to_id for leg in custody.legs}
    issuing = act is Act.ISSUE
    carried_on = parents(session, custody, lock=issuing) if act in WITH_PARENTS else {}
    for parent in carried_on.values():
        named |= {parent.origin_id, resting_place(parent)}
    standing = places(session, {each for each in named if each is not None}, act in WITH_PERMITS, zone)
    owners = {each.organisation_id: each.owner for each in standing.values()}
    parties = dict(custody.parties) | {key: code for key, code in owners.items() if key and code}
    return Ground(
        places=standing,
        vehicles=vehicles(session, custody, act) if act in WITH_VEHICLES else {},
        carriers=carriers(session, custody) if issuing else frozenset(),
        organisations=parties,
        routes=routes(session, custody),
        inactive=inactive(session, parties, given.at.astimezone(zone).date()) if issuing else frozenset(),
        plan=plan(session, custody) if issuing else None,
        approval=approval(session, custody) if issuing else None,
        diversions=diversions(session, custody.destination_id) if act is Act.ARRIVE else (),
        parents=carried_on,
        voyage=voyage(session, given.voyage) if given.voyage is not None else None,
    )


F = Facility.__table__.c
PLACES = (
    select(
        *(F.id, F.code, F.kind, F.organisation_id, F.valid_from, F.valid_to, F.province, F.method),
        *(F.accepts, F.storage_t, Organisation.__table__.c.code.label("owner")),
    )
    .select_from(Facility.__table__)
    .outerjoin(Organisation.__table__, Organisation.__table__.c.id == F.organisation_id)
    .where(F.id.in_(bindparam("ids", expanding=True)))
)
PERMITS = select(FacilityPermit.__table__).where(
    FacilityPermit.__table__.c.facility_id.in_(bindparam("ids", expanding=True))
)
"""Built once, as those of tracking/queries/custody_statements.py."""


def places(
    session: Session, ids: Iterable[int], with_permits: bool, zone: ZoneInfo
) -> dict[int, PlaceStanding]:
    """Facilities by row id; where none of their permits is on record their own columns stand for one."""
    named = {"ids": sorted(ids)}
    permits: dict[int, list[Permit]] = {}
    for row in session.execute(PERMITS, named) if with_permits else ():
        permits.setdefault(row.facility_id, []).append(permit_of(row))
    rows = session.execute(PLACES, named)
    return {row.id: place(row, tuple(permits.get(row.id, own_permit(row, zone))), zone) for row in rows}


def place(row: Any, permits: tuple[Permit, ...], zone: ZoneInfo) -> PlaceStanding:
    return PlaceStanding(
        id=row.id,
        code=row.code,
        kind=row.kind,
        organisation_id=row.organisation_id,
        owner=row.owner,
        permits=permits,
        valid_from=day_of(row.valid_from, zone),
        valid_to=day_of(row.valid_to, zone),
        province=row.province,
        method=row.method,
    )


def permit_of(row: Row[Any]) -> Permit:
    return Permit(
        number=row.number,
        sludge_kinds=None if row.sludge_kinds is None else frozenset(row.sludge_kinds),
        methods=None if row.methods is None else frozenset(row.methods),
        storage_t=row.storage_t,
        valid_from=row.valid_from,
        valid_to=earlier(row.valid_to, row.revoked_on),
    )


def own_permit(row: Any, zone: ZoneInfo) -> list[Permit]:
    """What the facility's own columns allow, where they say anything."""
    if row.accepts is None and row.method is None and row.storage_t is None:
        return []
    return [
        Permit(
            number=row.code,
            sludge_kinds=None if row.accepts is None else frozenset(row.accepts),
            methods=None if row.method is None else frozenset({row.method.value}),
            storage_t=row.storage_t,
            valid_from=day_of(row.valid_from, zone),
            valid_to=day_of(row.valid_to, zone),
        )
    ]


def earlier(first: date | None, second: date | None) -> date | None:
    """The earlier of two ends, blank being never."""
    ends = [each for each in (first, second) if each is not None]
    return min(ends, default=None)


def day_of(at: datetime | None, zone: ZoneInfo) -> date | None:
    """The city's day of a moment."""
    return None if at is None else at.astimezone(zone).date()


def plan(session: Session, custody: Custody) -> PlanStanding | None:
    """The plan that is named, with what was issued before. Its row is kept: quotas are used in turn."""
    if custody.plan is None:
        return None
    row = session.scalar(kept(select(Plan).where(Plan.code == custody.plan)))
    if row is None:
        return None
    return PlanStanding(
        code=row.code,
        origin_id=row.origin_id,
        destination_id=row.destination_id,
        sludge_kind=row.sludge_kind,
        active=row.active,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        quota_kg=None if row.quota_t is None else row.quota_t * 1000,
        issued_kg=issued_before(session, custody, Manifest.plan == row.code),
    )


def kept(query: Select[Any]) -> Select[Any]:
    """The query, its row locked until the transaction ends, and read anew."""
    return query.with_for_update().execution_options(populate_existing=True)


def counted_kg() -> ColumnElement[float]:
    """What a manifest uses of a quota: the net mass it was loaded with, until then the planned one."""
    loaded = (
        select(Weighing.gross_kg - Weighing.tare_kg)
        .where(Weighing.manifest_id == Manifest.id, Weighing.role == WeighingRole.LOADED)
        .order_by(Weighing.leg_seq)
        .limit(1)
        .correlate(Manifest)
        .scalar_subquery()
    )
    return func.coalesce(loaded, Manifest.planned_kg, 0.0)


def issued_before(session: Session, custody: Custody, named: ColumnElement[bool]) -> float:
    """Wet kg of the other manifests issued under what they name."""
    counted = select(func.sum(counted_kg())).where(
        named, Manifest.custody_state.in_(COUNTED), Manifest.id != custody.id
    )
    return session.scalar(counted) or 0.0


def approval(session: Session, custody: Custody) -> ApprovalStanding | None:
    """The approval that is named, with what was issued under it before. Its row is kept as a plan's."""
    if custody.approval is None:
        return None
    query = select(TransferApproval).where(TransferApproval.number == custody.approval)
    row = session.scalar(kept(query))
    if row is None:
        return None
    return ApprovalStanding(
        number=row.number,
        origin_id=row.origin_id,
        destination_id=row.destination_id,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        quota_kg=None if row.quota_t is None else row.quota_t * 1000,
        issued_kg=issued_before(session, custody, Manifest.approval == row.number),
    )


def voyage(session: Session, code: str) -> VoyageStanding | None:
    """The voyage with this code. Its row is kept: no load is taken on while the vessel sails."""
    row = session.scalar(select(Voyage).where(Voyage.code == code).with_for_update(read=True))
    if row is None:
        return None
    return VoyageStanding(row.code, row.vehicle_id, row.from_id, row.to_id, row.departed_at is not None)


def diversions(session: Session, site_id: int) -> tuple[DiversionStanding, ...]:
    """Those that lead away from a site."""
    rows = session.scalars(select(Diversion).where(Diversion.from_site_id == site_id))
    return tuple(
        DiversionStanding(row.code, row.from_site_id, row.to_site_id, row.valid_from, row.valid_to)
        for row in rows
    )


def parents(session: Session, custody: Custody, *, lock: bool) -> dict[int, Custody]:
    """The manifests whose load this one carries on. `lock`: keep their rows."""
    found: dict[int, Custody] = {}
    younger_first = sorted({part.manifest_id for part in custody.parts_in}, reverse=True)
    for parent_id in younger_first:  # as everywhere: no two wait for each other
        parent = custody_by_id(session, parent_id, lock=lock)
        if parent is not None:
            found[parent_id] = parent
    return found
