"""Does an administrator say on the pages which platform is believed about a vehicle of JT/T 809?"""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from gps_ingest.store.platforms import add_platform, set_active
from models.fleet import Device, Platform
from models.session import write_sessions
from tests import cast
from tests.web.conftest import SignIn

CODE = "苏E12345-2"
NEW = {"code": CODE, "protocol": "jt809", "datum": "wgs84", "model": "", "utc_offset_minutes": ""}
REGISTER = "/administration/devices/register"
CHANGE = f"/administration/devices/change/{CODE}"
MANAGE = f"/administration/devices/manage/{CODE}"


@pytest.fixture
def admin(engine: Engine, sign_in: SignIn) -> FlaskClient:
    with write_sessions(engine).begin() as session:
        add_platform(session, "1001", "运输企业平台", 11, "secret88")
        add_platform(session, "2002", "停用的平台", 22, "secret99")
        set_active(session, "2002", active=False)
    return sign_in(cast.ADMINISTRATOR)


def believed(engine: Engine) -> str | None:
    """The user name of the platform that is believed about the device."""
    with Session(engine) as session:
        tied = select(Platform.code).join(Device, Device.platform_id == Platform.id)
        return session.scalar(tied.where(Device.code == CODE))


def registered(engine: Engine) -> bool:
    with Session(engine) as session:
        return session.scalar(select(Device.id).where(Device.code == CODE)) is not None


def test_a_vehicle_is_registered_with_its_platform(engine: Engine, admin: FlaskClient) -> None:
    assert admin.post(REGISTER, data=NEW | {"platform": "1001"}).status_code == 302
    assert believed(engine) == "1001"
    assert '<option selected value="1001">1001 运输企业平台</option>' in admin.get(MANAGE).text
    assert "<dd>1001 运输企业平台</dd>" in admin.get(f"/devices/{CODE}").text


def test_another_platform_is_believed_and_then_none(engine: Engine, admin: FlaskClient) -> None:
    admin.post(REGISTER, data=NEW)
    assert believed(engine) is None
    assert "未指定：其位置隔离待审" in admin.get(f"/devices/{CODE}").text
    for platform, then in (("1001", "1001"), ("2002", "2002"), ("", None)):
        assert admin.post(CHANGE, data=NEW | {"platform": platform}).status_code == 302
        assert believed(engine) == then


def test_a_platform_out_of_service_is_told_as_such(admin: FlaskClient) -> None:
    assert '<option value="2002">2002 停用的平台 (已停用)</option>' in admin.get(REGISTER).text


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"platform": "9009"}, "不是有效的选择"),
        ({"platform": "1001", "protocol": "jt808"}, "仅 JT/T 809 终端可指定下级平台"),
    ],
)
def test_what_cannot_be_is_refused_and_registers_nothing(
    change: dict[str, str], said: str, engine: Engine, admin: FlaskClient
) -> None:
    answer = admin.post(REGISTER, data=NEW | change)
    assert (answer.status_code, said in answer.text) == (422, True)
    assert not registered(engine)
