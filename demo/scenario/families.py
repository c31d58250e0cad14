"""Which manifest is the child of which, and in what order can they be stored?

A parent is named by its child, or names the child; either says it. Children are stored after their
parents, and a child whose parent cannot be stored is refused with it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from demo.scenario.rows import ManifestRow
from models.values import Refusal


@dataclass(slots=True)
class Families:
    """The rows that can be stored, parents first, with the parent's number of each child."""

    rows: list[ManifestRow]
    parents: dict[str, str] = field(default_factory=dict)
    refusals: list[Refusal] = field(default_factory=list)


def sort_families(rows: Sequence[ManifestRow], stored: set[str]) -> Families:
    """Order `rows`; `stored` are the numbers that the database already has."""
    unique: dict[str, ManifestRow] = {}
    families = Families([])
    for row in rows:
        if row.number in unique:
            first = unique[row.number].place
            families.refusals.append(
                Refusal(row.place, "number", f"'{row.number}' is the number of {first} too")
            )
        else:
            unique[row.number] = row
    families.refusals += _name_parents(unique, stored, families.parents)
    refused = {fault.place for fault in families.refusals}
    storable = {number: row for number, row in unique.items() if row.place not in refused}
    families.rows = list(_parents_first(storable, stored, families))
    return families


def _name_parents(
    rows: dict[str, ManifestRow], stored: set[str], parents: dict[str, str]
) -> Iterator[Refusal]:
    for row in rows.values():
        if row.parent is not None:
            parents[row.number] = row.parent
    for row in rows.values():
        for index, child in enumerate(row.children):
            if child not in rows and child not in stored:
                yield Refusal(row.place, f"children[{index}]", f"there is no manifest '{child}'")
            elif parents.setdefault(child, row.number) != row.number:
                yield Refusal(
                    row.place, f"children[{index}]", f"'{child}' names '{parents[child]}' as its parent"
                )


def _parents_first(
    rows: dict[str, ManifestRow], stored: set[str], families: Families
) -> Iterator[ManifestRow]:
    """Round by round those whose parent is placed; the rest names one that is refused or unknown."""
    placed: set[str] = set()
    waiting = dict(rows)
    while waiting:
        ready = [
            row
            for row in waiting.values()
            if all(
                parent in placed or (parent in stored and parent not in waiting)
                for parent in parents_of(row, families)
            )
        ]
        if not ready:
            break
        yield from ready
        placed |= {row.number for row in ready}
        waiting = {number: row for number, row in waiting.items() if number not in placed}
    for row in waiting.values():
        parent = next(each for each in parents_of(row, families) if each not in placed)
        families.refusals.append(
            Refusal(row.place, "parent", f"there is no manifest '{parent}' that can be its parent")
        )


def parents_of(row: ManifestRow, families: Families) -> set[str]:
    """All whose load it carries on: a group has several."""
    named = {families.parents[row.number]} if row.number in families.parents else set()
    return named | ({part.number for part in row.live.parts} if row.live is not None else set())
