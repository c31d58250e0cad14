"""How does a photo or document go in and out with a folder? Its bytes in files/, named by their hash.

Who sent it is a login of the other server: here it is the organisation alone. What is kept is kept by what
its bytes are (tracking/operations/attach.py), whatever the folder says of it.
"""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from demo.scenario.fields import NAME, Fields
from demo.scenario.folder import Folder
from demo.scenario.known import References
from demo.scenario.sheet_rows import written
from models.cases import Attachment
from tracking.operations.attach import MAX_BYTES, media_type_of, plain_name
from tracking.operations.custody.refusals import StepBlocked

FILES = "files"
HEX = frozenset("0123456789abcdef")


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file as a line names it; `path`: where its bytes should be."""

    name: str
    digest: str
    organisation: str | None
    at: datetime
    path: Path


def read_file(folder: Folder, fields: Fields, name: str) -> FileRow | None:
    """The object of this name in a line, or None where it is blank."""
    block = fields.within(fields.values[name], name) if fields.has(name) else None
    if block is None:
        return None
    digest = block.text("digest")
    if len(digest) != 64 or not set(digest) <= HEX:
        block.refuse("digest", "is not a SHA-256 in lower-case hex")
        digest = ""
    return FileRow(
        name=block.text("name", NAME),
        digest=digest,
        organisation=block.optional_text("organisation"),
        at=block.time("at"),
        path=folder.path / FILES / digest,
    )


def keep_file(
    session: Session, row: FileRow, references: References, organisations: dict[str, int]
) -> int | None:
    """The row id of the file, stored now where it was not; None where it is refused (in `references`)."""
    owner = references.find("file.organisation", row.organisation, organisations, "organisation")
    if references.refusals:
        return None
    same = (Attachment.digest == row.digest, Attachment.name == row.name, Attachment.at == row.at)
    stored = session.scalar(select(Attachment.id).where(*same).order_by(Attachment.id).limit(1))
    if stored is not None:
        return stored
    content = bytes_of(row, references)
    if content is None:
        return None
    added = Attachment(
        digest=row.digest,
        name=plain_name(row.name),
        media_type=media_type_of(content),
        size_bytes=len(content),
        content=content,
        organisation_id=owner,
        at=row.at,
    )
    session.add(added)
    session.flush()
    return added.id


def bytes_of(row: FileRow, references: References) -> bytes | None:
    """What lies in files/, if it is what the line says and of a kind that is taken."""
    if not row.path.is_file() or row.path.is_symlink():
        references.refuse("file.digest", f"there is no file {FILES}/{row.digest}")
        return None
    if row.path.stat().st_size > MAX_BYTES:
        references.refuse("file.digest", f"the file is larger than {MAX_BYTES // 1024**2} MB")
        return None
    content = row.path.read_bytes()
    if sha256(content).hexdigest() != row.digest:
        references.refuse("file.digest", "is not the SHA-256 of the file's bytes")
        return None
    try:
        media_type_of(content)
    except StepBlocked:
        references.refuse("file.digest", "the file is neither JPEG, PNG nor PDF")
        return None
    return content


def file_line(row: Attachment, organisations: dict[int, str]) -> dict[str, Any]:
    """The object of a file in a line."""
    return {
        "name": row.name,
        "digest": row.digest,
        "organisation": organisations.get(row.organisation_id or 0),
        "at": written(row.at),
    }


def write_bytes(folder: Path, row: Attachment) -> None:
    """Its bytes into files/, once."""
    path = folder / FILES / row.digest
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(row.content)
