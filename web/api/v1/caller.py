"""Who calls? The holder of the token that the request shows, looked up anew: a revoked one ends at once."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import g, request
from flask_limiter.util import get_remote_address

from models.custody_words import Scope
from models.values import Viewer
from tracking.operations.api_tokens import note_use, token_hash
from tracking.queries.api_tokens import holder_of
from tracking.queries.users import Account
from web.clock import now
from web.database import looking, writing
from web.signed_in import SignedIn

SCHEME = "Bearer "
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
    with looking() as session:
        holder = holder_of(session, key)
    if holder is None:
        return None
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
