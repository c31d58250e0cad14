"""How does what OsmAnd and Traccar Client send become position reports?

Four forms are in use. Query or form pairs, one report (OsmAnd, Traccar Client to 8 in the address, from 10 in
the body): `id` or `deviceid`, `timestamp` (s, ms, ISO, or local time), `lat`, `lon` or `location=lat,lon`,
`speed` in knots, `bearing` or `heading`, `accuracy`, `valid`, `mock`. A JSON list of the same fields. A JSON
object of Traccar Client 9: `device_id` and `location`, speed in m/s, odometer in metres. A message without
any position is a sign of life: nothing is wrong with it, and nothing is taken from it.

Sources: Traccar's OsmAndProtocolDecoder and https://www.traccar.org/osmand/.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl

import orjson

from gps_ingest.decoders.faults import Faults
from gps_ingest.decoders.fix_batch import Decoded, batch_of, nothing_decoded
from gps_ingest.decoders.fix_fields import (
    EPOCH,
    MILLISECOND,
    Readers,
    UnreadableField,
    coordinate,
    in_bounds,
    is_blank,
    is_number,
    moment_ms,
    number,
    quantity,
    read_by,
    shown,
)
from gps_ingest.decoders.reception import Reception
from models.device_values import DecodedFix
from models.values import Refusal

KMH_PER_KNOT = 1.852
KMH_PER_MS = 3.6
MAX_PAIRS = 200  # Traccar Client sends twelve
PLACE = "[{}]"
NAMES = ("id", "deviceid", "device_id")
POSITION = frozenset({"lat", "lon", "location"})


class MessageRefused(ValueError):
    """The body is no message of this protocol; the text is the sentence for a person."""


@dataclass(frozen=True, slots=True)
class Report:
    """One report as named fields; `kmh_per_unit` turns its speed into km/h."""

    device: str | None
    fields: Mapping[str, object]
    kmh_per_unit: float


def decode(body: bytes, reception: Reception) -> Decoded:
    """All reports of a message; positions are their indexes."""
    try:
        items = read_items(body)
    except MessageRefused as refused:
        return nothing_decoded("message", "", str(refused))
    fixes: list[DecodedFix] = []
    positions: list[int] = []
    faults = Faults()
    for index, item in enumerate(items):
        if faults.in_vain:
            faults.stop(PLACE.format(index), len(items) - index)
            break
        fix = read_report(report_of(item), reception, PLACE.format(index))
        if isinstance(fix, DecodedFix):
            faults.good += 1
            fixes.append(fix)
            positions.append(index)
        elif fix:
            faults.refuse(fix)
    return Decoded(batch_of(fixes, positions), faults.refusals, name_of(items), PLACE)


def named_device(body: bytes) -> str | None:
    """Which device the message itself names, or None."""
    try:
        return name_of(read_items(body))
    except MessageRefused:
        return None


def name_of(items: Sequence[object]) -> str | None:
    """The device that the first report of a message names."""
    first = report_of(items[0]) if items else None
    return None if first is None else first.device


def read_items(body: bytes) -> Sequence[object]:
    """The items of a message, unread (report_of reads one); raises MessageRefused."""
    if not is_json(body):
        return [read_pairs(body)]
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise MessageRefused(f"is not JSON: {error}") from None
    if isinstance(value, list):
        return value
    return [read_nested(value) if isinstance(value.get("location"), dict) else read_flat(value)]


def report_of(item: object) -> Report | None:
    """The report of an item, None for one that is no object."""
    if isinstance(item, dict):
        return read_flat(item)
    return item if isinstance(item, Report) else None


def is_json(body: bytes) -> bool:
    """A query never begins like this."""
    return body.lstrip()[:1] in (b"{", b"[")


def read_pairs(body: bytes) -> Report:
    """A query string; of a name that comes twice the last value counts, as with Traccar."""
    try:
        return read_flat(dict(parse_qsl(body.decode("utf-8", "replace"), max_num_fields=MAX_PAIRS)))
    except ValueError:
        raise MessageRefused(f"has more than {MAX_PAIRS} fields") from None


def read_flat(item: Mapping[str, object]) -> Report:
    """Fields side by side, as the query names them."""
    fields = {name: value for name, value in item.items() if not is_blank(value)}
    if "heading" in fields:
        fields.setdefault("bearing", fields["heading"])
    if "location" in fields:
        lat, _comma, lon = str(fields["location"]).partition(",")
        fields |= {"lat": lat, "lon": lon}
    return Report(name_in(fields), fields, KMH_PER_KNOT)


def read_nested(message: Mapping[str, object]) -> Report:
    """`location` with its `coords`, as the location library of Traccar Client 9 sends them."""
    location = message["location"]
    assert isinstance(location, dict)  # noqa: S101 - read_reports() looked
    coords = location.get("coords") or {}
    if not isinstance(coords, Mapping):
        raise MessageRefused("has coords that are not an object")
    fields = {
        "timestamp": location.get("timestamp"),
        "speed": coords.get("speed"),
        "bearing": coords.get("heading"),
        "altitude": coords.get("altitude"),
        "accuracy": coords.get("accuracy"),
        "odometer_m": location.get("odometer"),
        "mock": location.get("mock"),
    }
    if coords:
        fields |= {"lat": coords.get("latitude"), "lon": coords.get("longitude")}
    return Report(name_in(message), fields, KMH_PER_MS)


def name_in(fields: Mapping[str, object]) -> str | None:
    """The device that a message names."""
    named = next((fields[name] for name in NAMES if not is_blank(fields.get(name))), None)
    return None if named is None else str(named)


def read_report(report: Report | None, reception: Reception, place: str) -> DecodedFix | list[Refusal]:
    """One report, every reason why it cannot be taken, or an empty list for a sign of life."""
    if report is None:
        return [Refusal(place, "", "is not an object")]
    if POSITION.isdisjoint(report.fields):
        return [] if report.device else [Refusal(place, "", "names neither a device nor a position")]
    if report.device not in (None, reception.device_code):
        return [Refusal(place, "id", "the report belongs to another device")]
    fix = read_by(readers_for(report, reception), report.fields, place)
    if isinstance(fix, DecodedFix) and says_yes(report.fields.get("mock")):
        return replace(fix, fixed=False)  # another app made the position up, says the phone
    return fix


def readers_for(report: Report, reception: Reception) -> Readers:
    """How the fields are read, which depends on the form's unit of speed and on the device's zone."""

    def kmh(value: object) -> float | None:
        speed = quantity(value)
        return None if speed is None else speed * report.kmh_per_unit

    def time_ms(value: object) -> int:
        return moment_of(value, reception.utc_offset_minutes or 0)

    return {
        "timestamp": ("time_ms", time_ms),
        "lat": ("lat", coordinate),
        "lon": ("lon", coordinate),
        "speed": ("speed_kmh", kmh),
        "bearing": ("course_deg", quantity),
        "altitude": ("altitude_m", number),
        "accuracy": ("accuracy_m", quantity),
        "odometer_m": ("odometer_km", kilometres),
        "valid": ("fixed", has_position),
    }


def moment_of(value: object, utc_offset_minutes: int) -> int:
    """Milliseconds UTC of a count or of a text; a text without zone is the device's local time."""
    if is_blank(value):
        raise UnreadableField("is missing: a position without its time proves nothing")
    if not isinstance(value, str) or is_number(value):
        moment = moment_ms(value)
        assert moment is not None  # noqa: S101 - blank was looked at
        return moment
    try:
        local = datetime.fromisoformat(value.strip())
        aware = local if local.tzinfo else (local - timedelta(minutes=utc_offset_minutes)).replace(tzinfo=UTC)
        time_ms = (aware - EPOCH) // MILLISECOND
    except (ValueError, OverflowError):
        raise UnreadableField(f"{shown(value)} is not an ISO 8601 time") from None
    return in_bounds(time_ms, value)


def kilometres(value: object) -> float | None:
    metres = number(value)
    return None if metres is None else quantity(metres / 1000)


def has_position(value: object) -> bool:
    """`valid`: devices that say nothing of it have one."""
    return is_blank(value) or says_yes(value)


def says_yes(value: object) -> bool:
    return str(value).strip().lower() in ("true", "1")
