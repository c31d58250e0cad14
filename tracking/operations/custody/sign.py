"""How is a signature kept? With the document it signs, by hash; nothing of it is ever changed."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models.custody_words import Act, Capacity
from models.facilities import Facility, Route
from models.organisations import Organisation
from models.signatures import Signature, SignedDocument
from tracking.operations.add_row import add_row
from tracking.rules.custody.assurance import assurance_of
from tracking.rules.custody.content import Codes, Content, content_of, digest_of
from tracking.rules.custody.facts import Custody, Ground, Step

if TYPE_CHECKING:
    from tracking.operations.custody.take_step import Signer


def keep_signature(
    session: Session, step: Step, outcome: Custody, capacity: Capacity, signer: Signer, now: datetime
) -> int:
    """Keep the signature of `outcome`'s content with its document; the signature's row id."""
    lat, lon, accuracy_m = signer.place or (None, None, None)
    return add_row(
        session,
        Signature,
        manifest_id=step.custody.id,
        act=step.act,
        capacity=capacity,
        leg_seq=outcome.leg_seq,
        organisation_id=signer.organisation_id,
        user_id=signer.user_id,
        signer=signer.name,
        method=signer.method,
        assurance=assurance_of(signer.method),
        server_at=now,
        device_at=signer.device_at,
        lat=lat,
        lon=lon,
        accuracy_m=accuracy_m,
        document_id=keep_document(session, outcome, codes_on(step.ground), now),
    )


def keep_document(session: Session, custody: Custody, codes: Codes, now: datetime) -> int:
    """The row id of the document with this content: the one that is there, or a new one."""
    return keep_content(session, custody.id, custody.version, content_of(custody, codes), now)


def keep_content(session: Session, manifest_id: int, version: int, content: Content, at: datetime) -> int:
    """The row id of the document with this content of a manifest: the one that is there, or a new one."""
    digest = digest_of(content)
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    document = {"manifest_id": manifest_id, "version": version, "digest": digest}
    added = session.execute(ADDING[dialect], document | {"content": content, "at": at}).scalar()
    if added is None:
        same = (SignedDocument.manifest_id == manifest_id) & (SignedDocument.digest == digest)
        added = session.scalars(select(SignedDocument.id).where(same)).one()
    return int(added)


ADDING = {
    dialect: dialect.insert(SignedDocument.__table__)
    .on_conflict_do_nothing(index_elements=["manifest_id", "digest"])
    .returning(SignedDocument.__table__.c.id)
    for dialect in (postgresql, sqlite)
}


def codes_on(ground: Ground) -> Codes:
    """Codes of what the step stands on."""
    return Codes(
        {row_id: place.code for row_id, place in ground.places.items()},
        dict(ground.organisations),
        {row_id: route.code for row_id, route in ground.routes.items()},
    )


def codes_of(session: Session, custody: Custody) -> Codes:
    """Codes of what the manifest names."""
    facilities = {custody.origin_id, custody.destination_id, custody.received_at_id}
    facilities |= {leg.from_id for leg in custody.legs} | {leg.to_id for leg in custody.legs}
    organisations = {custody.issuer_id} | {leg.carrier_id for leg in custody.legs}
    routes = {leg.route_id for leg in custody.legs}
    return Codes(
        codes_by_id(session, Facility, facilities),
        codes_by_id(session, Organisation, organisations),
        codes_by_id(session, Route, routes),
    )


def codes_by_id(
    session: Session, table: type[Facility] | type[Organisation] | type[Route], ids: set[int | None]
) -> dict[int, str]:
    """Codes by row id."""
    wanted = sorted(each for each in ids if each is not None)
    if not wanted:
        return {}
    return dict(session.execute(select(table.id, table.code).where(table.id.in_(wanted))).all())


def signed_already(session: Session, custody: Custody, act: Act) -> frozenset[Capacity]:
    """Who has signed this act of the manifest as it stands."""
    query = (
        select(Signature.capacity)
        .join(SignedDocument, SignedDocument.id == Signature.document_id)
        .where(Signature.manifest_id == custody.id, Signature.act == act)
        .where(Signature.leg_seq == custody.leg_seq, SignedDocument.version == custody.version)
    )
    return frozenset(session.scalars(query))
