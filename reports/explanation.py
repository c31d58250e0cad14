"""Why does this finding stand, told to whoever disputes it? Seen, expected, rule, and what would change it.

One builder for pages, prints and the interface, in the reader's language.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from models.vocabulary import FindingKind
from reports.quantities import Figure
from reports.wording import figure_text, label, say, text, threshold_label
from tracking.rules.what_if import what_would_change

EXPECTED = ".expected"


@dataclass(frozen=True, slots=True)
class Explanation:
    """Sentences. `rule`: which rule in which version, with its thresholds; `rank`: why it stands where."""

    seen: tuple[str, ...]
    expected: tuple[str, ...]
    rule: str
    changes: tuple[str, ...]
    rank: tuple[str, ...]


def explain(
    kind: FindingKind,
    reasons: Sequence[Mapping[str, Any]],
    evidence: Mapping[str, Any],
    rule_version: str,
    locale: str,
    names: Mapping[str, str] | None = None,
    timezone: str = "Asia/Shanghai",
) -> Explanation:
    """A stored finding in words; `names` are those of the codes in it, as for reports.wording.say."""
    figures, thresholds = evidence.get("figures") or {}, evidence.get("thresholds") or {}
    params: dict[str, Figure] = {}
    for reason in reasons:
        params |= dict(reason.get("params") or {})
    said = [(str(reason.get("code", "")), say(reason, locale, names, timezone)) for reason in reasons]
    changes = what_would_change(kind, params, figures, thresholds)
    return Explanation(
        seen=tuple(words for code, words in said if not code.endswith(EXPECTED)),
        expected=tuple(words for code, words in said if code.endswith(EXPECTED)),
        rule=_rule(kind, rule_version, thresholds, locale, timezone),
        changes=tuple(say(change, locale, names, timezone) for change in changes),
        rank=_rank(evidence.get("ranking"), locale),
    )


def _rule(
    kind: FindingKind, version: str, thresholds: Mapping[str, Figure], locale: str, timezone: str
) -> str:
    """The rule's name, version and thresholds in a sentence."""
    told = [
        f"{threshold_label(name, locale)} {figure_text(name, value, locale, None, timezone)}"
        for name, value in thresholds.items()
    ]
    if not told:
        return text("explain.rule.bare", locale, kind=label(kind, locale), version=version)
    between = "，" if locale == "zh" else ", "
    return text(
        "explain.rule", locale, kind=label(kind, locale), version=version, thresholds=between.join(told)
    )


def _rank(ranking: Mapping[str, Any] | None, locale: str) -> tuple[str, ...]:
    """What the score rests on beside its rule's record; nothing for a finding of an older rule."""
    if not ranking:
        return ()
    size = float(ranking["size"])
    found = [text("explain.rank.size", locale, size=f"{size:.1f}")]
    if ranking["companions"]:
        found.append(
            text(
                "explain.rank.beside",
                locale,
                companions=int(ranking["companions"]),
                families=int(ranking["families"]),
            )
        )
    return tuple(found)
