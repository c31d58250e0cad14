"""How is chance kept apart, so that one violation does not reshuffle the rest of the world?"""

from zlib import crc32

import numpy as np


def stream(seed: int, *tags: int | str) -> np.random.Generator:
    """A generator of its own for every (seed, tags): the same tags always give the same numbers."""
    return np.random.default_rng([seed, *(crc32(t.encode()) if isinstance(t, str) else t for t in tags)])


def pick(rng: np.random.Generator, weights: dict[str, float]) -> str:
    """One key, by weight."""
    keys = list(weights)
    total = sum(weights.values())
    return keys[int(rng.choice(len(keys), p=[weights[k] / total for k in keys]))]
