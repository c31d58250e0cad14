"""Which photos and documents may be attached, and how are they kept? By what their bytes are, not by name."""

from datetime import datetime
from hashlib import sha256

from sqlalchemy.orm import Session

from models.cases import Attachment
from models.values import Viewer
from tracking.operations.custody.refusals import NotYourSignature, StepBlocked
from tracking.rules.custody.guards import blocked

MAX_BYTES = 10 * 1024 * 1024
MAX_NAME = 200
SIGNS = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"%PDF-", "application/pdf"),
)
"""First bytes of what is taken."""


def attach(session: Session, name: str, content: bytes, viewer: Viewer, now: datetime) -> int:
    """The row id of the file, in the caller's writing transaction; an act names it afterwards.

    Raises StepBlocked for a file that is empty, larger than MAX_BYTES or neither JPEG, PNG nor PDF, and
    NotYourSignature for somebody without a login.
    """
    if viewer.user_id is None:
        raise NotYourSignature
    row = Attachment(
        digest=sha256(content).hexdigest(),
        name=plain_name(name),
        media_type=media_type_of(content),
        size_bytes=len(content),
        content=content,
        organisation_id=viewer.organisation_id,
        user_id=viewer.user_id,
        at=now,
    )
    session.add(row)
    session.flush()
    return row.id


def media_type_of(content: bytes) -> str:
    """What the bytes are; raises StepBlocked."""
    if not content:
        raise StepBlocked([blocked("attachment", "file_empty")])
    if len(content) > MAX_BYTES:
        raise StepBlocked([blocked("attachment", "file_too_large", most_mb=MAX_BYTES // 1024**2)])
    for sign, media_type in SIGNS:
        if content.startswith(sign):
            return media_type
    raise StepBlocked([blocked("attachment", "file_of_other_kind")])


def plain_name(name: str) -> str:
    """The name without folders and control characters, for people to know it by."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(sign for sign in last if sign.isprintable()).strip()
    return kept[-MAX_NAME:] or "file"
