"""What does the city look like to the rules? Places, approved routes, vehicles, limits, prepared once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, tzinfo

from models.thresholds import Thresholds
from models.values import (
    DiversionFacts,
    FacilityArea,
    RefusalFacts,
    RoadsideFacts,
    RouteLine,
    VehicleFacts,
)
from models.vocabulary import FindingKind, Mode
from tracking.rules.datum_ground import DatumGround
from tracking.rules.permit_book import PermitBook
from tracking.rules.ranking import Tally
from tracking.rules.route_path import RoutePath, route_path
from tracking.rules.shadows import Silences, no_silences
from tracking.rules.visits import Fences


@dataclass(frozen=True, slots=True)
class Limit:
    """A dated limit of the rule table."""

    subject: str
    value: float
    inclusive: bool  # may the limit itself be reached?
    standard: str
    clause: str | None
    valid_from: date


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """Everything that rules look up; built from the database once a run."""

    places: Mapping[int, FacilityArea]
    routes: Mapping[int, RouteLine]
    vehicles: Mapping[int, VehicleFacts]
    diversions: Sequence[DiversionFacts]
    limits: Sequence[Limit]
    thresholds: Thresholds
    fences: Fences
    tallies: Mapping[FindingKind, Tally] = field(default_factory=dict)
    silences: Silences = field(default_factory=no_silences)
    refusals: Sequence[RefusalFacts] = ()
    zone: tzinfo = UTC  # of the city: dated limits change at its midnight
    usual_minutes: Mapping[tuple[int, int], float] = field(default_factory=dict)
    usual_stay_s: Mapping[int, float] = field(default_factory=dict)  # of facilities that name no least stay
    permits: PermitBook = field(default_factory=PermitBook)
    roadside: Sequence[RoadsideFacts] = ()
    _paths: dict[int, RoutePath] = field(default_factory=dict)

    _grounds: dict[tuple[float, float], DatumGround] = field(default_factory=dict)

    def ground(self, lat: float, lon: float) -> DatumGround:
        """Facilities and routes around a place, prepared for measuring in bulk."""
        cell = round(lat, 1), round(lon, 1)
        if cell not in self._grounds:
            self._grounds[cell] = DatumGround(self.places, self.routes, *cell)
        return self._grounds[cell]

    def code_of(self, facility_id: int | None) -> str | None:
        """The code of a facility, for reasons."""
        return None if facility_id is None else self.places[facility_id].code

    def path(self, route_id: int) -> RoutePath:
        """An approved route prepared for measuring."""
        if route_id not in self._paths:
            self._paths[route_id] = route_path(self.routes[route_id])
        return self._paths[route_id]

    def approved(self, origin_id: int | None, destination_id: int | None, mode: Mode) -> list[RouteLine]:
        """The approved routes between two places, alternatives of each other."""
        return [
            route
            for route in self.routes.values()
            if route.origin_id == origin_id and route.destination_id == destination_id and route.mode is mode
        ]

    def limit_on(self, subject: str, day: date) -> Limit | None:
        """The limit of a subject that holds on a day."""
        dated = [limit for limit in self.limits if limit.subject == subject and limit.valid_from <= day]
        return max(dated, key=lambda limit: limit.valid_from, default=None)
