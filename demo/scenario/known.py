"""Which codes does the database know? What rows of a folder refer to must be there first."""

from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.facilities import Facility, Route
from models.fleet import Device, Vehicle
from models.organisations import Organisation
from models.values import Refusal


class KnownVehicle(NamedTuple):
    """A registered vehicle and the carrier that owns it."""

    id: int
    organisation_id: int | None


@dataclass(frozen=True, slots=True)
class Known:
    """Row ids by code."""

    organisations: dict[str, int]
    facilities: dict[str, int]
    routes: dict[str, int]
    vehicles: dict[str, KnownVehicle]
    devices: dict[str, int]


def read_known(session: Session) -> Known:
    """All codes at this moment."""
    carriers = session.execute(select(Vehicle.code, Vehicle.id, Vehicle.organisation_id))
    return Known(
        organisations={
            row.code: row.id for row in session.execute(select(Organisation.code, Organisation.id))
        },
        facilities={row.code: row.id for row in session.execute(select(Facility.code, Facility.id))},
        routes={row.code: row.id for row in session.execute(select(Route.code, Route.id))},
        vehicles={row.code: KnownVehicle(row.id, row.organisation_id) for row in carriers},
        devices={row.code: row.id for row in session.execute(select(Device.code, Device.id))},
    )


@dataclass(slots=True)
class References:
    """The references of one row: each that is unknown is refused with its field."""

    place: str
    refusals: list[Refusal] = field(default_factory=list)

    def find(self, name: str, code: str | None, known: dict[str, int], what: str) -> int | None:
        """The id of `code`; None for a blank, and for an unknown one, which is refused."""
        if code is None or code in known:
            return None if code is None else known[code]
        self.refuse(name, f"there is no {what} '{code}'")
        return None

    def refuse(self, name: str, reason: str) -> None:
        self.refusals.append(Refusal(self.place, name, reason))
