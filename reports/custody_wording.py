"""How is a refusal of custody said to the person who tried? Sentences of the catalogue "custody"."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from models.custody_words import CaseState, CorrectionState
from models.values import Reason
from models.vocabulary import CustodyState, DisposalMethod, ManifestKind, Mode, SludgeKind
from reports.catalogues import find, require
from reports.quantities import UNKNOWN, Figure, moment, number
from reports.wording import figure_text, label

MOMENTS = frozenset({"at", "now", "before"})
WORDS: Mapping[str, type[StrEnum]] = {
    "mode": Mode,
    "kind": ManifestKind,
    "sludge_kind": SludgeKind,
    "method": DisposalMethod,
    "case_state": CaseState,
    "correction_state": CorrectionState,
    "state": CustodyState,
}


def say_refused(reason: Reason, locale: str, timezone: str = "Asia/Shanghai") -> str:
    """The sentence of a guard's reason; one without an entry is its code with its figures."""
    said = {name: said_param(name, value, locale, timezone) for name, value in reason.params.items()}
    words = find("custody", reason.code, locale)
    if words is None:
        return " · ".join([reason.code, *(f"{name} {value}" for name, value in said.items())])
    return words.format(**said)


def custody_text(key: str, locale: str, **params: object) -> str:
    """A title or sentence of the catalogue by its key; raises KeyError for one that does not exist."""
    return require("custody", key, locale).format(**params)


def said_param(name: str, value: Figure, locale: str, timezone: str) -> str:
    """A parameter in words. Masses stay in kg: a difference of a few kg must be seen in the sentence."""
    if value is None:
        return UNKNOWN
    if name.endswith("_kg") and not isinstance(value, str):
        return f"{number(value, locale, -1)} kg"
    if isinstance(value, str) and name in MOMENTS:
        return moment(datetime.fromisoformat(value), timezone)
    if isinstance(value, str) and name in WORDS and value in set(WORDS[name]):
        return label(WORDS[name](value), locale)
    return figure_text(name, value, locale, timezone=timezone)
