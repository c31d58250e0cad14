"""How is a manifest drawn up, changed before anybody has signed it, and given its number?

A draft holds what was typed as far as it can be stored; what it lacks keeps it from being issued, not from
being kept. References are codes, as people and machines know them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Executable, bindparam, delete, select, update
from sqlalchemy.orm import Session

from models.base import Base
from models.custody_words import Act, ManifestSource
from models.facilities import Facility, Route
from models.fleet import Vehicle
from models.journeys import ManifestMark
from models.lineage import ManifestLink
from models.manifests import CustodyEvent, Leg, Manifest
from models.organisations import Organisation, User
from models.values import Viewer
from models.vocabulary import CustodyState, FacilityKind, ManifestKind, Mode, Role, SludgeKind
from tracking.operations.add_row import add_row
from tracking.operations.custody.refusals import (
    ActNotPossible,
    ManifestUnknown,
    NotYourSignature,
    StepBlocked,
)
from tracking.operations.custody.take_step import Setting
from tracking.queries.custody_facts import custody_by_number
from tracking.queries.visibility import manifests_visible
from tracking.rules.custody.facts import Blocked, Custody
from tracking.rules.custody.guards import blocked
from tracking.rules.custody.guards_way import HEAVIEST_KG
from tracking.rules.custody.quantities import share_dry_kg

NUMBERING = update(Manifest.__table__).where(Manifest.__table__.c.id == bindparam("row_id"))  # type: ignore[arg-type]  # a table
LOOKED_AT: tuple[tuple[type[Base], tuple[str, ...]], ...] = (
    (Facility, ("id", "code", "kind", "organisation_id")),
    (Route, ("id", "code")),
    (Vehicle, ("id", "code", "organisation_id")),
    (Organisation, ("id", "code")),
)
NAMED: dict[type[Base], Executable] = {
    table: select(*(table.__table__.c[name] for name in columns)).where(
        table.__table__.c.code.in_(bindparam("codes", expanding=True))
    )
    for table, columns in LOOKED_AT
}
"""Built once: the rows that codes name."""
AUTHORS = frozenset({Role.PLANT, Role.SITE, Role.HAULER})


@dataclass(frozen=True, slots=True)
class LegDraft:
    """A leg as typed, by codes; `driver` is a user name of the carrier or just a person's name."""

    mode: Mode
    vehicle: str
    origin: str
    destination: str
    carrier: str | None = None  # blank: the vehicle's own
    route: str | None = None
    driver: str | None = None
    voyage: str | None = None


@dataclass(frozen=True, slots=True)
class PartDraft:
    """How much of a parent's load the child takes."""

    number: str
    wet_kg: float


@dataclass(frozen=True, slots=True)
class ManifestDraft:
    """A manifest as typed, by codes."""

    origin: str
    destination: str
    sludge_kind: SludgeKind
    legs: tuple[LegDraft, ...] = ()
    planned_kg: float | None = None
    plan: str | None = None
    approval: str | None = None
    kind: ManifestKind = ManifestKind.NORMAL
    parents: tuple[PartDraft, ...] = ()
    place: tuple[float, float] | None = None
    source: ManifestSource = ManifestSource.LIVE


def draw_up(
    session: Session, draft: ManifestDraft, viewer: Viewer, setting: Setting, at: datetime | None = None
) -> str:
    """Store a draft in the caller's writing transaction; its number. Raises a CustodyRefused.

    at: when it was drawn up, of paper that is typed in afterwards.
    """
    drawn_at = at or setting.now
    found = Resolved(session, draft, viewer)
    if found.blocked:
        raise StepBlocked(found.blocked)
    manifest_id = add_row(
        session,
        Manifest,
        number=uuid4().hex,  # until the row has its id
        custody_state=CustodyState.DRAFT,
        issued_at=drawn_at,
        source=draft.source,
        issuer_id=viewer.organisation_id,
        updated_at=setting.now,
        **found.columns(),
    )
    number = f"{drawn_at.astimezone(setting.zone):%Y%m%d}-{manifest_id:08d}"
    session.execute(NUMBERING, {"row_id": manifest_id, "number": number})
    add_row(
        session,
        CustodyEvent,
        manifest_id=manifest_id,
        from_state=None,
        to_state=CustodyState.DRAFT,
        at=drawn_at,
        actor=viewer.name or "api",
        user_id=viewer.user_id,
        recorded_at=setting.now,
    )
    add_row(session, ManifestMark, manifest_id=manifest_id, dirty=False, changes=1)
    add_parts(session, manifest_id, found, setting.now)
    return number


def change_draft(
    session: Session, number: str, draft: ManifestDraft, viewer: Viewer, setting: Setting
) -> None:
    """Replace a draft before anybody has signed it. Raises a CustodyRefused."""
    query = select(Manifest).where(Manifest.number == number, manifests_visible(viewer))
    manifest = session.scalar(query.with_for_update(of=Manifest))
    if manifest is None:
        raise ManifestUnknown(number)
    if manifest.custody_state is not CustodyState.DRAFT:
        raise ActNotPossible(Act.DRAW_UP, manifest.custody_state)
    if manifest.issuer_id != viewer.organisation_id:
        raise NotYourSignature
    found = Resolved(session, draft, viewer)
    if found.blocked:
        raise StepBlocked(found.blocked)
    for name, value in found.columns().items():
        setattr(manifest, name, value)
    manifest.updated_at = setting.now
    session.execute(delete(Leg).where(Leg.manifest_id == manifest.id))
    session.execute(delete(ManifestLink).where(ManifestLink.child_id == manifest.id))
    session.flush()
    add_parts(session, manifest.id, found, setting.now)


def add_parts(session: Session, manifest_id: int, found: "Resolved", now: datetime) -> None:
    """Legs, and links to the parents."""
    for seq, values in enumerate(found.legs, 1):
        add_row(session, Leg, manifest_id=manifest_id, seq=seq, **values)
    for parent, part in found.parents:
        add_row(
            session,
            ManifestLink,
            parent_id=parent.id,
            child_id=manifest_id,
            kind=found.draft.kind,
            wet_kg=part.wet_kg,
            dry_kg=share_dry_kg(parent, part.wet_kg),
            at=now,
        )


class Resolved:
    """A draft with its codes looked up; `blocked` says which name nothing."""

    def __init__(self, session: Session, draft: ManifestDraft, viewer: Viewer) -> None:
        self.draft, self.viewer = draft, viewer
        self.blocked: list[Blocked] = []
        self.facilities = self._rows(session, Facility, self._places())
        self.routes = self._rows(session, Route, {leg.route for leg in draft.legs})
        self.vehicles = self._rows(session, Vehicle, {leg.vehicle for leg in draft.legs})
        self.carriers = self._rows(session, Organisation, {leg.carrier for leg in draft.legs})
        self.drivers = self._drivers(session)
        self._refuse_strangers()
        self.parents = self._parents(session)
        self.legs = [self._leg(index, leg) for index, leg in enumerate(draft.legs)]
        self.origin = self._find("origin", self.facilities, draft.origin, "no_such_facility")
        self.destination = self._find("destination", self.facilities, draft.destination, "no_such_facility")
        self._refuse_foreign_origin()
        self._refuse_impossible_figures()

    def columns(self) -> dict[str, Any]:
        """Of the manifest's own row."""
        draft = self.draft
        first = self.legs[0]["carrier_id"] if self.legs else None
        return {
            "kind": draft.kind,
            "parent_id": self.parents[0][0].id if len(self.parents) == 1 else None,
            "origin_id": self.origin.id,
            "destination_id": self.destination.id,
            "hauler_id": first,
            "sludge_kind": draft.sludge_kind,
            "planned_kg": draft.planned_kg,
            "plan": draft.plan,
            "approval": draft.approval,
            "place_lat": draft.place[0] if draft.place else None,
            "place_lon": draft.place[1] if draft.place else None,
        }

    def _places(self) -> set[str | None]:
        ends: set[str | None] = {self.draft.origin, self.draft.destination}
        return ends | {leg.origin for leg in self.draft.legs} | {leg.destination for leg in self.draft.legs}

    def _rows(self, session: Session, table: Any, codes: set[str | None]) -> Mapping[str, Any]:
        wanted = sorted(code for code in codes if code)
        rows = session.execute(NAMED[table], {"codes": wanted}) if wanted else ()
        return {row.code: row for row in rows}

    def _drivers(self, session: Session) -> Mapping[str, User]:
        names = sorted({leg.driver for leg in self.draft.legs if leg.driver})
        if not names:
            return {}
        query = select(User).where(User.username.in_(names), User.role == Role.DRIVER, User.active)
        return {row.username: row for row in session.scalars(query)}

    def _find(self, field: str, rows: Mapping[str, Any], code: str | None, why: str) -> Any:
        row = rows.get(code or "")
        if row is None and (code or why == "no_such_facility"):
            self.blocked.append(blocked(field, why, given=code or ""))
        return row

    def _leg(self, index: int, leg: LegDraft) -> dict[str, Any]:
        path = f"legs[{index}]"
        origin = self._find(f"{path}.from", self.facilities, leg.origin, "no_such_facility")
        destination = self._find(f"{path}.to", self.facilities, leg.destination, "no_such_facility")
        route = self._find(f"{path}.route", self.routes, leg.route, "no_such_route")
        carrier = self._find(f"{path}.carrier", self.carriers, leg.carrier, "no_such_organisation")
        vehicle = self.vehicles.get(leg.vehicle)
        driver = self.drivers.get(leg.driver or "")
        owner_id = None if vehicle is None else vehicle.organisation_id
        carrier_id = owner_id if carrier is None else carrier.id
        if driver is not None and driver.organisation_id != carrier_id:
            driver = None  # somebody of another carrier: kept as a name, signs nothing
        return {
            "mode": leg.mode,
            "vehicle_code": leg.vehicle,
            "vehicle_id": None if vehicle is None else vehicle.id,
            "carrier_id": carrier_id,
            "from_id": None if origin is None else origin.id,
            "to_id": None if destination is None else destination.id,
            "route_id": None if route is None else route.id,
            "driver": leg.driver if driver is None else driver.display_name,
            "driver_id": None if driver is None else driver.id,
            "voyage": leg.voyage,
        }

    def _parents(self, session: Session) -> Sequence[tuple[Custody, PartDraft]]:
        """The parents that the viewer may see and answers for."""
        found = []
        if (self.draft.kind is ManifestKind.NORMAL) == bool(self.draft.parents):
            self.blocked.append(blocked("parents", "parents_do_not_fit_kind", kind=self.draft.kind.value))
        for index, part in enumerate(self.draft.parents):
            parent = custody_by_number(session, part.number, self.viewer)
            field = f"parents[{index}]"
            if parent is None:
                self.blocked.append(blocked(f"{field}.number", "no_such_manifest", given=part.number))
            elif part.wet_kg <= 0:
                self.blocked.append(blocked(f"{field}.wet_kg", "mass_not_positive", given_kg=part.wet_kg))
            else:
                found.append((parent, part))
        if len({parent.id for parent, _part in found}) < len(found):
            self.blocked.append(blocked("parents", "parent_twice"))
        return found

    def _refuse_strangers(self) -> None:
        if self.viewer.role not in AUTHORS or self.viewer.organisation_id is None:
            raise NotYourSignature

    def _refuse_impossible_figures(self) -> None:
        """What no row may hold, whoever calls."""
        draft = self.draft
        if draft.planned_kg is not None and not 0 < draft.planned_kg <= HEAVIEST_KG:
            self.blocked.append(blocked("planned_kg", "mass_not_positive", given_kg=None))
        if draft.place is not None and not (abs(draft.place[0]) <= 90 and abs(draft.place[1]) <= 180):
            self.blocked.append(blocked("place", "no_such_place"))

    def _refuse_foreign_origin(self) -> None:
        """An ordinary manifest leaves one's own plant or works; a child whatever its parents say."""
        if self.draft.kind is not ManifestKind.NORMAL or self.origin is None:
            return
        own = self.origin.organisation_id == self.viewer.organisation_id
        if not own or self.origin.kind not in (FacilityKind.PLANT, FacilityKind.WORKS):
            self.blocked.append(blocked("origin", "not_your_origin", given=self.origin.code))
