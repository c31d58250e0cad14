"""When will a vehicle arrive, by where it is on its approved route and how long the route is planned to take?

eta = time of the newest fix + planned minutes x the share of the route's length that lies ahead of the
nearest point. A vehicle whose fix is older than its departure has not told anything about this trip yet:
then eta = departure + planned minutes.
"""

from datetime import datetime, timedelta

import numpy as np

from models.values import RouteLine
from tracking.rules.route_path import route_path, to_segments


def fraction_ahead(route: RouteLine, lat: float, lon: float) -> float:
    """The share of the route's length ahead of its point nearest to (lat, lon), 0 to 1."""
    path = route_path(route)
    x_m, y_m = path.frame.to_xy(np.array([lat]), np.array([lon]))
    square_m2, share = to_segments(x_m, y_m, path)
    segment = int(np.argmin(square_m2[0]))
    along_m = path.chainage_m[segment] + share[0, segment] * path.length_m[segment]
    return float(np.clip(1.0 - along_m / path.length_m.sum(), 0.0, 1.0))


def expected_arrival(
    planned_minutes: float | None,
    route: RouteLine | None,
    departed_at: datetime | None,
    fix: tuple[datetime, float, float] | None,
) -> datetime | None:
    """The expected arrival; None where the plan says nothing or the vehicle has not left.

    fix: time, lat, lon of the newest one, degrees WGS 84.
    """
    if planned_minutes is None or departed_at is None:
        return None
    if fix is None or route is None or fix[0] < departed_at:
        return departed_at + timedelta(minutes=planned_minutes)
    at, lat, lon = fix
    return at + timedelta(minutes=planned_minutes * fraction_ahead(route, lat, lon))
