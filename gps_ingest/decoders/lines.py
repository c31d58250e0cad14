"""Which lines has a text, without holding all of them? A million blank lines shall cost nothing."""

import re
from collections.abc import Iterator

BLANKS = re.compile(rb"((?:[ \t]*+[\r\n]++)++)|[^\r\n]++")
BLANKS_AND_COMMAS = re.compile(rb"((?:[ \t,]*+[\r\n]++)++)|[^\r\n]++")


class Lines:
    """The lines of a text that are not blank, each with its number; they end as bytes.splitlines() ends them.

    `number` is that of the line handed over last, `left` how many lines follow it. `runs` says what is blank.
    """

    def __init__(self, text: bytes, runs: re.Pattern[bytes] = BLANKS) -> None:
        self._text, self._runs = text, runs
        self._at = 0
        self.number = 1

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        number = self.number
        for match in self._runs.finditer(self._text):
            begin, end = match.span()
            if match.lastindex:
                number += self._ends(begin, end)
            else:
                self.number, self._at = number, end
                yield number, match[0]

    @property
    def left(self) -> int:
        last = len(self._text)
        return max(0, self._ends(self._at, last) - (self._text[-1:] in (b"\r", b"\n")))

    def _ends(self, begin: int, end: int) -> int:
        count = self._text.count
        return count(b"\n", begin, end) + count(b"\r", begin, end) - count(b"\r\n", begin, end)
