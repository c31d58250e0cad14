"""Two senders of one name may speak in one moment: is one window of it kept, always the same?"""

from dataclasses import fields
from typing import Any

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.device_days import TrackWindow
from tests.factories import device, vehicle
from tracking.operations.watch_devices import replace_windows
from tracking.rules.device_fixes import DeviceFixes
from tracking.rules.device_replay import Windows
from tracking.rules.watch_day import WatchedDay

DAY_MS = 86_400_000
NO_COLUMNS: dict[str, Any] = {each.name: np.zeros(0) for each in fields(DeviceFixes)}
NOTHING = DeviceFixes(**NO_COLUMNS)


def day_of(*windows: tuple[int, int]) -> WatchedDay:
    """Day 20,000 with windows (ms of the day, fingerprint)."""
    first = np.arange(len(windows), dtype=np.int64)
    told = Windows(first, np.array([print_ for _, print_ in windows], dtype=np.int64))
    return WatchedDay(20_000, NOTHING, (), None, told, tuple(20_000 * DAY_MS + at for at, _ in windows))


def kept(session: Session) -> list[tuple[int, int]]:
    rows = session.execute(select(TrackWindow.time_ms, TrackWindow.fingerprint).order_by(TrackWindow.time_ms))
    return [(time_ms - 20_000 * DAY_MS, fingerprint) for time_ms, fingerprint in rows]


def test_one_window_of_a_moment_is_kept_in_whatever_order_they_are_told(session: Session) -> None:
    truck, terminal = vehicle(session), device(session)
    for told in (((5_000, 7), (5_000, -3), (9_000, 4)), ((9_000, 4), (5_000, -3), (5_000, 7))):
        replace_windows(session, truck.id, terminal.id, [day_of(*told)])
        assert kept(session) == [(5_000, -3), (9_000, 4)]


def test_a_window_that_another_replaces_is_gone(session: Session) -> None:
    truck, terminal = vehicle(session), device(session)
    replace_windows(session, truck.id, terminal.id, [day_of((5_000, 7))])
    replace_windows(session, truck.id, terminal.id, [day_of((5_000, 7), (5_000, -3))])
    assert kept(session) == [(5_000, -3)]
    replace_windows(session, truck.id, terminal.id, [day_of((6_000, 1))])
    assert kept(session) == [(6_000, 1)]
