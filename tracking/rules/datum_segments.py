"""Over which times does a device speak in which coordinates, by what its days proved?

A day's proof holds until a later day proves something else, from the moment within a day at which that can be
seen to begin; the first holds for all that came before. A segment is a stretch of time in other coordinates
than those registered.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from models.vocabulary import Datum, FindingKind
from tracking.rules.doubt_stretches import DAY_MS, Stretch

NO_LIMIT = None


@dataclass(frozen=True, slots=True)
class DayProof:
    """What a UTC day of a device proved (None: nothing), and its first and last fix, ms UTC.

    tails, heads: as in datum_edges.DatumEdges.
    """

    day: int
    datum: Datum | None
    first_ms: int
    last_ms: int
    figures: dict[str, Any]
    tails: Mapping[Datum, int] = field(default_factory=dict)
    heads: Mapping[Datum, int] = field(default_factory=dict)


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
    bounds = [turn_ms(days, before[-1], after[0]) for before, after in pairwise(groups)]
    found = []
    for index, group in enumerate(groups):
        proved = group[0]
        if proved.datum is None or proved.datum is declared:
            continue
        begins = NO_LIMIT if index == 0 else bounds[index - 1]
        ends = NO_LIMIT if index + 1 == len(groups) else bounds[index]
        held = [day for day in days if lies(day, begins, ends)]
        if not held:
            continue
        found.append(
            Stretch(
                FindingKind.DATUM_SHIFT,
                proved.datum.value,
                held[0].first_ms if begins is None else max(held[0].first_ms, begins),
                held[-1].last_ms if ends is None else min(held[-1].last_ms, ends - 1),
                proved.figures | {"holds_from_ms": begins, "holds_to_ms": ends},
            )
        )
    return found


def turn_ms(days: Sequence[DayProof], before: DayProof, after: DayProof) -> int:
    """When the coordinates changed between the last day that proved one datum and the first of another.

    At an edge that a day in between shows; otherwise with the day that proved the other.
    """
    if before.datum is None or after.datum is None:
        raise ValueError("a day that proved nothing bounds no group")
    for day in days:
        if before.day <= day.day < after.day and after.datum in day.tails:
            return day.tails[after.datum]
    return after.heads.get(before.datum, after.day * DAY_MS)


def lies(day: DayProof, begins_ms: int | None, ends_ms: int | None) -> bool:
    """Has a day fixes in [begins, ends)?"""
    after = begins_ms is None or day.last_ms >= begins_ms
    return after and (ends_ms is None or day.first_ms < ends_ms)
