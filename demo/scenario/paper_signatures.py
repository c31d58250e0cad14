"""How are signatures of emergency paper carried in and out? paper_signatures.jsonl, with what they signed.

They travel, where other signatures stay: whether their parties confirmed them decides whether a manifest may
be closed. Who typed them in is a login of the other server, and so is its window.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, undefer

from demo.scenario.evidence_files import FileRow, file_line, keep_file, read_file, write_bytes
from demo.scenario.fields import Fields
from demo.scenario.folder import Folder, Read, read_jsonl
from demo.scenario.known import References, read_known
from demo.scenario.outcome import LoadResult
from demo.scenario.sheet_rows import ids_by_code, written
from models.cases import Attachment
from models.custody_words import Act, Assurance, Capacity, PaperState, SigningMethod
from models.emergency import PaperSignature
from models.manifests import Manifest
from models.organisations import Organisation
from models.signatures import Signature, SignedDocument
from models.values import Refusal
from tracking.operations.custody.sign import keep_content
from tracking.rules.custody.assurance import assurance_of

FILE = "paper_signatures.jsonl"
KIND = "paper_signatures"
REASON = 1000
NAME = 100


@dataclass(frozen=True, slots=True)
class PaperRow:
    """A signature as the paper shows it, what its party and the regulator said, and what was signed.

    answer, decision: columns of PaperSignature by name.
    """

    place: str
    manifest: str
    organisation: str
    act: Act
    capacity: Capacity
    leg_seq: int
    signer: str
    happened_at: datetime
    entered_at: datetime
    said: dict[str, Any]
    version: int
    signed_at: datetime
    content: dict[str, Any]
    evidence: FileRow | None


def read_paper_signatures(folder: Folder) -> Read:
    """paper_signatures.jsonl; an absent file has none."""
    return read_jsonl(folder, FILE, lambda fields: paper_signature(folder, fields))


def paper_signature(folder: Folder, fields: Fields) -> PaperRow | None:
    blank = fields.missing("document")
    document = None if blank else fields.within(fields.values["document"], "document")
    if document is None:
        return None
    content = document.values.get("content")
    number = fields.text("manifest")
    if not isinstance(content, dict) or content.get("number") != number:
        document.refuse("content", f"is not the content of manifest '{number}'")
        return None
    return PaperRow(
        place=fields.place,
        manifest=number,
        organisation=fields.text("organisation"),
        act=fields.word("act", Act),
        capacity=fields.word("capacity", Capacity),
        leg_seq=fields.optional_whole("leg") or 0,
        signer=fields.text("signer", NAME),
        happened_at=fields.time("happened_at"),
        entered_at=fields.time("entered_at"),
        said=said(fields),
        version=document.optional_whole("version") or 1,
        signed_at=document.time("at"),
        content=content,
        evidence=read_file(folder, fields, "evidence"),
    )


def said(fields: Fields) -> dict[str, Any]:
    """What the party and the regulator said, by column."""
    return {
        "state": fields.word("state", PaperState),
        "answered_by": fields.optional_text("answered_by", NAME),
        "answered_at": fields.optional_time("answered_at"),
        "answer_method": fields.optional_word("answer_method", SigningMethod),
        "answer_assurance": fields.optional_word("answer_assurance", Assurance),
        "reason": fields.optional_text("reason", REASON),
        "decided_at": fields.optional_time("decided_at"),
        "decision": fields.optional_text("decision", REASON),
    }


def write_paper_signatures(
    session: Session, rows: Sequence[PaperRow], result: LoadResult
) -> Iterator[Refusal]:
    """Store those that are not there yet; one that is there stays as its parties have answered here."""
    organisations = read_known(session).organisations
    manifests = ids_by_code(session, Manifest, {row.manifest for row in rows})
    tally = result.tally(KIND)
    for row in rows:
        references = References(row.place)
        manifest_id = references.find("manifest", row.manifest, manifests, "manifest")
        party = references.find("organisation", row.organisation, organisations, "organisation")
        if manifest_id is None or party is None:
            yield from references.refusals
            continue
        if is_there(session, manifest_id, party, row):
            tally.unchanged += 1
            continue
        evidence = None
        if row.evidence is not None:
            evidence = keep_file(session, row.evidence, references, organisations)
        yield from references.refusals
        if not references.refusals:
            add_paper(session, manifest_id, party, row, evidence)
            tally.new += 1


def is_there(session: Session, manifest_id: int, party: int, row: PaperRow) -> bool:
    """Is it known by its manifest, act, side, leg and moment?"""
    query = (
        select(PaperSignature.id)
        .join(Signature, Signature.id == PaperSignature.signature_id)
        .where(PaperSignature.manifest_id == manifest_id, PaperSignature.organisation_id == party)
        .where(PaperSignature.happened_at == row.happened_at, Signature.leg_seq == row.leg_seq)
        .where(Signature.act == row.act, Signature.capacity == row.capacity)
    )
    return session.scalar(query.limit(1)) is not None


def add_paper(session: Session, manifest_id: int, party: int, row: PaperRow, evidence: int | None) -> None:
    """The document, the signature under it, and how it stands."""
    method = SigningMethod.EMERGENCY_PAPER
    signature = Signature(
        manifest_id=manifest_id,
        act=row.act,
        capacity=row.capacity,
        leg_seq=row.leg_seq,
        organisation_id=party,
        signer=row.signer,
        method=method,
        assurance=assurance_of(method),
        server_at=row.entered_at,
        document_id=keep_content(session, manifest_id, row.version, row.content, row.signed_at),
    )
    session.add(signature)
    session.flush()
    session.add(
        PaperSignature(
            signature_id=signature.id,
            manifest_id=manifest_id,
            organisation_id=party,
            happened_at=row.happened_at,
            entered_at=row.entered_at,
            evidence_id=evidence,
            **row.said,
        )
    )
    session.flush()


def paper_signature_lines(session: Session, folder: Path) -> Iterator[dict[str, Any]]:
    """Lines of paper_signatures.jsonl; the bytes of photos are written on the way."""
    organisations = dict(session.execute(select(Organisation.id, Organisation.code)).all())
    query = (
        select(PaperSignature, Manifest.number)
        .join(Manifest, Manifest.id == PaperSignature.manifest_id)
        .options(
            joinedload(PaperSignature.signature).joinedload(Signature.document),
            joinedload(PaperSignature.evidence).options(undefer(Attachment.content)),
        )
        .order_by(Manifest.number, PaperSignature.id)
        .execution_options(yield_per=20)
    )
    for row, number in session.execute(query):
        file = row.evidence
        if file is not None:
            write_bytes(folder, file)
        line = paper_line(row, row.signature, row.signature.document)
        line |= {
            "manifest": number,
            "organisation": organisations[row.organisation_id],
            "evidence": None if file is None else file_line(file, organisations),
        }
        yield {name: value for name, value in line.items() if value is not None}


def paper_line(row: PaperSignature, signature: Signature, document: SignedDocument) -> dict[str, Any]:
    """What stands in the rows themselves."""
    return {
        "act": signature.act.value,
        "capacity": signature.capacity.value,
        "leg": signature.leg_seq or None,
        "signer": signature.signer,
        "happened_at": written(row.happened_at),
        "entered_at": written(row.entered_at),
        "state": row.state.value,
        "answered_by": row.answered_by,
        "answered_at": written(row.answered_at),
        "answer_method": row.answer_method.value if row.answer_method else None,
        "answer_assurance": row.answer_assurance.value if row.answer_assurance else None,
        "reason": row.reason,
        "decided_at": written(row.decided_at),
        "decision": row.decision,
        "document": {
            "version": document.version,
            "at": written(document.at),
            "content": document.content,
        },
    }
