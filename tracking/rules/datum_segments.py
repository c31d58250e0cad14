"""Over which times does a device speak in which coordinates, by what its days proved?

A day's proof holds until a later day proves something else, and the first holds for all that came before. A
segment is a stretch of days in other coordinates than those registered.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from models.vocabulary import Datum, FindingKind
from tracking.rules.doubt_stretches import DAY_MS, Stretch

NO_LIMIT = None


@dataclass(frozen=True, slots=True)
class DayProof:
    """What a UTC day of a device proved (None: nothing), and its first and last fix, ms UTC."""

    day: int
    datum: Datum | None
    first_ms: int
    last_ms: int
    figures: dict[str, Any]


def datum_segments(days: Sequence[DayProof], declared: Datum) -> list[Stretch]:
    """The stretches in other coordinates than `declared` (days in order of time).

    Their figures say from when to when the coordinates are to be read so (holds_from_ms, holds_to_ms; None
    without limit), beside the proof of their first day.
    """
    groups: list[list[DayProof]] = []
    for day in (day for day in days if day.datum is not None):
        if groups and groups[-1][0].datum is day.datum:
            groups[-1].append(day)
        else:
            groups.append([day])
    found = []
    for index, group in enumerate(groups):
        proved = group[0]
        if proved.datum is None or proved.datum is declared:
            continue
        begins = NO_LIMIT if index == 0 else proved.day * DAY_MS
        ends = NO_LIMIT if index + 1 == len(groups) else groups[index + 1][0].day * DAY_MS
        held = [day for day in days if lies(day, begins, ends)]
        found.append(
            Stretch(
                FindingKind.DATUM_SHIFT,
                proved.datum.value,
                held[0].first_ms,
                held[-1].last_ms,
                proved.figures | {"holds_from_ms": begins, "holds_to_ms": ends},
            )
        )
    return found


def lies(day: DayProof, begins_ms: int | None, ends_ms: int | None) -> bool:
    """Does a day lie in [begins, ends)?"""
    after = begins_ms is None or day.day * DAY_MS >= begins_ms
    return after and (ends_ms is None or day.day * DAY_MS < ends_ms)
