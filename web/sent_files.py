"""How does a file of a form get into the database, and back to whoever may see it?"""

from contextlib import closing

from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from models.values import Viewer
from tracking.operations.attach import MAX_BYTES, attach
from web.clock import now


def kept_file(session: Session, sent: FileStorage | None, viewer: Viewer) -> int | None:
    """The row id of the file that a form carries; None where it has none. Raises StepBlocked."""
    if sent is None:
        return None
    with closing(sent):
        content = sent.read(MAX_BYTES + 1)  # no more is needed to see that it is too large
    return attach(session, sent.filename or "", content, viewer, now())
