"""Is an attached scan one that the viewer's organisation sent?"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.cases import Attachment
from models.values import Viewer
from tracking.operations.custody.refusals import StepBlocked
from tracking.rules.custody.guards import blocked


def own_scan(session: Session, attachment_id: int | None, viewer: Viewer) -> int | None:
    """The row id as given; raises StepBlocked where it is another's or there is none."""
    if attachment_id is None:
        return None
    sent_by = session.scalar(select(Attachment.organisation_id).where(Attachment.id == attachment_id))
    if sent_by is None or sent_by != viewer.organisation_id:
        raise StepBlocked([blocked("attachment", "attachment_unknown")])
    return attachment_id
