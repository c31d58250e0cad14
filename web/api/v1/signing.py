"""How is a step signed by a call? With the token itself, in the call's own transaction."""

from collections.abc import Mapping
from typing import Any

from models.custody_words import Act, SigningMethod
from tracking.operations.custody.refusals import NotASignature
from tracking.operations.custody.take_step import Seen, Signer, Taken, take_step
from tracking.rules.custody.facts import Given
from web.api.v1.operation import Call


def sign_by(
    call: Call, number: str, act: Act, given: Given, proof: Mapping[str, Any] | None, seen: Seen | None
) -> Taken:
    """Sign for the caller's organisation; raises a CustodyRefused."""
    method = SigningMethod.API_TOKEN if proof is None else proof["method"]
    if method is not SigningMethod.API_TOKEN:
        raise NotASignature("proof_needed")
    viewer = call.viewer
    signer = Signer(
        name=viewer.name,
        organisation_id=viewer.organisation_id,
        method=method,
        user_id=viewer.user_id,
        device_at=None if proof is None else proof["device_at"],
        place=place_of(proof),
    )
    return take_step(call.session, number, act, viewer, signer, given, call.setting, seen)


def place_of(proof: Mapping[str, Any] | None) -> tuple[float, float, float | None] | None:
    """Where the device says that it was."""
    if proof is None or proof["lat"] is None or proof["lon"] is None:
        return None
    return proof["lat"], proof["lon"], proof["accuracy_m"]
