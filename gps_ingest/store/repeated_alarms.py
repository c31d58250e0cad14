"""Which alarms came with a fix that was there already, and stand in the raw bytes only?

A fix is a device, a time and a place (docs/decisions/0002): a second report of the same second and place
changes nothing. Where it raises an alarm that the first one did not, this is counted and logged, so that
the message can be looked at. Only reports with an alarm are compared: there are few.
"""

import logging

import numpy as np
from sqlalchemy import Connection, text

from gps_ingest.store.fix_rows import FixRows
from models.values import BoolArray

STORED = text(
    "SELECT alarm FROM fix WHERE device_id = :device AND time_ms = :time_ms "
    "AND lat_e7 = :lat_e7 AND lon_e7 = :lon_e7"
)
MOST_LOOKED_UP = 1000  # of a transaction: a file that comes again with all its alarms keeps nobody waiting
log = logging.getLogger(__name__)


def alarms_in_raw_only(connection: Connection, rows: FixRows, new: BoolArray) -> BoolArray:
    """Mask of the fixes that were there before (not `new`) without all the alarm bits that they have now."""
    told: BoolArray = np.zeros(len(rows), dtype=np.bool_)
    raised = np.flatnonzero(~new & (rows.batch.alarm != 0))
    if not raised.size:
        return told
    lat_e7, lon_e7 = rows.lat_e7(), rows.lon_e7()
    for index in raised[:MOST_LOOKED_UP].tolist():
        device, time_ms = int(rows.device_id[index]), int(rows.batch.time_ms[index])
        place = {"lat_e7": int(lat_e7[index]), "lon_e7": int(lon_e7[index])}
        stored = connection.scalar(STORED, {"device": device, "time_ms": time_ms, **place})
        unheard = int(rows.batch.alarm[index]) & ~(stored or 0)
        if unheard:
            told[index] = True
            log.warning(
                "alarm %#x of a repeated fix (device id %d, %d ms) stands in raw message %d only",
                unheard, device, time_ms, int(rows.raw_id[index]),
            )  # fmt: skip
    return told
