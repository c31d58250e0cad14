"""On which database is ingest measured? A fresh migrated one of each engine, with registered devices."""

import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, func, insert, select

from bench.postgres_server import PostgresServer, running_server
from gps_ingest.store.devices import token_hash
from models.fixes import FixRow, RawMessage
from models.fleet import Device, DeviceBinding, Vehicle
from models.migrate import upgrade
from models.session import open_engine, read_sessions, write_sessions
from models.vocabulary import Datum, Mode, Protocol

ENGINES = ("sqlite", "postgresql")
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Fleet:
    """Registered devices, each on a vehicle, and the tokens that let them in."""

    codes: list[str]
    tokens: list[str]


@contextmanager
def servers(engines: tuple[str, ...] = ENGINES) -> Iterator[dict[str, PostgresServer | None]]:
    """Engine → its server, where it has one."""
    if "postgresql" not in engines:
        yield dict.fromkeys(engines)
        return
    with running_server() as server:
        yield {engine: server if engine == "postgresql" else None for engine in engines}


@contextmanager
def fresh_database(server: PostgresServer | None) -> Iterator[str]:
    """The URL of a migrated database without a row: on the server, or a SQLite file."""
    if server is not None:
        yield server.new_database()
        return
    with tempfile.TemporaryDirectory(prefix="sludgetrace-bench-") as folder:
        url = f"sqlite:///{folder}/bench.db"
        upgrade(url)
        yield url


def register_fleet(url: str, count: int, protocol: Protocol, first: int = 1) -> Fleet:
    """`count` devices whose codes are numbers, as telephones have them, each bound to a vehicle for good."""
    codes = [str(13_900_000_000 + first + number) for number in range(count)]
    tokens = [secrets.token_urlsafe(24) for _ in codes]
    rows = [
        {
            "code": code,
            "protocol": protocol,
            "datum": Datum.WGS84,
            "token_hash": token_hash(token),
            "active": True,
        }
        for code, token in zip(codes, tokens, strict=True)
    ]
    engine = open_engine(url)
    with write_sessions(engine).begin() as session:
        session.execute(insert(Device), rows)
        session.execute(insert(Vehicle), [{"code": code, "name": code, "mode": Mode.ROAD} for code in codes])
        device_ids = session.scalars(select(Device.id).where(Device.code.in_(codes)).order_by(Device.code))
        vehicle_ids = session.scalars(
            select(Vehicle.id).where(Vehicle.code.in_(codes)).order_by(Vehicle.code)
        )
        pairs = zip(device_ids.all(), vehicle_ids.all(), strict=True)
        stays: list[dict[str, Any]] = [
            {"device_id": device, "vehicle_id": vehicle, "valid_from": LONG_AGO} for device, vehicle in pairs
        ]
        session.execute(insert(DeviceBinding), stays)
    engine.dispose()
    return Fleet(codes, tokens)


def counted(engine: Engine) -> tuple[int, int]:
    """How many fixes and how many messages the database holds."""
    with read_sessions(engine)() as session:
        fixes = session.scalar(select(func.count()).select_from(FixRow)) or 0
        return fixes, session.scalar(select(func.count()).select_from(RawMessage)) or 0
