"""What is a finding before it is stored, and how is it ranked?

A draft carries its subjects, its interval, its reasons and its evidence. Its score is the probability
that an inspector would confirm it, by tracking/rules/ranking.py: the precision of its rule so far, moved by
how far the evidence lies beyond the threshold and by what else speaks for it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from models.values import Evidence, Reason
from models.vocabulary import FindingKind, Severity
from tracking.rules.ranking import NOTHING_BESIDE, Corroboration, Tally, rank, shift_of

RULE_VERSION = "2026.3"
ONSET_WINDOW_MS = 600_000  # onsets are rounded to this for the key: more data move an onset by seconds

SEVERITIES: dict[FindingKind, Severity] = {
    FindingKind.GHOST_TRIP: Severity.HIGH,
    FindingKind.PHANTOM_MANIFEST: Severity.HIGH,
    FindingKind.WRONG_VEHICLE: Severity.MEDIUM,
    FindingKind.UNKNOWN_VEHICLE: Severity.HIGH,
    FindingKind.WRONG_DESTINATION: Severity.HIGH,
    FindingKind.SHARED_TRIP: Severity.HIGH,
    FindingKind.WET_GAP: Severity.HIGH,
    FindingKind.DRY_GAP: Severity.HIGH,
    FindingKind.DILUTION: Severity.HIGH,
    FindingKind.OVERDUE: Severity.LOW,
    FindingKind.TELEPORT: Severity.LOW,
    FindingKind.NOT_PERMITTED: Severity.HIGH,
    FindingKind.TARE_DRIFT: Severity.LOW,
}


@dataclass(frozen=True, slots=True)
class FindingDraft:
    """A contradiction as a rule found it; ids are row ids, times ms UTC.

    `subject` is what makes the finding itself over re-analysis (with kind and onset). `size` is how far
    the evidence lies beyond the threshold, as a ratio (1 = at the threshold).
    """

    kind: FindingKind
    subject: str
    start_ms: int
    end_ms: int
    detected_ms: int
    size: float
    reasons: tuple[Reason, ...]
    manifest_ids: tuple[int, ...] = ()
    vehicle_codes: tuple[str, ...] = ()
    lat: float | None = None
    lon: float | None = None
    facility_id: int | None = None
    route_id: int | None = None
    hauler_id: int | None = None
    scale_code: str | None = None
    device_code: str | None = None
    severity: Severity | None = None
    score_cap: float = 0.99
    timeless: bool = False  # about the whole manifest: its key does not depend on the onset
    evidence: Evidence = field(default_factory=Evidence)


def finding_key(draft: FindingDraft, ordinal: int = 1) -> str:
    """The stable id: kind, subject and the onset rounded to the rule's window.

    ordinal: 1 for the first of a kind that one subject has within a window, 2 for the next …
    """
    onset = "" if draft.timeless else str(draft.start_ms // ONSET_WINDOW_MS)
    more = "" if ordinal == 1 else f"|{ordinal}"
    return sha256(f"{draft.kind.value}|{draft.subject}|{onset}{more}".encode()).hexdigest()[:20]


def severity_of(draft: FindingDraft) -> Severity:
    """The draft's own severity, else the one of its kind."""
    return draft.severity or SEVERITIES.get(draft.kind, Severity.MEDIUM)


def score_of(
    draft: FindingDraft, tallies: Mapping[FindingKind, Tally], beside: Corroboration = NOTHING_BESIDE
) -> float:
    """Probability in [0, 1] that an inspector would confirm it (tracking/rules/ranking.py)."""
    return rank(draft.kind, shift_of(draft.size, beside), draft.score_cap, tallies)
