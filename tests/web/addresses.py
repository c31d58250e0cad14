"""Under which addresses do the objects of the cast stand, and who of the cast may see them?"""

from tests import cast
from tests.cast import Cast, Load

ALL = frozenset(cast.EVERYONE)
WATCHERS = frozenset({cast.REGULATOR, cast.ADMINISTRATOR})
OURS = WATCHERS | {cast.PLANT, cast.COLLEAGUE, cast.HAULER, cast.SITE}
THEIRS = WATCHERS | {cast.RIVAL_PLANT, cast.RIVAL_HAULER, cast.SITE}

LISTS = {
    "overview.overview": "/",
    "overview.figures": "/overview/figures",
    "map.basemap": "/map/basemap.geojson",
    "map.network": "/map/network.geojson",
    "map.positions": "/map/positions.geojson",
    "manifests.listing": "/manifests",
    "manifests.table": "/manifests.csv",
    "findings.listing": "/findings",
    "findings.table": "/findings.csv",
    "facilities.listing": "/facilities",
    "facilities.table": "/facilities.csv",
    "vehicles.listing": "/vehicles",
    "vehicles.table": "/vehicles.csv",
    "devices.listing": "/devices",
    "devices.table": "/devices.csv",
    "device_forms.register": "/administration/devices/register",
    "device_models.listing": "/administration/models",
    "messages.listing": "/messages",
    "quarantine.listing": "/quarantine",
    "service.listing": "/fleet",
    "service.table": "/fleet.csv",
    "upload.page": "/upload",
    "users.listing": "/users",
}
ADMINISTRATORS = frozenset({cast.ADMINISTRATOR})
HAULERS = frozenset({cast.HAULER, cast.RIVAL_HAULER})
LISTS_FOR_SOME = {
    "device_forms.register": ADMINISTRATORS,
    "device_models.listing": ADMINISTRATORS,
    "messages.listing": WATCHERS,
    "quarantine.listing": WATCHERS,
    "service.listing": WATCHERS | HAULERS,
    "service.table": WATCHERS | HAULERS,
    "upload.page": ADMINISTRATORS | HAULERS,
    "users.listing": ADMINISTRATORS,
}
OBJECTS = (
    "manifest.page",
    "manifest.map",
    "manifest.certificate",
    "findings.page",
    "findings.map",
    "facilities.page",
    "vehicles.page",
    "vehicles.map",
    "devices.page",
)

FOR_WATCHERS = {
    "device_forms.manage": ADMINISTRATORS,
    "messages.page": WATCHERS,
    "messages.body": WATCHERS,
    "quarantine.sender": WATCHERS,
}
"""Pages about one device or message that a role may open at all, or not: others get 403."""


def address(endpoint: str, load: Load) -> str:
    """The address of a page about one load."""
    return {
        "manifest.page": f"/manifests/{load.manifest.number}",
        "manifest.map": f"/manifests/{load.manifest.number}/map.geojson",
        "manifest.certificate": f"/manifests/{load.manifest.number}/certificate.pdf",
        "findings.page": f"/findings/{load.finding.key}",
        "findings.map": f"/findings/{load.finding.key}/map.geojson",
        "facilities.page": f"/facilities/{load.plant.code}",
        "vehicles.page": f"/vehicles/{load.vehicle.code}",
        "vehicles.map": f"/vehicles/{load.vehicle.code}/map.geojson",
        "devices.page": f"/devices/{load.device.code}",
        "device_forms.manage": f"/administration/devices/manage/{load.device.code}",
    }[endpoint]


def who_sees(endpoint: str, ours: bool) -> frozenset[str]:
    """Vehicles and devices belong to their carrier alone; the rest to every party of the load."""
    if endpoint.startswith(("vehicles.", "devices.")):
        return WATCHERS | {cast.HAULER if ours else cast.RIVAL_HAULER}
    return OURS if ours else THEIRS


def loads(people: Cast) -> tuple[tuple[Load, bool], ...]:
    return ((people.ours, True), (people.theirs, False))
