"""Does each person see the own day, gate, trips or stock, and act from there?"""

from datetime import timedelta

from sqlalchemy import select

from models.custody_words import Act
from models.lineage import ProductDispatch
from models.manifests import Manifest
from models.vocabulary import CustodyState, DisposalMethod, Mode
from tests import factories as make
from tests.cast import PASSWORD
from tests.tracking.custody.haulage import Haulage
from tests.web.desks.conftest import Desk, rows
from tracking.operations.custody.draw_up import LegDraft
from tracking.queries.gate_queue import gate_queue

PROOF = {"password": PASSWORD}


def accepted(town: Haulage) -> str:
    number = town.on_the_road()
    town.sign(number, Act.ARRIVE, "gate", 50)
    town.sign(number, Act.ACCEPT, "gate", weighed=town.weighed(16_980.0, 0.79))
    town.session.commit()
    town.later(5)
    return number


def states(town: Haulage) -> set[CustodyState]:
    return set(rows(town, select(Manifest.custody_state)))


def test_the_plant_sees_its_day(town: Haulage, desk: Desk) -> None:
    draft, road = town.drawn_up(), town.on_the_road()
    town.session.commit()
    page = desk("plant").get("/today").text
    assert f"/issue/draft/{draft}" in page
    assert road in page
    tomorrow = desk("plant").get("/today?day=2026-03-03").text
    assert road not in tomorrow.split("<h2")[-2]
    assert "16.98" not in page


def test_yesterday_is_told_in_figures(town: Haulage, desk: Desk) -> None:
    accepted(town)
    town.now += timedelta(days=1)
    assert "16.98" in desk("plant").get("/today").text


def test_the_gate_expects_a_truck_by_its_plan_and_its_place(town: Haulage, desk: Desk) -> None:
    line = [make.centre(town.plant), make.centre(town.site)]
    way = make.route(town.session, town.plant, town.site, line=line, planned_minutes=60.0)
    leg = LegDraft(Mode.ROAD, town.truck.code, town.plant.code, town.site.code, route=way.code)
    number = town.on_the_road(legs=(leg,))
    left = town.now
    town.session.commit()
    (coming,) = gate_queue(town.session, town.viewer("gate"), town.now).coming
    assert (coming.load.number, coming.eta, coming.seen) == (number, left + timedelta(minutes=60), None)
    device = make.device(town.session, town.truck)
    town.later(30)
    middle = [(a + b) / 2 for a, b in zip(*line, strict=True)]
    make.fixes(town.session, device, [(town.now, *middle)], speed_kmh=36.0, course_deg=90.0)
    town.session.commit()
    (coming,) = gate_queue(town.session, town.viewer("gate"), town.now).coming
    assert coming.eta is not None
    assert abs(coming.eta - left - timedelta(minutes=60)) < timedelta(minutes=1)
    page = desk("gate").get("/gate").text
    assert number in page
    assert f"/sign/arrive/{number}" in page
    assert number not in desk("store").get("/gate").text


def test_a_load_at_the_gate_offers_the_three_decisions(town: Haulage, desk: Desk) -> None:
    number = town.on_the_road()
    town.sign(number, Act.ARRIVE, "gate", 50)
    town.session.commit()
    page = desk("gate").get("/gate").text
    for act in ("accept", "part_accept", "reject"):
        assert f"/sign/{act}/{number}" in page


def test_several_loads_are_disposed_of_at_once(town: Haulage, desk: Desk) -> None:
    numbers = [accepted(town), accepted(town)]
    gate = desk("gate")
    assert "33.96" in gate.get("/stock").text
    nothing = gate.post("/stock/disposal", data={"method": "incineration"} | PROOF)
    assert nothing.status_code == 422
    form = {"numbers": numbers, "method": DisposalMethod.INCINERATION.value}
    refused = gate.post("/stock/disposal", data=form | {"password": "wrong"})
    assert refused.status_code == 422
    assert states(town) == {CustodyState.ACCEPTED}
    assert gate.post("/stock/disposal", data=form | PROOF).status_code == 302
    assert states(town) == {CustodyState.DISPOSED}


def test_a_product_leaves_the_site(town: Haulage, desk: Desk) -> None:
    form = {"facility": town.site.code, "product": "灰渣", "mass_t": "4.2", "use": "制砖", "receiver": "砖厂"}
    gate = desk("gate")
    short = gate.post("/dispatches", data=form | {"use": ""})
    assert short.status_code == 422
    assert 'href="#use"' in short.text
    assert gate.post("/dispatches", data=form).status_code == 302
    (row,) = rows(town, select(ProductDispatch))
    assert (row.mass_kg, row.use) == (4_200.0, "制砖")
    assert row.number in gate.get("/dispatches").text
    assert desk("store").get("/dispatches").text.count(row.number) == 0


def test_the_driver_sees_what_to_sign(town: Haulage, desk: Desk) -> None:
    number = town.drawn_up()
    town.sign(number, Act.ISSUE, "plant")
    town.sign(number, Act.LOAD, "plant", weighed=town.weighed(17_000.0))
    town.session.commit()
    assert f"/sign/depart/{number}" in desk("driver").get("/trips").text
    assert number not in desk("master").get("/trips").text


def test_a_vessels_loads_are_signed_together_or_not_at_all(town: Haulage, desk: Desk) -> None:
    for _load in range(2):
        number = town.on_the_road(legs=town.by_water())
        town.sign(number, Act.HAND_OVER, "driver", 40)
    town.session.commit()
    town.later(5)
    master, aboard = desk("master"), {"voyage": town.vessel.code}
    assert "/trips/voyages/take_over" in master.get("/trips").text
    assert master.post("/trips/voyages/take_over", data=aboard).status_code == 422
    assert states(town) == {CustodyState.AT_TRANSFER}
    assert master.post("/trips/voyages/fly", data=aboard | PROOF).status_code == 409
    assert master.post("/trips/voyages/take_over", data=aboard | PROOF).status_code == 302
    assert states(town) == {CustodyState.IN_TRANSIT}


def test_pages_of_others_are_closed(town: Haulage, desk: Desk) -> None:
    closed = {
        "/today": ("driver", "gate", "dispatcher", "regulator"),
        "/gate": ("driver", "dispatcher", "regulator"),
        "/trips": ("plant", "gate", "dispatcher", "regulator"),
        "/dispatches": ("plant", "driver", "regulator"),
        "/stock": ("driver", "dispatcher"),
    }
    for path, people in closed.items():
        for who in people:
            assert desk(who).get(path).status_code == 403, (path, who)


def test_empty_pages_say_what_to_do(town: Haulage, desk: Desk) -> None:
    for who, path in (("plant", "/today"), ("gate", "/gate"), ("gate", "/stock"), ("driver", "/trips")):
        answer = desk(who).get(path)
        assert answer.status_code == 200
        assert 'class="empty"' in answer.text, path
