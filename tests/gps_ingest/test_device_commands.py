"""Do the commands about devices do on the command line what the pages do?"""

import json
from collections.abc import Iterator

import orjson
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from cli.device import device as device_command
from gps_ingest.decoders.json_batch import decode
from gps_ingest.store.acceptance import Arrival, accept_all
from gps_ingest.store.devices import device_of_token
from gps_ingest.store.raw_messages import Message
from gps_ingest.store.receive import take_message
from models.fixes import RawRelease
from models.fleet import Device, DeviceBinding
from models.journeys import Watermark
from models.session import write_sessions
from models.thresholds import DoubtThresholds
from models.vocabulary import Datum, Protocol, ReleaseDecision
from tests.commands import configured
from tests.factories import DAY, ms, vehicle

FIX = {"time": ms(DAY), "lat": 31.25, "lon": 120.5}


@pytest.fixture(autouse=True)
def _configured(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with configured(database_url, monkeypatch):
        yield


@pytest.fixture
def trucks(engine: Engine) -> None:
    with write_sessions(engine).begin() as session:
        vehicle(session, code="V1")
        vehicle(session, code="V2")


def device(*arguments: str) -> Result:
    return CliRunner().invoke(device_command, arguments)


def stored(engine: Engine, code: str = "D1") -> Device:
    with Session(engine) as session:
        return session.scalars(select(Device).where(Device.code == code)).one()


def send(engine: Engine, code: str, *items: object) -> None:
    message = Message(code, Protocol.JSON, orjson.dumps(items), "10.0.0.1", DAY)
    with write_sessions(engine).begin() as session:
        take_message(session, message, DoubtThresholds())


def test_a_device_is_registered_with_its_clock_and_model(engine: Engine) -> None:
    clock = ("--utc-offset-minutes", "480", "--model", "Z9")
    assert device("register", "D1", "--protocol", "jt808", *clock).exit_code == 0
    row = stored(engine)
    assert (row.model, row.utc_offset_minutes, row.datum) == ("Z9", 480, Datum.WGS84)
    assert device("change", "D1", "--utc-offset-minutes", "format", "--model", "").exit_code == 0
    row = stored(engine)
    assert (row.model, row.utc_offset_minutes) == (None, None)


def test_what_is_left_out_of_a_change_stays(engine: Engine) -> None:
    device("register", "D1", "--protocol", "jt808", "--utc-offset-minutes", "60", "--model", "Z9")
    assert device("change", "D1", "--datum", "gcj02").exit_code == 0
    row = stored(engine)
    found = (row.protocol, row.datum, row.model, row.utc_offset_minutes)
    assert found == (Protocol.JT808, Datum.GCJ02, "Z9", 60)


def test_another_datum_has_the_vehicle_looked_at_again(engine: Engine, trucks: None) -> None:
    device("register", "D1", "--protocol", "json", "--vehicle", "V1", "--from", "2026-01-01T00:00:00Z")
    send(engine, "D1", FIX)
    with write_sessions(engine).begin() as session:
        session.scalars(select(Watermark)).one().dirty_from_ms = None
    assert "analysed again" not in device("change", "D1", "--datum", "wgs84").stdout
    assert "analysed again" in device("change", "D1", "--datum", "gcj02").stdout
    with Session(engine) as session:
        assert session.scalars(select(Watermark.dirty_from_ms)).one() == ms(DAY)


def test_a_device_changes_its_vehicle_and_is_taken_off(engine: Engine, trucks: None) -> None:
    device("register", "D1", "--protocol", "json", "--vehicle", "V1", "--from", "2026-01-01T00:00:00Z")
    assert device("bind", "D1", "V2", "--from", "2026-02-01T00:00:00Z").exit_code == 0
    assert device("unbind", "D1", "--at", "2026-03-01T00:00:00Z").exit_code == 0
    again = device("unbind", "D1")
    assert (again.exit_code, "rides on no vehicle" in again.stderr) == (1, True)
    with Session(engine) as session:
        stays = session.scalars(select(DeviceBinding).order_by(DeviceBinding.valid_from)).all()
        ends = [stay.valid_to.isoformat()[:10] if stay.valid_to else None for stay in stays]
    assert ends == ["2026-02-01", "2026-03-01"]


def test_a_stay_does_not_end_before_it_began(trucks: None) -> None:
    device("register", "D1", "--protocol", "json", "--vehicle", "V1", "--from", "2026-02-01T00:00:00Z")
    refused = device("unbind", "D1", "--at", "2026-01-01T00:00:00Z")
    assert (refused.exit_code, "has a stay from" in refused.stderr) == (1, True)


def test_out_of_service_and_back(engine: Engine) -> None:
    device("register", "D1", "--protocol", "json")
    token = device("token", "D1").stdout.strip()
    assert device("out-of-service", "D1").exit_code == 0
    send(engine, "D1", FIX)
    with Session(engine) as session:
        assert device_of_token(session, token) is None
    refused = device("release", "D1")
    assert (refused.exit_code, "out of service" in refused.stderr) == (1, True)
    assert device("in-service", "D1").exit_code == 0
    assert device("release", "D1").stdout == "1 messages, 1 fixes that are new\n"
    with Session(engine) as session:
        release = session.scalars(select(RawRelease)).one()
        assert (release.released_by, release.accepted, release.not_taken) == ("command line", 1, 0)
        assert device_of_token(session, token) == "D1"


def send_unproven(engine: Engine, code: str) -> str:
    """The number of a message whose sender did not prove to be the device."""
    message = Message(code, Protocol.JSON, orjson.dumps([{**FIX, "lat": 30.0}]), "10.0.0.2", DAY)
    arrival = Arrival(message, decode(message.body), distrust="the sender showed no token")
    with write_sessions(engine).begin() as session:
        [acceptance] = accept_all(session, [arrival], DoubtThresholds())
    return str(acceptance.raw_id)


def test_what_was_not_proved_is_released_by_a_word_of_its_own(engine: Engine) -> None:
    device("register", "D1", "--protocol", "json")
    raw_id = send_unproven(engine, "D1")
    nothing = device("release", "D1")
    assert nothing.stdout == "0 messages, 0 fixes that are new\n"
    assert "1 messages wait still" in nothing.stderr
    assert f"up to {raw_id}" in device("waiting").stdout
    assert "not proved: the sender showed no token" in device("waiting").stdout
    refused = device("release", "D1", "--up-to", raw_id)
    assert (refused.exit_code, "did not prove" in refused.stderr) == (1, True)
    said = device("release", "D1", "--up-to", raw_id, "--unproven").stdout
    assert said == "1 messages, 1 fixes that are new\n"


def test_what_came_over_another_protocol_is_released_by_a_word_of_its_own(engine: Engine) -> None:
    send(engine, "D1", FIX)
    device("register", "D1", "--protocol", "osmand")
    assert device("release", "D1").stdout == "0 messages, 0 fixes that are new\n"
    assert device("release", "D1", "--other-protocol").stdout == "1 messages, 1 fixes that are new\n"


def test_what_is_rejected_waits_no_longer(engine: Engine) -> None:
    raw_id = send_unproven(engine, "D9")
    assert device("reject", "D9", "--up-to", raw_id).stdout == "1 messages rejected\n"
    assert device("waiting").stdout == "nothing waits\n"
    other = device("reject", "D1", "--up-to", raw_id)
    assert (other.exit_code, "is none of 'D1'" in other.stderr) == (1, True)
    assert device("reject", "D9").exit_code == 2
    with Session(engine) as session:
        assert session.scalars(select(RawRelease.decision)).one() is ReleaseDecision.REJECTED


def test_a_token_is_revoked(engine: Engine) -> None:
    device("register", "D1", "--protocol", "json")
    token = device("token", "D1").stdout.strip()
    assert token not in device("token", "D1", "--revoke").stdout
    with Session(engine) as session:
        assert device_of_token(session, token) is None


def test_the_registration_of_a_replaced_terminal_is_forgotten(engine: Engine) -> None:
    device("register", "13800138000", "--protocol", "jt808")
    device("token", "13800138000")
    with write_sessions(engine).begin() as session:
        session.scalars(select(Device)).one().terminal_id = "70111-A-1"
    assert device("clear-registration", "13800138000").exit_code == 0
    row = stored(engine, "13800138000")
    assert (row.terminal_id, row.token_hash) == (None, None)


def test_what_waits_is_told_by_sender_and_reason(engine: Engine) -> None:
    assert device("waiting").stdout == "nothing waits\n"
    send(engine, "D9", FIX)
    send(engine, "D9", {**FIX, "lat": 31.0})
    device("register", "D1", "--protocol", "json")
    send(engine, "D1", FIX, {"lat": 1})
    assert "D9 (not registered): 2 messages" in device("waiting").stdout
    lines = [json.loads(line) for line in device("waiting", "--format", "jsonl").stdout.splitlines()]
    assert sorted((line["code"], line["messages"], line["reason"]) for line in lines) == sorted(
        [("D1", 1, None), ("D9", 2, "the device is not registered")], key=str
    )


def test_what_a_vendor_means_is_described_and_forgotten() -> None:
    described = device("model", "describe", "Z9", "load_kg", "--tlv", "E5", "--width", "2", "--scale", "10")
    assert described.exit_code == 0
    again = device("model", "describe", "Z9", "load_kg", "--tlv", "E6", "--width", "4", "--signed")
    assert again.exit_code == 0
    device("register", "D1", "--protocol", "jt808", "--model", "Z9")
    device("register", "D2", "--protocol", "jt808", "--model", "unknown")
    lines = [json.loads(line) for line in device("model", "list", "--format", "jsonl").stdout.splitlines()]
    field = {"tlv_id": 0xE6, "offset_bytes": 0, "width_bytes": 4, "signed": True, "scale": 1.0}
    assert lines == [
        {"name": "Z9", "fields": [field | {"quantity": "load_kg"}], "devices": 1},
        {"name": "unknown", "fields": [], "devices": 1},
    ]
    assert "load_kg = 1 × TLV E6, bytes 0 to 3, signed" in device("model", "list").stdout
    assert device("model", "forget", "Z9", "load_kg").exit_code == 0
    assert device("model", "forget", "Z9", "load_kg").exit_code == 1
    names = [json.loads(line) for line in device("model", "list", "--format", "jsonl").stdout.splitlines()]
    assert [(line["name"], line["fields"]) for line in names] == [("Z9", []), ("unknown", [])]


@pytest.mark.parametrize(
    ("arguments", "status", "sentence"),
    [
        (("register", "D2", "--protocol", "json", "--utc-offset-minutes", "900"), 1, "outside -720 to 840"),
        (("register", "D2", "--protocol", "json", "--model", "x" * 65), 1, "the model's name"),
        (("change", "D404"), 1, "device 'D404' is not registered"),
        (("change", "D1", "--utc-offset-minutes", "east"), 2, "no number of minutes"),
        (("bind", "D1", "V404"), 1, "there is no vehicle 'V404'"),
        (("out-of-service", "D404"), 1, "device 'D404' is not registered"),
        (("model", "describe", "Z", "load_kg", "--tlv", "XY", "--width", "2"), 2, "not hexadecimal"),
        (("model", "describe", "Z", "load_kg", "--tlv", "1FF", "--width", "2"), 1, "outside 0 to 255"),
        (("model", "describe", "Z", "load_kg", "--tlv", "E5", "--width", "9"), 1, "outside 1 to 8"),
        (("model", "describe", "Z", "load_kg", "--tlv", "E5", "--width", "2", "--scale", "0"), 1, "nothing"),
        (("model", "describe", "Z", "fuel", "--tlv", "E5", "--width", "2"), 2, "is not one of"),
    ],
)
def test_what_is_refused(arguments: tuple[str, ...], status: int, sentence: str) -> None:
    device("register", "D1", "--protocol", "json")
    result = device(*arguments)
    assert (result.exit_code, sentence in result.stderr) == (status, True), result.stderr
