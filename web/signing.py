"""How does a request sign a step of custody? First who signs is proved, then the step is taken.

Two transactions: a wrong code counts although its step is refused. What proves a login "recently" is kept in
the session's cookie, bound to the account; a token's request never has it.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from flask import current_app, g, request, session
from flask_limiter import Limiter
from limits import RateLimitItem, parse
from sqlalchemy.orm import Session

from models.custody_words import Act, PaperState, SigningMethod
from models.thresholds import CustodyThresholds
from tracking.operations.custody.codes import GivenCode, give_code, use_code
from tracking.operations.custody.confirm_paper import PaperAnswer, answer_paper, prove_confirmer
from tracking.operations.custody.prove import Login, Proof, Proven, prove_signer
from tracking.operations.custody.refusals import NotASignature
from tracking.operations.custody.take_step import Seen, Setting, Taken, take_step
from tracking.rules.custody.facts import Given
from web.clock import now
from web.database import writing
from web.signed_in import account, viewer

PROVED_AT, PROVED_BY = "proved_at", "proved_by"
WRONG_PASSWORDS: RateLimitItem = parse("10 per 15 minutes")
"""Of one login: whoever finds an open screen does not get to guess its password."""


def setting() -> Setting:
    """Limits, zone and time of this request."""
    zone = ZoneInfo(current_app.extensions["settings"].timezone)
    return Setting(limits(), zone, now(), current_app.extensions["thresholds"])


def limits() -> CustodyThresholds:
    """What the installation has set."""
    found: CustodyThresholds = current_app.extensions["thresholds"].custody
    return found


def sign(
    number: str,
    act: Act,
    given: Given,
    proof: Proof,
    seen: Seen | None = None,
    first: Callable[[Session], None] | None = None,
    then: Callable[[Session, Taken], None] | None = None,
) -> Taken:
    """Prove the signer and take the step, in transactions of their own; raises a CustodyRefused.

    first, then: what is kept before and after the step, in its transaction.
    """
    proven = prove(number, act, proof)
    with writing() as writer:
        if first is not None:
            first(writer)
        taken = take(writer, number, act, given, proven, seen)
        if then is not None:
            then(writer, taken)
        return taken


def prove(number: str, act: Act, proof: Proof) -> Proven:
    """Who signs this act; raises NotASignature or ManifestUnknown. Wrong tries are counted."""
    return counted(proof, lambda writer, login: prove_signer(writer, number, act, login, proof, setting()))


def prove_paper(paper_id: int, proof: Proof) -> Proven:
    """Who confirms or refuses a signature of paper; raises as `prove`."""
    return counted(proof, lambda writer, login: prove_confirmer(writer, paper_id, login, proof, setting()))


def counted(proof: Proof, proving: Callable[[Session, Login], Proven | NotASignature]) -> Proven:
    """What the proof proves, in a transaction of its own; wrong passwords of a login are counted."""
    login = login_of_request()
    user = str(account().id)
    typed = proof.method is SigningMethod.PASSWORD
    if typed and not counter().limiter.test(WRONG_PASSWORDS, "signing", user):
        raise NotASignature("too_many_passwords")
    with writing() as writer:
        proven = proving(writer, login)
    if isinstance(proven, NotASignature):
        if typed and proof.password:
            counter().limiter.hit(WRONG_PASSWORDS, "signing", user)
        raise proven
    if typed and not login.by_token:
        remember_proof()
    return proven


def take(
    writer: Session, number: str, act: Act, given: Given, proven: Proven, seen: Seen | None = None
) -> Taken:
    """Take the step that was proven, in the caller's writing transaction; a code is used up with it."""
    taken = take_step(writer, number, act, proven.viewer, proven.signer, given, setting(), seen)
    if proven.code_id is not None:
        use_code(writer, proven.code_id, now())
    return taken


def answer(writer: Session, paper_id: int, said: PaperAnswer, proven: Proven) -> PaperState:
    """Confirm or refuse a signature of paper as it was proven; a code is used up with it."""
    state = answer_paper(writer, paper_id, said, proven.viewer, proven.signer, setting())
    if proven.code_id is not None:
        use_code(writer, proven.code_id, now())
    return state


def give(number: str, act: Act, signer: str = "") -> GivenCode:
    """A one-time code of the signed-in person's organisation, shown once; raises a CustodyRefused."""
    with writing() as writer:
        return give_code(writer, number, act, viewer(), signer, setting())


def remember_proof() -> None:
    """The password was proved now."""
    session[PROVED_AT], session[PROVED_BY] = now().timestamp(), account().id


def recently_proved() -> bool:
    """May the next signature do without the password?"""
    at = login_of_request().proved_at
    return at is not None and 0 <= (now() - at).total_seconds() <= limits().recent_login_s


def login_of_request() -> Login:
    """How this request came. Only the session of the very account counts as proved."""
    by_token = g.get("api_caller") is not None
    at = session.get(PROVED_AT) if not by_token and session.get(PROVED_BY) == account().id else None
    proved_at = datetime.fromtimestamp(at, UTC) if isinstance(at, int | float) else None
    return Login(viewer(), request.remote_addr or "", proved_at, by_token)


def counter() -> Limiter:
    """The service's own counter of tries."""
    found: Limiter = next(iter(current_app.extensions["limiter"]))
    return found
