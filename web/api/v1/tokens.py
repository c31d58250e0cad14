"""/api/v1/tokens: which machines may call, given and taken away."""

from dataclasses import asdict
from typing import Any

from marshmallow import fields

from models.custody_words import Scope
from tracking.operations.api_tokens import give_token, revoke_token
from tracking.queries.api_tokens import token_rows
from web.api.v1.fields import Body, Chosen, Many, Moment, Text
from web.api.v1.operation import Call, Reply, reads, resource, writes

bp = resource("tokens", "/tokens")


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


class TokenList(Body):
    """All of them."""

    items = fields.List(fields.Nested(TokenTold), required=True)


class TokenShown(Body):
    """The token in clear: shown this once."""

    id = fields.Integer(required=True)
    token = fields.String(required=True, allow_none=True)


@bp.get("")
@reads("Tokens: the administrator sees all, others their own", TokenList)
def listing(call: Call) -> Any:
    """Without what lets them in."""
    return {"items": [asdict(row) for row in token_rows(call.session, call.viewer)]}


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


@bp.delete("/<int(max=9000000000000000000):token_id>")
@writes("Revoke a token", None, status=204)
def revoke(call: Call, token_id: int) -> Any:
    """It is refused from now on."""
    revoke_token(call.session, call.viewer, token_id, call.setting.now)
    return Reply(None)
