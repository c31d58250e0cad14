"""Which stories are there, in the order in which they are read?"""

from tests.stories.custody import (
    beyond_permit,
    child_too_big,
    empty_truck,
    guessed_code,
    honest_haul,
    invented_vehicles,
    other_sludge,
    receipt_too_early,
    replayed_signature,
    sea_then_road,
    shell_firm,
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
    *FRAUDS,
    two_signers.STORY,
    replayed_signature.STORY,
    guessed_code.STORY,
    receipt_too_early.STORY,
    child_too_big.STORY,
    sea_then_road.STORY,
)
