"""Did the party sign so, under whose name a signature was typed in from emergency paper? It says yes or no.

The answer is proved as a signature is: by a login of that party, or by a one-time code that it gave, typed on
another's device. A refusal, and what nobody answers, goes to the regulator, who decides; until then the
manifest is not closed. What was typed in stays as it is: an answer stands beside it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.custody_words import PaperState, SigningMethod
from models.emergency import PaperSignature
from models.manifests import Manifest
from models.values import Viewer
from models.vocabulary import Role
from tracking.operations.custody.aim_correction import refuse, text_blocked
from tracking.operations.custody.codes import GivenCode, check_code, new_code
from tracking.operations.custody.prove import Login, Proof, Proven, behind, by_login
from tracking.operations.custody.refusals import ManifestUnknown, NotASignature, NotYourSignature
from tracking.operations.custody.take_step import Setting, Signer, hold_row
from tracking.queries.custody_facts import custody_by_id
from tracking.queries.visibility import manifests_visible
from tracking.rules.custody.assurance import assurance_of
from tracking.rules.custody.facts import Blocked
from tracking.rules.custody.guards import blocked
from tracking.rules.custody.parties import ROLES

ANSWERABLE = frozenset({PaperState.UNCONFIRMED, PaperState.WITH_REGULATOR})
"""While the party may still answer: also what has waited so long that the regulator may decide it."""
DECIDABLE = frozenset({PaperState.REFUSED, PaperState.WITH_REGULATOR})


@dataclass(frozen=True, slots=True)
class PaperAnswer:
    """What the party says; a refusal says why."""

    confirmed: bool
    reason: str = ""


def prove_confirmer(
    session: Session, paper_id: int, login: Login, proof: Proof, setting: Setting
) -> Proven | NotASignature:
    """Who answers, or why the proof does not hold; commit either way, wrong codes count.

    Raises ManifestUnknown where the login does not see it.
    """
    if proof.method is not SigningMethod.ONE_TIME_CODE:
        return by_login(session, login, proof, setting)
    row = paper_for(session, paper_id, login.viewer)
    custody = custody_by_id(session, row.manifest_id)
    if custody is None:
        raise ManifestUnknown(str(paper_id))
    act, leg_seq = row.signature.act, row.signature.leg_seq
    found = check_code(session, custody, act, proof.code or "", login.address, setting, leg_seq)
    return found if isinstance(found, NotASignature) else behind(session, found, proof)


def give_paper_code(
    session: Session, paper_id: int, viewer: Viewer, signer: str, setting: Setting
) -> GivenCode:
    """A one-time code with which `signer` (blank: the viewer) answers on another's device.

    Raises ManifestUnknown, NotYourSignature, StepBlocked where nothing is left to answer.
    """
    row = paper_for(session, paper_id, viewer)
    refuse_stranger(session, row, viewer)
    refuse(still(row, ANSWERABLE))
    signed = row.signature
    return new_code(session, row.manifest_id, signed.act, signed.leg_seq, viewer, signer, setting)


def answer_paper(
    session: Session,
    paper_id: int,
    answer: PaperAnswer,
    viewer: Viewer,
    signer: Signer,
    setting: Setting,
) -> PaperState:
    """The named party confirms or refuses, in the caller's writing transaction; the state that follows.

    viewer, signer: as prove_confirmer found them. Raises ManifestUnknown, NotYourSignature, StepBlocked.
    """
    row = paper_for(session, paper_id, viewer)
    refuse_stranger(session, row, viewer)
    if signer.organisation_id != row.organisation_id:
        raise NotYourSignature
    refuse(still(row, ANSWERABLE))
    if not answer.confirmed:
        refuse(text_blocked("reason", answer.reason))
    row.state = PaperState.CONFIRMED if answer.confirmed else PaperState.REFUSED
    row.answered_by, row.answered_by_id, row.answered_at = signer.name, signer.user_id, setting.now
    row.answer_method, row.answer_assurance = signer.method, assurance_of(signer.method)
    row.reason = answer.reason.strip() or None
    session.flush()
    return row.state


def decide_paper(
    session: Session, paper_id: int, upheld: bool, reason: str, viewer: Viewer, setting: Setting
) -> PaperState:
    """The regulator finds whether it was signed so, where the party refused or did not answer in time.

    Raises ManifestUnknown, NotYourSignature, StepBlocked.
    """
    if viewer.role is not Role.REGULATOR or viewer.user_id is None:
        raise NotYourSignature
    row = paper_for(session, paper_id, viewer)
    refuse(still(row, DECIDABLE))
    refuse(text_blocked("reason", reason))
    row.state = PaperState.UPHELD if upheld else PaperState.STRUCK
    row.decided_by_id, row.decided_at, row.decision = viewer.user_id, setting.now, reason.strip()
    session.flush()
    return row.state


def paper_for(session: Session, paper_id: int, viewer: Viewer) -> PaperSignature:
    """The row, fresh, with its manifest's row kept; raises ManifestUnknown where it is not seen."""
    number = session.scalar(
        select(Manifest.number)
        .join(PaperSignature, PaperSignature.manifest_id == Manifest.id)
        .where(PaperSignature.id == paper_id, manifests_visible(viewer))
    )
    if number is None:
        raise ManifestUnknown(str(paper_id))
    hold_row(session, number)
    return session.get_one(PaperSignature, paper_id, populate_existing=True)


def refuse_stranger(session: Session, row: PaperSignature, viewer: Viewer) -> None:
    """Only who could have signed it answers: its organisation, a driver for the own legs alone."""
    own = viewer.organisation_id == row.organisation_id and viewer.user_id is not None
    if not own or viewer.role not in ROLES[row.signature.capacity]:
        raise NotYourSignature
    if viewer.role is Role.DRIVER:
        custody = custody_by_id(session, row.manifest_id)
        leg = None if custody is None else custody.leg(row.signature.leg_seq)
        if leg is not None and leg.driver_id not in (None, viewer.user_id):
            raise NotYourSignature


def still(row: PaperSignature, states: frozenset[PaperState]) -> Iterator[Blocked]:
    """It is in one of these states."""
    if row.state in DECIDABLE - states:
        yield blocked("", "paper_with_regulator")
    elif row.state not in states:
        yield blocked("", "paper_settled" if row.state is not PaperState.UNCONFIRMED else "paper_unanswered")
