"""Which manifests does a time of a vehicle touch, and which losses of position lie around it?"""

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from models.device_days import DoubtStretch
from models.journeys import TripLeg, TripRow
from models.manifests import Leg, Manifest, Receipt, Weighing
from models.vocabulary import FindingKind, WeighingRole
from tracking.queries.paper import from_moment
from tracking.rules.area_events import Loss
from tracking.rules.device_tamper import LOST, SATELLITES
from tracking.rules.doubt_stretches import DAY_MS


def manifests_touched(session: Session, vehicle_id: int, start_ms: int, end_ms: int) -> tuple[int, ...]:
    """The manifests whose load a vehicle had on board in [start, end]: by its trips, else by paper alone."""
    carried = (
        select(Leg.manifest_id)
        .join(TripLeg, TripLeg.leg_id == Leg.id)
        .join(TripRow, TripRow.id == TripLeg.trip_id)
        .where(
            TripRow.vehicle_id == vehicle_id, TripRow.departed_ms <= end_ms, TripRow.arrived_ms >= start_ms
        )
    )
    claimed = (
        select(Leg.manifest_id)
        .join(Weighing, Weighing.manifest_id == Leg.manifest_id)
        .join(Receipt, Receipt.manifest_id == Leg.manifest_id)
        .where(
            Leg.vehicle_id == vehicle_id,
            Weighing.role == WeighingRole.LOADED,
            Weighing.at <= from_moment(end_ms),
            Receipt.at >= from_moment(start_ms),
            ~exists().where(TripLeg.leg_id == Leg.id),
        )
    )
    ids = carried.union(claimed).subquery()
    chosen = select(Manifest.id).where(Manifest.id.in_(select(ids.c.manifest_id)))
    return tuple(session.scalars(chosen.order_by(Manifest.issued_at, Manifest.id)))


def losses_around(session: Session, start_ms: int, end_ms: int) -> list[Loss]:
    """The losses of position of all vehicles that began within a day of [start, end]."""
    rows = session.scalars(
        select(DoubtStretch).where(
            DoubtStretch.kind == FindingKind.DEVICE_TAMPER,
            DoubtStretch.cause.in_((LOST, SATELLITES)),
            DoubtStretch.from_ms.between(start_ms - DAY_MS, end_ms + DAY_MS),
        )
    )
    return [
        Loss(row.vehicle_id, row.device_id, row.from_ms, row.to_ms, row.figures["lat"], row.figures["lon"])
        for row in rows
    ]
