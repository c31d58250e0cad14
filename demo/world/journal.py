"""What did one vehicle physically do, second by second, in this world?"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from demo.town.facilities import Spot
from demo.town.plane import Points
from demo.world.driving import Drive
from demo.world.lies import Lie

Floats = NDArray[np.float64]
YARD_MS = 2.2
MOVING, IDLING, OFF = "moving", "idling", "off"
LONG_HALT_S = 300.0  # drivers switch the terminal to its slow rhythm after so long


@dataclass
class Journal:
    """Knots of time and place, the engine's states, the load's states and the stretches without sky."""

    here: Spot
    now_s: float = 0.0
    t_s: list[Floats] = field(default_factory=list)
    xy: list[Points] = field(default_factory=list)
    states: list[tuple[float, float, str]] = field(default_factory=list)  # (from, to, state)
    loads: list[tuple[float, int]] = field(default_factory=list)  # (from, 0 empty · 1 half · 2 full)
    dark: list[tuple[float, float]] = field(default_factory=list)
    silent: list[tuple[float, float]] = field(default_factory=list)  # the device is made to say nothing
    leaps: list["Leap"] = field(default_factory=list)
    lies: list[Lie] = field(default_factory=list)
    shunted: list[tuple[float, float]] = field(default_factory=list)  # across a yard, to rest there

    def stand(self, until_s: float, *, engine: bool) -> None:
        """Stay here until a time."""
        if until_s <= self.now_s:
            return
        self._knots(np.array([self.now_s, until_s]), np.array([self.here, self.here]))
        self.states.append((self.now_s, until_s, IDLING if engine else OFF))
        self.now_s = until_s

    def shunt(self, to: Spot) -> None:
        """Roll slowly to another place inside the same fence."""
        way = float(np.hypot(to[0] - self.here[0], to[1] - self.here[1]))
        if way < 1.0:
            return
        end = self.now_s + 4.0 + way / YARD_MS
        self._knots(np.array([self.now_s, end]), np.array([self.here, to]))
        self.states.append((self.now_s, end, MOVING))
        self.now_s, self.here = end, to

    def follow(self, trip: Drive) -> None:
        """Take a drive that starts here and now."""
        self._knots(trip.t_s, trip.xy)
        at = trip.start_s
        for start, end, halt in trip.halts:
            if halt.duration_s > LONG_HALT_S:
                self.states.append((at, start, MOVING))
                self.states.append((start, end, OFF if halt.duration_s > 1_200 else IDLING))
                at = end
        self.states.append((at, trip.end_s, MOVING))
        self.dark.extend(trip.dark)
        self.now_s = trip.end_s
        self.here = (float(trip.xy[-1, 0]), float(trip.xy[-1, 1]))

    def carry(self, load: int, at_s: float | None = None) -> None:
        self.loads.append((self.now_s if at_s is None else at_s, load))

    def _knots(self, t: Floats, xy: Points) -> None:
        self.t_s.append(t)
        self.xy.append(xy)

    def splice(self, number: int, outing: "Journal") -> None:
        """Put what happened instead in the place of one stand, which begins and ends as the outing does."""
        start_s, end_s = float(self.t_s[number][0]), float(self.t_s[number][1])
        self.t_s[number : number + 1] = outing.t_s
        self.xy[number : number + 1] = outing.xy
        place = next(k for k, (a, b, _) in enumerate(self.states) if (a, b) == (start_s, end_s))
        self.states[place : place + 1] = outing.states
        self.dark.extend(outing.dark)

    def track(self) -> tuple[Floats, Points]:
        """All knots in time order: (n,), (n, 2)."""
        return np.concatenate(self.t_s), np.vstack(self.xy)


@dataclass(frozen=True)
class Leap:
    """Between two times the device claims another place than the vehicle's."""

    start_s: float
    end_s: float
    t_s: Floats
    xy: Points
