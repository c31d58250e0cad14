"""What does a check look at? A step that is being taken: as it was, as it will be, and what is around it."""

from dataclasses import dataclass

from models.custody_words import Act
from models.values import Figures, Reason, WeighingFacts
from tracking.rules.custody.facts import Custody, Step, Stretch, Weighed
from tracking.rules.custody.outcome import key_of
from tracking.rules.custody.standings import VehicleStanding
from tracking.rules.custody.surroundings import Surroundings


@dataclass(frozen=True, slots=True)
class Checked:
    """A step that is being taken: as it was, as it will be, and what is around it."""

    step: Step
    outcome: Custody
    around: Surroundings

    @property
    def leg(self) -> Stretch | None:
        """The leg that begins, else the one it is on."""
        begins = self.step.act in (Act.LOAD, Act.RELOAD, Act.DEPART, Act.TAKE_OVER)
        return self.step.custody.following if begins else self.step.custody.current

    @property
    def vehicle(self) -> VehicleStanding | None:
        leg = self.leg
        return (
            None if leg is None or leg.vehicle_id is None else self.step.ground.vehicles.get(leg.vehicle_id)
        )

    @property
    def weighed(self) -> WeighingFacts | None:
        """The weighing of this step."""
        key = key_of(self.step)
        return None if key is None else facts_of(self.outcome.weighed.get(key), self.around.division_kg)


def facts_of(weighed: Weighed | None, division_kg: float | None = None) -> WeighingFacts | None:
    """The weighing as the rules of the analysis see it; None without both masses."""
    if weighed is None or weighed.gross_kg is None or weighed.tare_kg is None:
        return None
    return WeighingFacts(
        gross_kg=weighed.gross_kg,
        tare_kg=weighed.tare_kg,
        at_ms=round(weighed.at.timestamp() * 1000),
        moisture_fraction=weighed.moisture_fraction,
        u_moisture_fraction=weighed.u_moisture_fraction,
        scale_code=weighed.scale_code,
        scale_division_kg=division_kg,
        ticket=weighed.ticket,
    )


def told(reason: Reason, checked: Checked) -> Reason:
    """The reason with the names that its sentence asks for."""
    leg, ground = checked.leg, checked.step.ground
    place_id = leg.from_id if leg is not None and checked.step.act is not Act.STORE else None
    place = ground.places.get(place_id) if place_id is not None else None
    names: Figures = {
        "manifest": checked.step.custody.number,
        "vehicle": None if leg is None else leg.vehicle_code,
        "facility": None if place is None else place.code,
    }
    return Reason(reason.code, names | dict(reason.params))
