"""Which stories are there, in the order in which they are read?"""

from tests.stories.custody import (
    beyond_permit,
    child_too_big,
    empty_truck,
    guessed_code,
    hold_and_correction,
    honest_haul,
    invented_vehicles,
    one_voyage,
    other_sludge,
    receipt_too_early,
    replayed_signature,
    sea_then_road,
    shell_firm,
    store_and_split,
    two_signers,
    watered_down,
)
from tests.stories.custody.story import Story

FRAUDS: tuple[Story, ...] = (
    invented_vehicles.STORY,
    shell_firm.STORY,
    empty_truck.STORY,
    watered_down.STORY,
    beyond_permit.STORY,
    other_sludge.STORY,
)
"""Those of the real cases that paper alone can show."""

STORIES: tuple[Story, ...] = (
    honest_haul.STORY,
    one_voyage.STORY,
    store_and_split.STORY,
    hold_and_correction.STORY,
    *FRAUDS,
    two_signers.STORY,
    replayed_signature.STORY,
    guessed_code.STORY,
    receipt_too_early.STORY,
    child_too_big.STORY,
    sea_then_road.STORY,
)
