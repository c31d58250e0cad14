"""How well do terminals see and how often do they send, in this world?

`normal`: every device has its own σ of 3 to 7 m, τ of 30 to 120 s, and one reflection in 80 minutes; so set
the cross-track errors are those of real trucks. `harsh`: dense high-rise streets all day. σ is half as large
again, and reflections come four times as often (one in 20 minutes for each device); the 95 %
quantile grows by seven tenths, and what lies beyond 40 m comes three times as often.
"""

from dataclasses import dataclass, replace

from demo.world.fleet import Device

SAMPLING_S = (1.0, 180.0)


@dataclass(frozen=True)
class Reception:
    """sampling_s: while moving, of trucks; None leaves each terminal its own 10, 15 or 30 s. Vessels keep the
    intervals of AIS. more_bursts: reflections as often again, so many times."""

    sampling_s: float | None = None
    sigma_factor: float = 1.0
    more_bursts: int = 0

    def outfitted(self, device: Device) -> Device:
        """The device as it works in this world."""
        own = device.protocol == "ais" or self.sampling_s is None
        moving_s = device.moving_s if own or self.sampling_s is None else self.sampling_s
        return replace(device, moving_s=moving_s, sigma_m=device.sigma_m * self.sigma_factor)


USUAL = Reception()
NOISES = {"normal": USUAL, "harsh": Reception(None, 1.5, 3)}


def reception(noise: str, sampling_s: float | None) -> Reception:
    """Raises ValueError for a noise that nobody defined and for a sampling that no terminal has."""
    if noise not in NOISES:
        raise ValueError(f"{noise!r} is no noise; known are {', '.join(NOISES)}")
    if sampling_s is not None and not SAMPLING_S[0] <= sampling_s <= SAMPLING_S[1]:
        raise ValueError(
            f"a terminal sends every {SAMPLING_S[0]:.0f} to {SAMPLING_S[1]:.0f} s, not {sampling_s}"
        )
    return replace(NOISES[noise], sampling_s=sampling_s)
