"""How large is the map of a certificate, and what must it show?"""

from typing import Any

from reports.drawings.map_svg import window_of
from tracking.queries.base_map import Bounds
from tracking.queries.manifest_story import ManifestStory

MAP_WIDTH_PX = 680.0  # 180 mm on the sheet
HIGHEST_PX, LOWEST_PX = 424.0, 215.0


def bounds_on_any_sheet(collection: dict[str, Any], story: ManifestStory) -> Bounds:
    """(west, south, east, north) in degrees of all that any height of the map can show.

    A lower map shows more to the sides, a higher one more above and below.
    """
    codes = sorted(way_codes(story))
    low = window_of(collection, codes, MAP_WIDTH_PX, LOWEST_PX).bounds_deg
    high = window_of(collection, codes, MAP_WIDTH_PX, HIGHEST_PX).bounds_deg
    return min(low[0], high[0]), min(low[1], high[1]), max(low[2], high[2]), max(low[3], high[3])


def way_codes(story: ManifestStory) -> set[str]:
    """The places that the map must show: the paper's, and those that findings name."""
    codes = {story.origin.name.code, story.destination.name.code}
    codes |= {place.name.code for leg in story.legs for place in (leg.origin, leg.destination)}
    return codes | {found.facility.code for found in story.findings if found.facility}
