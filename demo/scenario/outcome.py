"""What became of a load: counts for each kind of row, and what was refused?"""

from collections.abc import Callable
from dataclasses import dataclass, field

from models.values import Refusal

Progress = Callable[[str, int, int], None]
"""Called with what is being loaded, how much of it is done, and how much there is."""


@dataclass(slots=True)
class Tally:
    """Rows of one kind: `filled` were there with blanks that this load could fill."""

    new: int = 0
    unchanged: int = 0
    filled: int = 0


@dataclass(slots=True)
class LoadResult:
    """What a load did."""

    counts: dict[str, Tally] = field(default_factory=dict)
    refusals: list[Refusal] = field(default_factory=list)

    def tally(self, kind: str) -> Tally:
        return self.counts.setdefault(kind, Tally())

    @property
    def changed(self) -> bool:
        """Did this load change anything?"""
        return any(tally.new or tally.filled for tally in self.counts.values())
