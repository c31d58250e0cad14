"""How does a file of a form get into the database, and back to whoever may see it?"""

from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from models.values import Viewer
from tracking.operations.attach import attach
from web.clock import now


def kept_file(session: Session, sent: FileStorage | None, viewer: Viewer) -> int | None:
    """The row id of the file that a form carries; None where it has none. Raises StepBlocked."""
    if sent is None:
        return None
    return attach(session, sent.filename or "", sent.read(), viewer, now())
