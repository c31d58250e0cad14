"""What does a traceability certificate state? One frozen value, the same for every language.

The print and the attached data are both made from it, so that they cannot differ.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from tracking.queries.base_map import MapPiece
from tracking.queries.manifest_judgement import ManifestFinding
from tracking.queries.manifest_story import ManifestStory
from tracking.queries.manifest_tracks import ManifestTrack

PREFIX = "TC-"  # traceability certificate


@dataclass(frozen=True, slots=True, eq=False)
class CertificateFacts:
    """Everything that a certificate says; `made_at` is aware, the map is what manifest_map draws.

    `pieces` of the base map reach as far as any sheet on which the map may be drawn.
    """

    story: ManifestStory
    tracks: tuple[ManifestTrack, ...]
    map: dict[str, Any]
    pieces: tuple[MapPiece, ...]
    made_at: datetime
    issuing_body: str
    issuing_body_en: str
    public_url: str
    timezone: str

    @property
    def number(self) -> str:
        """The document number: it stays the same over the versions."""
        return PREFIX + self.story.number

    @property
    def version(self) -> int:
        """Counts the judgements of the manifest: new facts make a new version."""
        return max(self.story.verdict.version, 1)

    @property
    def verify_url(self) -> str:
        """Where a reader asks for this document, printed as QR."""
        return f"{self.public_url.rstrip('/')}/verify/{quote(self.number, safe='')}"

    @property
    def rule_versions(self) -> tuple[str, ...]:
        """The versions of the rules behind verdict and findings."""
        findings: tuple[ManifestFinding, ...] = self.story.findings
        versions = {each.rule_version for each in findings} | {self.story.verdict.rule_version}
        return tuple(sorted(version for version in versions if version))

    @property
    def heard(self) -> bool:
        """Is there any position for this load?"""
        return any(len(each.track) for each in self.tracks)
