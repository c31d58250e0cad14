"""Who may open an attached file? Whoever sees all, its own organisation, parties to what it belongs to."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, false, or_, select, true
from sqlalchemy.orm import Session

from models.cases import Attachment, CaseEntry
from models.corrections import Correction
from models.custody_words import CaseAct
from models.emergency import PaperSignature
from models.manifests import CustodyEvent, Manifest
from models.step_files import StepFile
from models.values import Viewer
from tracking.queries.visibility import manifests_visible


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file with its bytes."""

    id: int
    name: str
    media_type: str
    digest: str
    content: bytes


def attachments_visible(viewer: Viewer) -> ColumnElement[bool]:
    """The condition on Attachment."""
    if viewer.sees_all:
        return true()
    if viewer.organisation_id is None:
        return false()
    asked = select(CaseEntry.attachment_id).where(
        CaseEntry.act == CaseAct.ASKED, CaseEntry.asked_id == viewer.organisation_id
    )
    evidence = (
        select(Correction.evidence_id)
        .join(Manifest, Manifest.id == Correction.manifest_id)
        .where(manifests_visible(viewer))
    )
    paper = (
        select(PaperSignature.evidence_id)
        .join(Manifest, Manifest.id == PaperSignature.manifest_id)
        .where(manifests_visible(viewer))
    )
    shown = (
        select(StepFile.attachment_id)
        .join(CustodyEvent, CustodyEvent.id == StepFile.event_id)
        .join(Manifest, Manifest.id == CustodyEvent.manifest_id)
        .where(manifests_visible(viewer))
    )
    own = Attachment.organisation_id == viewer.organisation_id
    return or_(
        own,
        Attachment.id.in_(asked),
        Attachment.id.in_(evidence),
        Attachment.id.in_(paper),
        Attachment.id.in_(shown),
    )


def attachment_by_id(session: Session, attachment_id: int, viewer: Viewer) -> SentFile | None:
    """The file with its bytes; None where there is none for this viewer."""
    query = select(
        Attachment.id, Attachment.name, Attachment.media_type, Attachment.digest, Attachment.content
    ).where(Attachment.id == attachment_id, attachments_visible(viewer))
    row = session.execute(query).first()
    return None if row is None else SentFile(*row)
