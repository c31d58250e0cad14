"""Which lines of a running GNSS receiver belong together? Those of one second.

RMC and GGA of a second complete each other, and the connection may deliver them apart.
"""


class SecondsBuffer:
    """Lines as they come; the last second may still grow.

    `lines` counts all lines ever, also those that are passed over.
    """

    def __init__(self) -> None:
        self._lines: list[bytes] = []
        self._last_second = 0  # where it begins
        self._time_of_day: str | None = None
        self._lines_before = 0  # read when the last second began
        self.lines = 0

    def __len__(self) -> int:
        return len(self._lines)

    def add(self, line: bytes, time_of_day: str | None) -> None:
        """A line and its hhmmss.ss; one without belongs to the second in which it comes."""
        if time_of_day is not None and time_of_day != self._time_of_day:
            self._time_of_day = time_of_day
            self._last_second, self._lines_before = len(self._lines), self.lines
        self._lines.append(line)
        self.lines += 1

    def pass_over(self) -> None:
        """A line of which nothing is kept."""
        self.lines += 1

    def take_ended(self) -> tuple[bytes, int]:
        """The lines of all seconds but the last, and how many lines are settled with them."""
        taken = b"\n".join(self._lines[: self._last_second])
        del self._lines[: self._last_second]
        self._last_second = 0
        return taken, self._lines_before

    def take_all(self) -> tuple[bytes, int]:
        """All lines, and how many lines there were."""
        taken, self._lines, self._last_second = b"\n".join(self._lines), [], 0
        return taken, self.lines
