"""How does somebody sign on another's device? With six digits that stand for one act of one manifest.

Who may sign gets the code on the own device (give_code) and says or types it at the other's. Only its
Argon2id hash is kept, bound to manifest, act, leg and organisation; a newer code withdraws the older one.
Every wrong try of the last hour counts, for the manifest and for the address it came from; a newer code
does not forgive them.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import randbelow

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from models.custody_words import Act
from models.signatures import CodeAttempt, SigningCode
from models.thresholds import CustodyThresholds
from models.values import Viewer
from tracking.operations.custody.refusals import (
    ActNotPossible,
    ManifestUnknown,
    NotASignature,
    NotYourSignature,
    StepBlocked,
)
from tracking.operations.custody.take_step import Setting
from tracking.operations.passwords import hash_password, password_matches
from tracking.queries.custody_facts import custody_by_number
from tracking.queries.custody_ground import ground_of
from tracking.rules.custody.arrows import ARROWS
from tracking.rules.custody.facts import Custody, Given
from tracking.rules.custody.guards import blocked
from tracking.rules.custody.parties import ROLES, organisation_for

DIGITS = 6
LONGEST_NAME = 100
AN_HOUR = timedelta(hours=1)
BEGINS_A_LEG = frozenset({Act.DEPART, Act.TAKE_OVER, Act.CANCEL_LOADED, Act.RELOAD})


@dataclass(frozen=True, slots=True)
class GivenCode:
    """A code as its owner sees it, once."""

    code: str
    signer: str
    expires_at: datetime


def give_code(
    session: Session, number: str, act: Act, viewer: Viewer, signer: str, setting: Setting
) -> GivenCode:
    """A fresh code with which `signer` signs for the viewer's organisation, in the caller's transaction.

    signer: the person who will type it (blank: the viewer). Raises ManifestUnknown, NotYourSignature where
    the act is not the viewer's organisation's to sign, ActNotPossible where nobody signs it, StepBlocked.
    """
    custody = custody_by_number(session, number, viewer, lock=True)
    if custody is None:
        raise ManifestUnknown(number)
    refuse_stranger(session, custody, act, viewer, setting)
    return new_code(session, custody.id, act, leg_of(custody, act), viewer, signer, setting)


def new_code(
    session: Session,
    manifest_id: int,
    act: Act,
    leg_seq: int,
    viewer: Viewer,
    signer: str,
    setting: Setting,
) -> GivenCode:
    """A fresh code for the viewer's organisation; the one before it is withdrawn. Raises StepBlocked."""
    name = signer.strip() or viewer.name
    if len(name) > LONGEST_NAME:
        raise StepBlocked([blocked("signer", "too_long", most=LONGEST_NAME)])
    organisation_id = viewer.organisation_id or 0
    same = (SigningCode.manifest_id == manifest_id) & (SigningCode.act == act)
    older = same & (SigningCode.organisation_id == organisation_id) & SigningCode.used_at.is_(None)
    session.execute(
        update(SigningCode).where(older).values(withdrawn=True).execution_options(synchronize_session=False)
    )
    digits = f"{randbelow(10**DIGITS):0{DIGITS}d}"
    expires_at = setting.now + timedelta(seconds=setting.limits.code_valid_s)
    session.add(
        SigningCode(
            manifest_id=manifest_id,
            act=act,
            leg_seq=leg_seq,
            organisation_id=organisation_id,
            signer=name,
            code_hash=hash_password(bound(manifest_id, act, leg_seq, organisation_id, digits)),
            issued_by_id=viewer.user_id,
            issued_at=setting.now,
            expires_at=expires_at,
        )
    )
    session.flush()
    return GivenCode(digits, name, expires_at)


def refuse_stranger(session: Session, custody: Custody, act: Act, viewer: Viewer, setting: Setting) -> None:
    """Codes are given by those who could sign the act themselves."""
    signers = {capacity for arrow in ARROWS if arrow.act is act for capacity in arrow.signers}
    if not signers:
        raise ActNotPossible(act, custody.state)
    ground = ground_of(session, custody, act, Given(at=setting.now), setting.zone)
    own = [each for each in signers if viewer.role in ROLES[each]]
    if viewer.organisation_id is None or viewer.user_id is None:
        raise NotYourSignature
    if not any(organisation_for(act, each, custody, ground) == viewer.organisation_id for each in own):
        raise NotYourSignature


def leg_of(custody: Custody, act: Act) -> int:
    """The leg that an act is about: the next one where it begins one."""
    if act in BEGINS_A_LEG and custody.following is not None:
        return custody.following.seq
    return custody.leg_seq


def bound(manifest_id: int, act: Act, leg_seq: int, organisation_id: int, digits: str) -> str:
    """What is hashed: the same digits mean nothing for another act or manifest."""
    return f"{manifest_id}:{act.value}:{leg_seq}:{organisation_id}:{digits}"


def check_code(
    session: Session,
    custody: Custody,
    act: Act,
    typed: str,
    address: str,
    setting: Setting,
    leg_seq: int | None = None,
) -> SigningCode | NotASignature:
    """The code that was typed, or why it is none; the try is counted in the caller's transaction.

    leg_seq: the leg that it must be for, where that is not the one that the act is about now. The caller
    keeps the manifest's row (custody read with lock=True), so that tries are counted one by one, and commits
    whatever comes of it.
    """
    wrong = too_many(session, custody.id, address, setting.limits, setting.now)
    if wrong is not None:
        return wrong
    digits = "".join(typed.split())
    if len(digits) != DIGITS or not (digits.isascii() and digits.isdigit()):
        return NotASignature("code_malformed")  # a slip of the finger is no guess
    leg_seq = leg_of(custody, act) if leg_seq is None else leg_seq
    found = matching(session, custody.id, act, leg_seq, digits)
    right = found is not None and found.used_at is None  # who is late with it was not guessing
    session.add(CodeAttempt(manifest_id=custody.id, address=address[:64], right=right, at=setting.now))
    session.flush()
    if found is None:
        return NotASignature("wrong_code")
    if found.used_at is not None:
        return NotASignature("code_used")
    return found if found.expires_at > setting.now else NotASignature("code_expired")


def matching(session: Session, manifest_id: int, act: Act, leg_seq: int, digits: str) -> SigningCode | None:
    """The newest code of each organisation for this act, if the digits are its."""
    query = select(SigningCode).where(
        SigningCode.manifest_id == manifest_id,
        SigningCode.act == act,
        SigningCode.leg_seq == leg_seq,
        ~SigningCode.withdrawn,
    )
    newest = {
        each.organisation_id: each
        for each in session.scalars(
            query.order_by(SigningCode.id), execution_options={"populate_existing": True}
        )
    }
    for code in newest.values():
        text = bound(manifest_id, act, leg_seq, code.organisation_id, digits)
        if password_matches(code.code_hash, text):
            return code
    if not newest:
        password_matches(None, digits)  # no code given takes as long as a wrong one
    return None


def too_many(
    session: Session, manifest_id: int, address: str, limits: CustodyThresholds, now: datetime
) -> NotASignature | None:
    """Is this manifest or this address at its limit of wrong tries in the last hour?"""
    wrong = select(func.count()).where(~CodeAttempt.right, CodeAttempt.at > now - AN_HOUR)
    of_manifest = session.scalar(wrong.where(CodeAttempt.manifest_id == manifest_id)) or 0
    of_address = session.scalar(wrong.where(CodeAttempt.address == address[:64])) or 0
    if of_manifest >= limits.code_wrong_per_manifest or of_address >= limits.code_wrong_per_address:
        return NotASignature("too_many_codes")
    return None


def use_code(session: Session, code_id: int, now: datetime) -> None:
    """Use it up, in the transaction of the step that it signs; raises NotASignature where it was used."""
    unused = (SigningCode.id == code_id) & SigningCode.used_at.is_(None) & ~SigningCode.withdrawn
    done = session.execute(
        update(SigningCode).where(unused).values(used_at=now).execution_options(synchronize_session=False)
    )
    if done.rowcount != 1:  # type: ignore[attr-defined]  # an UPDATE has one
        raise NotASignature("code_used")
