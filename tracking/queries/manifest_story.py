"""What is known of one manifest: paper, movement, findings, verdict, and everything it is related to?

The one value behind the manifest's page and its certificate, read in a fixed number of queries.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload, selectinload

from models.custody_words import ManifestSource, PaperState
from models.facilities import Facility
from models.fleet import Vehicle
from models.manifests import Leg, Manifest
from models.thresholds import MassThresholds
from models.values import Viewer
from models.vocabulary import MS_PER_S, CustodyState, ManifestKind, SludgeKind, WeighingRole
from tracking.queries.code_names import codes_in, names_of_codes
from tracking.queries.manifest_judgement import ManifestFinding, VerdictStory, findings_of, verdict_of
from tracking.queries.manifest_movement import TripStory, VisitStory, trips_of, visits_of
from tracking.queries.manifest_paper import (
    CustodyStep,
    DisposalStory,
    LegStory,
    Place,
    ReceiptStory,
    WeighingStory,
    custody_of,
    disposal_of,
    legs_of,
    organisation_name,
    place_of,
    receipt_of,
    relatives_of,
    weighings_of,
)
from tracking.queries.names import Name
from tracking.queries.paper_signatures import paper_states
from tracking.queries.visibility import manifests_visible
from tracking.rules.mass_balance import MassGap, mass_gap

AROUND_MS = 15 * 60_000  # stays are told a quarter of an hour beyond: others belong to other loads
LONGEST_LEG_MS = 24 * 3_600_000  # a load that never arrived on paper is followed for a day
DEFAULTS = MassThresholds()


@dataclass(frozen=True, slots=True)
class ManifestStory:
    """Everything about one manifest. Paper times are aware UTC; times of movement are ms UTC."""

    id: int
    number: str
    kind: ManifestKind
    sludge_kind: SludgeKind
    custody_state: CustodyState
    issued_at: datetime
    plan: str | None
    diversion: str | None
    origin: Place
    destination: Place
    hauler: Name | None
    parent: str | None
    children: tuple[str, ...]
    legs: tuple[LegStory, ...]
    weighings: tuple[WeighingStory, ...]
    custody: tuple[CustodyStep, ...]
    receipt: ReceiptStory | None
    disposal: DisposalStory | None
    trips: tuple[TripStory, ...]
    visits: tuple[VisitStory, ...]
    findings: tuple[ManifestFinding, ...]
    verdict: VerdictStory
    thresholds: MassThresholds
    named: dict[str, Name]
    start_ms: int  # when the load moved: by its trips, else on paper
    end_ms: int

    def names(self, language: str) -> dict[str, str]:
        """Codes that reasons and evidence mention, with their names for `reports.wording.say`."""
        return {code: name.in_language(language) for code, name in self.named.items()}

    def weighed(self, role: WeighingRole) -> WeighingStory | None:
        """The first weighing of one end of the way."""
        return next((each for each in self.weighings if each.role is role), None)

    @property
    def gap(self) -> MassGap | None:
        """What is missing between loading and receipt; None before both ends were weighed. After a store it
        is the second loading that must come in."""
        loaded = next((each for each in reversed(self.weighings) if each.role is WeighingRole.LOADED), None)
        received = self.weighed(WeighingRole.RECEIVED)
        if loaded is None or received is None:
            return None
        return mass_gap(loaded.facts, received.facts, self.thresholds)


def stated_on_paper(session: Session, manifest: Manifest) -> Mapping[datetime, PaperState]:
    """How its acts stand that were typed in from emergency paper; what was loaded as reported has none."""
    return {} if manifest.source is ManifestSource.PAPER else paper_states(session, manifest.id)


def manifest_story(
    session: Session, number: str, viewer: Viewer, thresholds: MassThresholds = DEFAULTS
) -> ManifestStory | None:
    """The story of manifest `number`; None if there is none or the viewer may not see it."""
    visible = manifests_visible(viewer)
    manifest = session.scalars(_with_paper().where(Manifest.number == number, visible)).unique().first()
    if manifest is None:
        return None
    parent, children = relatives_of(session, manifest, visible)
    legs, trips = legs_of(session, manifest), trips_of(session, manifest.id)
    start_ms, end_ms = span_of(manifest.issued_at, legs, trips)
    findings, verdict = findings_of(session, manifest.id, viewer), verdict_of(session, manifest.id)
    told = [*verdict.reasons, *(reason for each in findings for reason in each.reasons)]
    codes = codes_in(told, (each.evidence for each in findings)) | {
        code for each in findings for code in each.vehicles
    }
    return ManifestStory(
        id=manifest.id,
        number=manifest.number,
        kind=manifest.kind,
        sludge_kind=manifest.sludge_kind,
        custody_state=manifest.custody_state,
        issued_at=manifest.issued_at,
        plan=manifest.plan,
        diversion=manifest.diversion,
        origin=place_of(manifest.origin),
        destination=place_of(manifest.destination),
        hauler=organisation_name(manifest.hauler),
        parent=parent,
        children=children,
        legs=legs,
        weighings=weighings_of(session, manifest, thresholds),
        custody=custody_of(manifest, stated_on_paper(session, manifest)),
        receipt=receipt_of(manifest),
        disposal=disposal_of(manifest),
        trips=trips,
        visits=visits_of(session, [*stays_wanted(legs, trips)]),
        findings=findings,
        verdict=verdict,
        thresholds=thresholds,
        named=names_of_codes(session, codes),
        start_ms=start_ms,
        end_ms=end_ms,
    )


def span_of(issued_at: datetime, legs: Sequence[LegStory], trips: Sequence[TripStory]) -> tuple[int, int]:
    """When a load began to move and came to rest, ms UTC; a paper without an end is followed for a day."""
    if trips:
        return min(trip.departed_ms for trip in trips), max(trip.arrived_ms for trip in trips)
    if not legs:
        return to_ms(issued_at), to_ms(issued_at) + LONGEST_LEG_MS
    return paper_span(legs[0])[0], max(paper_span(legs[0])[0], paper_span(legs[-1])[1])


def to_ms(at: datetime) -> int:
    """An aware time as ms UTC."""
    return round(at.timestamp() * MS_PER_S)


def stays_wanted(legs: Sequence[LegStory], trips: Sequence[TripStory]) -> Iterator[tuple[int, int, int]]:
    """(vehicle id, from ms, to ms) of each trip; for a leg without one, of the paper's vehicle and time.

    Each reaches a little beyond, to the stays at both ends; what a vehicle did for other loads is left out.
    """
    for trip in trips:
        yield trip.vehicle_id, trip.departed_ms - AROUND_MS, trip.arrived_ms + AROUND_MS
    answered = {trip.leg_seq for trip in trips}
    for leg in legs:
        if leg.vehicle_id is not None and leg.seq not in answered:
            start_ms, end_ms = paper_span(leg)
            yield leg.vehicle_id, start_ms - AROUND_MS, end_ms + AROUND_MS


def paper_span(leg: LegStory) -> tuple[int, int]:
    """When a leg was under way on paper, ms UTC; one without an end is followed for a day."""
    start_ms = to_ms(leg.starts_at)
    return start_ms, max(start_ms, to_ms(leg.ends_at) if leg.ends_at else start_ms + LONGEST_LEG_MS)


def _with_paper() -> Select[Manifest]:
    """Manifests with all their paper, in a fixed number of statements."""
    run_by = joinedload(Facility.organisation)
    return select(Manifest).options(
        joinedload(Manifest.origin).options(run_by),
        joinedload(Manifest.destination).options(run_by),
        joinedload(Manifest.hauler),
        joinedload(Manifest.receipt),
        joinedload(Manifest.disposal),
        selectinload(Manifest.weighings),
        selectinload(Manifest.moisture_tests),
        selectinload(Manifest.events),
        selectinload(Manifest.legs).options(
            joinedload(Leg.vehicle).joinedload(Vehicle.organisation),
            joinedload(Leg.origin).options(run_by),
            joinedload(Leg.destination).options(run_by),
            joinedload(Leg.route),
        ),
    )
