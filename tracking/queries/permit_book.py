"""Which permits, licences and approvals are on record? All of them, for a run of the analysis."""

from collections import defaultdict
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.facilities import Facility
from models.permits import TransferApproval, VehicleLicence
from tracking.queries.custody_ground import places
from tracking.rules.custody.standings import ApprovalStanding, Licence
from tracking.rules.permit_book import PermitBook


def permit_book(session: Session, zone: ZoneInfo) -> PermitBook:
    """Everything that a check of permits looks up; a city has some hundred places and vehicles."""
    licences: dict[int, list[Licence]] = defaultdict(list)
    for row in session.scalars(select(VehicleLicence).order_by(VehicleLicence.id)):
        licences[row.vehicle_id].append(Licence(row.kind, row.valid_from, row.valid_to))
    return PermitBook(
        places=places(session, session.scalars(select(Facility.id)).all(), True, zone),
        licences={vehicle_id: tuple(held) for vehicle_id, held in licences.items()},
        approvals={
            row.number: ApprovalStanding(
                row.number, row.origin_id, row.destination_id, row.valid_from, row.valid_to
            )
            for row in session.scalars(select(TransferApproval))
        },
    )
