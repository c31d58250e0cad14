"""How are the photos and documents of steps carried in and out? step_files.jsonl, and their bytes beside it.

A step is known by its manifest, the state that it led to and the leg; a file by its hash, name and moment.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from demo.scenario.evidence_files import FileRow, file_line, keep_file, read_file, write_bytes
from demo.scenario.fields import Fields
from demo.scenario.folder import Folder, Read, read_jsonl
from demo.scenario.known import References, read_known
from demo.scenario.outcome import LoadResult
from demo.scenario.sheet_rows import ids_by_code
from models.cases import Attachment
from models.manifests import CustodyEvent, Manifest
from models.organisations import Organisation
from models.step_files import StepFile
from models.values import Refusal
from models.vocabulary import CustodyState

FILE = "step_files.jsonl"
KIND = "step_files"


@dataclass(frozen=True, slots=True)
class StepFileRow:
    """A file of a step."""

    place: str
    manifest: str
    to_state: CustodyState
    leg_seq: int
    file: FileRow


def read_step_files(folder: Folder) -> Read:
    """step_files.jsonl; an absent file has none."""
    return read_jsonl(folder, FILE, lambda fields: step_file(folder, fields))


def step_file(folder: Folder, fields: Fields) -> StepFileRow | None:
    file = None if fields.missing("file") else read_file(folder, fields, "file")
    if file is None:
        return None
    return StepFileRow(
        place=fields.place,
        manifest=fields.text("manifest"),
        to_state=fields.word("to", CustodyState),
        leg_seq=fields.optional_whole("leg") or 0,
        file=file,
    )


def write_step_files(session: Session, rows: Sequence[StepFileRow], result: LoadResult) -> Iterator[Refusal]:
    """Tie to their steps what is not tied yet."""
    organisations = read_known(session).organisations
    manifests = ids_by_code(session, Manifest, {row.manifest for row in rows})
    tally = result.tally(KIND)
    for row in rows:
        references = References(row.place)
        manifest_id = references.find("manifest", row.manifest, manifests, "manifest")
        event_id = None if manifest_id is None else event_of(session, manifest_id, row)
        if manifest_id is not None and event_id is None:
            references.refuse("to", f"manifest '{row.manifest}' has no such step")
        file_id = keep_file(session, row.file, references, organisations)
        yield from references.refusals
        if event_id is None or file_id is None:
            continue
        tied = select(StepFile.id).where(StepFile.event_id == event_id, StepFile.attachment_id == file_id)
        if session.scalar(tied.limit(1)) is not None:
            tally.unchanged += 1
            continue
        session.add(StepFile(event_id=event_id, attachment_id=file_id))
        session.flush()
        tally.new += 1


def event_of(session: Session, manifest_id: int, row: StepFileRow) -> int | None:
    """The row id of the step's event."""
    same = (CustodyEvent.to_state == row.to_state, CustodyEvent.leg_seq == row.leg_seq)
    query = select(CustodyEvent.id).where(CustodyEvent.manifest_id == manifest_id, *same)
    return session.scalar(query.order_by(CustodyEvent.id).limit(1))


def step_file_lines(session: Session, folder: Path) -> Iterator[dict[str, Any]]:
    """Lines of step_files.jsonl; the bytes of each are written on the way."""
    organisations = dict(session.execute(select(Organisation.id, Organisation.code)).all())
    query = (
        select(Attachment, Manifest.number, CustodyEvent.to_state, CustodyEvent.leg_seq)
        .join(StepFile, StepFile.attachment_id == Attachment.id)
        .join(CustodyEvent, CustodyEvent.id == StepFile.event_id)
        .join(Manifest, Manifest.id == CustodyEvent.manifest_id)
        .order_by(Manifest.number, CustodyEvent.id, StepFile.id)
        .options(undefer(Attachment.content))
        .execution_options(yield_per=20)
    )
    for row, number, state, leg_seq in session.execute(query):
        write_bytes(folder, row)
        line = {"manifest": number, "to": state.value, "file": file_line(row, organisations)}
        yield line if not leg_seq else line | {"leg": leg_seq}
        session.expunge(row)
