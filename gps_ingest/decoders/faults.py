"""Which faults of a message are told one by one, and when is reading on in vain?

Who fills a file with what cannot be read must not fill the memory of the server with sentences about it,
nor keep it busy. The first MOST_TOLD items are told of each by itself, the others are counted. Reading stops
where more items are bad than good by PATIENCE: a file with a bad line in a hundred is read to its end, and
so is one that begins with an hour of bad lines.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from models.values import Refusal

MOST_TOLD = 1000
PATIENCE = 5000
MORE = "here begin {count} more items that could not be taken; they are counted and not told one by one"
IN_VAIN = "reading stops here: {bad} items before could not be read, {good} could; {count} were not looked at"


@dataclass(slots=True)
class Faults:
    """What of one message could not be taken. `good` counts the items that could be read."""

    most_told: int = MOST_TOLD
    patience: int = PATIENCE
    good: int = 0
    bad: int = 0
    _told: list[Refusal] = field(default_factory=list)
    _items_told: int = 0
    _untold: int = 0
    _first_untold: str = ""
    _end: Refusal | None = None

    @property
    def in_vain(self) -> bool:
        """Were so many items bad that the rest is not worth reading?"""
        return self.bad > self.good + self.patience

    def refuse(self, faults: Iterable[Refusal]) -> None:
        """An item that cannot be read, with every reason."""
        self.bad += 1
        self.turn_away(faults)

    def turn_away(self, faults: Iterable[Refusal]) -> None:
        """An item that can be read and is not to be taken, for example because it is another device's."""
        if self._items_told < self.most_told:
            self._items_told += 1
            self._told.extend(faults)
            return
        if not self._untold:
            self._first_untold = next(iter(faults)).place
        self._untold += 1

    def stop(self, place: str, unread: int) -> None:
        """Reading ends before `place`; `unread` items are left."""
        if unread > 0:
            told = IN_VAIN.format(bad=self.bad, good=self.good, count=unread)
            self._end = Refusal(place, "", told, unread)

    @property
    def refusals(self) -> tuple[Refusal, ...]:
        """All of it; a Refusal may stand for many items (Refusal.count)."""
        closing = []
        if self._untold:
            told = MORE.format(count=self._untold)
            closing.append(Refusal(self._first_untold, "", told, self._untold))
        if self._end is not None:
            closing.append(self._end)
        return (*self._told, *closing)
