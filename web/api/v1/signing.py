"""How is a step signed by a call? By the token itself, else by a code or password that was proved before."""

from collections.abc import Mapping
from typing import Any

from models.custody_words import Act, SigningMethod
from models.values import Viewer
from tracking.operations.custody.prove import Place, Proof, Proven
from tracking.operations.custody.take_step import Seen, Signer, Taken
from tracking.rules.custody.facts import Given
from web import signing
from web.api.v1.caller import Caller
from web.api.v1.operation import Call


def prove_step(caller: Caller, path: Mapping[str, Any], body: Mapping[str, Any]) -> Proven:
    """Who signs the act of the body; raises NotASignature or ManifestUnknown. Wrong tries are counted."""
    proof = body["proof"]
    if proof is None or proof["method"] is SigningMethod.API_TOKEN:
        return by_token(caller.viewer, proof)
    given = Proof(proof["method"], proof["password"], proof["code"], proof["device_at"], place_of(proof))
    return signing.prove(path["number"], body["act"], given)


def at_once(call: Call) -> Proven:
    """The token signs."""
    return by_token(call.viewer, None)


def by_token(viewer: Viewer, proof: Mapping[str, Any] | None) -> Proven:
    """A token that was found good needs no further proof, and no transaction for it."""
    signer = Signer(
        name=viewer.name,
        organisation_id=viewer.organisation_id,
        method=SigningMethod.API_TOKEN,
        user_id=viewer.user_id,
        device_at=None if proof is None else proof["device_at"],
        place=None if proof is None else place_of(proof),
    )
    return Proven(signer, viewer)


def sign_by(
    call: Call, number: str, act: Act, given: Given, proven: Proven, seen: Seen | None = None
) -> Taken:
    """Take the step in the call's transaction; raises a CustodyRefused."""
    return signing.take(call.session, number, act, given, proven, seen)


def place_of(proof: Mapping[str, Any]) -> Place | None:
    """Where the device says that it was."""
    if proof["lat"] is None or proof["lon"] is None:
        return None
    return proof["lat"], proof["lon"], proof["accuracy_m"]
