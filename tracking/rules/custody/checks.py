"""What does a step warn about? Checks block nothing: each says which finding the analysis will raise.

The same rules judge paper that was loaded (tracking/rules/judge_paper.py); here they answer the signer.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from models.custody_words import Act
from models.values import Reason
from models.vocabulary import FindingKind
from tracking.rules.custody.facts import Custody, Step


@dataclass(frozen=True, slots=True)
class Warned:
    """A finding that this step will raise, with its reason (catalogue "reasons")."""

    kind: FindingKind
    field: str
    reason: Reason


def warnings_of(step: Step, outcome: Custody) -> Iterator[Warned]:
    """All warnings of a step, in the order of the request's fields."""
    if step.act in (Act.LOAD, Act.RELOAD):
        yield from other_load(step)


def other_load(step: Step) -> Iterator[Warned]:
    """The vehicle carries another manifest's load now (beyond a vessel's voyage)."""
    leg = step.custody.following
    vehicle = None if leg is None or leg.vehicle_id is None else step.ground.vehicles.get(leg.vehicle_id)
    if vehicle is not None and vehicle.loads and leg is not None and leg.voyage is None:
        params = {"vehicle": vehicle.code, "manifests": ", ".join(vehicle.loads)}
        yield Warned(FindingKind.SHARED_TRIP, "legs[0].vehicle", Reason("shared_trip.loaded", params))
