"""Over which stretches of time are a device's data doubted, and how do those of neighbouring days join?

Rules look at one UTC day with an hour on either side and keep what lies within the day, so that the result
of a day depends on its own fixes and nothing else; what goes on over midnight is joined again here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from models.values import Figures
from models.vocabulary import FindingKind

DAY_MS = 86_400_000
MARGIN_MS = 3_600_000  # seen on either side of a day
JOIN_MS = 600_000  # parts of one stretch on two days are not further apart than this
SUMS = frozenset({"fixes", "windows", "moved_km"})
LATEST = frozenset({"received_to_ms"})
"""Figures that add up over the parts of a stretch, and those of the last part; others are the first's."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Doubted data of one device over [from, to], ms UTC; `cause` tells apart what one kind has many of."""

    kind: FindingKind
    cause: str
    from_ms: int
    to_ms: int
    figures: Mapping[str, float | int | str | None]


def day_of(moment_ms: int) -> int:
    """The UTC day of a moment, counted from 1970."""
    return moment_ms // DAY_MS


def within(stretches: Iterable[Stretch], start_ms: int, end_ms: int) -> list[Stretch]:
    """The parts of stretches in [start, end)."""
    return [
        replace(each, from_ms=max(each.from_ms, start_ms), to_ms=min(each.to_ms, end_ms - 1))
        for each in stretches
        if each.from_ms < end_ms and each.to_ms >= start_ms
    ]


def joined_stretches(parts: Iterable[Stretch], join_ms: int = JOIN_MS) -> list[Stretch]:
    """Parts of one kind and cause that follow each other within `join_ms` as one, in order of time."""
    found: list[Stretch] = []
    for part in sorted(parts, key=lambda part: (part.kind, part.cause, part.from_ms)):
        last = found[-1] if found else None
        same = last is not None and (last.kind, last.cause) == (part.kind, part.cause)
        if last is None or not same or part.from_ms - last.to_ms > join_ms:
            found.append(part)
            continue
        found[-1] = replace(last, to_ms=max(last.to_ms, part.to_ms), figures=together(last, part))
    return sorted(found, key=lambda each: (each.from_ms, each.kind, each.cause))


def together(one: Stretch, other: Stretch) -> Figures:
    """The figures of two parts of one stretch."""
    figures: Figures = dict(one.figures)
    for name, value in other.figures.items():
        mine = figures.get(name)
        if name in SUMS:
            figures[name] = (mine or 0) + (value or 0)  # type: ignore[operator]  # sums are numbers
        elif name in LATEST:
            figures[name] = value
    return figures
