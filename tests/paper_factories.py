"""Which papers does a test begin with? Builders of manifests, legs, weighings, receipts and custody events.

Tests import them from tests/factories.py, which adds conclusions.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from models.facilities import Facility, Route
from models.fleet import Vehicle
from models.manifests import CustodyEvent, Disposal, Leg, Manifest, MoistureTest, Receipt, Weighing
from models.vocabulary import CustodyState, DisposalMethod, Mode, ReceiptDecision, SludgeKind, WeighingRole
from tests.city_factories import DAY, add, next_code

PAPER_CHAIN = (
    (CustodyState.ISSUED, -30),
    (CustodyState.LOADED, -5),
    (CustodyState.IN_TRANSIT, 0),
    (CustodyState.ARRIVED, 50),
    (CustodyState.ACCEPTED, 60),
)  # state, minutes after departure


def manifest(session: Session, origin: Facility, destination: Facility, **given: Any) -> Manifest:
    values = {
        "number": given.pop("number", None) or next_code("M-"),
        "origin_id": origin.id,
        "destination_id": destination.id,
        "sludge_kind": SludgeKind.DEWATERED,
        "custody_state": CustodyState.ACCEPTED,
        "issued_at": DAY - timedelta(minutes=30),
    }
    return add(session, Manifest(**values | given))


def leg(
    session: Session, of: Manifest, by: Vehicle | None = None, along: Route | None = None, **given: Any
) -> Leg:
    values: dict[str, Any] = {
        "manifest_id": of.id,
        "seq": 1,
        "mode": by.mode if by else Mode.ROAD,
        "vehicle_code": by.code if by else "unregistered",
        "vehicle_id": by.id if by else None,
        "from_id": of.origin_id,
        "to_id": of.destination_id,
        "route_id": along.id if along else None,
    }
    return add(session, Leg(**values | given))


def weighing(
    session: Session,
    of: Manifest,
    role: WeighingRole,
    net_kg: float,
    moisture: float | None,
    at: datetime,
    **given: Any,
) -> Weighing:
    """A weighing over a tare of 11 t, and its moisture test when there is one."""
    values = {
        "manifest_id": of.id,
        "role": role,
        "gross_kg": 11_000.0 + net_kg,
        "tare_kg": 11_000.0,
        "at": at,
    }
    row = add(session, Weighing(**values | given))
    if moisture is not None:
        test = {
            "manifest_id": of.id,
            "role": role,
            "leg_seq": row.leg_seq,
            "moisture_fraction": moisture,
            "at": at,
        }
        add(session, MoistureTest(**test))
    return row


def custody(
    session: Session,
    of: Manifest,
    chain: Sequence[tuple[CustodyState, int]] = PAPER_CHAIN,
    start: datetime = DAY,
) -> None:
    """Custody events of paper: (state, minutes after departure)."""
    before = None
    for state, minute in chain:
        at = start + timedelta(minutes=minute)
        add(session, CustodyEvent(manifest_id=of.id, from_state=before, to_state=state, at=at, actor="paper"))
        before = state


def receipt(
    session: Session,
    of: Manifest,
    at: datetime,
    decision: ReceiptDecision = ReceiptDecision.ACCEPTED,
    **given: Any,
) -> Receipt:
    return add(session, Receipt(**{"manifest_id": of.id, "decision": decision, "at": at} | given))


def disposal(session: Session, of: Manifest, at: datetime, **given: Any) -> Disposal:
    return add(
        session, Disposal(**{"manifest_id": of.id, "method": DisposalMethod.INCINERATION, "at": at} | given)
    )
