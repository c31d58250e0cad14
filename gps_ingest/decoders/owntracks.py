"""How does a message of OwnTracks become a position report?

`_type: location` is a report: `tst` (s), `lat`, `lon`, `acc` (m), `vel` (km/h), `cog` (degrees), `alt` (m).
Messages that say something of the phone's way or state are kept without a report; what is the driver's own
(names, pictures, private places) or carries the app's settings, its password among them, is not kept at all.

Source: https://owntracks.org/booklet/tech/json/.
"""

from collections.abc import Mapping
from typing import Any

import orjson

from gps_ingest.decoders.fix_batch import Decoded, batch_of, nothing_decoded
from gps_ingest.decoders.fix_fields import (
    Readers,
    coordinate,
    number,
    quantity,
    read_by,
    recorded_ms,
)
from gps_ingest.decoders.reception import Reception

LOCATION = "location"
ENCRYPTED = "encrypted"
PLACE = "[{}]"
OF_THE_WAY = frozenset({"transition", "status"})
NOT_OURS = frozenset(
    (
        *(
            "beacon",
            "card",
            "cmd",
            "configuration",
            "dump",
            "msg",
            "request",
            "steps",
            "waypoint",
            "waypoints",
        ),
        "lwt",  # the broker's word that a phone hung up; Android's names no time, so one is like the other
    )
)
NO_MESSAGE = "is not a JSON object with a _type"
SECRET = "is encrypted on the phone: switch the encryption key off, TLS protects the way"  # noqa: S105

READERS: Readers = {
    "tst": ("time_ms", recorded_ms),
    "lat": ("lat", coordinate),
    "lon": ("lon", coordinate),
    "vel": ("speed_kmh", quantity),
    "cog": ("course_deg", quantity),
    "alt": ("altitude_m", number),
    "acc": ("accuracy_m", quantity),
}


def decode(body: bytes, reception: Reception) -> Decoded:
    """The report of a message, if it is one; its position is 0."""
    message = read_message(body)
    kind = None if message is None else message.get("_type")
    if message is None or not isinstance(kind, str):
        return nothing_decoded("message", "", NO_MESSAGE)
    if kind in OF_THE_WAY or kind in NOT_OURS:
        return Decoded(batch_of([], []))
    if kind == ENCRYPTED:
        return nothing_decoded("message", "_type", SECRET)
    if kind != LOCATION:
        return nothing_decoded("message", "_type", f"{kind[:40]!a} is no known type of message")
    fix = read_by(READERS, message, PLACE.format(0))
    return Decoded(batch_of([], []), tuple(fix)) if isinstance(fix, list) else Decoded(batch_of([fix], [0]))


def is_kept(body: bytes) -> bool:
    """Is the message of a kind that is kept, if only in quarantine? An empty one is none."""
    message = read_message(body)
    kind = None if message is None else message.get("_type")
    return bool(body.strip()) and not (isinstance(kind, str) and kind in NOT_OURS)


def read_message(body: bytes) -> Mapping[str, Any] | None:
    """The message as an object, or None."""
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    return value if isinstance(value, dict) else None
