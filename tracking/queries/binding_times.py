"""Which fixes and messages of a device may a viewer see? Those sent while on one of the viewer's vehicles."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, and_, cast, exists, extract, or_, select, true
from sqlalchemy.orm import Session

from models.fixes import FixRow, RawMessage
from models.fleet import Device, DeviceBinding, Vehicle
from models.values import Viewer
from models.vocabulary import MS_PER_S
from tracking.queries.visibility import vehicles_visible

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FOREVER_MS = 2**62


def ms_of(moment: Any) -> ColumnElement[int]:
    """A stored time as ms UTC, to compare it with the time of a fix."""
    return cast(extract("epoch", moment) * MS_PER_S, BigInteger)


def fixes_visible(viewer: Viewer) -> ColumnElement[bool]:
    """The condition on FixRow."""
    if viewer.sees_all:
        return true()
    begun = ms_of(DeviceBinding.valid_from) <= FixRow.time_ms
    lasting = or_(DeviceBinding.valid_to.is_(None), ms_of(DeviceBinding.valid_to) > FixRow.time_ms)
    return _bound(viewer, DeviceBinding.device_id == FixRow.device_id, begun, lasting)


def messages_visible(viewer: Viewer) -> ColumnElement[bool]:
    """The condition on RawMessage joined with its Device by code, by the time of receipt."""
    if viewer.sees_all:
        return true()
    begun = DeviceBinding.valid_from <= RawMessage.received_at
    lasting = or_(DeviceBinding.valid_to.is_(None), DeviceBinding.valid_to > RawMessage.received_at)
    return _bound(viewer, DeviceBinding.device_id == Device.id, begun, lasting)


def own_stays(session: Session, device_code: str, viewer: Viewer) -> tuple[tuple[int, int], ...] | None:
    """When was a device on one of the viewer's vehicles? From begin to before the end, ms UTC; None for
    somebody who may tell of any time."""
    if viewer.sees_all:
        return None
    bindings = session.execute(
        select(DeviceBinding.valid_from, DeviceBinding.valid_to)
        .join(Device, Device.id == DeviceBinding.device_id)
        .join(Vehicle, Vehicle.id == DeviceBinding.vehicle_id)
        .where(Device.code == device_code, vehicles_visible(viewer))
        .order_by(DeviceBinding.valid_from)
    )
    return tuple((_ms(begin), FOREVER_MS if end is None else _ms(end)) for begin, end in bindings)


def _ms(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(milliseconds=1)


def _bound(viewer: Viewer, *when: ColumnElement[bool]) -> ColumnElement[bool]:
    """Was the device bound to a visible vehicle then?"""
    return (
        exists()
        .where(DeviceBinding.vehicle_id == Vehicle.id, vehicles_visible(viewer), and_(*when))
        .correlate(FixRow, RawMessage, Device)
    )
