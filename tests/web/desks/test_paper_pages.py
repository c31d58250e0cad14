"""Is emergency paper typed in on a page, confirmed or refused by its party, decided by the regulator?"""

from datetime import datetime, timedelta
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

from flask.testing import FlaskClient
from sqlalchemy import select

from models.cases import Attachment
from models.corrections import EmergencyWindow
from models.custody_words import Act, PaperState
from models.emergency import PaperSignature
from models.manifests import Manifest, Weighing
from models.vocabulary import CustodyState
from tests.cast import PASSWORD
from tests.tracking.custody.haulage import Haulage
from tests.tracking.custody.test_emergency import window
from tests.web.desks.conftest import Desk, rows

CITY = ZoneInfo("Asia/Shanghai")
JPEG = b"\xff\xd8\xff" + b"0" * 64


def seat(town: Haulage, desk: Desk, who: str) -> FlaskClient:
    """A client of one of the town's people; reading who that is leaves no lock behind."""
    client = desk(who)
    town.session.commit()
    return client


def local(at: datetime) -> str:
    return at.astimezone(CITY).strftime("%Y-%m-%dT%H:%M")


def typed(town: Haulage, **change: Any) -> dict[str, Any]:
    """Yesterday's journey as the form sends it."""
    begun = town.now - timedelta(days=1)
    form: dict[str, Any] = {
        "kind": "normal",
        "legs": "1",
        "steps": "4",
        "do": "keep",
        "origin": town.plant.code,
        "destination": town.site.code,
        "sludge_kind": "dewatered",
        "planned_t": "17",
        "leg1_mode": "road",
        "leg1_vehicle": town.truck.code,
        "leg1_from": town.plant.code,
        "leg1_to": town.site.code,
    }
    for at, (act, minutes, signer) in enumerate(
        (("issue", 0, "老王"), ("load", 20, "老王"), ("depart", 30, "司机老赵"), ("arrive", 90, "门卫老李")),
        start=1,
    ):
        form |= {f"s{at}-act": act, f"s{at}-at": local(begun + timedelta(minutes=minutes))}
        form |= {f"s{at}-signer": signer, f"s{at}-moisture_method": "oven"}
    form |= {"s2-gross_t": "28", "s2-tare_t": "11", "s2-moisture_percent": "79"}
    return form | change


def opened(town: Haulage) -> int:
    """A window of the regulator."""
    window_id = window(town)
    town.session.commit()
    return window_id


def entered(town: Haulage, desk: Desk) -> tuple[str, dict[Act, int]]:
    """The number of the paper typed in by the plant, and its signatures by act."""
    opened(town)
    answer = seat(town, desk, "plant").post(
        "/paper/enter", data=typed(town), content_type="multipart/form-data"
    )
    assert answer.status_code == 302, answer.text
    number = rows(town, select(Manifest.number))[0]
    ids = {row.signature.act: row.id for row in rows(town, select(PaperSignature))}
    town.session.commit()
    return number, ids


def state_of(town: Haulage, paper_id: int) -> PaperState:
    found: PaperState = rows(town, select(PaperSignature.state).where(PaperSignature.id == paper_id))[0]
    return found


def test_a_whole_paper_is_typed_in_with_its_photo(town: Haulage, desk: Desk) -> None:
    opened(town)
    plant = seat(town, desk, "plant")
    page = plant.get("/paper/enter").text
    assert "the network was down" in page
    assert 'name="s5-signer"' in page
    form = typed(town) | {"s3-photo": (BytesIO(JPEG), "paper.jpg")}
    answer = plant.post("/paper/enter", data=form, content_type="multipart/form-data")
    assert answer.status_code == 302, answer.text
    assert rows(town, select(Manifest.custody_state)) == [CustodyState.ARRIVED]
    assert rows(town, select(Weighing.gross_kg)) == [28_000.0]
    shown = plant.get(answer.headers["Location"]).text
    assert "司机老赵" in shown
    photo = rows(town, select(Attachment))[0]
    signed = rows(town, select(PaperSignature).where(PaperSignature.evidence_id == photo.id))
    assert [row.signature.act for row in signed] == [Act.DEPART]
    town.session.commit()
    signature = plant.get(f"/paper/signatures/{signed[0].id}").text
    assert f"/files/{photo.id}" in signature


def test_without_a_window_it_is_said_and_nothing_typed_is_lost(town: Haulage, desk: Desk) -> None:
    plant = seat(town, desk, "plant")
    assert "the network was down" not in plant.get("/paper/enter").text
    answer = plant.post("/paper/enter", data=typed(town), content_type="multipart/form-data")
    assert answer.status_code == 422
    assert 'href="#s1-at"' in answer.text
    assert 'value="司机老赵"' in answer.text
    assert rows(town, select(Manifest)) == []


def test_what_is_wrong_stands_beside_the_field_of_its_step(town: Haulage, desk: Desk) -> None:
    opened(town)
    plant = seat(town, desk, "plant")
    blank = plant.post("/paper/enter", data=typed(town, **{"s3-signer": "", "s4-at": ""}))
    assert blank.status_code == 422
    assert 'href="#s3-signer"' in blank.text
    assert 'href="#s4-at"' in blank.text
    light = plant.post("/paper/enter", data=typed(town, **{"s2-gross_t": "9"}))
    assert light.status_code == 422
    assert 'href="#s2-gross_t"' in light.text
    text = typed(town) | {"s2-photo": (BytesIO(b"no photo"), "paper.txt")}
    assert 'href="#s2-photo"' in plant.post("/paper/enter", data=text).text
    unknown = plant.post("/paper/enter", data=typed(town, leg1_vehicle="GHOST"))
    assert 'href="#leg1_vehicle"' in unknown.text
    assert rows(town, select(Manifest)) == []


def test_steps_are_added_and_removed_without_losing_what_was_typed(town: Haulage, desk: Desk) -> None:
    plant = seat(town, desk, "plant")
    more = plant.post("/paper/enter", data=typed(town, do="more-steps")).text
    assert 'name="s5-signer"' in more
    assert 'value="门卫老李"' in more
    fewer = plant.post("/paper/enter", data=typed(town, do="fewer-steps")).text
    assert 'name="s4-signer"' not in fewer
    legs = plant.post("/paper/enter", data=typed(town, do="more")).text
    assert 'name="leg2_vehicle"' in legs
    odd = plant.post("/paper/enter", data=typed(town, steps="²"))
    assert odd.status_code == 422


def test_the_named_party_confirms(town: Haulage, desk: Desk) -> None:
    _number, ids = entered(town, desk)
    gate = seat(town, desk, "gate")
    assert f"/paper/signatures/{ids[Act.ARRIVE]}" in gate.get("/corrections").text
    form = {"answer": "yes"}
    without = gate.post(f"/paper/signatures/{ids[Act.ARRIVE]}/answer", data=form)
    assert without.status_code == 422
    assert 'href="#password"' in without.text
    answer = gate.post(f"/paper/signatures/{ids[Act.ARRIVE]}/answer", data=form | {"password": PASSWORD})
    assert answer.status_code == 302, answer.text
    assert state_of(town, ids[Act.ARRIVE]) is PaperState.CONFIRMED
    assert f"/paper/signatures/{ids[Act.ARRIVE]}" not in gate.get("/corrections").text
    assert seat(town, desk, "store").get(f"/paper/signatures/{ids[Act.ARRIVE]}").status_code == 404


def test_a_refusal_needs_a_reason_and_goes_to_the_regulator(town: Haulage, desk: Desk) -> None:
    _number, ids = entered(town, desk)
    paper_id = ids[Act.DEPART]
    carrier, regulator = seat(town, desk, "dispatcher"), seat(town, desk, "regulator")
    said = {"answer": "no", "password": PASSWORD}
    blank = carrier.post(f"/paper/signatures/{paper_id}/answer", data=said)
    assert 'href="#reason"' in blank.text
    assert f"/paper/signatures/{paper_id}" not in regulator.get("/waiting").text
    refused = carrier.post(
        f"/paper/signatures/{paper_id}/answer", data=said | {"reason": "our truck stood still"}
    )
    assert refused.status_code == 302, refused.text
    assert f"/paper/signatures/{paper_id}" in regulator.get("/waiting").text
    assert "our truck stood still" in regulator.get(f"/paper/signatures/{paper_id}").text
    assert carrier.get(f"/paper/signatures/{paper_id}/decide").status_code == 403
    decision = {"upheld": "no", "reason": "the track shows the yard"}
    decided = regulator.post(f"/paper/signatures/{paper_id}/decide", data=decision)
    assert decided.status_code == 302, decided.text
    assert state_of(town, paper_id) is PaperState.STRUCK
    assert "the track shows the yard" in carrier.get(f"/paper/signatures/{paper_id}").text


def test_a_one_time_code_answers_on_the_other_party_s_device(town: Haulage, desk: Desk) -> None:
    _number, ids = entered(town, desk)
    paper_id = ids[Act.ARRIVE]
    assert seat(town, desk, "plant").post(f"/paper/signatures/{paper_id}/code").status_code == 403
    shown = seat(town, desk, "gate").post(f"/paper/signatures/{paper_id}/code").text
    digits = "".join(shown.split('class="code-digits"')[1].split(">")[1].split("<")[0].split())
    plant = seat(town, desk, "plant")
    wrong = plant.post(f"/paper/signatures/{paper_id}/answer", data={"answer": "yes", "code": "000000"})
    assert wrong.status_code == 422
    assert 'href="#code"' in wrong.text
    answer = plant.post(f"/paper/signatures/{paper_id}/answer", data={"answer": "yes", "code": digits})
    assert answer.status_code == 302, answer.text
    assert state_of(town, paper_id) is PaperState.CONFIRMED


def test_own_steps_of_a_manifest_that_is_there(town: Haulage, desk: Desk) -> None:
    number = town.on_the_road()
    town.session.commit()
    town.later(300)
    opened(town)
    form = {
        "steps": "1",
        "do": "keep",
        "s1-act": "arrive",
        "s1-signer": "门卫老李",
        "s1-moisture_method": "oven",
    }
    form |= {"s1-at": local(town.now - timedelta(minutes=60)), "s1-gross_t": "28"}
    assert seat(town, desk, "gate").get(f"/paper/continue/{number}").status_code == 200
    assert seat(town, desk, "store").get(f"/paper/continue/{number}").status_code == 404
    assert seat(town, desk, "plant").post(f"/paper/continue/{number}", data=form).status_code == 403
    answer = seat(town, desk, "gate").post(f"/paper/continue/{number}", data=form)
    assert answer.status_code == 302, answer.text
    assert rows(town, select(Manifest.custody_state)) == [CustodyState.ARRIVED]


def test_the_regulator_closes_a_window(town: Haulage, desk: Desk) -> None:
    window_id, late = opened(town), typed(town)
    regulator = seat(town, desk, "regulator")
    assert f"/emergency/close/{window_id}" in regulator.get("/emergency").text
    assert seat(town, desk, "plant").post(f"/emergency/close/{window_id}").status_code == 403
    assert regulator.post(f"/emergency/close/{window_id}").status_code == 302
    row = rows(town, select(EmergencyWindow))[0]
    assert (row.enter_until, row.closed_by_id) == (town.now, town.people["regulator"].id)
    town.session.commit()
    assert regulator.post(f"/emergency/close/{window_id}").status_code == 422
    assert regulator.post("/emergency/close/99").status_code == 404
    assert seat(town, desk, "plant").post("/paper/enter", data=late).status_code == 422
