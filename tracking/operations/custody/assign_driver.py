"""How does a carrier say who of its drivers has a leg? In the leg's row, until the leg is over."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.fleet import Vehicle
from models.manifests import Leg, Manifest
from models.organisations import User
from models.values import Viewer
from models.vocabulary import CustodyState, Role
from tracking.operations.custody.refusals import ManifestUnknown, NotYourSignature, StepBlocked
from tracking.queries.visibility import manifests_visible
from tracking.rules.custody.guards import blocked

BEFORE_OR_ON_THE_WAY = frozenset(
    {
        CustodyState.ISSUED,
        CustodyState.LOADED,
        CustodyState.IN_TRANSIT,
        CustodyState.AT_TRANSFER,
        CustodyState.IN_STORE,
    }
)


def assign_driver(session: Session, number: str, leg_seq: int, username: str | None, viewer: Viewer) -> None:
    """Name one's own driver for a leg of one's own, or nobody; in the caller's writing transaction.

    Only the login that sees and signs the trip changes: the name that stands on the signed paper stays.
    Raises ManifestUnknown for a leg that the viewer does not carry, NotYourSignature for other roles,
    StepBlocked for a leg that is over and for somebody who drives for another carrier.
    """
    if viewer.role is not Role.HAULER or viewer.organisation_id is None:
        raise NotYourSignature
    row = session.execute(
        select(Manifest.custody_state, Manifest.leg_seq, Leg.id, Leg.handover_at)
        .join(Leg, Leg.manifest_id == Manifest.id)
        .join(Vehicle, Vehicle.id == Leg.vehicle_id, isouter=True)
        .where(
            Manifest.number == number,
            manifests_visible(viewer),
            Leg.seq == leg_seq,
            (Leg.carrier_id == viewer.organisation_id) | (Vehicle.organisation_id == viewer.organisation_id),
        )
        .with_for_update(of=Manifest)
    ).first()
    if row is None:
        raise ManifestUnknown(number)
    state, on_leg, leg_id, handed_over_at = row
    if state not in BEFORE_OR_ON_THE_WAY or handed_over_at is not None or leg_seq < on_leg:
        raise StepBlocked([blocked("driver", "leg_over", leg_seq=leg_seq)])
    driver_id = None if username is None else driver_of(session, username, viewer.organisation_id)
    session.execute(
        update(Leg)
        .where(Leg.id == leg_id)
        .values(driver_id=driver_id)
        .execution_options(synchronize_session=False)
    )


def driver_of(session: Session, username: str, organisation_id: int) -> int:
    """The row id of an active driver of the carrier; raises StepBlocked."""
    found = session.scalar(
        select(User.id).where(
            User.username == username,
            User.role == Role.DRIVER,
            User.active,
            User.organisation_id == organisation_id,
        )
    )
    if found is None:
        raise StepBlocked([blocked("driver", "driver_unknown", driver=username)])
    return found
