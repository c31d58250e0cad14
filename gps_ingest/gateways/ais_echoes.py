"""Was this transmission heard a moment ago, by another receiver?

Receivers overlap. Most position reports tell their second, so that a transmission heard twice is one fix; one
that tells none (second 60 to 63, type 27) is dated by its receipt and would become two.
"""

from collections import OrderedDict

ECHO_MS = 10_000  # receivers' clocks and ways differ by less
MOST_REMEMBERED = 20_000  # ten seconds of a busy river, many times over


class Echoes:
    """The transmissions of registered vessels heard lately."""

    def __init__(self) -> None:
        self._heard_ms: OrderedDict[tuple[str, str], int] = OrderedDict()

    def is_echo(self, mmsi: str, payload: str, heard_ms: int) -> bool:
        """Was the same payload of the vessel heard within ECHO_MS? If not, it is remembered."""
        key = (mmsi, payload)
        before_ms = self._heard_ms.get(key)
        if before_ms is not None and abs(heard_ms - before_ms) <= ECHO_MS:
            return True
        self._heard_ms[key] = heard_ms
        self._heard_ms.move_to_end(key)
        if len(self._heard_ms) > MOST_REMEMBERED:
            self._heard_ms.popitem(last=False)
        return False
