"""Is the signer who he says? Password typed now or shortly before, a one-time code, a machine's token.

Proving is a transaction of its own: wrong codes count even though the step they were meant for is refused.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.custody_words import Act, SigningMethod
from models.organisations import User
from models.signatures import SigningCode
from models.values import Viewer
from tracking.operations.custody.codes import check_code
from tracking.operations.custody.refusals import ManifestUnknown, NotASignature
from tracking.operations.custody.take_step import Setting, Signer
from tracking.operations.passwords import password_matches
from tracking.queries.custody_facts import custody_by_number
from tracking.queries.users import account_by_id

Place = tuple[float, float, float | None]  # lat, lon in degrees, accuracy in m


@dataclass(frozen=True, slots=True)
class Proof:
    """What the signer gives to be believed; device_at and place are what the device says."""

    method: SigningMethod
    password: str | None = None
    code: str | None = None
    device_at: datetime | None = None
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Login:
    """How the request came: whose login, when its password was proved last, by a token, from where."""

    viewer: Viewer
    address: str
    proved_at: datetime | None = None
    by_token: bool = False


@dataclass(frozen=True, slots=True)
class Proven:
    """Who signs, as whom the manifest is seen, and the code that is used up with the step."""

    signer: Signer
    viewer: Viewer
    code_id: int | None = None


def prove_signer(
    session: Session, number: str, act: Act, login: Login, proof: Proof, setting: Setting
) -> Proven | NotASignature:
    """Who signs, or why the proof does not hold; commit either way. Raises ManifestUnknown."""
    if proof.method is SigningMethod.ONE_TIME_CODE:
        return by_code(session, number, act, login, proof, setting)
    return by_login(session, login, proof, setting)


def by_login(session: Session, login: Login, proof: Proof, setting: Setting) -> Proven | NotASignature:
    """The person whose login it is, where password, recent login or token prove it."""
    refused = login_refused(session, login, proof, setting)
    if refused is not None:
        return refused
    viewer = login.viewer
    signer = Signer(
        name=viewer.name,
        organisation_id=viewer.organisation_id,
        method=proof.method,
        user_id=viewer.user_id,
        device_at=proof.device_at,
        place=proof.place,
    )
    return Proven(signer, viewer)


def login_refused(session: Session, login: Login, proof: Proof, setting: Setting) -> NotASignature | None:
    """Why a login does not prove who signs; None where it does."""
    if proof.method is SigningMethod.PASSWORD:
        return None if password_is(session, login.viewer.user_id, proof.password) else wrong_password(proof)
    if proof.method is SigningMethod.RECENT_LOGIN:
        limit = timedelta(seconds=setting.limits.recent_login_s)
        at = login.proved_at
        recent = at is not None and timedelta(0) <= setting.now - at <= limit
        return None if recent and not login.by_token else NotASignature("login_not_recent")
    if proof.method is SigningMethod.API_TOKEN:
        return None if login.by_token else NotASignature("proof_needed")
    return NotASignature("proof_needed")  # emergency paper is typed in with its own proof of a login


def wrong_password(proof: Proof) -> NotASignature:
    return NotASignature("wrong_password" if proof.password else "proof_needed")


def password_is(session: Session, user_id: int | None, password: str | None) -> bool:
    """Is it the password of this active login?"""
    if not password or user_id is None:
        return False
    stored = session.scalar(select(User.password_hash).where(User.id == user_id, User.active))
    return password_matches(stored, password)


def by_code(
    session: Session, number: str, act: Act, login: Login, proof: Proof, setting: Setting
) -> Proven | NotASignature:
    """The person to whom the code was given, for the organisation whose login gave it."""
    custody = custody_by_number(session, number, login.viewer, lock=True)
    if custody is None:
        raise ManifestUnknown(number)
    found = check_code(session, custody, act, proof.code or "", login.address, setting)
    return found if isinstance(found, NotASignature) else behind(session, found, proof)


def behind(session: Session, code: SigningCode, proof: Proof) -> Proven | NotASignature:
    """Whom a code stands for: nobody once the login that gave it was closed."""
    giver = account_by_id(session, code.issued_by_id)
    if giver is None or not giver.active or giver.organisation_id != code.organisation_id:
        return NotASignature("wrong_code")
    signer = Signer(
        name=code.signer,
        organisation_id=code.organisation_id,
        method=SigningMethod.ONE_TIME_CODE,
        device_at=proof.device_at,
        place=proof.place,
    )
    return Proven(signer, giver.viewer, code.id)
