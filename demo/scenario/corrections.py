"""How are corrections carried in and out? corrections.jsonl, each with what the parties answered.

Who asked and answered for an organisation is a login of the other server: here it is the organisation alone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from demo.scenario.fields import Fields
from demo.scenario.folder import Folder, Read, read_jsonl
from demo.scenario.known import References, read_known
from demo.scenario.outcome import LoadResult
from demo.scenario.sheet_rows import ids_by_code, written
from models.corrections import Correction, CorrectionAnswer
from models.custody_words import CorrectionState
from models.manifests import Manifest
from models.organisations import Organisation
from models.values import Refusal

FILE = "corrections.jsonl"
REASON = 1000


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """What a party said; blank where it has not."""

    organisation: str
    accepted: bool | None
    at: datetime | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class CorrectionRow:
    """A request for correction of one field."""

    place: str
    manifest: str
    field: str
    old: object
    new: object
    reason: str
    organisation: str
    requested_at: datetime
    state: CorrectionState
    ended_at: datetime | None
    version_made: int | None
    answers: tuple[AnswerRow, ...]


def read_corrections(folder: Folder) -> Read:
    """corrections.jsonl; an absent file has none."""
    return read_jsonl(folder, FILE, correction)


def correction(fields: Fields) -> CorrectionRow:
    nested = [fields.within(each, f"answers[{index}]") for index, each in fields.items("answers")]
    return CorrectionRow(
        place=fields.place,
        manifest=fields.text("manifest"),
        field=fields.text("field"),
        old=fields.values.get("old"),
        new=fields.values.get("new"),
        reason=fields.text("reason", REASON),
        organisation=fields.text("organisation"),
        requested_at=fields.time("requested_at"),
        state=fields.word("state", CorrectionState),
        ended_at=fields.optional_time("ended_at"),
        version_made=fields.optional_whole("version_made"),
        answers=tuple(answer(each) for each in nested if each is not None),
    )


def answer(fields: Fields) -> AnswerRow:
    said = fields.values.get("accepted")
    return AnswerRow(
        organisation=fields.text("organisation"),
        accepted=said if isinstance(said, bool) else None,
        at=fields.optional_time("at"),
        reason=fields.optional_text("reason", REASON),
    )


def write_corrections(
    session: Session, rows: Sequence[CorrectionRow], result: LoadResult
) -> Iterator[Refusal]:
    """Store those that are not there yet: one is known by its manifest, field and moment."""
    organisations = read_known(session).organisations
    manifests = ids_by_code(session, Manifest, {row.manifest for row in rows})
    tally = result.tally("corrections")
    for row in rows:
        references = References(row.place)
        manifest_id = references.find("manifest", row.manifest, manifests, "manifest")
        owner = references.find("organisation", row.organisation, organisations, "organisation")
        answers = [answer_values(each, references, organisations) for each in row.answers]
        yield from references.refusals
        if references.refusals:
            continue
        same = (Correction.manifest_id == manifest_id, Correction.field == row.field)
        query = select(Correction.id).where(*same, Correction.requested_at == row.requested_at)
        if session.scalar(query) is not None:
            tally.unchanged += 1
            continue
        stored = Correction(
            manifest_id=manifest_id,
            field=row.field,
            old=row.old,
            new=row.new,
            reason=row.reason,
            organisation_id=owner,
            requested_at=row.requested_at,
            state=row.state,
            ended_at=row.ended_at,
            version_made=row.version_made,
        )
        session.add(stored)
        session.flush()
        session.add_all(CorrectionAnswer(correction_id=stored.id, **values) for values in answers)
        tally.new += 1
    session.flush()


def answer_values(row: AnswerRow, references: References, organisations: dict[str, int]) -> dict[str, Any]:
    """The columns of an answer."""
    said_by = references.find("answers.organisation", row.organisation, organisations, "organisation")
    return {"organisation_id": said_by, "accepted": row.accepted, "at": row.at, "reason": row.reason}


def correction_lines(session: Session) -> Iterator[dict[str, Any]]:
    """Lines of corrections.jsonl."""
    whole = (
        joinedload(Correction.organisation),
        selectinload(Correction.answers).joinedload(CorrectionAnswer.organisation),
    )
    query = (
        select(Correction, Manifest.number)
        .join(Manifest, Manifest.id == Correction.manifest_id)
        .options(*whole)
        .order_by(Manifest.number, Correction.requested_at, Correction.field)
    )
    for row, number in session.execute(query):
        line = {
            "manifest": number,
            "field": row.field,
            "old": row.old,
            "new": row.new,
            "reason": row.reason,
            "organisation": row.organisation.code,
            "requested_at": written(row.requested_at),
            "state": row.state.value,
            "ended_at": written(row.ended_at),
            "version_made": row.version_made,
            "answers": [answer_line(each, each.organisation) for each in sorted_answers(row)],
        }
        yield {name: value for name, value in line.items() if value is not None}


def sorted_answers(row: Correction) -> list[CorrectionAnswer]:
    return sorted(row.answers, key=lambda each: each.organisation.code)


def answer_line(row: CorrectionAnswer, organisation: Organisation) -> dict[str, Any]:
    line = {
        "organisation": organisation.code,
        "accepted": row.accepted,
        "at": written(row.at),
        "reason": row.reason,
    }
    return {name: value for name, value in line.items() if value is not None}
