"""What is a story? A title, prose and steps; each step is what somebody asked and what was answered."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.stories.custody.teller import Teller

Both = tuple[str, str]
"""The same in Chinese and in English."""


@dataclass(frozen=True)
class Prose:
    """A paragraph between steps."""

    text: Both


@dataclass(frozen=True)
class Step:
    """Who asked what, and the answer; `remarks`: sentences of refusals, warnings and findings."""

    who: Both
    what: Both
    call: str
    answer: Both
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Story:
    """`name` is that of its file, `tell` lets it happen and asserts what must come of it."""

    name: str
    title: Both
    tell: "Callable[[Teller], None]"


@dataclass
class Record:
    """What happened so far, and by which names the story calls its manifests."""

    happened: list[Prose | Step] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)

    def known(self, text: str) -> str:
        """A text with manifests called by their names in the story."""
        for number, name in self.names.items():
            text = text.replace(number, name)
        return text
