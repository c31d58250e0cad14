"""Which tables exist? Importing this module registers all of them on Base.metadata."""

from models import (
    api_access,
    cases,
    corrections,
    days,
    device_days,
    emergency,
    facilities,
    findings,
    fixes,
    fleet,
    journeys,
    limits,
    lineage,
    manifests,
    organisations,
    permits,
    sight,
    signatures,
    weighbridge,
    worlds,
)
from models.base import Base

metadata = Base.metadata
MODULES = (
    weighbridge,
    signatures,
    permits,
    lineage,
    corrections,
    cases,
    api_access,
    days,
    device_days,
    emergency,
    facilities,
    findings,
    fixes,
    fleet,
    journeys,
    limits,
    manifests,
    organisations,
    sight,
    worlds,
)
