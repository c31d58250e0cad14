"""A few thousand mutated messages against every decoder; `make fuzz` does ten million."""

import random

import pytest

from gps_ingest.decoders.formats import DECODERS
from tests.fuzz.targets import TARGETS, Target

INPUTS = 1_500


def mutated(data: bytes, chance: random.Random) -> bytes:
    """Some bytes changed, removed, repeated or put in."""
    changed = bytearray(data)
    for _ in range(chance.randint(1, 6)):
        place = chance.randrange(len(changed) + 1)
        match chance.randrange(5):
            case 0 if changed:
                changed[place % len(changed)] = chance.randrange(256)
            case 1:
                del changed[place : place + chance.randint(1, 8)]
            case 2:
                changed[place:place] = changed[place : place + chance.randint(1, 16)]
            case 3:
                changed[place:place] = chance.randbytes(chance.randint(1, 4))
            case _:
                changed = changed[:place]
    return bytes(changed)


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_mutated_messages_are_decoded_or_refused(target: Target) -> None:
    chance = random.Random(target.name)
    for _ in range(INPUTS):
        target.run(mutated(chance.choice(target.seeds), chance))


def test_the_seeds_are_valid_messages() -> None:
    for target in TARGETS:
        target.run(target.seeds[0])


def test_every_decoder_is_fuzzed() -> None:
    same_decoder = {"mqtt"}  # reads what the JSON decoder reads
    assert {target.protocol for target in TARGETS} >= set(DECODERS) - same_decoder
    assert sum(target.share for target in TARGETS) == pytest.approx(1.0)
