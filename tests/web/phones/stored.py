"""What did the service store of a phone?"""

from typing import Any

from sqlalchemy import Engine, select

from models.fixes import FixRow
from models.session import write_sessions
from models.vocabulary import E7
from tests.web.phones.conversations import LAT, LON, NOON_S


def rows(engine: Engine, table: Any) -> list[Any]:
    with write_sessions(engine)() as session:
        return list(session.scalars(select(table)))


def the_fix(engine: Engine) -> Any:
    [fix] = rows(engine, FixRow)
    assert (fix.time_ms, fix.lat_e7, fix.lon_e7) == (NOON_S * 1000, round(LAT * E7), round(LON * E7))
    return fix
