"""Which stories are there, in the order in which they are read?"""

from tests.stories.custody import honest_haul, invented_vehicles, watered_down
from tests.stories.custody.story import Story

STORIES: tuple[Story, ...] = (honest_haul.STORY, invented_vehicles.STORY, watered_down.STORY)
