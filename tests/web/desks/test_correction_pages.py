"""Corrections, holds, the regulator's queue and drivers of legs, as people press the buttons."""

from io import BytesIO

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models.corrections import Correction, CorrectionQuestion, Hold
from models.custody_words import Act, CorrectionState
from models.manifests import Leg, Manifest
from tests.tracking.custody.haulage import Haulage
from tests.web.desks.conftest import Desk

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 32
GROSS = "weighings.loaded.gross_kg"


@pytest.fixture
def number(town: Haulage) -> str:
    """A manifest on the road."""
    found = town.on_the_road()
    town.session.commit()
    return found


def the_correction(engine: Engine) -> Correction:
    with Session(engine) as session:
        return session.scalars(select(Correction).order_by(Correction.id.desc())).first()  # type: ignore[return-value]


def ask(desk: Desk, number: str, new: str = "28500", **more: object) -> int:
    typed = {"new": new, "reason": "磅单抄错", "seen": "28000.0"} | more
    path = f"/corrections/request/{number}?field={GROSS}"
    return desk("plant").post(path, data=typed).status_code


def test_a_correction_is_asked_for_and_agreed_by_every_party(
    desk: Desk, number: str, town: Haulage, engine: Engine
) -> None:
    fields = desk("plant").get(f"/corrections/of/{number}").text
    assert "28,000" in fields
    assert ask(desk, number, file=(BytesIO(PNG), "磅单.png")) == 302
    row = the_correction(engine)
    assert (row.old, row.new, row.state) == (28_000.0, 28_500.0, CorrectionState.OPEN)
    typed = {"decision": "accept"}
    for who in ("dispatcher", "gate"):
        assert number in desk(who).get("/corrections").text, who
        page = desk(who).get(f"/corrections/{row.id}").text
        assert "28,500" in page
        assert desk(who).get(f"/files/{row.evidence_id}").data == PNG
        assert desk(who).post(f"/corrections/{row.id}/answer", data=typed).status_code == 302, who
    assert the_correction(engine).state is CorrectionState.ACCEPTED
    assert "28,500" in desk("plant").get(f"/corrections/of/{number}").text
    assert desk("gate").post(f"/corrections/{row.id}/answer", data=typed).status_code == 422


def test_one_refusal_ends_it_and_needs_a_reason(desk: Desk, number: str, engine: Engine) -> None:
    assert ask(desk, number) == 302
    path = f"/corrections/{the_correction(engine).id}/answer"
    assert desk("gate").post(path, data={"decision": ""}).status_code == 422
    assert desk("gate").post(path, data={"decision": "refuse"}).status_code == 422
    assert desk("gate").post(path, data={"decision": "refuse", "reason": "与我方不符"}).status_code == 302
    assert the_correction(engine).state is CorrectionState.REFUSED


def test_whoever_asked_takes_it_back(desk: Desk, number: str, engine: Engine) -> None:
    assert ask(desk, number) == 302
    path = f"/corrections/{the_correction(engine).id}/withdraw"
    assert desk("gate").post(path).status_code == 403
    assert desk("plant").post(path).status_code == 302
    assert the_correction(engine).state is CorrectionState.WITHDRAWN


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"new": "28000"}, 422),  # the same
        ({"new": "-1"}, 422),
        ({"new": "nan"}, 422),
        ({"reason": ""}, 422),
        ({"seen": "1.0"}, 422),  # somebody changed it meanwhile
        ({"seen": "{"}, 400),
    ],
)
def test_a_request_that_does_not_go_is_refused(
    change: dict[str, str], status: int, desk: Desk, number: str, engine: Engine
) -> None:
    typed = {"new": "28500", "reason": "磅单抄错", "seen": "28000.0"} | change
    answer = desk("plant").post(f"/corrections/request/{number}?field={GROSS}", data=typed)
    assert answer.status_code == status, answer.text[-1500:]
    assert the_correction(engine) is None


def test_what_is_never_corrected_or_anothers_has_no_form(desk: Desk, number: str) -> None:
    for path in ("number", "issued_at", "weighings.loaded.at", "nonsense", ""):
        assert desk("plant").get(f"/corrections/request/{number}?field={path}").status_code == 404, path
    assert desk("store").get(f"/corrections/of/{number}").status_code == 404
    assert desk("store").get(f"/corrections/request/{number}?field={GROSS}").status_code == 404
    assert desk("driver").get(f"/corrections/of/{number}").status_code == 403


def test_the_regulator_asks_about_a_field_and_the_party_answers(
    desk: Desk, number: str, town: Haulage, engine: Engine
) -> None:
    path = f"/corrections/ask/{number}?field={GROSS}"
    assert desk("plant").get(path).status_code == 403
    typed = {"organisation": town.plant_org.code, "comment": "与轨迹不符"}
    assert desk("regulator").post(path, data=typed | {"comment": ""}).status_code == 422
    assert desk("regulator").post(path, data=typed).status_code == 302
    with Session(engine) as session:
        asked = session.scalars(select(CorrectionQuestion)).one()
    assert "与轨迹不符" in desk("plant").get("/corrections").text
    assert "与轨迹不符" not in desk("gate").get("/corrections").text
    reply = f"/corrections/questions/{asked.id}"
    assert desk("gate").get(reply).status_code == 404
    assert desk("plant").post(reply, data={"answer": "磅单属实"}).status_code == 302
    assert desk("plant").post(reply, data={"answer": "再答"}).status_code == 422


def test_a_hold_stops_the_manifest_until_it_is_lifted(
    desk: Desk, number: str, town: Haulage, engine: Engine
) -> None:
    path = f"/holds/{number}"
    for who in ("plant", "gate", "dispatcher", "driver"):
        assert desk(who).post(path, data={"reason": "x"}).status_code == 403, who
    regulator = desk("regulator")
    assert regulator.post(path, data={"reason": ""}).status_code == 422
    assert regulator.post(path, data={"reason": "待核查"}).status_code == 302
    assert "待核查" in regulator.get("/waiting").text
    assert ask(desk, number) == 422  # nothing is corrected while it is frozen
    assert regulator.post(path, data={"reason": "已核实"}).status_code == 302
    with Session(engine) as session:
        assert session.scalars(select(Hold)).one().lifted_at is not None
    assert ask(desk, number) == 302
    assert regulator.get("/holds/M-404").status_code == 404


def test_what_nobody_answered_is_the_regulators_to_decide(desk: Desk, number: str, engine: Engine) -> None:
    assert ask(desk, number) == 302
    row = the_correction(engine)
    answer = f"/corrections/{row.id}/answer"
    typed = {"decision": "accept", "reason": "磅单原件已核对"}
    assert desk("regulator").post(answer, data=typed).status_code == 422  # not escalated yet
    with Session(engine.execution_options(writes=True)) as session:
        session.get_one(Correction, row.id).state = CorrectionState.WITH_REGULATOR
        session.commit()
    assert number in desk("regulator").get("/waiting").text
    assert desk("regulator").post(answer, data=typed).status_code == 302
    assert the_correction(engine).state is CorrectionState.ACCEPTED


def test_late_manifests_stand_in_the_queue(desk: Desk, number: str, town: Haulage, engine: Engine) -> None:
    assert number not in desk("regulator").get("/waiting").text
    with Session(engine.execution_options(writes=True)) as session:
        row = session.scalars(select(Manifest).where(Manifest.number == number)).one()
        row.overdue, row.due_at = True, town.now
        session.commit()
    assert number in desk("regulator").get("/waiting").text
    for who in ("plant", "gate", "dispatcher", "driver"):
        assert desk(who).get("/waiting").status_code == 403, who


def test_a_carrier_gives_a_leg_to_a_driver(desk: Desk, town: Haulage, engine: Engine) -> None:
    number = town.drawn_up()
    town.sign(number, Act.ISSUE, "plant")
    town.session.commit()
    dispatcher, path = desk("dispatcher"), f"/hauls/1/{number}/driver"
    assert number in dispatcher.get("/hauls?part=upcoming").text
    assert number not in dispatcher.get("/hauls?part=done").text
    driver = town.people["driver"]
    assert dispatcher.post(path, data={"driver": town.people["master"].username}).status_code == 422
    assert dispatcher.post(path, data={"driver": driver.username}).status_code == 302
    with Session(engine) as session:
        assert session.scalars(select(Leg.driver_id)).one() == driver.id
    assert dispatcher.post(path, data={"driver": ""}).status_code == 302
    for who, status in (("plant", 403), ("driver", 403), ("regulator", 403)):
        assert desk(who).post(path, data={"driver": driver.username}).status_code == status, who
    assert dispatcher.get(f"/hauls/2/{number}/driver").status_code == 404
    assert dispatcher.get("/hauls/1/M-404/driver").status_code == 404


def test_a_leg_that_is_over_keeps_its_driver(desk: Desk, town: Haulage, number: str) -> None:
    town.sign(number, Act.ARRIVE, "gate", 50)
    town.session.commit()
    typed = {"driver": town.people["driver"].username}
    answer = desk("dispatcher").post(f"/hauls/1/{number}/driver", data=typed)
    assert (answer.status_code, "已结束" in answer.text) == (422, True)
    assert number in desk("dispatcher").get("/hauls?part=done").text
