"""Which signatures were typed in from emergency paper, who was asked, and what did they say?

Of manifests that the viewer sees.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, joinedload

from models.custody_words import Act, Assurance, Capacity, PaperState, SigningMethod
from models.emergency import PaperSignature
from models.manifests import Manifest
from models.organisations import Organisation, User
from models.signatures import Signature
from models.values import Viewer
from models.vocabulary import CustodyState
from tracking.queries.case_questions import FileName
from tracking.queries.names import Name, name_or_none
from tracking.queries.visibility import manifests_visible

SHOWN = 200
ANSWERABLE = (PaperState.UNCONFIRMED, PaperState.WITH_REGULATOR)
FOR_THE_REGULATOR = (PaperState.REFUSED, PaperState.WITH_REGULATOR)


@dataclass(frozen=True, slots=True)
class PaperRow:
    """A signature as the paper shows it, who typed it in, and what its party and the regulator said.

    signer: the name under it; happened_at: as the paper says; organisation: whose signature it is;
    entered_for: the organisation of who typed it in; answer_until: from then on the regulator may decide.
    Blank: typed in on another server, and brought here by a scenario folder.
    """

    id: int
    number: str
    manifest_state: CustodyState
    act: Act
    capacity: Capacity
    leg_seq: int
    signer: str
    happened_at: datetime
    organisation: Name
    organisation_id: int
    evidence: FileName | None
    window_id: int | None
    entered_by: str | None
    entered_for: Name | None
    entered_at: datetime
    answer_until: datetime
    state: PaperState
    answered_by: str | None
    answered_at: datetime | None
    answer_method: SigningMethod | None
    answer_assurance: Assurance | None
    reason: str | None
    decided_by: str | None
    decided_at: datetime | None
    decision: str | None

    @property
    def is_open(self) -> bool:
        """Does closing still wait for it?"""
        return self.state in ANSWERABLE or self.state is PaperState.REFUSED

    def waits_for(self, organisation_id: int | None) -> bool:
        """May this organisation still answer?"""
        return self.organisation_id == organisation_id and self.state in ANSWERABLE


def paper_of(session: Session, number: str, viewer: Viewer, wait_s: float) -> list[PaperRow]:
    """All paper signatures of a manifest, in the order of the paper. wait_s: of CustodyThresholds."""
    return _rows(session, viewer, Manifest.number == number, wait_s)


def paper_by_id(session: Session, paper_id: int, viewer: Viewer, wait_s: float) -> PaperRow | None:
    """One, where its manifest is seen."""
    return next(iter(_rows(session, viewer, PaperSignature.id == paper_id, wait_s)), None)


WORST_FIRST = (
    PaperState.STRUCK,
    PaperState.REFUSED,
    PaperState.WITH_REGULATOR,
    PaperState.UNCONFIRMED,
    PaperState.UPHELD,
    PaperState.CONFIRMED,
    PaperState.OWN,
)


def paper_states(session: Session, manifest_id: int) -> dict[datetime, PaperState]:
    """How the acts of a manifest stand that were typed in from paper, by the time that the paper tells.

    Of an act that two parties signed, the signature that stands worst.
    """
    rows = session.execute(
        select(PaperSignature.happened_at, PaperSignature.state).where(
            PaperSignature.manifest_id == manifest_id
        )
    )
    found: dict[datetime, PaperState] = {}
    for at, state in rows:
        found[at] = min(found.get(at, state), state, key=WORST_FIRST.index)
    return found


def paper_waiting(session: Session, viewer: Viewer, wait_s: float) -> list[PaperRow]:
    """Those that wait for the viewer: a party's unanswered ones, the regulator's refused and late ones."""
    if viewer.sees_all:
        return _rows(session, viewer, PaperSignature.state.in_(FOR_THE_REGULATOR), wait_s)
    own = PaperSignature.organisation_id == viewer.organisation_id
    return _rows(session, viewer, own & PaperSignature.state.in_(ANSWERABLE), wait_s)


def _rows(session: Session, viewer: Viewer, condition: ColumnElement[bool], wait_s: float) -> list[PaperRow]:
    for_whom = Organisation.__table__.alias("entered_for")
    query = (
        select(
            PaperSignature,
            Manifest.number,
            Manifest.custody_state,
            for_whom.c.code,
            for_whom.c.name,
            for_whom.c.name_en,
        )
        .join(Manifest, Manifest.id == PaperSignature.manifest_id)
        .outerjoin(User, User.id == PaperSignature.entered_by_id)
        .outerjoin(for_whom, for_whom.c.id == User.organisation_id)
        .where(condition, manifests_visible(viewer))
        .order_by(PaperSignature.id)
        .limit(SHOWN)
        .options(
            joinedload(PaperSignature.signature).load_only(
                Signature.act, Signature.capacity, Signature.leg_seq, Signature.signer
            ),
            joinedload(PaperSignature.organisation),
            joinedload(PaperSignature.evidence),
            joinedload(PaperSignature.entered_by),
            joinedload(PaperSignature.decided_by),
        )
    )
    wait = timedelta(seconds=wait_s)
    return [
        _row(row, number, state, name_or_none(*whose), wait)
        for row, number, state, *whose in session.execute(query)
    ]


def _row(
    row: PaperSignature, number: str, state: CustodyState, entered_for: Name | None, wait: timedelta
) -> PaperRow:
    file, whose = row.evidence, row.organisation
    return PaperRow(
        id=row.id,
        number=number,
        manifest_state=state,
        act=row.signature.act,
        capacity=row.signature.capacity,
        leg_seq=row.signature.leg_seq,
        signer=row.signature.signer,
        happened_at=row.happened_at,
        organisation=Name(whose.code, whose.name, whose.name_en),
        organisation_id=row.organisation_id,
        evidence=None if file is None else FileName(file.id, file.name, file.media_type, file.size_bytes),
        window_id=row.window_id,
        entered_by=None if row.entered_by is None else row.entered_by.display_name,
        entered_for=entered_for,
        entered_at=row.entered_at,
        answer_until=row.entered_at + wait,
        state=row.state,
        answered_by=row.answered_by,
        answered_at=row.answered_at,
        answer_method=row.answer_method,
        answer_assurance=row.answer_assurance,
        reason=row.reason,
        decided_by=None if row.decided_by is None else row.decided_by.display_name,
        decided_at=row.decided_at,
        decision=row.decision,
    )
