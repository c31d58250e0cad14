"""What administrators and regulators keep: people, fleet, tokens, limits, permits, plans, diversions."""

from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from models.api_access import ApiToken
from models.corrections import EmergencyWindow
from models.fleet import Scale, Vehicle
from models.limits import RuleLimit
from models.manifests import Diversion
from models.organisations import Organisation, User
from models.permits import FacilityPermit, Plan, TransferApproval, VehicleLicence
from models.vocabulary import FacilityKind, Role
from tests import cast
from tests import factories as make
from tests.cast import Cast
from tests.web.conftest import SignIn
from tracking.operations.seed_limits import seed_limits


@pytest.fixture
def admin(sign_in: SignIn) -> FlaskClient:
    return sign_in(cast.ADMINISTRATOR)


@pytest.fixture
def regulator(sign_in: SignIn) -> FlaskClient:
    return sign_in(cast.REGULATOR)


def one(engine: Engine, table: Any, **where: Any) -> Any:
    with Session(engine) as session:
        return session.scalars(select(table).filter_by(**where)).one_or_none()


def count(engine: Engine, table: Any) -> int:
    with Session(engine) as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def person(**change: str) -> dict[str, str]:
    typed = {"username": "zhou", "display_name": "周师傅", "role": "driver", "organisation": "SD"}
    return typed | change


def test_a_driver_is_let_in_changed_ended_and_let_in_again(
    admin: FlaskClient, engine: Engine, sign_in: SignIn
) -> None:
    at = "/administration/users"
    added = admin.post(f"{at}/add", data=person())
    assert (added.status_code, "/password/" in added.text) == (200, True)
    assert one(engine, User, username="zhou").role is Role.DRIVER
    assert "周师傅" in admin.get("/users").text
    change = {"display_name": "周船长", "role": "driver", "organisation": "TT"}
    assert admin.post(f"{at}/zhou/change", data=change).status_code == 302
    changed = one(engine, User, username="zhou")
    assert (changed.display_name, changed.session_version) == ("周船长", 2)
    assert admin.post(f"{at}/zhou/password").status_code == 200
    assert one(engine, User, username="zhou").password_hash == changed.password_hash
    assert admin.post(f"{at}/zhou/service").status_code == 302
    assert not one(engine, User, username="zhou").active
    assert admin.post(f"{at}/zhou/service").status_code == 302
    assert one(engine, User, username="zhou").active


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"username": "周"}, "账号名"),
        ({"username": cast.PLANT}, cast.PLANT),
        ({"organisation": ""}, "必填"),
        ({"organisation": "QY"}, "单位类别"),
        ({"role": "king"}, "不是有效的选择"),
    ],
)
def test_a_login_that_cannot_be_is_refused_and_what_was_typed_stays(
    change: dict[str, str], said: str, admin: FlaskClient, engine: Engine
) -> None:
    before = count(engine, User)
    answer = admin.post("/administration/users/add", data=person(**change))
    assert (answer.status_code, said in answer.text, "周师傅" in answer.text) == (422, True, True)
    assert count(engine, User) == before


def test_the_last_administrator_stays(admin: FlaskClient, engine: Engine) -> None:
    answer = admin.post(f"/administration/users/{cast.ADMINISTRATOR}/service")
    assert answer.status_code == 422
    assert one(engine, User, username=cast.ADMINISTRATOR).active


def test_organisations_vehicles_and_scales_are_kept(admin: FlaskClient, engine: Engine, people: Cast) -> None:
    at = "/administration"
    new = {"code": "NEW", "name": "新运输", "kind": "hauler"}
    assert admin.post(f"{at}/organisations/add", data=new).status_code == 302
    assert admin.post(f"{at}/organisations/add", data=new).status_code == 422  # the code is taken
    changed = new | {"name": "新新运输"}
    assert admin.post(f"{at}/organisations/change/NEW", data=changed).status_code == 302
    assert one(engine, Organisation, code="NEW").name == "新新运输"

    truck = {"code": "V-NEW", "name": "苏E·N0001", "mode": "road", "organisation": "NEW", "tare_kg": "11000"}
    assert admin.post(f"{at}/vehicles/add", data=truck).status_code == 302
    assert one(engine, Vehicle, code="V-NEW").tare_kg == 11_000.0
    for wrong in ({"tare_kg": "nan"}, {"tare_kg": "-1"}, {"tare_kg": "1e400"}, {"mmsi": "12"}):
        answer = admin.post(f"{at}/vehicles/change/V-NEW", data=truck | wrong)
        assert answer.status_code == 422, wrong
    assert admin.post(f"{at}/vehicles/end/V-NEW").status_code == 302
    assert one(engine, VehicleLicence).valid_to is not None

    scale = {"code": "S-NEW", "facility": "SITE", "accuracy_class": "III", "division_kg": "20"}
    assert admin.post(f"{at}/scales/add", data=scale).status_code == 302
    assert one(engine, Scale, code="S-NEW").division_kg == 20.0
    assert "S-NEW" in admin.get(f"{at}/scales").text
    assert admin.get(f"{at}/scales/change/S-404").status_code == 404


def test_a_token_is_shown_once_and_revoked(admin: FlaskClient, engine: Engine) -> None:
    typed = {"name": "北门地磅", "user": cast.SITE, "scopes": ["weighbridge", "read"]}
    text = admin.post("/administration/tokens/give", data=typed).text
    assert "slt_" in text
    row = one(engine, ApiToken)
    assert sorted(row.scopes) == ["read", "weighbridge"]
    again = admin.get("/administration/tokens").text
    assert ("slt_" in again, "北门地磅" in again) == (False, True)
    assert admin.post(f"/administration/tokens/{row.id}/revoke").status_code == 302
    assert one(engine, ApiToken).revoked_at is not None
    assert admin.get("/administration/tokens/999/revoke").status_code == 404


@pytest.mark.parametrize(
    ("change", "said"),
    [({"scopes": []}, "权限范围"), ({"name": ""}, "此项必填"), ({"expires_at": "2020-01-01T00:00"}, "已过")],
)
def test_a_token_needs_name_scopes_and_a_future(
    change: dict[str, Any], said: str, admin: FlaskClient, engine: Engine
) -> None:
    typed = {"name": "北门地磅", "user": cast.SITE, "scopes": ["read"]} | change
    answer = admin.post("/administration/tokens/give", data=typed)
    assert (answer.status_code, said in answer.text, count(engine, ApiToken)) == (422, True, 0)


def limit(**change: str) -> dict[str, str]:
    typed = {"subject": "moisture_into:landfill", "value": "0.55", "standard": "GB/T 23485-2026"}
    return typed | {"valid_from": "2026-01-01"} | change


def test_a_limit_is_entered_by_one_and_confirmed_by_another(
    regulator: FlaskClient, admin: FlaskClient, engine: Engine
) -> None:
    assert regulator.post("/rules/enter", data=limit()).status_code == 302
    row = one(engine, RuleLimit)
    assert (row.value, row.confirmed, row.valid_from) == (0.55, False, date(2026, 1, 1))
    assert "未核定" in regulator.get("/rules").text
    assert regulator.post(f"/rules/{row.id}/confirm").status_code == 403
    assert admin.post("/rules/enter", data=limit()).status_code == 403
    assert admin.post(f"/rules/{row.id}/confirm", data={"note": "第 3 页"}).status_code == 302
    assert one(engine, RuleLimit).confirmed
    assert regulator.post("/rules/enter", data=limit(value="0.5")).status_code == 422  # never changed
    assert admin.get("/rules/999/confirm").status_code == 404


@pytest.mark.parametrize(
    "change",
    [{"subject": "colour"}, {"value": "1.5"}, {"value": "inf"}, {"value": ""}, {"valid_from": "2026-02-30"}],
)
def test_a_limit_that_cannot_be_is_refused(
    change: dict[str, str], regulator: FlaskClient, engine: Engine
) -> None:
    answer = regulator.post("/rules/enter", data=limit(**change))
    assert (answer.status_code, "GB/T 23485-2026" in answer.text, count(engine, RuleLimit)) == (422, True, 0)


def test_the_seeded_table_is_told_in_words(regulator: FlaskClient, engine: Engine) -> None:
    with Session(engine.execution_options(writes=True)) as session:
        seed_limits(session)
        session.commit()
    text = regulator.get("/rules").text
    assert "出厂污泥含水率" in text
    assert "80.0" in text


def test_permits_licences_and_approvals_are_entered(
    regulator: FlaskClient, engine: Engine, people: Cast
) -> None:
    permit: dict[str, Any] = {
        "facility": "SITE",
        "number": "XK-1",
        "valid_from": "2026-01-01",
        "t_per_day": "120",
    }
    permit |= {"sludge_kinds": ["dewatered"], "moisture": "80"}
    assert regulator.post("/permits/permit", data=permit).status_code == 302
    row = one(engine, FacilityPermit)
    assert (row.sludge_kinds, row.methods, row.max_moisture_fraction) == (["dewatered"], None, 0.8)
    licence = {"vehicle": "V-QY-1", "number": "YY-1", "valid_from": "2026-01-01"}
    assert regulator.post("/permits/licence", data=licence).status_code == 302
    assert one(engine, VehicleLicence).number == "YY-1"
    approval = {"number": "PZ-1", "origin": "P-QY-1", "destination": "SITE", "valid_from": "2026-01-01"}
    assert regulator.post("/permits/approval", data=approval).status_code == 302
    assert one(engine, TransferApproval).number == "PZ-1"
    text = regulator.get("/permits").text
    assert all(number in text for number in ("XK-1", "YY-1", "PZ-1"))
    assert regulator.post(f"/permits/permit/{row.id}/revoke", data={"on": "2026-02-28"}).status_code == 302
    assert one(engine, FacilityPermit).revoked_on == date(2026, 2, 28)
    wrong = permit | {"number": "XK-2", "valid_to": "2025-12-31"}
    assert regulator.post("/permits/permit", data=wrong).status_code == 422
    assert regulator.post("/permits/licence", data=licence | {"vehicle": "V-404"}).status_code == 422
    assert regulator.get("/permits/permit/999/revoke").status_code == 404


def plan(**change: str) -> dict[str, str]:
    typed = {"code": "P-1", "name": "清源至绿烧", "origin": "P-QY-1", "destination": "SITE"}
    typed |= {"sludge_kind": "dewatered", "quota_t": "60000", "valid_from": "2026-01-01"}
    leg = {"mode": "road", "carrier": "SD", "origin": "P-QY-1", "destination": "SITE", "vehicle": "V-QY-1"}
    return typed | {f"legs-0-{name}": value for name, value in leg.items()} | change


def test_a_plan_is_entered_changed_and_stopped(
    regulator: FlaskClient, engine: Engine, sign_in: SignIn
) -> None:
    assert regulator.post("/plans/enter", data=plan()).status_code == 302
    assert regulator.post("/plans/enter", data=plan()).status_code == 422  # the number is taken
    form = regulator.get("/plans/change/P-1").text
    assert 'value="清源至绿烧"' in form
    assert 'value="V-QY-1"' in form
    assert regulator.post("/plans/change/P-1", data=plan(quota_t="500")).status_code == 302
    assert one(engine, Plan).quota_t == 500.0
    assert "P-1" in sign_in(cast.PLANT).get("/plans").text
    assert "P-1" not in sign_in(cast.RIVAL_PLANT).get("/plans").text
    assert regulator.post("/plans/service/P-1").status_code == 302
    assert not one(engine, Plan).active
    assert regulator.get("/plans/change/P-404").status_code == 404
    assert sign_in(cast.PLANT).post("/plans/enter", data=plan(code="P-2")).status_code == 403


def test_a_leg_that_leads_elsewhere_is_told_beside_its_field(regulator: FlaskClient, engine: Engine) -> None:
    answer = regulator.post("/plans/enter", data=plan(**{"legs-0-destination": "P-BH-1"}))
    assert answer.status_code == 422
    assert 'href="#legs-0-destination"' in answer.text
    assert count(engine, Plan) == 0


def test_a_site_stands_in_for_another_for_a_time(
    regulator: FlaskClient, engine: Engine, people: Cast
) -> None:
    with Session(engine.execution_options(writes=True)) as session:
        make.facility(session, FacilityKind.SITE, None, (120.3, 31.2), code="SITE-2", name="二厂")
        session.commit()
    typed = {"from_site": "SITE", "to_site": "SITE-2", "reason": "停炉检修"}
    typed |= {"valid_from": "2026-03-01T00:00", "valid_to": "2026-03-09T00:00"}
    assert regulator.post("/emergency/divert", data=typed | {"to_site": "SITE"}).status_code == 422
    back = typed | {"valid_to": "2026-02-01T00:00"}
    assert regulator.post("/emergency/divert", data=back).status_code == 422
    assert regulator.post("/emergency/divert", data=typed).status_code == 302
    row = one(engine, Diversion)
    assert row.code in regulator.get("/emergency").text
    assert regulator.post(f"/emergency/divert/{row.code}/end").status_code == 302
    assert one(engine, Diversion).valid_to < row.valid_to


def test_a_window_for_paper_is_opened(regulator: FlaskClient, admin: FlaskClient, engine: Engine) -> None:
    typed = {"covers_from": "2026-03-01T08:00", "covers_to": "2026-03-01T18:00", "reason": "机房断电"}
    typed |= {"enter_until": "2026-03-20T00:00", "organisation": "QY"}
    assert (
        regulator.post("/emergency/open", data=typed | {"covers_to": "2026-03-01T07:00"}).status_code == 422
    )
    assert regulator.post("/emergency/open", data=typed | {"reason": ""}).status_code == 422
    assert regulator.post("/emergency/open", data=typed).status_code == 302
    assert one(engine, EmergencyWindow).reason == "机房断电"
    assert "机房断电" in admin.get("/emergency").text
    assert admin.post("/emergency/open", data=typed).status_code == 403


OF_ADMINISTRATORS = (
    "/administration/users/add",
    f"/administration/users/{cast.PLANT}/change",
    f"/administration/users/{cast.PLANT}/password",
    f"/administration/users/{cast.PLANT}/service",
    "/administration/organisations",
    "/administration/organisations/add",
    "/administration/vehicles/add",
    "/administration/vehicles/end/V-QY-1",
    "/administration/scales",
    "/administration/scales/add",
    "/administration/tokens",
    "/administration/tokens/give",
)


@pytest.mark.parametrize("path", OF_ADMINISTRATORS)
def test_only_the_administrator_administers(path: str, sign_in: SignIn) -> None:
    for username in cast.EVERYONE:
        expected = 200 if username == cast.ADMINISTRATOR else 403
        assert sign_in(username).get(path).status_code == expected, username


@pytest.mark.parametrize("path", ["/permits", "/rules", "/emergency", "/permits/permit", "/plans/enter"])
def test_parties_keep_no_rules(path: str, sign_in: SignIn) -> None:
    for username in cast.EVERYONE:
        watches = username in (cast.REGULATOR, cast.ADMINISTRATOR)
        assert sign_in(username).get(path).status_code == (200 if watches else 403), username


def test_every_form_has_its_token(admin: FlaskClient, service: Any) -> None:
    service.config["WTF_CSRF_ENABLED"] = True
    assert admin.post("/administration/users/add", data=person()).status_code == 400
    text = admin.get("/administration/users/add").text
    assert text.count('method="post"') == text.count('name="csrf_token"')


def test_a_site_enters_certificates_and_results_of_its_own(
    sign_in: SignIn, engine: Engine, people: Cast
) -> None:
    with Session(engine.execution_options(writes=True)) as session:
        make.scale(session, people.ours.site, code="S-LS")
        session.commit()
    site, at = sign_in(cast.SITE), "/measurements"
    paper = {"scale": "S-LS", "number": "JD-1", "issuer": "市计量院"}
    paper |= {"valid_from": "2026-01-01", "valid_to": "2026-12-31"}
    assert site.post(f"{at}/certificate", data=paper | {"valid_to": "2025-01-01"}).status_code == 422
    assert site.post(f"{at}/certificate", data=paper).status_code == 302
    found = {
        "facility": "SITE",
        "period_from": "2026-02-01",
        "period_to": "2026-02-28",
        "laboratory": "化验室",
    }
    found |= {"report_number": "HY-1", "analyte": "cd", "value": "1.2", "unit": "mg/kg"}
    assert site.post(f"{at}/result", data=found | {"value": "nan"}).status_code == 422
    assert site.post(f"{at}/result", data=found).status_code == 302
    assert site.post(f"{at}/result", data=found).status_code == 422  # the result is there
    for username in (cast.SITE, cast.REGULATOR):
        text = sign_in(username).get(at).text
        assert ("JD-1" in text, "HY-1" in text) == (True, True), username
    assert "JD-1" not in sign_in(cast.PLANT).get(at).text
    assert sign_in(cast.PLANT).post(f"{at}/certificate", data=paper).status_code == 422  # not its scale
    assert sign_in(cast.REGULATOR).get(f"{at}/certificate").status_code == 403
    assert sign_in(cast.HAULER).get(at).status_code == 403
