"""Is every act signed on its page, with what it asks, by whom it is, and refused in place otherwise?"""

import re
from datetime import timedelta
from io import BytesIO
from typing import Any

from sqlalchemy import func, select

from models.custody_words import Act, SigningMethod, TicketSource
from models.manifests import Manifest, Weighing
from models.signatures import Signature
from models.vocabulary import CustodyState
from tests import factories as make
from tests.cast import PASSWORD
from tests.tracking.custody.haulage import Haulage
from tests.web.desks.conftest import Desk
from tracking.operations.weighbridge.take_ticket import take_ticket
from tracking.rules.custody.tickets import TicketGiven

PROOF = {"password": PASSWORD}
LOADING = {"gross_t": "28.00", "tare_t": "11.00", "moisture_percent": "79.5", "moisture_method": "oven"}


def state_of(town: Haulage, number: str) -> CustodyState:
    town.session.expire_all()
    found = town.session.scalar(select(Manifest.custody_state).where(Manifest.number == number))
    town.session.rollback()
    assert found is not None
    return found


def issued(town: Haulage) -> str:
    number = town.drawn_up()
    town.sign(number, Act.ISSUE, "plant")
    town.session.commit()
    town.later(5)
    return number


def test_a_load_from_issue_to_disposal_by_pages_alone(town: Haulage, desk: Desk) -> None:
    number = issued(town)
    plant, driver, gate = desk("plant"), desk("driver"), desk("gate")
    steps: tuple[tuple[Any, str, dict[str, str]], ...] = (
        (plant, "load", LOADING),
        (driver, "depart", {}),
        (gate, "arrive", {"gross_t": "28.00"}),
        (gate, "accept", {"gross_t": "28.00", "tare_t": "11.02", "moisture_percent": "79.4"}),
        (gate, "dispose", {"method": "incineration", "mass_t": "16.98"}),
    )
    for client, act, fields in steps:
        town.later(10)
        page = client.get(f"/sign/{act}/{number}")
        assert page.status_code == 200
        answer = client.post(f"/sign/{act}/{number}", data={"moisture_method": "oven"} | fields | PROOF)
        assert (act, answer.status_code) == (act, 302), answer.text
        after = client.get(answer.headers["Location"])
        assert number in after.text
    assert state_of(town, number) is CustodyState.DISPOSED


def ticket_of(town: Haulage, **given: Any) -> int:
    """A ticket that the plant's scale sent a minute ago."""
    scale = make.scale(town.session, town.plant)
    values: dict[str, Any] = {"gross_kg": 28_120.0, "tare_kg": 11_040.0, "plate": town.truck.name} | given
    said = TicketGiven(
        scale=scale.code,
        weighed_at=town.now - timedelta(minutes=1),
        number="0042",
        raw_line="0042 GS 28120 TR 11040",
        **values,
    )
    kept = take_ticket(town.session, said, TicketSource.AGENT, town.viewer("plant"), town.setting())
    town.session.commit()
    return kept.id


def test_a_ticket_of_the_scale_fills_the_weighing_and_stays_linked(town: Haulage, desk: Desk) -> None:
    number = issued(town)
    ticket = ticket_of(town)
    unread = ticket_of(town, plate=None)
    other = ticket_of(town, plate="苏Z99999")
    page = desk("plant").get(f"/sign/load/{number}").text
    assert page.index(f'name="scale_ticket" value="{ticket}"') < page.index(f'value="{unread}"')
    assert "0042 GS 28120 TR 11040" in page
    assert f'name="scale_ticket" value="{other}"' not in page
    fields = {"scale_ticket": str(ticket), "moisture_percent": "79.5", "moisture_method": "oven"}
    answer = desk("plant").post(f"/sign/load/{number}", data=fields | PROOF)
    assert answer.status_code == 302, answer.text
    town.session.expire_all()
    row = town.session.scalars(select(Weighing)).one()
    assert (row.gross_kg, row.tare_kg, row.ticket) == (28_120.0, 11_040.0, "0042")
    assert row.scale_ticket_id == ticket
    town.session.rollback()
    second = issued(town)
    assert f'name="scale_ticket" value="{ticket}"' not in desk("plant").get(f"/sign/load/{second}").text


def test_other_masses_than_on_the_ticket_are_refused_in_place(town: Haulage, desk: Desk) -> None:
    number = issued(town)
    ticket = ticket_of(town)
    wrong = LOADING | {"scale_ticket": str(ticket), "gross_t": "29.5", "tare_t": ""}
    answer = desk("plant").post(f"/sign/load/{number}", data=wrong | PROOF)
    assert answer.status_code == 422
    assert 'href="#gross_t"' in answer.text
    gone = desk("plant").post(f"/sign/load/{number}", data=LOADING | {"scale_ticket": "99999"} | PROOF)
    assert 'href="#scale_ticket"' in gone.text


def test_what_is_missing_stands_beside_its_field_and_nothing_typed_is_lost(town: Haulage, desk: Desk) -> None:
    number = issued(town)
    answer = desk("plant").post(
        f"/sign/load/{number}", data=LOADING | PROOF | {"tare_t": "29", "ticket": "T-77"}
    )
    assert answer.status_code == 422
    assert 'href="#gross_t"' in answer.text
    assert 'value="T-77"' in answer.text
    assert PASSWORD not in answer.text
    assert state_of(town, number) is CustodyState.ISSUED


def test_words_instead_of_figures_are_refused(town: Haulage, desk: Desk) -> None:
    number = issued(town)
    for typed in ("heavy", "nan", "inf", "1e9"):
        answer = desk("plant").post(f"/sign/load/{number}", data=LOADING | PROOF | {"gross_t": typed})
        assert answer.status_code == 422, typed
        assert 'href="#gross_t"' in answer.text


def test_without_the_password_nothing_is_signed(town: Haulage, desk: Desk) -> None:
    number, plant = issued(town), desk("plant")
    for proof in ({}, {"password": "wrong"}):
        answer = plant.post(f"/sign/load/{number}", data=LOADING | proof)
        assert answer.status_code == 422
        assert 'href="#password"' in answer.text
    assert state_of(town, number) is CustodyState.ISSUED


def test_a_password_serves_for_the_next_minutes(town: Haulage, desk: Desk) -> None:
    first, plant = issued(town), desk("plant")
    assert plant.post(f"/sign/load/{first}", data=LOADING | PROOF).status_code == 302
    second = issued(town)
    assert plant.post(f"/sign/load/{second}", data=LOADING).status_code == 302
    town.later(20)
    third = issued(town)
    assert plant.post(f"/sign/load/{third}", data=LOADING).status_code == 422


def test_who_comes_second_hears_who_was_first(town: Haulage, desk: Desk) -> None:
    number = issued(town)
    seen = {"state": "issued", "version": "1"}
    assert desk("plant").post(f"/sign/load/{number}", data=LOADING | PROOF | seen).status_code == 302
    answer = desk("plant").post(f"/sign/load/{number}", data=LOADING | PROOF | seen)
    assert answer.status_code == 409
    assert town.people["plant"].display_name in answer.text


def test_the_driver_signs_on_the_plants_device_with_a_code(town: Haulage, desk: Desk) -> None:
    number = issued(town)
    town.sign(number, Act.LOAD, "plant", weighed=town.weighed(17_000.0))
    town.session.commit()
    shown = desk("driver").post(f"/codes/depart/{number}")
    assert shown.status_code == 200
    label = shown.text.split('class="code-digits" aria-label="')[1].split('"')[0]
    plant = desk("plant")
    page = plant.get(f"/sign/depart/{number}")
    assert 'name="code"' in page.text
    wrong = plant.post(
        f"/sign/depart/{number}", data={"code": "000000" if label != "0 0 0 0 0 0" else "1" * 6}
    )
    assert wrong.status_code == 422
    assert 'href="#code"' in wrong.text
    assert plant.post(f"/sign/depart/{number}", data={"code": label}).status_code == 302
    assert state_of(town, number) is CustodyState.IN_TRANSIT
    signed = town.session.scalars(select(Signature).where(Signature.act == Act.DEPART)).one()
    assert signed.method is SigningMethod.ONE_TIME_CODE


def test_another_party_gets_no_form_and_a_stranger_no_page(town: Haulage, desk: Desk) -> None:
    number = issued(town)
    answer = desk("gate").post(f"/sign/load/{number}", data=LOADING | PROOF)
    assert answer.status_code == 403
    assert desk("store").get(f"/sign/load/{number}").status_code == 404
    assert desk("store").post(f"/sign/load/{number}", data=LOADING | PROOF).status_code == 404
    assert desk("store").post(f"/codes/load/{number}").status_code == 404
    assert desk("regulator").get(f"/sign/load/{number}").status_code == 403
    assert state_of(town, number) is CustodyState.ISSUED


def test_acts_that_nobody_signs_have_no_page(town: Haulage, desk: Desk) -> None:
    number = issued(town)
    for act in ("close", "expire", "regroup", "draw_up", "fly"):
        assert desk("plant").get(f"/sign/{act}/{number}").status_code == 404


def test_a_draft_is_thrown_away_without_a_signature(town: Haulage, desk: Desk) -> None:
    number = town.drawn_up()
    town.session.commit()
    assert desk("plant").get(f"/sign/discard/{number}").status_code == 200
    assert desk("plant").post(f"/sign/discard/{number}", data=PROOF).status_code == 302
    assert state_of(town, number) is CustodyState.CANCELLED


def test_a_phone_that_sends_its_queue_twice_signs_once(town: Haulage, desk: Desk) -> None:
    number = issued(town)
    town.sign(number, Act.LOAD, "plant", weighed=town.weighed(17_000.0))
    town.session.commit()
    at, driver = town.now.isoformat(), desk("driver")
    town.later(30)
    sent = PROOF | {"device_at": at, "lat": "31.0", "lon": "120.0", "accuracy_m": "12"}
    for _again in range(2):
        answer = driver.post(f"/sign/depart/{number}", data=sent, headers={"Accept": "application/json"})
        assert (answer.status_code, list(answer.json or ())) == (200, ["next"])
    count = select(func.count()).select_from(Signature).where(Signature.act == Act.DEPART)
    assert town.session.scalar(count) == 1
    row = town.session.scalars(select(Signature).where(Signature.act == Act.DEPART)).one()
    assert (row.lat, row.lon, row.device_at.isoformat() if row.device_at else "") == (31.0, 120.0, at)


def test_a_script_hears_which_field_is_wrong(town: Haulage, desk: Desk) -> None:
    number = issued(town)
    answer = desk("plant").post(f"/sign/load/{number}", data=LOADING, headers={"Accept": "application/json"})
    assert answer.status_code == 422
    assert [error["field"] for error in answer.get_json()["errors"]] == ["password"]


def test_a_devices_time_beyond_the_calendar_says_nothing(town: Haulage, desk: Desk) -> None:
    plant = desk("plant")
    for at in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "9999-12-31T23:59:59+00:00"):
        number = issued(town)
        answer = plant.post(f"/sign/load/{number}", data=LOADING | PROOF | {"device_at": at})
        assert answer.status_code == 302, answer.text
        kept = town.session.scalars(select(Signature).order_by(Signature.id.desc())).first()
        assert kept is not None
        assert (kept.device_at, kept.act) == (None, Act.LOAD)
        town.session.rollback()


def test_a_gate_is_one_of_the_signers_own_places(town: Haulage, desk: Desk) -> None:
    number = town.on_the_road()
    town.later(30)
    town.session.commit()
    gate, wharf, site = desk("gate"), str(town.wharf.id), str(town.site.id)
    for typed in ("999999", "9" * 23, "²", "-1", wharf):
        answer = gate.post(f"/sign/arrive/{number}", data=PROOF | {"gross_t": "28", "gate": typed})
        assert answer.status_code == 422, typed
        assert state_of(town, number) is CustodyState.IN_TRANSIT
    fields = PROOF | {"gross_t": "28", "gate": site}
    assert gate.post(f"/sign/arrive/{number}", data=fields).status_code == 302
    assert state_of(town, number) is CustodyState.ARRIVED


def test_a_stop_on_the_road_is_shown_by_a_photo(town: Haulage, desk: Desk) -> None:
    number = town.on_the_road()
    town.session.commit()
    town.later(5)
    driver, path = desk("driver"), f"/sign/abort/{number}"
    assert 'type="file"' in driver.get(path).text
    told = {"reason": "爆胎", **PROOF}
    wrong = driver.post(path, data=told | {"photo": (BytesIO(b"text"), "place.jpg")})
    assert wrong.status_code == 422
    assert 'href="#photo"' in wrong.text
    assert state_of(town, number) is CustodyState.IN_TRANSIT
    photo = b"\xff\xd8\xff\xe0 a place"
    assert driver.post(path, data=told | {"photo": (BytesIO(photo), "place.jpg")}).status_code == 302
    assert state_of(town, number) is CustodyState.ABORTED
    page = desk("plant").get(f"/manifests/{number}").text
    assert "place.jpg" in page
    address = re.search(r'href="(/files/[0-9]+)"', page)
    assert address is not None
    assert desk("plant").get(address[1]).data == photo
    assert desk("store").get(address[1]).status_code == 404
