"""What is a finding before it is stored, and how is it ranked?

A draft carries its subjects, its interval, its reasons and its evidence. Its score is the probability
that an inspector would confirm it: the precision of its rule so far (a Beta prior updated by decisions),
moved by how far the evidence lies beyond the threshold and by what else speaks for it.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from models.values import Evidence, Reason
from models.vocabulary import FindingKind, Severity

RULE_VERSION = "2026.1"
ONSET_WINDOW_MS = 600_000  # onsets are rounded to this for the key: more data move an onset by seconds

PRIORS: dict[FindingKind, tuple[float, float]] = {
    # Beta(a, b) of each rule's precision before anybody has decided: pilot figures of DETECTION.md
    # section 4 and 5 where there are any, weakly held (a + b small) so that decisions soon outweigh them.
    FindingKind.GHOST_TRIP: (9, 1),
    FindingKind.PHANTOM_MANIFEST: (9, 1),
    FindingKind.WRONG_VEHICLE: (9, 1),
    FindingKind.UNKNOWN_VEHICLE: (9.5, 0.5),
    FindingKind.WRONG_DESTINATION: (9, 1),
    FindingKind.SHARED_TRIP: (9, 1),
    FindingKind.OVERDUE: (5, 5),
    FindingKind.OFF_ROUTE: (8, 2),
    FindingKind.UNPLANNED_STOP: (6.5, 3.5),
    FindingKind.SIGNAL_GAP: (6, 4),
    FindingKind.TELEPORT: (7, 3),
    FindingKind.FROZEN_POSITION: (7, 3),
    FindingKind.REPLAYED_TRACK: (9, 1),
    FindingKind.CLONED_DEVICE: (8, 2),
    FindingKind.DEVICE_TAMPER: (6, 4),
    FindingKind.CLOCK_SKEW: (9, 1),
    FindingKind.DATUM_SHIFT: (9, 1),
    FindingKind.WET_GAP: (8, 2),
    FindingKind.DRY_GAP: (7.5, 2.5),
    FindingKind.DILUTION: (7.5, 2.5),
    FindingKind.OVERLOAD: (8, 2),
    FindingKind.MOISTURE_OVER_LIMIT: (8, 2),
    FindingKind.NOT_PERMITTED: (8, 2),  # registers lag behind renewals
    FindingKind.HANDOVER_MISMATCH: (6, 4),
    FindingKind.TARE_DRIFT: (5, 5),  # tools, fuel, another trailer
    FindingKind.REPEATED_WEIGHT: (7, 3),  # chance is ruled out, habit of a scale house is not
}
DEFAULT_PRIOR = (5.0, 5.0)

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
class Tally:
    """What inspectors decided of a rule's findings so far."""

    confirmed: int = 0
    decided: int = 0


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


def score_of(draft: FindingDraft, tallies: Mapping[FindingKind, Tally], companions: int) -> float:
    """Probability in [0, 1] that an inspector would confirm it.

    companions: how many other kinds of finding the same manifest or trip has; each speaks for this one.
    """
    a, b = PRIORS.get(draft.kind, DEFAULT_PRIOR)
    tally = tallies.get(draft.kind, Tally())
    precision = (a + tally.confirmed) / (a + b + tally.decided)
    logit = math.log(precision / (1 - precision))
    logit += 0.8 * math.log(min(max(draft.size, 0.25), 8.0)) - 0.4
    logit += 0.3 * min(companions, 3)
    return round(min(1 / (1 + math.exp(-logit)), draft.score_cap), 3)
