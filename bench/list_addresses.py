"""Which lists are there, and who looks at them? Addresses of pages and of the interface, by role."""

from typing import Final

from models.vocabulary import Role

BEHIND: Final = "#next"
"""At the end of an address: the page behind the first one."""

MANIFESTS = (
    "/manifests",
    "/manifests" + BEHIND,
    "/manifests?sort=oldest",
    "/manifests?sort=number",
    "/manifests?sort=doubtful",
    "/manifests?state=in_transit",
    "/manifests?state=closed",
    "/manifests?state=expired",
    "/manifests?state=closed" + BEHIND,
    "/manifests?verdict=contradicted",
    "/manifests?verdict=pending",
    "/manifests?plant=P-1",
    "/manifests?site=S-1",
    "/manifests?hauler=hauler-3",
    "/manifests?vehicle=T30",
    "/manifests?since=2026-11-23&until=2026-11-23",
    "/manifests?q=ML-1000000900",
    "/manifests?q=T30",
)
FINDINGS: tuple[str, ...] = (
    "/findings",
    "/findings?sort=newest",
    "/findings?sort=oldest",
    "/findings?decided=all" + BEHIND,
)
FINDINGS += ("/findings?kind=wet_gap", "/findings?severity=medium")
EVERYBODY = ("/", "/overview/figures", "/facilities", "/map/positions.geojson", *MANIFESTS, *FINDINGS)
OFFICE = (
    "/cases",
    "/cases?state=open",
    "/cases" + BEHIND,
    "/waiting",
    "/stock",
    "/stock" + BEHIND,
    "/measurements",
    "/plans",
    "/permits",
    "/emergency",
)
LISTS: Final[dict[Role, tuple[str, ...]]] = {
    Role.REGULATOR: (*EVERYBODY, *OFFICE),
    Role.PLANT: (
        *EVERYBODY,
        "/today",
        "/gate",
        "/stock",
        "/corrections",
        "/cases/questions",
        "/plans",
        "/issue",
    ),
    Role.HAULER: (
        *EVERYBODY,
        "/hauls",
        "/hauls?part=upcoming",
        "/hauls?part=done",
        "/hauls?part=all",
        "/hauls?part=all" + BEHIND,
        "/corrections",
        "/cases/questions",
    ),
    Role.SITE: (
        *EVERYBODY,
        "/gate",
        "/stock",
        "/stock" + BEHIND,
        "/dispatches",
        "/corrections",
        "/measurements",
    ),
    Role.DRIVER: ("/trips", "/manifests", "/"),
}

READ = (
    "/manifests",
    "/manifests" + BEHIND,
    "/manifests?updated_since=2026-11-24T02:00:00Z",
    "/manifests?updated_since=2026-11-01T00:00:00Z",
    "/manifests?state=in_transit",
    "/manifests?state=closed",
    "/manifests?overdue=true",
    "/manifests?origin=P-1",
    "/manifests?destination=S-1",
    "/manifests?carrier=hauler-3",
    "/manifests?vehicle=T30",
    "/manifests?voyage=VY-1",
    "/findings",
    "/facilities",
)
OF_INTERFACE: Final[dict[Role, tuple[str, ...]]] = {
    role: tuple(f"/api/v1{path}" for path in paths)
    for role, paths in (
        (Role.REGULATOR, (*READ, "/cases", "/cases?updated_since=2026-11-24T00:00:00Z")),
        (Role.PLANT, READ),
        (Role.HAULER, (*READ, "/questions")),
        (Role.SITE, (*READ, "/stock", "/stock/movements", "/stock/movements" + BEHIND)),
    )
}
