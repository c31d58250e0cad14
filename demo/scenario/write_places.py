"""How do organisations, facilities, routes, map lines and diversions get into their tables?"""

from collections.abc import Iterator, Sequence

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from demo.scenario.filling import Given, store
from demo.scenario.known import References, read_known
from demo.scenario.outcome import LoadResult
from demo.scenario.read_places import digest
from demo.scenario.rows import DiversionRow, FacilityRow, MapFeatureRow, OrganisationRow, RouteRow
from demo.scenario.touched import touch_diversions, touch_facilities, touch_routes
from models.facilities import Facility, MapFeature, Route
from models.manifests import Diversion
from models.organisations import Organisation
from models.values import Refusal


def write_organisations(
    session: Session, rows: Sequence[OrganisationRow], result: LoadResult
) -> Iterator[Refusal]:
    given = [
        Given(
            row.place,
            (row.code,),
            {
                "name": row.name,
                "name_en": row.name_en,
                "kind": row.kind,
                "active_from": row.active_from,
                "active_to": row.active_to,
            },
        )
        for row in rows
    ]
    yield from store(session, Organisation, ("code",), given, result.tally("organisations"), {})


def write_facilities(session: Session, rows: Sequence[FacilityRow], result: LoadResult) -> Iterator[Refusal]:
    organisations = read_known(session).organisations
    given = []
    for row in rows:
        references = References(row.place)
        owner = references.find("org", row.organisation, organisations, "organisation")
        yield from references.refusals
        if not references.refusals:
            given.append(Given(row.place, (row.code,), _facility_values(row, owner)))
    names = {
        "code": "id",
        "organisation_id": "org",
        "polygon": "geometry",
        "max_moisture_fraction": "max_moisture",
    }
    yield from store(session, Facility, ("code",), given, result.tally("facilities"), names, touch_facilities)


def _facility_values(row: FacilityRow, owner: int | None) -> dict[str, object]:
    return {
        "name": row.name,
        "name_en": row.name_en,
        "kind": row.kind,
        "organisation_id": owner,
        "polygon": row.polygon,
        "method": row.method,
        "permit_t_per_day": row.permit_t_per_day,
        "permit_t_per_year": row.permit_t_per_year,
        "storage_t": row.storage_t,
        "max_moisture_fraction": row.max_moisture_fraction,
        "accepts": row.accepts,
        "valid_from": row.valid_from,
        "valid_to": row.valid_to,
        "min_dwell_s": row.min_dwell_s,
        "province": row.province,
    }


def write_routes(session: Session, rows: Sequence[RouteRow], result: LoadResult) -> Iterator[Refusal]:
    facilities = read_known(session).facilities
    given = []
    for row in rows:
        references = References(row.place)
        origin = references.find("from", row.origin, facilities, "facility")
        destination = references.find("to", row.destination, facilities, "facility")
        yield from references.refusals
        if not references.refusals:
            values = {
                "origin_id": origin,
                "destination_id": destination,
                "mode": row.mode,
                "corridor_m": row.corridor_m,
                "planned_minutes": row.planned_minutes,
                "line": row.line,
            }
            given.append(Given(row.place, (row.code,), values))
    names = {"code": "id", "origin_id": "from", "destination_id": "to", "line": "geometry"}
    yield from store(session, Route, ("code",), given, result.tally("routes"), names, touch_routes)


def write_map(session: Session, rows: Sequence[MapFeatureRow], result: LoadResult) -> Iterator[Refusal]:
    """The same feature twice is drawn once, whatever its place in the file."""
    # By what they hold: earlier programs stored a digest of the line as it was written.
    columns = (MapFeature.layer, MapFeature.grade, MapFeature.name, MapFeature.name_en, MapFeature.geometry)
    known = {digest(list(row)) for row in session.execute(select(*columns))}
    fresh = {row.digest: row for row in rows if row.digest not in known}
    if fresh:
        session.execute(insert(MapFeature), [_map_values(row) for row in fresh.values()])
    tally = result.tally("map")
    tally.new += len(fresh)
    tally.unchanged += len(rows) - len(fresh)
    yield from ()


def _map_values(row: MapFeatureRow) -> dict[str, object]:
    return {
        "layer": row.layer,
        "grade": row.grade,
        "name": row.name,
        "name_en": row.name_en,
        "geometry": row.geometry,
        "digest": row.digest,
    }


def write_diversions(session: Session, rows: Sequence[DiversionRow], result: LoadResult) -> Iterator[Refusal]:
    facilities = read_known(session).facilities
    given = []
    for row in rows:
        references = References(row.place)
        from_site = references.find("from_site", row.from_site, facilities, "facility")
        to_site = references.find("to_site", row.to_site, facilities, "facility")
        yield from references.refusals
        if not references.refusals:
            values = {
                "from_site_id": from_site,
                "to_site_id": to_site,
                "valid_from": row.valid_from,
                "valid_to": row.valid_to,
                "reason": row.reason,
            }
            given.append(Given(row.place, (row.code,), values))
    names = {"code": "id", "from_site_id": "from_site", "to_site_id": "to_site"}
    yield from store(
        session, Diversion, ("code",), given, result.tally("diversions"), names, touch_diversions
    )
