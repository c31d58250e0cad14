"""What is registered of organisations, vehicles and scales, as their forms show it?"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.facilities import Facility
from models.fleet import Scale, Vehicle
from models.organisations import Organisation, User
from models.values import Viewer
from models.vocabulary import Mode, OrganisationKind
from tracking.queries.names import Name
from tracking.queries.visibility import facilities_visible


@dataclass(frozen=True, slots=True)
class OrganisationRow:
    """An organisation and how many people sign in for it."""

    name: Name
    kind: OrganisationKind
    people: int


@dataclass(frozen=True, slots=True)
class RegisteredVehicle:
    """A vehicle with what its form asks."""

    code: str
    name: str
    mode: Mode
    organisation: str | None
    tare_kg: float | None
    rated_payload_kg: float | None
    mmsi: str | None

    def as_typed(self) -> dict[str, Any]:
        """Values of the form's fields."""
        return {
            "code": self.code,
            "name": self.name,
            "mode": self.mode.value,
            "organisation": self.organisation,
            "tare_kg": self.tare_kg,
            "rated_payload_kg": self.rated_payload_kg,
            "mmsi": self.mmsi,
        }


@dataclass(frozen=True, slots=True)
class RegisteredScale:
    """A weighbridge with what its form asks."""

    code: str
    facility: Name
    accuracy_class: str | None
    division_kg: float | None
    max_kg: float | None
    certificate_valid_to: datetime | None

    def as_typed(self) -> dict[str, Any]:
        """Values of the form's fields."""
        return {
            "code": self.code,
            "facility": self.facility.code,
            "accuracy_class": self.accuracy_class,
            "division_kg": self.division_kg,
            "max_kg": self.max_kg,
        }


def organisation_rows(session: Session) -> list[OrganisationRow]:
    """Every organisation, by kind and code."""
    columns: list[Any] = [Organisation.code, Organisation.name, Organisation.name_en, Organisation.kind]
    query = (
        select(*columns, func.count(User.id))
        .join(User, (User.organisation_id == Organisation.id) & User.active, isouter=True)
        .group_by(Organisation.id, *columns)
        .order_by(Organisation.kind, Organisation.code)
    )
    return [OrganisationRow(Name(*row[:3]), row[3], row[4]) for row in session.execute(query)]


def vehicle_row(session: Session, code: str) -> RegisteredVehicle | None:
    """The vehicle with this code."""
    columns: list[Any] = [Vehicle.code, Vehicle.name, Vehicle.mode, Organisation.code]
    columns += [Vehicle.tare_kg, Vehicle.rated_payload_kg, Vehicle.mmsi]
    query = select(*columns).join(Organisation, Organisation.id == Vehicle.organisation_id, isouter=True)
    row = session.execute(query.where(Vehicle.code == code)).first()
    return None if row is None else RegisteredVehicle(*row)


def scale_rows(session: Session, viewer: Viewer) -> list[RegisteredScale]:
    """The weighbridges of places that the viewer sees, by place and code."""
    columns: list[Any] = [Scale.code, Facility.code, Facility.name, Facility.name_en, Scale.accuracy_class]
    columns += [Scale.division_kg, Scale.max_kg, Scale.certificate_valid_to]
    query = select(*columns).join(Facility, Facility.id == Scale.facility_id)
    seen = query.where(facilities_visible(viewer)).order_by(Facility.code, Scale.code)
    rows = session.execute(seen)
    return [RegisteredScale(row[0], Name(*row[1:4]), *row[4:]) for row in rows]
