"""What do fixes look like in a folder? One file a device, in order of time, as the device sent them."""

import csv
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from demo.scenario.outcome import Progress
from models.fixes import FixRow
from models.fleet import Device
from models.values import ACC_UNKNOWN, LOAD_UNKNOWN
from models.vocabulary import E7

HEADER = (
    "device_id",
    "recorded_at",
    "lat",
    "lon",
    "speed_kmh",
    "course_deg",
    "received_at",
    "accuracy_m",
    "load_state",
    "acc",
    "odometer_km",
    "satellites",
    "signal",
)
LOADS = ("", "empty", "half", "full")
ACCS = ("", "0", "1")
ROWS_AT_ONCE = 20_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
COLUMNS: tuple[Any, ...] = (
    FixRow.time_ms,
    FixRow.lat_e7,
    FixRow.lon_e7,
    FixRow.speed_kmh,
    FixRow.course_deg,
    FixRow.received_ms,
    FixRow.accuracy_m,
    FixRow.load_state,
    FixRow.acc,
    FixRow.odometer_km,
    FixRow.satellites,
    FixRow.signal,
)


def write_device_tracks(session: Session, folder: Path, progress: Progress) -> int:
    """Write tracks/*.csv; how many fixes. Nothing is held in memory but a piece."""
    tracks = folder / "tracks"
    tracks.mkdir(exist_ok=True)
    devices = session.execute(select(Device.id, Device.code).order_by(Device.code)).all()
    written = 0
    for done, (device_id, code) in enumerate(devices):
        progress("tracks", done, len(devices))
        rows = fixes(session, device_id)
        first = next(rows, None)
        if first is None:
            continue
        with (tracks / file_name(code)).open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(HEADER)
            for row in chain((first,), rows):
                writer.writerow((code, *row))
                written += 1
    return written


def fixes(session: Session, device_id: int) -> Iterator[tuple[Any, ...]]:
    """The cells of a device's fixes after its code."""
    order = (FixRow.time_ms, FixRow.lat_e7, FixRow.lon_e7)
    query = select(*COLUMNS).where(FixRow.device_id == device_id).order_by(*order)
    for row in session.execute(query, execution_options={"yield_per": ROWS_AT_ONCE}):
        time_ms, lat_e7, lon_e7, speed, course, received_ms, accuracy, load, acc, odometer, *counts = row
        yield (
            moment(time_ms),
            f"{lat_e7 / E7:.7f}",
            f"{lon_e7 / E7:.7f}",
            shortest(speed),
            shortest(course),
            "" if received_ms is None else moment(received_ms),
            shortest(accuracy),
            "" if load == LOAD_UNKNOWN else LOADS[load],
            "" if acc == ACC_UNKNOWN else ACCS[acc],
            "" if odometer is None else repr(odometer),
            *("" if count is None else count for count in counts),
        )


def moment(time_ms: int) -> str:
    """ISO 8601 in UTC, to the millisecond where it is known so finely."""
    at = EPOCH + timedelta(milliseconds=time_ms)
    spec = "milliseconds" if time_ms % 1000 else "seconds"
    return at.isoformat(timespec=spec).replace("+00:00", "Z")


def shortest(value: float | None) -> str:
    """The shortest decimal that is the same single-precision number again."""
    return "" if value is None else str(np.float32(value))


def file_name(code: str) -> str:
    """A name that every file system takes; codes that would share one are told apart."""
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", code)
    if plain == code and not plain.startswith("."):
        return f"{plain}.csv"
    return f"{plain}-{sha256(code.encode()).hexdigest()[:8]}.csv"
