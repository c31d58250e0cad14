"""How many bad lines of a known receiver are kept?

A damaged line is kept with its reason, because it shows what is wrong with the receiver or its radio link.
The thousandth of an hour shows no more than those before it, and a receiver gone mad, or somebody who has
its token, must not fill the disk: what is beyond is counted, told in the log once an hour, and not kept.
"""

import logging
from collections import Counter

log = logging.getLogger(__name__)

MOST_AN_HOUR = 1000  # a receiver that sends two lines a second may have every seventh damaged
HOUR_S = 3600


class BadLines:
    """The bad lines of each receiver in the hour that runs, over all of its connections."""

    def __init__(self, most_an_hour: int = MOST_AN_HOUR) -> None:
        self._most_an_hour = most_an_hour
        self._hour = 0
        self._counts: Counter[str] = Counter()

    def may_keep(self, device_code: str, now_s: float) -> bool:
        """Count one bad line; False once the receiver has had its share of this hour."""
        hour = int(now_s // HOUR_S)
        if hour != self._hour:
            self._hour = hour
            self._counts.clear()
        self._counts[device_code] += 1
        if self._counts[device_code] == self._most_an_hour + 1:
            log.warning("device %s: more than %d bad lines in an hour", device_code, self._most_an_hour)
        return self._counts[device_code] <= self._most_an_hour
