"""Which status and code has a refusal? One table for pages and the programming interface.

docs/api.md tells it; tests/web/test_refusals.py holds the page and every refusal of an operation to it.
"""

from gps_ingest.store.devices import DeviceRefused
from gps_ingest.store.platforms import PlatformRefused
from tracking.operations.api_tokens import NotYoursToGive, TokenRefused, TokenUnknown
from tracking.operations.cases.refusals import CaseMoved
from tracking.operations.custody.refusals import (
    ActNotPossible,
    CustodyRefused,
    ManifestUnknown,
    NotASignature,
    NotYourSignature,
    StepBlocked,
    TakenMeanwhile,
)
from tracking.operations.decide_finding import (
    DecidedMeanwhile,
    DecisionRefused,
    FindingUnknown,
    NotAnInspector,
    ReasonMissing,
    RevisedMeanwhile,
)
from tracking.operations.idempotent_calls import KeyUsedOtherwise

UNKNOWN, NOT_YOURS, CONFLICT, TO_CORRECT = 404, 403, 409, 422

Refusal = CustodyRefused | TokenRefused | DecisionRefused | DeviceRefused | PlatformRefused | KeyUsedOtherwise
"""Everything that an operation says no with."""

REFUSALS = (
    CustodyRefused,
    TokenRefused,
    DecisionRefused,
    DeviceRefused,
    PlatformRefused,
    KeyUsedOtherwise,
)

STATUSES: dict[type[Exception], tuple[int, str]] = {
    ManifestUnknown: (UNKNOWN, "unknown"),
    TokenUnknown: (UNKNOWN, "unknown"),
    FindingUnknown: (UNKNOWN, "unknown"),
    NotYourSignature: (NOT_YOURS, "not_yours"),
    NotYoursToGive: (NOT_YOURS, "not_yours"),
    NotAnInspector: (NOT_YOURS, "not_yours"),
    ActNotPossible: (CONFLICT, "act_not_possible"),
    TakenMeanwhile: (CONFLICT, "taken_meanwhile"),
    CaseMoved: (CONFLICT, "case_moved"),
    DecidedMeanwhile: (CONFLICT, "decided_meanwhile"),
    RevisedMeanwhile: (CONFLICT, "revised_meanwhile"),
    StepBlocked: (TO_CORRECT, "blocked"),
    NotASignature: (TO_CORRECT, "not_a_signature"),
    TokenRefused: (TO_CORRECT, "blocked"),
    ReasonMissing: (TO_CORRECT, "blocked"),
    DeviceRefused: (TO_CORRECT, "blocked"),
    PlatformRefused: (TO_CORRECT, "blocked"),
    KeyUsedOtherwise: (TO_CORRECT, "key_used_otherwise"),
    CustodyRefused: (CONFLICT, "refused"),
    DecisionRefused: (CONFLICT, "refused"),
}
"""A refusal → status and code; one that is not named has those of the kind that it belongs to."""

OF_DEVICES: dict[str, tuple[int, str]] = {
    "unregistered": (CONFLICT, "unregistered"),
    "no_group": (CONFLICT, "no_group"),
    "unbound": (CONFLICT, "unbound"),
    "distrusted": (CONFLICT, "distrusted"),
    "other_protocol": (CONFLICT, "other_protocol"),
    "out_of_service": (CONFLICT, "out_of_service"),
}
"""What stands against a device without a field to blame."""


def status_of(refusal: Refusal) -> tuple[int, str]:
    """(status, code). LookupError: no refusal of an operation."""
    if isinstance(refusal, DeviceRefused) and refusal.kind in OF_DEVICES:
        return OF_DEVICES[refusal.kind]
    for kind in type(refusal).__mro__:
        if kind in STATUSES:
            return STATUSES[kind]
    raise LookupError(f"web/refusal_statuses.py does not know {type(refusal).__name__}")
