"""What does an AIS message say of its vessel? The payload by pyais, and its sentinels as blanks.

ITU-R M.1371-5: position reports are the types 1, 2, 3 (class A), 18, 19 (class B) and 27 (long range); 5
and 24 are static. A message tells the second of the minute only; when it was received completes it.
"""

from dataclasses import dataclass, field
from typing import Any

from pyais.bit_vector import bit_vector
from pyais.messages import MSG_CLASS

from gps_ingest.decoders.ais_assembly import AisMessage
from gps_ingest.decoders.fix_fields import MAX_COORDINATE_DEG
from gps_ingest.decoders.nmea_sentences import SentenceRefused
from models.device_values import DecodedFix
from models.vocabulary import MS_PER_S

KMH_A_KNOT = 1.852
POSITION_TYPES = frozenset({1, 2, 3, 18, 19, 27})
STATIC_TYPES = frozenset({5, 24})
LEAST_BITS = {1: 168, 2: 168, 3: 168, 5: 420, 18: 168, 19: 312, 24: 160, 27: 96}
HEADER_BITS = 38  # type, repeat indicator, MMSI
NO_SPEED = {27: 63.0}
NO_SPEED_KN = 102.3
NO_COURSE_DEG = 360.0  # 360 and, in type 27, 511
LONG_RANGE = 27
NOT_BY_SATELLITES = (61, 62, 63)  # typed by hand, dead reckoning, positioning system out of order
NO_SECOND = 60
HIGH_ACCURACY_M = 10.0  # the flag promises better than this
AHEAD_MS = 10_000  # by so much may the receiver's clock be behind the satellites'
MINUTE_MS = 60_000
MMSI_MASK = 2**30 - 1
SIX_BITS = {chr(code): code - 48 if code < 96 else code - 56 for code in (*range(48, 88), *range(96, 120))}
STATIC_FACTS = ("shipname", "callsign", "ship_type", "imo", "draught", "destination")


@dataclass(frozen=True, slots=True)
class AisReport:
    """One message: who sent it, of which type, and the position or the static facts that it carries."""

    mmsi: str
    type: int
    fix: DecodedFix | None = None
    facts: dict[str, Any] = field(default_factory=dict)


def sender_of(message: AisMessage) -> tuple[int, str]:
    """Type and MMSI, which stand at the same place in every message; raises SentenceRefused."""
    if bits_of(message) < HEADER_BITS:
        raise SentenceRefused("wrong_length", "is too short for the number of a vessel")
    payload, number = message.payload, 0
    for letter in payload[1:7]:  # bits 6 to 41; the number is 8 to 37
        number = number << 6 | SIX_BITS[letter]
    number = number >> 4 & MMSI_MASK
    if not 0 < number < 10**9:
        raise SentenceRefused("bad_payload", f"{number} is not the number (MMSI) of a vessel")
    return SIX_BITS[payload[0]], f"{number:09d}"


def bits_of(message: AisMessage) -> int:
    return len(message.payload) * 6 - message.fill_bits


def read_report(message: AisMessage, received_ms: int) -> AisReport:
    """What the message says; raises SentenceRefused. `received_ms` stands in where it tells none itself."""
    kind, mmsi = sender_of(message)
    if kind not in LEAST_BITS:
        return AisReport(mmsi, kind)
    told = _told(message, kind)
    if kind in STATIC_TYPES:
        return AisReport(mmsi, kind, facts=_facts(told))
    return AisReport(mmsi, kind, fix=_fix(kind, told, _heard_ms(message, received_ms)))


def read_fix(message: AisMessage, kind: int, received_ms: int) -> DecodedFix | None:
    """The position in a message of this type, None for types that have none; raises SentenceRefused."""
    if kind not in POSITION_TYPES:
        return None
    return _fix(kind, _told(message, kind), _heard_ms(message, received_ms))


def _heard_ms(message: AisMessage, received_ms: int) -> int:
    return received_ms if message.received_ms is None else message.received_ms


def _told(message: AisMessage, kind: int) -> Any:
    """The message as pyais reads it; raises SentenceRefused."""
    bits = bits_of(message)
    if bits < LEAST_BITS[kind]:
        raise SentenceRefused(
            "wrong_length", f"a message of type {kind} has {LEAST_BITS[kind]} bits, this one has {bits}"
        )
    try:
        return MSG_CLASS[kind].from_vector(bit_vector(message.payload.encode("ascii"), message.fill_bits))
    except Exception as error:  # pyais lets whatever its converters raise pass
        raise SentenceRefused("bad_payload", f"a message of type {kind} cannot be read: {error}") from None


def _fix(kind: int, told: Any, heard_ms: int) -> DecodedFix:
    """A position report. Latitude 91 and longitude 181 stay: they are doubted as out of range."""
    if abs(told.lon) > MAX_COORDINATE_DEG:
        raise SentenceRefused("bad_payload", f"the longitude {told.lon:.4f} is not a coordinate in degrees")
    second = NO_SECOND if kind == LONG_RANGE else int(told.second)
    unknown_speed = NO_SPEED.get(kind, NO_SPEED_KN)
    return DecodedFix(
        time_ms=sent_ms(heard_ms, second),
        lat=told.lat,
        lon=told.lon,
        speed_kmh=None if told.speed >= unknown_speed else told.speed * KMH_A_KNOT,
        course_deg=None if told.course >= NO_COURSE_DEG else float(told.course),
        accuracy_m=HIGH_ACCURACY_M if told.accuracy else None,
        fixed=second not in NOT_BY_SATELLITES,
    )


def sent_ms(heard_ms: int, second: int) -> int:
    """When the position was taken: the last moment with this second of the minute before it was heard.

    A receiver's clock may be a few seconds behind. Without a second (60 and above) the time of receipt.
    """
    if second >= NO_SECOND:
        return heard_ms
    latest = heard_ms + AHEAD_MS
    return latest - (latest - second * MS_PER_S) % MINUTE_MS


def _facts(told: Any) -> dict[str, Any]:
    """Name, call sign and the like, as far as the message carries them."""
    facts = {name: getattr(told, name, None) for name in STATIC_FACTS}
    return {name: value for name, value in facts.items() if value not in (None, "", 0)}
