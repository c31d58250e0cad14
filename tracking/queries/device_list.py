"""Which devices are there, on which vehicle, and how good is what they sent lately?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session, aliased

from models.fixes import FixRow
from models.fleet import Device, DeviceBinding, Platform, Vehicle
from models.organisations import Organisation
from models.values import Viewer
from models.vocabulary import MS_PER_S, Datum, Protocol
from tracking.queries.binding_times import fixes_visible
from tracking.queries.keyset import Key, Order, Page, continued, page_of
from tracking.queries.names import Name, name_or_none
from tracking.queries.text_search import LIKE_SIGNS
from tracking.queries.visibility import devices_visible, vehicles_visible

MS_PER_DAY = 86_400_000


class DeviceState(StrEnum):
    """Which devices want a look; `silent` had no fix in the last day though it is in service."""

    SILENT = "silent"
    UNBOUND = "unbound"
    OUT_OF_SERVICE = "out_of_service"


@dataclass(frozen=True, slots=True)
class DeviceFilter:
    """What the person asked for; None or empty means: all."""

    text: str = ""
    protocol: Protocol | None = None
    state: DeviceState | None = None


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """A device. `fixes` and `doubted` count the day up to the moment asked for."""

    id: int
    code: str
    protocol: Protocol
    datum: Datum
    active: bool
    has_token: bool
    model: str | None
    utc_offset_minutes: int | None
    terminal_id: str | None
    vehicle: Name | None
    hauler: Name | None
    platform: Name | None = None  # JT/T 809: the only one that is believed about it
    last_at: datetime | None = None
    fixes: int = 0
    doubted: int = 0


def device_page(
    session: Session,
    viewer: Viewer,
    wanted: DeviceFilter,
    now: datetime,
    after: Key | None = None,
    limit: int = 50,
) -> Page[DeviceRow]:
    """A page of the devices that the viewer may see, by code."""
    query = _rows(viewer, now).where(devices_visible(viewer))
    if wanted.protocol:
        query = query.where(Device.protocol == wanted.protocol)
    if wanted.state:
        query = query.where(_in_state(wanted.state, now))
    if wanted.text:
        like = f"%{wanted.text.translate(LIKE_SIGNS)}%"
        columns = (Device.code, Device.model, Vehicle.code, Vehicle.name)
        query = query.where(or_(*(column.ilike(like, escape="\\") for column in columns)))
    order = Order(Device.code.expression, Device.id.expression, descending=False)
    rows = session.execute(continued(query, order, after, limit)).all()
    page = page_of(rows, limit, lambda row: (row[1], row[0]))
    return Page(_with_data(session, viewer, page.rows, now), page.after)


def device_by_code(session: Session, code: str, viewer: Viewer, now: datetime) -> DeviceRow | None:
    """One device; None if there is none or the viewer may not see it."""
    rows = session.execute(_rows(viewer, now).where(Device.code == code, devices_visible(viewer))).all()
    return next(iter(_with_data(session, viewer, rows[:1], now)), None)


def _in_state(state: DeviceState, now: datetime) -> ColumnElement[bool]:
    if state is DeviceState.OUT_OF_SERVICE:
        return ~Device.active
    if state is DeviceState.UNBOUND:
        return and_(Device.active, DeviceBinding.id.is_(None))
    heard = select(FixRow.device_id).where(FixRow.device_id == Device.id, *_last_day(now)).correlate(Device)
    return and_(Device.active, ~heard.exists())


def _rows(viewer: Viewer, now: datetime) -> Select[Any]:
    newest = aliased(DeviceBinding)
    own = select(Vehicle.id).where(vehicles_visible(viewer))  # whom it rides with now is not told to others
    bound = (
        select(newest.id)
        .where(newest.device_id == Device.id, newest.valid_from <= now)
        .where(or_(newest.valid_to.is_(None), newest.valid_to > now), newest.vehicle_id.in_(own))
        .order_by(newest.valid_from.desc())
        .limit(1)
        .correlate(Device)
        .scalar_subquery()
    )
    columns: list[Any] = [Device.id, Device.code, Device.protocol, Device.datum, Device.active]
    columns += [Device.token_hash.is_not(None), Device.model, Device.utc_offset_minutes, Device.terminal_id]
    columns += [Vehicle.code, Vehicle.name]
    columns += [Organisation.code, Organisation.name, Organisation.name_en]
    columns += [Platform.code, Platform.name]
    return (
        select(*columns)
        .select_from(Device)
        .join(DeviceBinding, DeviceBinding.id == bound, isouter=True)
        .join(Vehicle, Vehicle.id == DeviceBinding.vehicle_id, isouter=True)
        .join(Organisation, Organisation.id == Vehicle.organisation_id, isouter=True)
        .join(Platform, Platform.id == Device.platform_id, isouter=True)
    )


def _with_data(session: Session, viewer: Viewer, rows: Sequence[Any], now: datetime) -> tuple[DeviceRow, ...]:
    ids = [row[0] for row in rows]
    seen, now_ms = fixes_visible(viewer), round(now.timestamp() * MS_PER_S)
    newest_ms = (
        select(FixRow.time_ms)
        .where(FixRow.device_id == Device.id, FixRow.time_ms <= now_ms, seen)
        .order_by(FixRow.time_ms.desc())
        .limit(1)
        .correlate(Device)
        .scalar_subquery()
    )
    newest = session.execute(select(Device.id, newest_ms).where(Device.id.in_(ids)))
    last: dict[int, int | None] = dict(newest.all())
    doubted = func.sum(case((FixRow.doubts != 0, 1), else_=0))
    counts = {
        device_id: (count, int(bad))
        for device_id, count, bad in session.execute(
            select(FixRow.device_id, func.count(), doubted)
            .where(FixRow.device_id.in_(ids), *_last_day(now), seen)
            .group_by(FixRow.device_id)
        )
    }
    return tuple(_device_row(row, last.get(row[0]), counts.get(row[0], (0, 0))) for row in rows)


def _last_day(now: datetime) -> tuple[Any, ...]:
    now_ms = round(now.timestamp() * MS_PER_S)
    return (and_(FixRow.time_ms > now_ms - MS_PER_DAY, FixRow.time_ms <= now_ms),)


def _device_row(row: Any, last_ms: int | None, counts: tuple[int, int]) -> DeviceRow:
    device_id, code, protocol, datum, active, has_token, model, offset, terminal_id, *bound = row
    return DeviceRow(
        id=device_id,
        code=code,
        protocol=protocol,
        datum=datum,
        active=active,
        has_token=has_token,
        model=model,
        utc_offset_minutes=offset,
        terminal_id=terminal_id,
        vehicle=name_or_none(*bound[:2]),
        hauler=name_or_none(*bound[2:5]),
        platform=name_or_none(*bound[5:7]),
        last_at=None if last_ms is None else datetime.fromtimestamp(last_ms / MS_PER_S, UTC),
        fixes=counts[0],
        doubted=counts[1],
    )
