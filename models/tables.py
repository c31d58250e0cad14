"""Which tables exist? Importing this module registers all of them on Base.metadata."""

from models import (
    days,
    device_days,
    facilities,
    findings,
    fixes,
    fleet,
    journeys,
    limits,
    manifests,
    organisations,
    worlds,
)
from models.base import Base

metadata = Base.metadata
MODULES = (
    days,
    device_days,
    facilities,
    findings,
    fixes,
    fleet,
    journeys,
    limits,
    manifests,
    organisations,
    worlds,
)
