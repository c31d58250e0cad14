"""How does a party object to a finding that is about it? With a sentence, and a photo where it has one."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.cases import Objection
from models.findings import Finding
from models.values import Viewer
from models.vocabulary import Role
from tracking.operations.cases.entries import checked_text, own_attachment
from tracking.operations.cases.refusals import CaseUnknown, NotYours
from tracking.queries.visibility import findings_visible

MAX_OBJECTION = 2000
OBJECTORS = frozenset({Role.HAULER, Role.PLANT, Role.SITE, Role.DRIVER})


def object_to_finding(
    session: Session,
    key: str,
    text: str,
    viewer: Viewer,
    now: datetime,
    attachment_id: int | None = None,
) -> int:
    """The row id of the objection; it changes nothing by itself, the regulator reads it.

    Raises CaseUnknown where the finding is not about the viewer's organisation, NotYours for a regulator
    or administrator, StepBlocked.
    """
    held = (Finding.key == key) & Finding.current
    if session.scalar(select(Finding.id).where(held, findings_visible(viewer))) is None:
        raise CaseUnknown(key)
    if viewer.role not in OBJECTORS or viewer.organisation_id is None or viewer.user_id is None:
        raise NotYours
    objection = Objection(
        finding_key=key,
        text=checked_text(text, most=MAX_OBJECTION),
        attachment_id=own_attachment(session, attachment_id, viewer),
        user_id=viewer.user_id,
        organisation_id=viewer.organisation_id,
        at=now,
    )
    session.add(objection)
    session.flush()
    return objection.id
