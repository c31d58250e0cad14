"""Is a manifest drawn up from form, plan or refused load, kept as a draft, issued, and refused in place?"""

from datetime import date

from sqlalchemy import select

from models.custody_words import Act
from models.lineage import ManifestLink
from models.manifests import Leg, Manifest
from models.permits import Plan, PlanLeg
from models.vocabulary import CustodyState, ManifestKind, Mode, SludgeKind
from tests.cast import PASSWORD
from tests.tracking.custody.haulage import Haulage
from tests.web.desks.conftest import Desk, rows

PROOF = {"password": PASSWORD}


def typed(town: Haulage, **change: str) -> dict[str, str]:
    """The form of an ordinary load, filled in."""
    return {
        "kind": "normal",
        "legs": "1",
        "origin": town.plant.code,
        "destination": town.site.code,
        "sludge_kind": "dewatered",
        "planned_t": "17.00",
        "leg1_mode": "road",
        "leg1_vehicle": town.truck.code,
        "leg1_from": town.plant.code,
        "leg1_to": town.site.code,
    } | change


def newest(town: Haulage) -> Manifest:
    found: Manifest = rows(town, select(Manifest).order_by(Manifest.id.desc()))[0]
    return found


def test_issued_in_one_go(town: Haulage, desk: Desk) -> None:
    answer = desk("plant").post("/issue", data=typed(town) | PROOF | {"do": "issue"})
    assert answer.status_code == 302, answer.text
    row = newest(town)
    assert (row.custody_state, row.planned_kg) == (CustodyState.ISSUED, 17_000.0)
    assert answer.headers["Location"] == f"/signed/issue/{row.number}"


def test_what_blocks_stands_beside_its_field_and_nothing_is_kept(town: Haulage, desk: Desk) -> None:
    wrong = typed(town, leg1_vehicle="GHOST-1", leg1_to=town.wharf.code)
    answer = desk("plant").post("/issue", data=wrong | PROOF | {"do": "issue"})
    assert answer.status_code == 422
    assert 'href="#leg1_vehicle"' in answer.text
    assert 'href="#leg1_to"' in answer.text
    assert 'value="GHOST-1"' in answer.text
    assert rows(town, select(Manifest)) == []


def test_issuing_needs_the_password_and_a_draft_does_not(town: Haulage, desk: Desk) -> None:
    plant = desk("plant")
    refused = plant.post("/issue", data=typed(town) | {"do": "issue"})
    assert refused.status_code == 422
    assert 'href="#password"' in refused.text
    kept = plant.post("/issue", data=typed(town) | {"do": "keep"})
    assert kept.status_code == 302
    row = newest(town)
    assert row.custody_state is CustodyState.DRAFT
    assert f'value="{town.truck.code}"' in plant.get(f"/issue/draft/{row.number}").text


def test_a_draft_is_changed_and_issued(town: Haulage, desk: Desk) -> None:
    number = town.drawn_up()
    town.session.commit()
    plant = desk("plant")
    changed = typed(town, planned_t="16.5") | PROOF | {"do": "issue"}
    assert plant.post(f"/issue/draft/{number}", data=changed).status_code == 302
    row = newest(town)
    assert (row.number, row.custody_state, row.planned_kg) == (number, CustodyState.ISSUED, 16_500.0)
    assert plant.post(f"/issue/draft/{number}", data=changed).status_code == 409


def test_legs_are_added_and_removed_without_losing_what_was_typed(town: Haulage, desk: Desk) -> None:
    plant = desk("plant")
    more = plant.post("/issue", data=typed(town) | {"do": "more"})
    assert 'name="leg2_vehicle"' in more.text
    assert f'value="{town.truck.code}"' in more.text
    fewer = plant.post("/issue", data=typed(town, legs="2") | {"do": "fewer"})
    assert 'name="leg2_vehicle"' not in fewer.text


def test_truck_vessel_truck_from_the_form(town: Haulage, desk: Desk) -> None:
    way = typed(town, legs="3", leg1_to=town.wharf.code) | {
        "leg2_mode": "water",
        "leg2_vehicle": town.vessel.code,
        "leg2_from": town.wharf.code,
        "leg2_to": town.far_wharf.code,
        "leg3_mode": "road",
        "leg3_vehicle": town.far_truck.code,
        "leg3_from": town.far_wharf.code,
        "leg3_to": town.site.code,
    }
    assert desk("plant").post("/issue", data=way | PROOF | {"do": "issue"}).status_code == 302
    modes = rows(town, select(Leg.mode).order_by(Leg.seq))
    assert modes == [Mode.ROAD, Mode.WATER, Mode.ROAD]


def test_a_plan_fills_the_form(town: Haulage, desk: Desk) -> None:
    plan = Plan(
        code="PLAN-1",
        name="一厂到焚烧厂",
        origin_id=town.plant.id,
        destination_id=town.site.id,
        sludge_kind=SludgeKind.DEWATERED,
        valid_from=date(2026, 1, 1),
    )
    town.session.add(plan)
    town.session.flush()
    ends = {"from_id": town.plant.id, "to_id": town.site.id, "vehicle_id": town.truck.id}
    town.session.add(PlanLeg(plan_id=plan.id, seq=1, mode=Mode.ROAD, carrier_id=town.road_org.id, **ends))
    town.session.commit()
    plant = desk("plant")
    assert "一厂到焚烧厂" in plant.get("/issue").text
    page = plant.get("/issue?plan=PLAN-1").text
    for value in (town.plant.code, town.site.code, town.truck.code, "PLAN-1"):
        assert f'value="{value}"' in page
    assert plant.get("/issue?plan=PLAN-2").status_code == 404


def test_what_was_refused_goes_home_in_two_clicks(town: Haulage, desk: Desk) -> None:
    number = town.on_the_road()
    town.sign(number, Act.ARRIVE, "gate", 50)
    town.sign(number, Act.REJECT, "gate", reason="too wet")
    town.session.commit()
    town.later(5)
    gate = desk("gate")
    assert f"/issue/child/return/{number}" in gate.get(f"/manifests/{number}").text
    page = gate.get(f"/issue/child/return/{number}").text
    assert 'name="part_t" type="text" value="17"' in page
    form = typed(town, kind="return", parent=number, part_t="17", origin=town.site.code) | {
        "destination": town.plant.code,
        "leg1_from": town.site.code,
        "leg1_to": town.plant.code,
    }
    answer = gate.post("/issue", data=form | PROOF | {"do": "issue"})
    assert answer.status_code == 302, answer.text
    assert newest(town).kind is ManifestKind.RETURN
    assert rows(town, select(ManifestLink.wet_kg)) == [17_000.0]
    too_much = gate.post("/issue", data=form | {"do": "issue"})
    assert too_much.status_code == 422
    assert 'href="#part_t"' in too_much.text


def test_who_may_not_draw_up(town: Haulage, desk: Desk) -> None:
    number = town.drawn_up()
    town.session.commit()
    for who in ("driver", "regulator"):
        assert desk(who).get("/issue").status_code == 403
    assert desk("gate").get(f"/issue/draft/{number}").status_code == 404
    assert desk("gate").get(f"/issue/child/return/{number}").status_code == 404
    assert desk("plant").get(f"/issue/child/normal/{number}").status_code == 404
