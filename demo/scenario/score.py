"""How right is the machine? Findings and verdicts against what really happened.

Pure: plain values in, figures out. A finding matches a truth of its kind when every subject that the
truth names agrees and, where the truth has times, the two intervals overlap within five minutes.
Matching is one to one, greedy by overlap.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import quantiles

from models.vocabulary import MS_PER_S, FindingKind, VerdictValue

TOLERANCE_MS = 5 * 60 * MS_PER_S
PERCENT = 100


@dataclass(frozen=True, slots=True)
class Truth:
    """Something that really happened; what it does not name is None. A lone start or end is a moment."""

    kind: FindingKind
    manifest: str | None = None
    vehicle: str | None = None
    facility: str | None = None
    start_ms: int | None = None
    end_ms: int | None = None


@dataclass(frozen=True, slots=True)
class ScoredFinding:
    """A current finding, by the codes of what it is about."""

    key: str
    kind: FindingKind
    manifests: frozenset[str]
    vehicles: frozenset[str]
    facility: str | None
    start_ms: int
    end_ms: int
    detected_ms: int


@dataclass(frozen=True, slots=True)
class Carriage:
    """A vehicle carried a manifest's load over this time, according to paper."""

    vehicle: str
    start_ms: float
    end_ms: float


@dataclass(frozen=True, slots=True)
class ScoredManifest:
    """A manifest of the folder and the machine's verdict on it, None where there is none."""

    number: str
    carriages: tuple[Carriage, ...]
    verdict: VerdictValue | None


@dataclass(slots=True)
class KindScore:
    """Figures of one kind; a share of nothing is None."""

    truth: int = 0
    found: int = 0
    matched: int = 0
    delays_s: list[float] = field(default_factory=list)

    def figures(self) -> dict[str, float | int | None]:
        both = self.truth + self.found
        return {
            "truth": self.truth,
            "found": self.found,
            "matched": self.matched,
            "precision": share(self.matched, self.found),
            "recall": share(self.matched, self.truth),
            "f1": share(2 * self.matched, both),
            "delay_s_p50": percentile(self.delays_s, 50),
            "delay_s_p90": percentile(self.delays_s, 90),
        }


def score(
    truths: Sequence[Truth], findings: Sequence[ScoredFinding], manifests: Sequence[ScoredManifest]
) -> dict[str, object]:
    """All figures of SCENARIO.md, ready for JSON."""
    pairs = match(truths, findings)
    kinds: dict[FindingKind, KindScore] = defaultdict(KindScore)
    for truth in truths:
        kinds[truth.kind].truth += 1
    for finding in findings:
        kinds[finding.kind].found += 1
    for truth, finding in pairs:
        kinds[truth.kind].matched += 1
        if truth.start_ms is not None:
            kinds[truth.kind].delays_s.append((finding.detected_ms - truth.start_ms) / MS_PER_S)
    named = {truth.manifest for truth in truths}
    violated = [manifest for manifest in manifests if manifest.number in named]
    by_vehicle: dict[str, list[Truth]] = defaultdict(list)
    for truth in truths:
        if truth.vehicle is not None:
            by_vehicle[truth.vehicle].append(truth)
    clean = [each for each in manifests if each.number not in named and not is_touched(each, by_vehicle)]
    clean_contradicted = contradicted(clean)
    per_clean = share(clean_contradicted, len(clean))
    return {
        "kinds": {kind.value: kinds[kind].figures() for kind in FindingKind if kind in kinds},
        "extra": len(findings) - len(pairs),
        "clean_manifests": len(clean),
        "clean_contradicted": clean_contradicted,
        "false_per_1000_clean": None if per_clean is None else 1000 * per_clean,
        "violated_contradicted_share": share(contradicted(violated), len(violated)),
    }


def match(truths: Sequence[Truth], findings: Sequence[ScoredFinding]) -> list[tuple[Truth, ScoredFinding]]:
    """Pairs of truth and finding, each used once, the longest overlap first."""
    candidates = [
        (-overlap, finding.key, index, finding)
        for index, truth in enumerate(truths)
        for finding in findings
        if finding.kind is truth.kind and subjects_agree(truth, finding)
        if (overlap := overlap_ms(truth, finding)) is not None
    ]
    candidates.sort(key=lambda candidate: candidate[:3])
    used_truths: set[int] = set()
    used_findings: set[str] = set()
    pairs = []
    for _, key, index, finding in candidates:
        if index not in used_truths and key not in used_findings:
            used_truths.add(index)
            used_findings.add(key)
            pairs.append((truths[index], finding))
    return pairs


def subjects_agree(truth: Truth, finding: ScoredFinding) -> bool:
    """Is everything that the truth names among what the finding is about?"""
    return (
        (truth.manifest is None or truth.manifest in finding.manifests)
        and (truth.vehicle is None or truth.vehicle in finding.vehicles)
        and (truth.facility is None or truth.facility == finding.facility)
    )


def overlap_ms(truth: Truth, finding: ScoredFinding) -> int | None:
    """How long the two agree, less than 0 for a gap within the tolerance; None where they do not.

    A truth without times agrees with any time, and no pair by time comes after it.
    """
    span = interval(truth)
    if span is None:
        return 0
    overlap = min(span[1], finding.end_ms) - max(span[0], finding.start_ms)
    return overlap if overlap >= -TOLERANCE_MS else None


def interval(truth: Truth) -> tuple[int, int] | None:
    """When it happened, or None where the truth does not say."""
    known = [moment for moment in (truth.start_ms, truth.end_ms) if moment is not None]
    return (known[0], known[-1]) if known else None


def is_touched(manifest: ScoredManifest, by_vehicle: Mapping[str, Sequence[Truth]]) -> bool:
    """Did anything happen to a vehicle of the manifest while it carried the load?"""
    return any(
        concerns(truth, carriage)
        for carriage in manifest.carriages
        for truth in by_vehicle.get(carriage.vehicle, ())
    )


def concerns(truth: Truth, carriage: Carriage) -> bool:
    """Did it happen while the vehicle carried this load? Without times it may have, so yes."""
    span = interval(truth)
    return span is None or (span[0] <= carriage.end_ms and span[1] >= carriage.start_ms)


def contradicted(manifests: Iterable[ScoredManifest]) -> int:
    return sum(manifest.verdict is VerdictValue.CONTRADICTED for manifest in manifests)


def share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def percentile(values: Sequence[float], percent: int) -> float | None:
    """Linear between the two nearest; None of nothing."""
    if len(values) < 2:
        return values[0] if values else None
    return quantiles(values, n=PERCENT, method="inclusive")[percent - 1]
