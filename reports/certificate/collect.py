"""From which rows is a certificate made?"""

from datetime import datetime

from sqlalchemy.orm import Session

from models.settings import Settings
from models.thresholds import Thresholds
from models.values import Viewer
from reports.certificate.facts import CertificateFacts
from reports.certificate.map_sheet import bounds_on_any_sheet
from tracking.queries.base_map import base_map_within
from tracking.queries.manifest_map import drawn_map, places_on_map
from tracking.queries.manifest_story import manifest_story
from tracking.queries.manifest_tracks import manifest_tracks


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
    return CertificateFacts(
        story=story,
        tracks=tracks,
        map=drawn,
        pieces=tuple(base_map_within(session, bounds_on_any_sheet(drawn, story))),
        made_at=now,
        issuing_body=settings.issuing_body,
        issuing_body_en=settings.issuing_body_en,
        public_url=settings.public_url,
        timezone=settings.timezone,
    )
