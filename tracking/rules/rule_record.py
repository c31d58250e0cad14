"""How often was a rule right, and how sure is that? Its precision with an interval, and its false alarms."""

import math
from dataclasses import dataclass

from models.vocabulary import FindingKind

Z_95 = 1.959963984540054
HOURS = 100.0


@dataclass(frozen=True, slots=True)
class RuleRecord:
    """What one rule raised in a window of time, and what inspectors said of it.

    dismissed: it did not happen; what was explained happened for a good reason and is no false alarm, though
    it was not confirmed either. vehicle_hours: driven on trips in the same window.
    """

    kind: FindingKind
    raised: int
    confirmed: int
    explained: int
    dismissed: int
    vehicle_hours: float

    @property
    def decided(self) -> int:
        """Findings that anybody decided about."""
        return self.confirmed + self.explained + self.dismissed

    @property
    def precision(self) -> float | None:
        """Confirmed among decided; None before the first decision."""
        return self.confirmed / self.decided if self.decided else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Of the precision, 95 %."""
        return wilson(self.confirmed, self.decided) if self.decided else None

    @property
    def false_per_100_hours(self) -> float | None:
        """Dismissed findings in 100 vehicle-hours; None where nothing drove, or nothing was decided."""
        known = self.vehicle_hours > 0 and self.decided > 0
        return self.dismissed / self.vehicle_hours * HOURS if known else None


def wilson(hits: int, of: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share; it stays within [0, 1] and holds for few trials. `of` > 0."""
    share, z2 = hits / of, Z_95 * Z_95
    middle = (share + z2 / (2 * of)) / (1 + z2 / of)
    half = Z_95 / (1 + z2 / of) * math.sqrt(share * (1 - share) / of + z2 / (4 * of * of))
    return max(0.0, middle - half), min(1.0, middle + half)
