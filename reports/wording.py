"""How is it said in Chinese and English? Labels of words, reasons, names of figures, texts of prints.

Pages, prints and the command line all come here, so that one thing has one name everywhere.
"""

from collections.abc import Mapping
from enum import IntFlag, StrEnum

from models.values import Reason
from models.vocabulary import (
    HIDDEN,
    CustodyState,
    Datum,
    DisposalMethod,
    Doubt,
    FacilityKind,
    FindingKind,
    Mode,
    ReceiptDecision,
    SludgeKind,
    VerdictValue,
)
from reports.catalogues import find, require
from reports.quantities import (
    Figure,
    clock,
    distance,
    duration,
    figure,
    mass_t,
    moment,
    number,
    odds,
    percent,
    speed,
)

__all__ = [
    "MARKS",
    "clock",
    "distance",
    "doubt_labels",
    "duration",
    "figure",
    "figure_label",
    "figure_text",
    "innocent",
    "label",
    "mark",
    "mass_t",
    "meaning",
    "moment",
    "number",
    "percent",
    "say",
    "speed",
    "text",
    "threshold_label",
]

MARKS = {
    VerdictValue.CONSISTENT: "●",
    VerdictValue.INSUFFICIENT: "◌",
    VerdictValue.CONTRADICTED: "▲",
    VerdictValue.PENDING: "○",
}
"""The shape of each verdict: it says without colour what the word says."""

_WORDS_OF_PARAMS: dict[str, type[StrEnum]] = {
    "method": DisposalMethod,
    "mode": Mode,
    "sludge_kind": SludgeKind,
    "custody_state": CustodyState,
    "decision": ReceiptDecision,
    "facility_kind": FacilityKind,
    "finding_kind": FindingKind,
    "kind": FindingKind,
    "datum": Datum,
    "declared_datum": Datum,
}
"""Parameters and figures of these names hold a word of the vocabulary and are printed as its label."""


_CHANCES = frozenset({"chance", "repeat_chance"})
"""Probabilities, kept as text of one digit: far too small for a share in per cent."""
_FLAGS = frozenset({"night", "emptied", "returned", "still_silent"})
"""Figures that are 1 or 0 and printed as yes or no."""


def label(member: StrEnum | IntFlag, locale: str) -> str:
    """The name of a member of the vocabulary; raises KeyError for one that has none."""
    word = member.value if isinstance(member, StrEnum) else str(member.name).lower()
    return require("vocabulary", f"{type(member).__name__}.{word}", locale)


def word(group: str, key: str, locale: str) -> str:
    """The name of a stored word that is no enum: group "how" (an assignment) or "load" (a trip)."""
    return require("vocabulary", f"{group}.{key}", locale)


def doubt_labels(doubts: int, locale: str) -> list[str]:
    """The named doubts of a fix."""
    return [label(doubt, locale) for doubt in Doubt if doubt & doubts]


def mark(verdict: VerdictValue) -> str:
    """The verdict's shape: ● consistent, ◌ insufficient, ▲ contradicted, ○ pending."""
    return MARKS[verdict]


def meaning(kind: FindingKind, locale: str) -> str:
    """What a finding of this kind says, in a sentence."""
    return require("vocabulary", f"meaning.{kind.value}", locale)


def innocent(kind: FindingKind, locale: str) -> str:
    """What would make a finding of this kind innocent, in a sentence."""
    return require("vocabulary", f"innocent.{kind.value}", locale)


def text(msgid: str, locale: str, **params: object) -> str:
    """A text of the prints with its {fields} filled in; raises KeyError for one that does not exist."""
    words = require("reports", msgid, locale)
    return words.format(**params) if params else words


def figure_text(
    name: str,
    value: Figure,
    locale: str,
    names: Mapping[str, str] | None = None,
    timezone: str = "Asia/Shanghai",
) -> str:
    """A figure in words: its unit from the name's suffix, codes by `names`, vocabulary by its label."""
    if isinstance(value, str):
        if name in _WORDS_OF_PARAMS and value in set(_WORDS_OF_PARAMS[name]):
            return label(_WORDS_OF_PARAMS[name](value), locale)
        if name in _CHANCES:
            return odds(float(value), locale)
        if name == "standard":  # a permit is no published standard and has no number of its own
            return find("vocabulary", f"standard.{value}", locale) or value
        return ", ".join(_name(name, part, locale, names or {}) for part in value.split(", "))
    if name in _FLAGS and value is not None:
        return require("vocabulary", "flag.yes" if value else "flag.no", locale)
    if name == "score" and value is not None:
        return percent(value, locale, 0)
    return figure(name, value, locale, timezone)


def _name(param: str, code: str, locale: str, names: Mapping[str, str]) -> str:
    """The name of one code; what the reader may not know is "another manifest" or "another vehicle"."""
    if code == HIDDEN:
        return require("vocabulary", "hidden.vehicle" if "vehicle" in param else "hidden.manifest", locale)
    return names.get(code, code)


def figure_label(name: str, locale: str) -> str:
    """The name of a figure in evidence; one without an entry is shown as it is written."""
    return find("evidence", f"figure.{name}", locale) or find("evidence", f"threshold.{name}", locale) or name


def threshold_label(name: str, locale: str) -> str:
    """The name of a threshold in evidence; one without an entry is shown as it is written."""
    return find("evidence", f"threshold.{name}", locale) or figure_label(name, locale)


def say(
    reason: Mapping[str, object] | Reason,
    locale: str,
    names: Mapping[str, str] | None = None,
    timezone: str = "Asia/Shanghai",
) -> str:
    """One reason as a sentence.

    A reason without an entry in reasons.po is shown as its code and figures: a page must never fail
    because a newer rule has written to the database.
    """
    code, params = _parts(reason)
    said = {name: figure_text(name, value, locale, names, timezone) for name, value in params.items()}
    words = find("reasons", code, locale)
    try:
        if words is not None:
            return words.format(**said)
    except KeyError:  # written by an older rule, with fewer parameters than the sentence has now
        pass
    return " · ".join([code, *(f"{figure_label(name, locale)} {value}" for name, value in said.items())])


def _parts(reason: Mapping[str, object] | Reason) -> tuple[str, Mapping[str, Figure]]:
    if isinstance(reason, Reason):
        return reason.code, reason.params
    params = reason.get("params")
    return str(reason.get("code", "")), params if isinstance(params, Mapping) else {}
