"""Which manifests and vehicles that a finding names may the viewer know? The others are hidden in its words.

A finding about two parties is shown to each of them, but neither reads the other's manifest number,
vehicle or places. Every page, file and print takes reasons and evidence through here.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.fleet import Vehicle
from models.manifests import Leg, Manifest
from models.values import Viewer
from models.vocabulary import HIDDEN
from tracking.queries.visibility import manifests_visible, vehicle_codes_known

MANIFESTS = frozenset({"manifest", "other_manifest"})
VEHICLES = frozenset({"vehicle", "paper_vehicle", "source_vehicle"})
"""Parameters of reasons and figures of evidence that hold manifest numbers and vehicle codes."""
JOINT = ", "  # between the numbers of a load that several manifests cover
Words = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class KnownSubjects:
    """What one viewer may know of the names in some findings; `everything` for those who see all."""

    everything: bool
    manifests: frozenset[str] = frozenset()
    vehicles: frozenset[str] = frozenset()

    def knows_vehicles(self, codes: Iterable[str]) -> bool:
        """May the viewer know every one of these vehicles, and so where they were?"""
        return self.everything or self.vehicles.issuperset(codes)

    def knows_vehicle(self, code: str) -> bool:
        """May the viewer know this vehicle?"""
        return self.everything or code in self.vehicles

    def reasons(self, reasons: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """Reasons in which HIDDEN stands for each name that the viewer may not know."""
        if self.everything:
            return list(reasons)
        return [dict(each) | {"params": self._told(each.get("params", {}))} for each in reasons]

    def evidence(self, evidence: Words, vehicles: Iterable[str]) -> dict[str, Any]:
        """Evidence with hidden names; its marks only where all `vehicles` of the finding may be known."""
        if self.everything:
            return dict(evidence)
        marks = evidence.get("marks", []) if self.knows_vehicles(vehicles) else []
        return dict(evidence) | {"figures": self._told(evidence.get("figures", {})), "marks": marks}

    def _told(self, params: Words) -> dict[str, Any]:
        return {name: self._hidden(name, value) for name, value in params.items()}

    def _hidden(self, name: str, value: Any) -> Any:
        known = self.manifests if name in MANIFESTS else self.vehicles if name in VEHICLES else None
        if known is None or not isinstance(value, str) or value in known:
            return value
        parts = (part if part in known else HIDDEN for part in value.split(JOINT))
        return JOINT.join(dict.fromkeys(parts))


def known_subjects(
    session: Session,
    viewer: Viewer,
    reasons: Iterable[Words],
    evidence: Iterable[Words] = (),
    vehicles: Iterable[str] = (),
) -> KnownSubjects:
    """What `viewer` may know of the names in reasons and evidence and of the `vehicles` of findings."""
    if viewer.sees_all:
        return KnownSubjects(everything=True)
    said = [reason.get("params", {}) for reason in reasons]
    said += [each.get("figures", {}) for each in evidence]
    visible = manifests_visible(viewer)
    numbers = select(Manifest.number).where(Manifest.number.in_(_texts(said, MANIFESTS)), visible)
    codes = _texts(said, VEHICLES) | set(vehicles)
    registered = select(Vehicle.code, vehicle_codes_known(viewer, Vehicle.code.expression))
    told = dict(session.execute(registered.where(Vehicle.code.in_(codes))).all())
    # A code on paper may be no registered vehicle: it is known to whoever sees the paper.
    named = select(Leg.vehicle_code).join(Leg.manifest).where(visible)
    others = session.scalars(named.where(Leg.vehicle_code.in_(codes - told.keys())).distinct())
    return KnownSubjects(
        everything=False,
        manifests=frozenset(session.scalars(numbers)),
        vehicles=frozenset(code for code, known in told.items() if known) | frozenset(others),
    )


def _texts(said: Iterable[Words], names: frozenset[str]) -> set[str]:
    values = {params[name] for params in said for name in names & params.keys()}
    texts = {value for value in values if isinstance(value, str)}
    return texts | {part for text in texts for part in text.split(JOINT)}
