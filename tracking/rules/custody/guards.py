"""What keeps any step from being taken: time, hold, and what every arrow asks of its request?

A guard yields what blocks; nothing yielded lets the step pass. Guards of one act are in guards_<act>.py.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta

from models.custody_words import Act
from models.values import Reason
from tracking.rules.custody.facts import Blocked, Step

Guard = Callable[[Step], Iterator[Blocked]]

CLOCKS_APART = timedelta(minutes=5)  # as for fixes: device clocks are off by minutes
OFFLINE_AT_MOST = timedelta(hours=24)  # a phone keeps signed acts for a day; older is paper

WHILE_ON_HOLD = frozenset({Act.ARRIVE, Act.ABORT})
"""A hold stops decisions, not wheels: that a vehicle came in or broke down is recorded all the same."""


def blocked(field: str, code: str, **params: float | int | str | None) -> Blocked:
    """A refusal worded as "custody.<code>"."""
    return Blocked(field, Reason(f"custody.{code}", params))


def not_on_hold(step: Step) -> Iterator[Blocked]:
    """The regulator froze it."""
    if step.custody.on_hold and step.act not in WHILE_ON_HOLD:
        yield blocked("", "on_hold", manifest=step.custody.number)


def in_order_of_time(step: Step) -> Iterator[Blocked]:
    """Nothing happens before what came before it, nor later than now."""
    if step.given.at > step.now + CLOCKS_APART:
        yield blocked("at", "in_the_future", at=step.given.at.isoformat(), now=step.now.isoformat())
    elif step.given.at < step.custody.last_event_at:
        before = step.custody.last_event_at.isoformat()
        yield blocked("at", "before_the_last_step", at=step.given.at.isoformat(), before=before)
    elif not step.given.backdated and step.given.at < step.now - OFFLINE_AT_MOST:
        yield blocked("at", "too_long_ago", at=step.given.at.isoformat())


def reason_given(step: Step) -> Iterator[Blocked]:
    """Who stops a load says why."""
    if not (step.given.reason or "").strip():
        yield blocked("reason", "reason_missing")


def never_departed(step: Step) -> Iterator[Blocked]:
    """After departure nothing is cancelled: the load travels on under a child."""
    if step.custody.departed:
        yield blocked("", "already_departed", manifest=step.custody.number)


def no_open_correction(step: Step) -> Iterator[Blocked]:
    """A manifest is closed only when nobody disputes it."""
    if step.custody.correction_open:
        yield blocked("", "correction_open", manifest=step.custody.number)
    if step.custody.open_cases:
        yield blocked("", "case_open", manifest=step.custody.number)
