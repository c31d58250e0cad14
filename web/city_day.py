"""Which calendar day is it in the city?"""

from datetime import date
from zoneinfo import ZoneInfo

from web.clock import now
from web.display import timezone


def city() -> ZoneInfo:
    """The city's zone."""
    return ZoneInfo(timezone())


def today() -> date:
    """The day of this request."""
    return now().astimezone(city()).date()
