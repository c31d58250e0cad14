"""What does the programming interface tell of manifests? Plain values, by codes, as other systems keep them.

Masses kg, moisture a mass fraction, times aware UTC.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, select
from sqlalchemy.orm import Session, aliased

from models.emergency import PaperSignature
from models.facilities import Facility, Route
from models.manifests import CustodyEvent, Disposal, Leg, Manifest
from models.organisations import Organisation
from models.sight import VehicleLoad
from models.signatures import Signature, SignedDocument
from models.values import Viewer
from models.vocabulary import CustodyState, ManifestKind
from tracking.queries.custody_facts import custody_by_number
from tracking.queries.keyset import Key, Order, Page, continued, page_of
from tracking.queries.settled import capped, settled, since
from tracking.queries.visibility import manifests_visible, names_vehicle
from tracking.rules.custody.arrows import acts_from
from tracking.rules.custody.content import Codes, content_of
from tracking.rules.custody.facts import Custody

Told = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the caller asked for; None means all. Facilities, carrier and vehicle by code."""

    state: CustodyState | None = None
    kind: ManifestKind | None = None
    origin: str | None = None
    destination: str | None = None
    carrier: str | None = None
    vehicle: str | None = None
    plan: str | None = None
    voyage: str | None = None
    overdue: bool | None = None
    updated_since: datetime | None = None


def manifest_rows(
    session: Session, viewer: Viewer, wanted: Wanted, after: Key | None, limit: int, now: datetime
) -> Page[Told]:
    """A page of manifests, those that changed longest ago first: whoever reads on misses nothing.

    What that takes, as of `now`, is in tracking/queries/settled.py.

    Manifests that were loaded as they were on paper and never changed since have no time of change: they
    come first, in the order in which they came in, and not at all for `updated_since`.
    """
    found: list[Any] = []
    goes_on = after is not None
    changed, row_id = changes_of(wanted)
    if wanted.updated_since is None and (after is None or after[0] is None):
        query = lines(viewer, wanted).where(changed.is_(None)).order_by(row_id)
        if after is not None:
            query = query.where(row_id > after[1])
        found += session.execute(query.limit(limit + 1)).all()
        after = None
    if len(found) <= limit:
        order = Order(changed.expression, row_id.expression, descending=False)
        query = lines(viewer, wanted).where(changed.is_not(None))
        if goes_on:
            query = query.where(settled(changed, now))
        found += session.execute(continued(query, order, after, limit - len(found))).all()
    page = page_of(found, limit, lambda row: (row.updated_at, row.id)).map(line_of)
    return capped(page, now)


def changes_of(wanted: Wanted) -> tuple[Any, Any]:
    """The columns of the time of change and the row id by which a list goes on."""
    if wanted.vehicle is not None:
        return VehicleLoad.updated_at, VehicleLoad.manifest_id
    return Manifest.updated_at, Manifest.id


def lines(viewer: Viewer, wanted: Wanted) -> Select[Any]:
    """The rows of a list."""
    origin, destination = aliased(Facility), aliased(Facility)
    columns: list[Any] = [
        *(Manifest.id, Manifest.number, Manifest.kind, Manifest.custody_state, Manifest.leg_seq),
        *(Manifest.version, Manifest.source, Manifest.sludge_kind, Manifest.planned_kg, Manifest.plan),
        *(Manifest.issued_at, Manifest.updated_at, Manifest.due_at, Manifest.overdue),
        origin.code.label("origin"),
        destination.code.label("destination"),
        Organisation.code.label("carrier"),
    ]
    query: Select[Any] = (
        select(*columns)
        .join(origin, origin.id == Manifest.origin_id)
        .join(destination, destination.id == Manifest.destination_id)
        .join(Organisation, Organisation.id == Manifest.hauler_id, isouter=True)
        .where(manifests_visible(viewer), *conditions(wanted))
    )
    if wanted.vehicle is not None:
        of_vehicle = VehicleLoad.vehicle_code == wanted.vehicle
        query = query.join(VehicleLoad, and_(VehicleLoad.manifest_id == Manifest.id, of_vehicle))
    return query


def conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    """What is asked for, as conditions."""
    found: list[ColumnElement[bool]] = []
    for column, value in (
        (Manifest.custody_state, wanted.state),
        (Manifest.kind, wanted.kind),
        (Manifest.plan, wanted.plan),
        (Manifest.overdue, wanted.overdue),
    ):
        if value is not None:
            found.append(column == value)
    ends = ((Manifest.origin_id, wanted.origin), (Manifest.destination_id, wanted.destination))
    for place_column, code in ends:
        if code is not None:
            found.append(place_column == select(Facility.id).where(Facility.code == code).scalar_subquery())
    if wanted.carrier is not None:
        carrier = select(Organisation.id).where(Organisation.code == wanted.carrier).scalar_subquery()
        found.append(Manifest.hauler_id == carrier)
    if wanted.vehicle is not None:
        found.append(names_vehicle(wanted.vehicle))
    if wanted.voyage is not None:
        found.append(Manifest.id.in_(select(Leg.manifest_id).where(Leg.voyage == wanted.voyage)))
    if wanted.updated_since is not None:
        found.append(since(changes_of(wanted)[0], wanted.updated_since))
    return found


def line_of(row: Any) -> Told:
    """A row of the list."""
    return {
        "number": row.number,
        "kind": row.kind,
        "state": row.custody_state,
        "version": row.version,
        "leg_seq": row.leg_seq,
        "source": row.source,
        "origin": row.origin,
        "destination": row.destination,
        "carrier": row.carrier,
        "sludge_kind": row.sludge_kind,
        "planned_kg": row.planned_kg,
        "plan": row.plan,
        "issued_at": row.issued_at,
        "updated_at": row.updated_at or row.issued_at,
        "due_at": row.due_at,
        "overdue": row.overdue,
    }


def manifest_told(session: Session, number: str, viewer: Viewer) -> Told | None:
    """Everything about one manifest: its content as it is signed, where it stands, and how it came there."""
    custody = custody_by_number(session, number, viewer)
    if custody is None:
        return None
    codes = codes_named(session, custody)
    row = session.execute(
        select(Manifest.due_at, Manifest.overdue, Manifest.updated_at).where(Manifest.id == custody.id)
    ).one()
    return standing(custody, codes.organisations.get(custody.custodian_id or 0)) | {
        "due_at": row.due_at,
        "overdue": row.overdue,
        "updated_at": row.updated_at or custody.issued_at,
        "content": content_of(custody, codes),
        "children": [
            {"number": part.number, "state": part.state, "wet_kg": part.wet_kg, "dry_kg": part.dry_kg}
            for part in custody.parts_out
        ],
        "disposal": disposal(session, custody.id),
        "events": events(session, custody.id),
        "signatures": signatures(session, custody.id),
    }


def standing(custody: Custody, custodian: str | None) -> Told:
    """Where a manifest stands; `custodian`: the code of who answers for it."""
    return {
        "number": custody.number,
        "state": custody.state,
        "version": custody.version,
        "leg_seq": custody.leg_seq,
        "custodian": custodian,
        "on_hold": custody.on_hold,
        "correction_open": custody.correction_open,
        "next_acts": list(acts_from(custody.state)),
    }


def codes_named(session: Session, custody: Custody) -> Codes:
    """Codes of what the manifest names."""
    facilities = {custody.origin_id, custody.destination_id, custody.received_at_id}
    facilities |= {leg.from_id for leg in custody.legs} | {leg.to_id for leg in custody.legs}
    organisations = {custody.issuer_id, custody.custodian_id} | {leg.carrier_id for leg in custody.legs}
    routes = {leg.route_id for leg in custody.legs}
    return Codes(
        codes_of(session, Facility, facilities),
        codes_of(session, Organisation, organisations),
        codes_of(session, Route, routes),
    )


def codes_of(session: Session, table: Any, ids: set[int | None]) -> dict[int, str]:
    """Codes by row id."""
    wanted = sorted(each for each in ids if each is not None)
    if not wanted:
        return {}
    return dict(session.execute(select(table.id, table.code).where(table.id.in_(wanted))).all())


def disposal(session: Session, manifest_id: int) -> Told | None:
    """What was finally done with it."""
    row = session.scalar(select(Disposal).where(Disposal.manifest_id == manifest_id))
    return None if row is None else {"method": row.method, "mass_kg": row.mass_kg, "at": row.at}


def events(session: Session, manifest_id: int) -> list[Told]:
    """Every change of state."""
    query = select(CustodyEvent).where(CustodyEvent.manifest_id == manifest_id)
    return [
        {
            "from_state": row.from_state,
            "to_state": row.to_state,
            "leg_seq": row.leg_seq,
            "at": row.at,
            "recorded_at": row.recorded_at,
            "actor": row.actor,
            "reason": row.reason,
        }
        for row in session.scalars(query.order_by(CustodyEvent.at, CustodyEvent.id))
    ]


def signatures(session: Session, manifest_id: int) -> list[Told]:
    """Every signature with the hash of what it signs."""
    query = (
        select(Signature, Organisation.code, SignedDocument.digest, SignedDocument.version)
        .add_columns(PaperSignature.state)
        .join(Organisation, Organisation.id == Signature.organisation_id)
        .outerjoin(PaperSignature, PaperSignature.signature_id == Signature.id)
        .join(SignedDocument, SignedDocument.id == Signature.document_id)
        .where(Signature.manifest_id == manifest_id)
        .order_by(Signature.id)
    )
    return [
        {
            "act": row.act,
            "capacity": row.capacity,
            "leg_seq": row.leg_seq,
            "organisation": organisation,
            "signer": row.signer,
            "method": row.method,
            "assurance": row.assurance,
            "server_at": row.server_at,
            "device_at": row.device_at,
            "place": None if row.lat is None else [row.lat, row.lon],
            "document_digest": digest,
            "document_version": version,
            "paper": paper,
        }
        for row, organisation, digest, version, paper in session.execute(query)
    ]


def facility_id(session: Session, code: str) -> int | None:
    """The row id of a facility."""
    return session.scalar(select(Facility.id).where(Facility.code == code))
