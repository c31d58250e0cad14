"""What is the signer told at once? Warnings block nothing, and an honest haul is told nothing."""

from datetime import date, timedelta
from typing import Any

import pytest

from models.custody_words import Act
from models.days import PlantDay
from models.facilities import Route
from models.vocabulary import DisposalMethod, Mode
from tests import factories as make
from tests.tracking.custody.haulage import Haulage
from tracking.operations.administer.permits import PermitDraft, keep_permit
from tracking.operations.custody.draw_up import LegDraft
from tracking.operations.custody.take_step import Taken
from tracking.operations.seed_limits import seed_limits
from tracking.rules.custody.facts import Weighed


def codes(taken: Taken) -> list[str]:
    return [warned.reason.code for warned in taken.warnings]


def issued(town: Haulage, **given: Any) -> str:
    number = town.drawn_up(**given)
    town.sign(number, Act.ISSUE, "plant")
    return number


def loaded(town: Haulage, weighed: Weighed) -> Taken:
    return town.sign(issued(town), Act.LOAD, "plant", weighed=weighed)


def ticket(town: Haulage, net_kg: float, number: str, tare_kg: float = 11_000.0) -> Weighed:
    return Weighed(
        at=town.now,
        gross_kg=tare_kg + net_kg,
        tare_kg=tare_kg,
        scale_code="W1",
        ticket=number,
        moisture_fraction=0.79,
    )


def heard_at(town: Haulage, lon: float, lat: float, minutes: int = 20) -> None:
    """The truck's device sends a fix a minute from one place, up to ten minutes from now."""
    device = make.device(town.session, town.truck)
    begins = town.now + timedelta(minutes=10 - minutes)
    positions = [(begins + timedelta(minutes=each), lon, lat) for each in range(minutes + 1)]
    make.fixes(town.session, device, positions)


def test_an_honest_load_is_told_nothing(town: Haulage) -> None:
    seed_limits(town.session)
    assert codes(loaded(town, ticket(town, 17_000, "A1"))) == []


@pytest.mark.parametrize(
    ("weighed", "code"),
    [
        ({"moisture_fraction": 0.81}, "moisture_over_limit.seen"),
        ({"gross_kg": 33_000.0}, "overload.seen"),
        ({"gross_kg": 28_400.0, "tare_kg": 11_400.0}, "tare_drift.seen"),
    ],
)
def test_a_load_that_will_be_asked_about(town: Haulage, weighed: dict[str, Any], code: str) -> None:
    seed_limits(town.session)
    values: dict[str, Any] = {"gross_kg": 28_000.0, "tare_kg": 11_000.0, "moisture_fraction": 0.79}
    taken = loaded(town, Weighed(at=town.now, **(values | weighed)))
    assert codes(taken) == [code]
    assert taken.warnings[0].reason.params["vehicle"] == town.truck.code


def test_a_ticket_that_another_manifest_has(town: Haulage) -> None:
    loaded(town, ticket(town, 17_000, "A1"))
    assert "repeated_weight.ticket" in codes(loaded(town, ticket(town, 16_500, "A1")))


def test_a_vehicle_that_is_loaded_already(town: Haulage) -> None:
    loaded(town, ticket(town, 17_000, "A1"))
    assert "shared_trip.loaded" in codes(loaded(town, ticket(town, 16_900, "A2")))


def test_six_equal_loads(town: Haulage) -> None:
    for each in range(5):
        assert "repeated_weight.net" not in codes(loaded(town, ticket(town, 17_000, f"A{each}")))
    assert "repeated_weight.net" in codes(loaded(town, ticket(town, 17_000, "A6")))


def test_more_issued_than_the_sewage_gives(town: Haulage) -> None:
    seed_limits(town.session)
    day = PlantDay(facility_id=town.plant.id, day=date(2026, 3, 1), influent_m3=30_000.0)
    make.add(town.session, day)
    first = town.sign(town.drawn_up(), Act.ISSUE, "plant")
    assert codes(first) == [], "17 t of 27 t"
    assert codes(town.sign(town.drawn_up(), Act.ISSUE, "plant")) == ["plant_imbalance.issued"]


def test_a_device_that_is_silent_or_elsewhere(town: Haulage) -> None:
    number = issued(town)
    town.sign(number, Act.LOAD, "plant", weighed=ticket(town, 17_000, "A1"))
    assert codes(town.sign(number, Act.DEPART, "driver")) == ["signal_gap.never"]


@pytest.mark.parametrize(("lon", "found"), [(120.0, []), (120.05, ["handover_mismatch.outside"])])
def test_where_the_vehicle_is_as_it_leaves(town: Haulage, lon: float, found: list[str]) -> None:
    number = issued(town)
    town.sign(number, Act.LOAD, "plant", weighed=ticket(town, 17_000, "A1"))
    heard_at(town, lon, 31.0)
    assert codes(town.sign(number, Act.DEPART, "driver")) == found


def test_late_and_less_than_was_loaded(town: Haulage) -> None:
    route: Route = make.route(town.session, town.plant, town.site)
    leg = LegDraft(Mode.ROAD, town.truck.code, town.plant.code, town.site.code, route=route.code)
    number = town.on_the_road(legs=(leg,))
    assert "overdue.arrived" in codes(town.sign(number, Act.ARRIVE, "gate", 90))
    taken = town.sign(number, Act.ACCEPT, "gate", weighed=town.weighed(14_400.0, 0.79))
    assert codes(taken) == ["wet_gap.lost", "dry_gap.lost"]


def test_more_disposed_of_in_a_day_than_permitted(town: Haulage) -> None:
    permit = PermitDraft(town.site.code, "X", date(2026, 1, 1), t_per_day=20.0)
    keep_permit(town.session, permit, town.viewer("regulator"))
    found = []
    for _ in range(2):
        number = town.on_the_road()
        town.sign(number, Act.ARRIVE, "gate", 5)
        town.sign(number, Act.ACCEPT, "gate", 5, weighed=town.weighed(17_000.0, 0.79))
        found.append(codes(town.sign(number, Act.DISPOSE, "gate", 5, method=DisposalMethod.INCINERATION)))
    assert found == [[], ["over_capacity.day"]]


def test_two_sides_that_weigh_differently(town: Haulage) -> None:
    legs = (
        LegDraft(Mode.ROAD, town.truck.code, town.plant.code, town.wharf.code),
        LegDraft(Mode.ROAD, town.far_truck.code, town.wharf.code, town.site.code),
    )
    number = town.on_the_road(legs=legs)
    town.sign(number, Act.HAND_OVER, "driver", 40, weighed=town.weighed(17_000.0, None))
    taken = town.sign(number, Act.TAKE_OVER, "driver", 20, weighed=town.weighed(16_000.0, None))
    assert "handover_mismatch.weight" in codes(taken)
