"""/api/v1/tokens: which machines may call, given and taken away."""

from typing import Any

from marshmallow import fields

from models.custody_words import Scope
from tracking.operations.api_tokens import give_token, revoke_token
from tracking.queries.api_tokens import token_rows
from web.api.v1.fields import Body, Chosen, Many, Moment, Text
from web.api.v1.operation import Call, Reply, reads, resource, writes
from web.api.v1.paging import PageQuery, only_one, page_schema, told_register

bp = resource("tokens", "/tokens")
ONE = "<int:token_id>"


class TokenGiven(Body):
    """A token to be given: it acts as `user`, within `scopes`."""

    name = Text(100, required=True)
    user = Text(required=True)
    scopes = Many(Chosen(Scope), len(Scope), required=True)
    expires_at = Moment(load_default=None)


class TokenTold(Body):
    """A token without itself."""

    id = fields.Integer(required=True)
    name = fields.String(required=True)
    user = fields.String(required=True)
    scopes = fields.List(Chosen(Scope), required=True)
    created_at = Moment(required=True)
    expires_at = Moment(required=True, allow_none=True)
    revoked_at = Moment(required=True, allow_none=True)
    last_used_at = Moment(required=True, allow_none=True)


class TokenShown(Body):
    """The token in clear: shown this once."""

    id = fields.Integer(required=True)
    token = fields.String(required=True, allow_none=True)


@bp.get("")
@reads(
    "Tokens: the administrator sees all, others their own",
    page_schema("TokenPage", TokenTold),
    query=PageQuery,
)
def listing(call: Call) -> Any:
    """The newest first, without what lets them in."""
    return told_register(token_rows(call.session, call.viewer), lambda row: row.id, call.query)


@bp.get(f"/{ONE}")
@reads("One token", TokenTold)
def one(call: Call, token_id: int) -> Any:
    """Without what lets it in."""
    return only_one(token_rows(call.session, call.viewer), lambda row: row.id == token_id)


@bp.post("")
@writes("Give a token", TokenShown, body=TokenGiven, status=201)
def give(call: Call) -> Any:
    """A call that is sent again with the same Idempotency-Key is told the id alone: no token is kept."""
    token_id, token = give_token(
        call.session,
        call.viewer,
        name=call.body["name"],
        username=call.body["user"],
        scopes=call.body["scopes"],
        expires_at=call.body["expires_at"],
        now=call.setting.now,
    )
    return Reply({"id": token_id, "token": token}, kept={"id": token_id, "token": None})


@bp.delete(f"/{ONE}")
@writes("Revoke a token", None, status=204)
def revoke(call: Call, token_id: int) -> Any:
    """It is refused from now on."""
    revoke_token(call.session, call.viewer, token_id, call.setting.now)
    return Reply(None)
