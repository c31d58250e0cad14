"""What do matched and unmatched findings say about a detector, and how sure is that?

Pure. Shares carry a 95 % bootstrap interval over days of worlds (fixes of one day err together); rates of
rare false alarms the exact upper 95 % bound of a Poisson count (one-sided).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import chi2

from bench.detection_truths import Sized
from demo.scenario.score import ScoredFinding, Truth, interval, match, share
from models.vocabulary import MS_PER_S, FindingKind

DAY_MS = 86_400 * MS_PER_S
ROUNDS = 1_000
SEED = 20_261
LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Hit:
    """A truth and how it was found; times are None where it was missed or has none."""

    day: str
    on_paper: bool  # a manifest is concerned
    size: float | None
    found: bool
    delay_s: float | None = None
    start_error_s: float | None = None
    end_error_s: float | None = None


@dataclass(frozen=True, slots=True)
class Raised:
    """A finding that counts: right when it answers a detectable truth. clean: nothing happened there."""

    day: str
    on_paper: bool
    score: float
    right: bool
    clean: bool


@dataclass(frozen=True, slots=True)
class Tally:
    """All that one detector did on one kind."""

    hits: tuple[Hit, ...] = ()
    raised: tuple[Raised, ...] = ()
    small: tuple[Hit, ...] = ()  # truths below the detectable size: they count for nothing but a plot

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.hits + other.hits, self.raised + other.raised, self.small + other.small)

    def on_paper(self) -> "Tally":
        """What concerns a manifest: all that a detector can know of which only watches legs on paper."""
        return Tally(
            tuple(hit for hit in self.hits if hit.on_paper),
            tuple(each for each in self.raised if each.on_paper),
            tuple(hit for hit in self.small if hit.on_paper),
        )

    @property
    def matched(self) -> int:
        return sum(hit.found for hit in self.hits)

    @property
    def clean_alarms(self) -> int:
        return sum(each.clean for each in self.raised)


def tally(
    world: str,
    truths: Sequence[Sized],
    findings: Sequence[ScoredFinding],
    scores: dict[str, float],
    clean: frozenset[str],
) -> dict[FindingKind, Tally]:
    """Match as `sludgetrace score` does, then set aside what answers a truth below the detectable size."""
    by_truth = {truth.truth: truth for truth in truths}
    answer = match([each.truth for each in truths], findings)
    answered = dict(answer)
    truth_of = {finding.key: truth for truth, finding in answer}
    found: dict[FindingKind, Tally] = {}
    for each in truths:
        hit = hit_of(world, each, answered.get(each.truth))
        one = Tally((hit,)) if each.detectable else Tally(small=(hit,))
        found[each.truth.kind] = found.get(each.truth.kind, Tally()) + one
    for finding in findings:
        truth = truth_of.get(finding.key)
        if truth is not None and not by_truth[truth].detectable:
            continue
        day = (
            day_of(world, finding.manifests, finding.start_ms)
            if truth is None
            else day_of_truth(world, truth)
        )
        innocent = truth is None and bool(finding.manifests) and finding.manifests <= clean
        on_paper = bool(finding.manifests) if truth is None else truth.manifest is not None
        raised = Raised(day, on_paper, scores.get(finding.key, 1.0), truth is not None, innocent)
        found[finding.kind] = found.get(finding.kind, Tally()) + Tally((), (raised,))
    return found


def hit_of(world: str, sized: Sized, finding: ScoredFinding | None) -> Hit:
    """How a truth fared."""
    day, on_paper = day_of_truth(world, sized.truth), sized.truth.manifest is not None
    span = interval(sized.truth)
    if finding is None or span is None:
        return Hit(day, on_paper, sized.size, finding is not None)
    return Hit(
        day,
        on_paper,
        sized.size,
        True,
        (finding.detected_ms - span[0]) / MS_PER_S,
        (finding.start_ms - span[0]) / MS_PER_S,
        (finding.end_ms - span[1]) / MS_PER_S,
    )


def day_of_truth(world: str, truth: Truth) -> str:
    span = interval(truth)
    manifests = frozenset({truth.manifest}) if truth.manifest is not None else frozenset()
    return day_of(world, manifests, 0 if span is None else span[0])


def day_of(world: str, manifests: frozenset[str], start_ms: int) -> str:
    """The day that an event belongs to: its first manifest's, as the number says, else its own."""
    first = min(manifests, default=None)
    return f"{world}/{first.split('-')[0]}" if first is not None else f"{world}/{start_ms // DAY_MS}"


def figures(kind: Tally) -> dict[str, float | int | None]:
    """Precision, recall and F1 with their interval, delay and errors of the boundaries."""
    right = sum(each.right for each in kind.raised)
    low, high = f1_interval(kind)
    delays = [hit.delay_s for hit in kind.hits if hit.delay_s is not None]
    starts = [abs(hit.start_error_s) for hit in kind.hits if hit.start_error_s is not None]
    ends = [abs(hit.end_error_s) for hit in kind.hits if hit.end_error_s is not None]
    return {
        "truth": len(kind.hits),
        "found": len(kind.raised),
        "matched": kind.matched,
        "precision": share(right, len(kind.raised)),
        "recall": share(kind.matched, len(kind.hits)),
        "f1": share(2 * kind.matched, len(kind.raised) + len(kind.hits)),
        "f1_low": low,
        "f1_high": high,
        "delay_s_p50": quantile(delays, 0.5),
        "delay_s_p90": quantile(delays, 0.9),
        "start_error_s_p50": quantile(starts, 0.5),
        "end_error_s_p50": quantile(ends, 0.5),
    }


def f1_interval(kind: Tally) -> tuple[float | None, float | None]:
    """The 95 % bootstrap interval of F1 over days of worlds; None of nothing."""
    days = sorted({hit.day for hit in kind.hits} | {each.day for each in kind.raised})
    if not days:
        return None, None
    place = {day: index for index, day in enumerate(days)}
    counts = np.zeros((len(days), 2))  # twice matched, found and true together
    for hit in kind.hits:
        counts[place[hit.day]] += (2 * hit.found, 1)
    for each in kind.raised:
        counts[place[each.day], 1] += 1
    drawn = np.random.default_rng(SEED).integers(0, len(days), (ROUNDS, len(days)))
    twice, both = counts[drawn].sum(axis=1).T
    low, high = np.quantile(twice / both, ((1 - LEVEL) / 2, (1 + LEVEL) / 2))
    return float(low), float(high)


def quantile(values: Sequence[float], at: float) -> float | None:
    return float(np.quantile(values, at)) if values else None


def upper_count(count: int) -> float:
    """The exact one-sided upper 95 % bound of a Poisson mean after `count` events."""
    return float(chi2.ppf(LEVEL, 2 * (count + 1)) / 2)
