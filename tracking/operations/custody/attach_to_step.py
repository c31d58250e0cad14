"""How does a photo come to a step of custody? In the transaction of the step, by its signer."""

from sqlalchemy.orm import Session

from models.step_files import StepFile
from models.values import Viewer
from tracking.operations.cases.entries import own_attachment


def attach_to_step(session: Session, event_id: int, attachment_id: int | None, viewer: Viewer) -> None:
    """Tie a file of the signer's own to the event; nothing where there is no file.

    Raises StepBlocked (attachment) for a file that the viewer has not sent.
    """
    kept = own_attachment(session, attachment_id, viewer)
    if kept is not None:
        session.add(StepFile(event_id=event_id, attachment_id=kept))
        session.flush()
