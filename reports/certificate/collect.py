"""From which rows is a certificate made?"""

from datetime import datetime

from sqlalchemy.orm import Session

from models.settings import Settings
from models.thresholds import Thresholds
from models.values import Viewer
from reports.certificate.facts import CertificateFacts
from reports.certificate.first_page import map_height_px
from reports.drawings.map_svg import window_of
from tracking.queries.base_map import base_map_within
from tracking.queries.manifest_map import drawn_map, places_on_map
from tracking.queries.manifest_story import ManifestStory, manifest_story
from tracking.queries.manifest_tracks import manifest_tracks

MAP_WIDTH_PX = 680.0  # 180 mm on the sheet


class UnknownManifest(LookupError):
    """There is no such manifest, or the viewer may not see it: to the viewer both are the same."""

    def __init__(self, number: str) -> None:
        super().__init__(f"no manifest {number!r}")
        self.number = number


def collect(
    session: Session,
    number: str,
    viewer: Viewer,
    *,
    now: datetime,
    settings: Settings,
    thresholds: Thresholds | None = None,
) -> CertificateFacts:
    """The facts of manifest `number` as of `now` (aware); raises UnknownManifest."""
    rules = thresholds or Thresholds()
    story = manifest_story(session, number, viewer, rules.mass)
    if story is None:
        raise UnknownManifest(number)
    tracks = manifest_tracks(session, story, rules.track)
    drawn = drawn_map(story, tracks, places_on_map(session, story))
    high = map_height_px(story, settings.timezone)
    window = window_of(drawn, sorted(way_codes(story)), MAP_WIDTH_PX, high)
    return CertificateFacts(
        story=story,
        tracks=tracks,
        map=drawn,
        window=window,
        pieces=tuple(base_map_within(session, window.bounds_deg)),
        made_at=now,
        issuing_body=settings.issuing_body,
        issuing_body_en=settings.issuing_body_en,
        public_url=settings.public_url,
        timezone=settings.timezone,
    )


def way_codes(story: ManifestStory) -> set[str]:
    """The places that the map must show: the paper's, and those that findings name."""
    codes = {story.origin.name.code, story.destination.name.code}
    codes |= {place.name.code for leg in story.legs for place in (leg.origin, leg.destination)}
    return codes | {found.facility.code for found in story.findings if found.facility}
