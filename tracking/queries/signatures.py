"""Who signed what of a manifest, how surely, when and where; and was this very signature sent before?"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.custody_words import Act, Assurance, Capacity, PaperState, SigningMethod
from models.emergency import PaperSignature
from models.manifests import Manifest
from models.organisations import Organisation
from models.signatures import Signature, SignedDocument
from tracking.queries.names import Name


@dataclass(frozen=True, slots=True)
class SignatureRow:
    """A signature as pages show it. `digest` is the SHA-256 of the document that was signed."""

    act: Act
    capacity: Capacity
    leg_seq: int
    signer: str
    party: Name
    method: SigningMethod
    assurance: Assurance
    server_at: datetime
    device_at: datetime | None
    lat: float | None
    lon: float | None
    digest: str
    version: int
    paper: PaperState | None  # of one that was typed in from emergency paper


def signatures_of(session: Session, manifest_id: int) -> tuple[SignatureRow, ...]:
    """The signatures of a manifest in the order in which they came."""
    query = (
        select(
            Signature.act,
            Signature.capacity,
            Signature.leg_seq,
            Signature.signer,
            Organisation.code,
            Organisation.name,
            Organisation.name_en,
            Signature.method,
            Signature.assurance,
            Signature.server_at,
            Signature.device_at,
            Signature.lat,
            Signature.lon,
            SignedDocument.digest,
            SignedDocument.version,
            PaperSignature.state,
        )
        .join(Organisation, Organisation.id == Signature.organisation_id)
        .join(SignedDocument, SignedDocument.id == Signature.document_id)
        .outerjoin(PaperSignature, PaperSignature.signature_id == Signature.id)
        .where(Signature.manifest_id == manifest_id)
        .order_by(Signature.id)
    )
    rows: list[Any] = [tuple(row) for row in session.execute(query)]
    told: list[list[Any]] = [[*row[:4], Name(*row[4:7]), *row[7:]] for row in rows]
    return tuple(SignatureRow(*each) for each in told)


def sent_before(session: Session, number: str, act: Act, user_id: int, device_at: datetime) -> bool:
    """Has this person signed this act at this moment of the own device's clock?

    A phone that lost the answer sends its queue again: the second time changes nothing.
    """
    query = (
        select(Signature.id)
        .join(Manifest, Manifest.id == Signature.manifest_id)
        .where(Manifest.number == number, Signature.act == act)
        .where(Signature.user_id == user_id, Signature.device_at == device_at)
    )
    return session.scalar(query) is not None
