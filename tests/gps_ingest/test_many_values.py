"""Is a question about many values answered on both engines, whatever the values are?"""

import pytest
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from gps_ingest.store.known_devices import known_devices
from gps_ingest.store.many_values import is_among
from models.fleet import Device
from models.vocabulary import Datum, Protocol

ODD = ["沪A·12345", "it's", 'a "quote"', "{1,2}", "[]", "NULL", "a,b", "\\", "%s", ":code", "👷"]


@pytest.fixture
def devices(session: Session) -> Session:
    """Two thousand devices, some with odd names."""
    codes = [*ODD, *(f"D{number}" for number in range(2000))]
    rows = [
        {"code": code, "protocol": Protocol.JSON, "datum": Datum.WGS84, "active": code != "D7"}
        for code in codes
    ]
    session.execute(insert(Device), rows)
    session.commit()
    return session


@pytest.mark.parametrize("wanted", [[], ["D1"], ODD, [f"D{number}" for number in range(2000)]])
def test_texts(devices: Session, wanted: list[str]) -> None:
    found = devices.scalars(select(Device.code).where(is_among(devices, Device.code, [*wanted, "nobody"])))
    assert sorted(found) == sorted(wanted)


def test_numbers_small_and_large(devices: Session) -> None:
    first = devices.scalars(select(Device.id).order_by(Device.id)).first()
    assert first is not None
    condition = is_among(devices, Device.id, [first, 2**40, -1])
    assert devices.scalars(select(Device.id).where(condition)).all() == [first]
    assert devices.scalars(select(Device.id).where(is_among(devices, Device.id, []))).all() == []


def test_devices_that_are_known_and_in_service(devices: Session) -> None:
    known = known_devices(devices, {"D7", "D8", "nobody", "with\0nul", *ODD})
    assert set(known) == {"D7", "D8", *ODD}
    assert [known[code][1] for code in ("D7", "D8")] == [False, True]
