"""What time is it? Read here once for a request, and handed down as an argument."""

from collections.abc import Callable
from datetime import UTC, datetime

from flask import current_app, g


def utc_now() -> datetime:
    """The clock of this machine."""
    return datetime.now(UTC)


def now() -> datetime:
    """The moment of this request: the same wherever the request asks."""
    if "now" not in g:
        read: Callable[[], datetime] = current_app.extensions["clock"]
        g.now = read()
    moment: datetime = g.now
    return moment
