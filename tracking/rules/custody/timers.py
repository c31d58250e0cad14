"""By when must the next step have been taken, and what happens when it was not?

DOMAIN.md section 5, column "timer". Only an issued manifest that never left expires by itself; of every other
one the machine says that it is overdue and changes nothing: a load does not cease to exist by waiting.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays

from models.thresholds import CustodyThresholds
from models.vocabulary import CustodyState, ManifestKind
from tracking.rules.custody.facts import Custody

TAKEN = (CustodyState.ACCEPTED, CustodyState.PART_ACCEPTED)


def due_at(
    state: CustodyState,
    custody: Custody,
    at: datetime,
    limits: CustodyThresholds,
    planned_minutes: Mapping[int, float],
    zone: ZoneInfo,
) -> datetime | None:
    """By when a manifest that came into `state` at `at` should leave it; None: no timer.

    planned_minutes: by row id of the route. A leg without one has no ETA, so that nothing is late on it.
    """
    waits_s = {
        CustodyState.ISSUED: limits.issued_expiry_s,
        CustodyState.LOADED: limits.departure_s,
        CustodyState.AT_TRANSFER: limits.handover_s,
        CustodyState.ACCEPTED: limits.disposal_s,
        CustodyState.PART_ACCEPTED: limits.disposal_s,
    }
    if state in TAKEN and custody.kind is ManifestKind.RETURN:
        return None  # a plant took it back into its stock
    if state in waits_s:
        return at + timedelta(seconds=waits_s[state])
    if state is CustodyState.ARRIVED:
        return after_working_days(at, limits.decision_working_days, zone)
    if state is CustodyState.IN_TRANSIT:
        leg = custody.current
        minutes = None if leg is None or leg.route_id is None else planned_minutes.get(leg.route_id)
        return None if minutes is None else at + timedelta(minutes=minutes * limits.eta_factor)
    return None


def after_working_days(at: datetime, days: int, zone: ZoneInfo) -> datetime:
    """The same hour after so many working days of the People's Republic, make-up days counted as worked."""
    local = at.astimezone(zone)
    while days > 0:
        local += timedelta(days=1)
        days -= 1 if _calendar().is_working_day(local.date()) else 0
    return local.astimezone(at.tzinfo)


@cache
def _calendar() -> holidays.HolidayBase:
    return holidays.country_holidays("CN")
