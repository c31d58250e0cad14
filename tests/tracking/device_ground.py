"""How do tests of rules on devices lay out what a device sent? In metres and seconds, as sent."""

from typing import Any

import numpy as np
import numpy.typing as npt

from models.vocabulary import E7
from tests.tracking.ground import HOME, at
from tracking.rules.device_fixes import DeviceFixes, make_fixes

EVERY_S = 10.0


def sent(seconds: npt.ArrayLike, points: npt.ArrayLike, **columns: Any) -> DeviceFixes:
    """Fixes through (x, y) m at these seconds; received two seconds later unless said otherwise."""
    x_m, y_m = np.asarray(points, dtype=np.float64).reshape(-1, 2).T
    lat, lon = HOME.to_degrees(x_m, y_m)
    times = np.array([at(second) for second in np.asarray(seconds, dtype=np.float64).tolist()])
    given: dict[str, Any] = {"received_ms": times + 2_000} | columns
    places = {"lat_e7": np.rint(lat * E7), "lon_e7": np.rint(lon * E7)}
    return make_fixes(time_ms=times, **places, **given)


def noisy_drive(
    count: int, seed: int = 1, start_s: float = 0.0, speed_m_s: float = 12.0
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """(seconds, points) of a drive east with the noise of a receiver, one fix in ten seconds."""
    rng = np.random.default_rng(seed)
    seconds: npt.NDArray[np.float64] = np.asarray(start_s + np.arange(count) * EVERY_S, dtype=np.float64)
    speeds = rng.normal(speed_m_s, 2.0, count) * EVERY_S
    points = np.column_stack((np.cumsum(speeds), np.zeros(count))) + rng.normal(0, 4.0, (count, 2))
    return seconds, np.asarray(points, dtype=np.float64)
