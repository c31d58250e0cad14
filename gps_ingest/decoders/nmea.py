"""How do the sentences of a GNSS receiver become position reports?

IEC 61162-1 (NMEA 0183): RMC has time, date, place, speed and course, and makes the report. GGA has no date;
the one of the same second beside an RMC adds satellites, altitude and, from its HDOP, the accuracy.
Sentences of any talker (GP, BD, GB, GN, GL, …) are read, all other kinds are passed over.
"""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from gps_ingest.decoders.faults import Faults
from gps_ingest.decoders.fix_batch import Decoded, rows_of
from gps_ingest.decoders.fix_fields import (
    EPOCH,
    MILLISECOND,
    UnreadableField,
    in_bounds,
    number,
    quantity,
    satellites,
    shown,
)
from gps_ingest.decoders.lines import Lines
from gps_ingest.decoders.nmea_sentences import Sentence, SentenceRefused, read_sentence
from gps_ingest.decoders.reception import Reception
from models.device_values import DecodedFix
from models.values import Refusal
from models.vocabulary import MS_PER_S

LINE = "line {}"
KMH_A_KNOT = 1.852
RANGE_ERROR_M = 5.0  # of a plain receiver to one satellite; times the HDOP it is the accuracy of the place
CENTURY_TURNS = 80  # GPS began in 1980: 80 to 99 are of the last century
TIME = re.compile(r"(\d\d)(\d\d)(\d\d(?:\.\d{1,6})?)")
DATE = re.compile(r"(\d\d)(\d\d)(\d\d)")
ANGLE = re.compile(r"(\d{2,3})(\d\d(?:\.\d{1,10})?)")
ACTIVE, VOID = "A", "V"
NO_SATELLITE_MODES = frozenset("NEMS")  # no fix, estimated, typed by hand, simulated
NO_SATELLITE_QUALITIES = frozenset("0678")  # the same of GGA
KINDS = ("RMC", "GGA")
UNDATED = (Refusal("sentences", "date", "GGA has no date, and there is no RMC that tells it"),)


@dataclass(frozen=True, slots=True)
class Refinement:
    """What a GGA adds to the report of its second."""

    time_of_day: str
    satellites: int | None
    accuracy_m: float | None
    altitude_m: float | None
    fixed: bool


@dataclass(slots=True)
class Second:
    """The report of a second and its refinement, whichever came first."""

    time_of_day: str = ""
    fix: DecodedFix | None = None
    position: int = 0
    refinement: Refinement | None = None


def decode(body: bytes, reception: Reception) -> Decoded:
    """One report for each RMC with a place. A damaged line is refused by itself.

    Times are UTC, unless `reception.utc_offset_minutes` says how far this device is ahead. An RMC that is
    void and without a place brings no report and is no fault.
    """
    reader = _Reader(reception.utc_offset_minutes or 0)
    lines = Lines(body)
    for position, line in lines:
        if line.strip() and not line.lstrip().startswith(b"#"):
            reader.read(line, position)
            if reader.faults.in_vain:
                reader.faults.stop(LINE.format(position + 1), lines.left)
                break
    reader.end_second()
    undated = UNDATED if reader.seen == {"GGA"} else ()
    return Decoded(rows_of(reader.fixes, reader.positions), (*reader.faults.refusals, *undated), place=LINE)


class _Reader:
    """Line by line, a second at a time."""

    def __init__(self, utc_offset_minutes: int) -> None:
        self.fixes: list[DecodedFix] = []
        self.positions: list[int] = []
        self.faults = Faults()
        self.seen: set[str] = set()  # kinds of sentences
        self._ahead_ms = utc_offset_minutes * 60_000
        self._second = Second()

    def read(self, line: bytes, position: int) -> None:
        """One line."""
        field = "sentence"
        try:
            sentence = read_sentence(line)
            if sentence.kind in KINDS and sentence.start == "$":
                field = sentence.kind
                self._take(sentence, position)
            self.faults.good += 1
        except (SentenceRefused, UnreadableField) as refused:
            self.faults.refuse([Refusal(LINE.format(position), field, str(refused))])

    def _take(self, sentence: Sentence, position: int) -> None:
        self.seen.add(sentence.kind)
        if sentence.kind == "RMC":
            self._report(sentence, position)
        else:
            self._refine(read_gga(sentence))

    def _report(self, sentence: Sentence, position: int) -> None:
        fix = read_rmc(sentence)
        if sentence.fields[0] != self._second.time_of_day or self._second.fix is not None:
            self.end_second()
        self._second.time_of_day = sentence.fields[0]
        if fix is not None:
            if self._ahead_ms:
                fix = replace(fix, time_ms=fix.time_ms - self._ahead_ms)
            self._second.fix = fix
            self._second.position = position

    def _refine(self, refinement: Refinement) -> None:
        if refinement.time_of_day != self._second.time_of_day:
            self.end_second()
        self._second.time_of_day = refinement.time_of_day
        self._second.refinement = refinement

    def end_second(self) -> None:
        """The next sentence is of another second."""
        second, self._second = self._second, Second()
        if second.fix is None:
            return
        self.fixes.append(_refined(second.fix, second.refinement))
        self.positions.append(second.position)


def _refined(fix: DecodedFix, by: Refinement | None) -> DecodedFix:
    if by is None:
        return fix
    return replace(
        fix,
        satellites=by.satellites,
        accuracy_m=by.accuracy_m,
        altitude_m=by.altitude_m,
        fixed=fix.fixed and by.fixed,
    )


def check(sentence: Sentence) -> None:
    """Can the RMC or GGA be read? Raises UnreadableField."""
    if sentence.kind == "RMC":
        read_rmc(sentence)
    else:
        read_gga(sentence)


def read_rmc(sentence: Sentence) -> DecodedFix | None:
    """The report of an RMC, or None where it is void and has no place; raises UnreadableField."""
    if len(sentence.fields) < 9:
        raise UnreadableField(f"has {len(sentence.fields)} fields, fewer than nine")
    time, status, lat, north, lon, east, speed_kn, course, date = sentence.fields[:9]
    if status not in (ACTIVE, VOID):
        raise UnreadableField(f"the status {shown(status)} is neither A nor V")
    if status == VOID and not (lat and lon and date):
        return None
    mode = sentence.fields[11] if len(sentence.fields) > 11 else ""
    knots = quantity(speed_kn)
    return DecodedFix(
        time_ms=moment_ms(date, time),
        lat=angle(lat, north, "NS", 90),
        lon=angle(lon, east, "EW", 180),
        speed_kmh=None if knots is None else knots * KMH_A_KNOT,
        course_deg=quantity(course),
        fixed=status == ACTIVE and mode not in NO_SATELLITE_MODES,
    )


def read_gga(sentence: Sentence) -> Refinement:
    """What a GGA says beside the place; raises UnreadableField."""
    if len(sentence.fields) < 9:
        raise UnreadableField(f"has {len(sentence.fields)} fields, fewer than nine")
    time, quality, count, dilution, altitude = (sentence.fields[index] for index in (0, 5, 6, 7, 8))
    hdop = quantity(dilution)
    return Refinement(
        time_of_day=time,
        satellites=satellites(count),
        accuracy_m=None if not hdop else hdop * RANGE_ERROR_M,
        altitude_m=number(altitude),
        fixed=quality not in NO_SATELLITE_QUALITIES,
    )


def moment_ms(date: str, time: str) -> int:
    """ms UTC of ddmmyy and hhmmss.ss; a leap second is the first of the next minute."""
    midnight_ms, clock = day_ms(date), TIME.fullmatch(time)
    if clock is None:
        raise UnreadableField(f"{shown(date)} {shown(time)} is no date and time as ddmmyy hhmmss")
    hour, minute, second = int(clock[1]), int(clock[2]), float(clock[3])
    if hour > 23 or minute > 59 or second >= 61:
        raise UnreadableField(f"{shown(time)} is no time")
    return midnight_ms + (hour * 60 + minute) * 60_000 + round(second * MS_PER_S)


@lru_cache(maxsize=64)
def day_ms(date: str) -> int:
    """ms UTC of the midnight that begins a ddmmyy; a log has few days."""
    day = DATE.fullmatch(date)
    if day is None:
        raise UnreadableField(f"{shown(date)} is no date as ddmmyy")
    year = int(day[3]) + (1900 if int(day[3]) >= CENTURY_TURNS else 2000)
    try:
        midnight = datetime(year, int(day[2]), int(day[1]), tzinfo=EPOCH.tzinfo)
    except ValueError:
        raise UnreadableField(f"{shown(date)} is no date") from None
    return in_bounds((midnight - EPOCH) // MILLISECOND, date)


def angle(text: str, side: str, sides: str, most_deg: int) -> float:
    """Degrees of (d)ddmm.mmmm and its hemisphere."""
    match = ANGLE.fullmatch(text)
    if match is None or side not in sides or not side or len(match[1]) != len(str(most_deg)):
        raise UnreadableField(f"{shown(text + ',' + side)} is no place as degrees and minutes")
    degrees = int(match[1]) + float(match[2]) / 60
    if float(match[2]) >= 60 or degrees > most_deg:
        raise UnreadableField(f"{shown(text)} is no place on Earth")
    return -degrees if side == sides[1] else degrees
