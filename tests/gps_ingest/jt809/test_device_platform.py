"""Does the command line say which platform is believed about a vehicle?"""

from collections.abc import Iterator

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from cli.device import device as device_command
from gps_ingest.store.platforms import add_platform
from models.fleet import Device, Platform
from models.session import write_sessions
from tests.commands import configured

CODE = "苏E12345-2"


@pytest.fixture(autouse=True)
def _two_platforms(database_url: str, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with write_sessions(engine).begin() as session:
        add_platform(session, "1001", "运输企业平台", 11, "secret88")
        add_platform(session, "2002", "另一平台", 22, "secret99")
    with configured(database_url, monkeypatch):
        yield


def device(*arguments: str) -> Result:
    return CliRunner().invoke(device_command, arguments)


def believed(engine: Engine) -> str | None:
    """The user name of the platform that is believed about the device."""
    with Session(engine) as session:
        tied = select(Platform.code).join(Device, Device.platform_id == Platform.id)
        return session.scalar(tied.where(Device.code == CODE))


def test_a_vehicle_is_registered_with_its_platform(engine: Engine) -> None:
    assert device("register", CODE, "--protocol", "jt809", "--platform", "1001").exit_code == 0
    assert believed(engine) == "1001"


def test_the_platform_changes_stays_when_left_out_and_is_taken_away(engine: Engine) -> None:
    device("register", CODE, "--protocol", "jt809")
    assert believed(engine) is None
    steps = (
        (("--platform", "1001"), "1001"),
        (("--datum", "gcj02"), "1001"),
        (("--platform", "2002"), "2002"),
        (("--platform", ""), None),
    )
    for options, then in steps:
        assert device("change", CODE, *options).exit_code == 0
        assert believed(engine) == then, options


def test_an_unknown_platform_registers_and_changes_nothing(engine: Engine) -> None:
    refused = device("register", CODE, "--protocol", "jt809", "--platform", "9009")
    assert (refused.exit_code, "platform '9009' is not registered" in refused.stderr) == (1, True)
    assert device("change", CODE).exit_code == 1  # nothing was registered
    device("register", CODE, "--protocol", "jt809", "--platform", "1001")
    assert device("change", CODE, "--platform", "9009", "--datum", "gcj02").exit_code == 1
    assert believed(engine) == "1001"
