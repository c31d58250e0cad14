"""What has a feed to know of every registered device?"""

from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from gps_ingest.decoders.reception import Reception
from gps_ingest.store.known_devices import vendor_fields
from gps_ingest.store.platforms import active_platforms
from models.device_values import VendorField
from models.fleet import Device, Platform
from models.vocabulary import Protocol


@dataclass(frozen=True, slots=True)
class RosteredDevice:
    """How a device speaks, and what completes what it says (decoders.reception.Reception)."""

    protocol: Protocol
    active: bool = True
    utc_offset_minutes: int | None = None
    vendor_fields: tuple[VendorField, ...] = ()
    platform: str | None = None  # the only one that may speak of it (JT/T 809)

    def reception(self, code: str, received_ms: int) -> Reception:
        """The circumstances of a message of this device."""
        return Reception(code, received_ms, self.utc_offset_minutes, self.vendor_fields)


@dataclass(frozen=True, slots=True)
class RosterPage:
    """Code → device, and the platforms that may be logged in."""

    devices: dict[str, RosteredDevice] = field(default_factory=dict)
    platforms: frozenset[str] = frozenset()


def read_roster(session: Session) -> RosterPage:
    """The whole roster, as of now."""
    rows = session.execute(
        select(
            Device.code,
            Device.protocol,
            Device.active,
            Device.utc_offset_minutes,
            Device.model,
            Platform.code.label("platform"),
        ).outerjoin(Platform, Platform.id == Device.platform_id)
    ).all()
    fields = {model: vendor_fields(session, model) for model in {row.model for row in rows if row.model}}
    devices = {
        row.code: RosteredDevice(
            row.protocol, row.active, row.utc_offset_minutes, fields.get(row.model, ()), row.platform
        )
        for row in rows
    }
    return RosterPage(devices, active_platforms(session))
