"""Who calls? The holder of the token that the request shows.

Who only reads is looked up once in some seconds a process; who writes, with every call.
"""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app, g, request
from flask_limiter.util import get_remote_address

from models.custody_words import Scope
from models.values import Viewer
from tracking.operations.api_tokens import note_use, token_hash
from tracking.queries.api_tokens import TokenHolder, holder_of
from tracking.queries.users import Account
from web.clock import now
from web.database import looking, writing
from web.signed_in import SignedIn

SCHEME = "Bearer "
REMEMBERED_S = 5.0  # a token that was revoked elsewhere reads at most so long
READS = frozenset({"GET", "HEAD", "OPTIONS"})
MOST_REMEMBERED = 10_000
LONGEST_TOKEN = 200
USE_NOTED = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever acts through the token."""

    token_id: int
    account: Account
    scopes: frozenset[Scope]

    @property
    def viewer(self) -> Viewer:
        return self.account.viewer


class Remembered:
    """Holders by the hash of their token, each for REMEMBERED_S."""

    def __init__(self) -> None:
        self.holders: dict[str, tuple[float, TokenHolder]] = {}

    def get(self, key: str) -> TokenHolder | None:
        until, holder = self.holders.get(key, (0.0, None))
        return holder if time.monotonic() < until else None

    def put(self, key: str, holder: TokenHolder) -> None:
        if len(self.holders) >= MOST_REMEMBERED:
            self.holders.clear()
        self.holders[key] = (time.monotonic() + REMEMBERED_S, holder)

    def drop(self, key: str) -> None:
        """A token that turned out to be good no more."""
        self.holders.pop(key, None)

    def forget(self) -> None:
        """After a token was revoked here."""
        self.holders.clear()


def remembered() -> Remembered:
    """Those of this process."""
    kept: Remembered = current_app.extensions.setdefault("api_holders", Remembered())
    return kept


def caller_of_request() -> Caller | None:
    """The caller, or None where the request shows no token that is good now."""
    if "api_caller" not in g:
        g.api_caller = find_caller(now())
        if g.api_caller is not None:
            # Whatever asks who is signed in gets the token's account, never that of a cookie beside it.
            g._login_user = SignedIn(g.api_caller.account)
    caller: Caller | None = g.api_caller
    return caller


def find_caller(at: datetime) -> Caller | None:
    """Look the token up."""
    shown = request.headers.get("Authorization", "")
    token = shown[len(SCHEME) :].strip() if shown.startswith(SCHEME) else ""
    if not token or len(token) > LONGEST_TOKEN or not token.isascii():
        return None
    key = token_hash(token)
    holder = remembered().get(key) if request.method in READS else None
    if holder is None:
        with looking() as session:
            holder = holder_of(session, key)
        if holder is None:
            remembered().drop(key)
            return None
        remembered().put(key, holder)
        if holder.last_used_at is None or at - holder.last_used_at > USE_NOTED:
            with writing() as session:
                note_use(session, holder.token_id, at)
    if holder.expires_at is not None and holder.expires_at <= at:
        return None
    return Caller(holder.token_id, holder.account, holder.scopes)


def caller_or_address() -> str:
    """Whose budget of calls a request counts against."""
    caller = caller_of_request()
    return f"address {get_remote_address()}" if caller is None else f"token {caller.token_id}"
