"""Are waybills and drivers' cards kept beside their messages, linked, without what is nobody's business?"""

from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models.fixes import DeviceRecord
from models.manifests import Manifest
from models.session import write_sessions
from models.vocabulary import FacilityKind, Protocol, RawStatus, RecordKind
from tests.factories import device, facility, manifest, ms, vehicle
from tests.gps_ingest.edges import Running, raws
from tests.gps_ingest.jt808.terminal import PHONE, bcd, converse, terminal

WAYBILL, CARD = 0x0701, 0x0702
NUMBER = "LSW-20260504-0007"
PERSON_NUMBER = b"310115200101010003"


@pytest.fixture(autouse=True)
def _truck(engine: Engine) -> None:
    with write_sessions(engine).begin() as session:
        device(session, vehicle(session), code=PHONE, protocol=Protocol.JT808)
        plant = facility(session, kind=FacilityKind.PLANT)
        manifest(session, plant, facility(session, kind=FacilityKind.SITE), number=NUMBER)


def records(engine: Engine) -> list[DeviceRecord]:
    with Session(engine) as session:
        return list(session.scalars(select(DeviceRecord).order_by(DeviceRecord.id)))


def waybill(text: str) -> bytes:
    data = text.encode("gbk")
    return len(data).to_bytes(4, "big") + data


def card(at: datetime, *, is_2019: bool = False, event: int = 1) -> bytes:
    """A driver's card as 2013 and 2019 send it."""
    name, issuer = "张三丰".encode("gbk"), "市交通运输局".encode("gbk")
    body = bytes((event,)) + bytes.fromhex(bcd(at)) + b"\x00"
    body += bytes((len(name),)) + name + b"L-778899".ljust(20, b"\0")
    body += bytes((len(issuer),)) + issuer + bytes.fromhex("20291231")
    return body + PERSON_NUMBER.ljust(20, b"\0") if is_2019 else body


def test_a_waybill_is_linked_to_its_manifest(engine: Engine) -> None:
    text = f"电子运单 污泥 12.5 t 联单号:{NUMBER},车号粤B12345"

    async def talk(gateway: Running) -> None:
        async with terminal(gateway.port) as truck:
            await truck.log_in()
            message = truck.message(WAYBILL, waybill(text))
            for _ in range(2):  # a repeated one is the same one
                await truck.write(message)
                assert (await truck.hear()).answer[1:] == (WAYBILL, 0)

    converse(engine, talk)
    [record] = records(engine)
    assert record.kind is RecordKind.WAYBILL
    assert record.facts == {"text": text}
    with Session(engine) as session:
        assert record.manifest_id == session.scalar(select(Manifest.id).where(Manifest.number == NUMBER))
    assert [record.raw_id] == [raw.id for raw in raws(engine)]


def test_a_waybill_without_a_known_manifest_is_kept_all_the_same(engine: Engine) -> None:
    async def talk(gateway: Running) -> None:
        async with terminal(gateway.port) as truck:
            await truck.log_in()
            await truck.say(WAYBILL, waybill("联单号 LSW-19990101-0001"))
            assert (await truck.say(WAYBILL, b"\0\0\0\x09short")).answer[2] == 2

    converse(engine, talk)
    [record] = records(engine)
    assert record.manifest_id is None
    assert [raw.status for raw in raws(engine)] == [RawStatus.ACCEPTED, RawStatus.REFUSED]


@pytest.mark.parametrize("is_2019", [False, True], ids=["2013", "2019"])
def test_of_a_drivers_card_only_what_the_law_asks_is_kept(engine: Engine, is_2019: bool) -> None:
    at = datetime.now(UTC).replace(microsecond=0)

    async def talk(gateway: Running) -> None:
        async with terminal(gateway.port, is_2019=is_2019) as truck:
            await truck.log_in()
            assert (await truck.say(CARD, card(at, is_2019=is_2019))).answer[1:] == (CARD, 0)
            assert (await truck.say(CARD, card(at, is_2019=is_2019, event=2)[:7])).answer[1:] == (CARD, 0)

    converse(engine, talk)
    put_in, taken_out = records(engine)
    assert put_in.facts == {
        "event": "in",
        "result": "read",
        "name": "张三丰",
        "licence": "L-778899",
        "issuer": "市交通运输局",
        "valid_until": "2029-12-31",
    }
    assert put_in.at_ms == ms(at)
    assert taken_out.facts == {"event": "out"}
    assert all(PERSON_NUMBER not in raw.body for raw in raws(engine))
    assert "张三丰".encode("gbk") in raws(engine)[0].body


def test_the_card_of_2011_has_its_persons_number_in_the_middle(engine: Engine) -> None:
    name, issuer = "李四光".encode("gbk"), "交通局".encode("gbk")
    body = bytes((len(name),)) + name + PERSON_NUMBER.ljust(20, b"\0") + b"L-1".ljust(40, b"\0")
    body += bytes((len(issuer),)) + issuer

    async def talk(gateway: Running) -> None:
        async with terminal(gateway.port) as truck:
            await truck.log_in()
            assert (await truck.say(CARD, body)).answer[2] == 0

    converse(engine, talk)
    [record] = records(engine)
    assert record.facts == {"event": "in", "name": "李四光", "licence": "L-1", "issuer": "交通局"}
    assert all(PERSON_NUMBER not in raw.body for raw in raws(engine))


@pytest.mark.parametrize("cut", [8, 12, 20, 40], ids=str)
def test_a_card_that_cannot_be_read_leaves_no_person_behind(engine: Engine, cut: int) -> None:
    broken = card(datetime.now(UTC), is_2019=True)
    broken = broken[:cut] + broken[-20:] if cut > 8 else broken[:8] + b"\xff" + broken[-20:]

    async def talk(gateway: Running) -> None:
        async with terminal(gateway.port, is_2019=True) as truck:
            await truck.log_in()
            await truck.say(CARD, broken)
            await truck.say(CARD, card(datetime.now(UTC), is_2019=True), told_bytes=3)

    converse(engine, talk)
    assert all(PERSON_NUMBER not in raw.body for raw in raws(engine))


def test_nobody_reports_before_the_login(engine: Engine) -> None:
    async def talk(gateway: Running) -> None:
        async with terminal(gateway.port) as truck:
            assert (await truck.say(CARD, card(datetime.now(UTC)))).answer[1:] == (CARD, 1)
            assert (await truck.say(WAYBILL, waybill(NUMBER))).answer[1:] == (WAYBILL, 1)
            assert (await truck.say(0x0900, b"x")).answer[1:] == (0x0900, 1)

    converse(engine, talk)
    assert raws(engine) == []
    assert records(engine) == []


def test_what_is_not_supported_is_said_so_and_kept(engine: Engine) -> None:
    async def talk(gateway: Running) -> None:
        async with terminal(gateway.port) as truck:
            await truck.log_in()
            assert (await truck.say(0x0900, b"\x41pass-through")).answer[1:] == (0x0900, 3)
            await truck.write(truck.message(0x0001, b"\0\0\x80\x01\0"))  # an answer: it hears nothing to it
            assert (await truck.say(0x0002)).answer[1:] == (0x0002, 0)

    converse(engine, talk)
    [raw] = raws(engine)
    assert raw.status is RawStatus.ACCEPTED
    assert b"pass-through" in raw.body
