"""What does a sentence say, laid out for a person? A line of AIS or NMEA 0183 → an inspection."""

from datetime import timedelta

from gps_ingest.decoders.ais_assembly import KINDS, Assembly
from gps_ingest.decoders.ais_reports import read_report
from gps_ingest.decoders.fix_fields import EPOCH, UnreadableField
from gps_ingest.decoders.inspected import Inspected, InspectedFix
from gps_ingest.decoders.nmea import read_gga, read_rmc
from gps_ingest.decoders.nmea_sentences import SentenceRefused, read_sentence
from models.device_values import DecodedFix

NO_CHECKSUM_YET = ("not_a_sentence", "oversized")  # faults that come before the checksum is looked at
FIELD = "field"


class AisInspector:
    """Line by line, so that the parts of a message find each other: the last one shows what it says.

    `now_ms` is the time of receipt of messages that tell none themselves. msg_id is the type, phone the MMSI.
    """

    def __init__(self, now_ms: int) -> None:
        self._now_ms = now_ms
        self._assembly = Assembly()

    def inspect(self, line: str) -> Inspected:
        """The message that this line ends, or the part of one."""
        raw = line.encode("ascii", "replace")
        try:
            sentence = read_sentence(raw)
        except SentenceRefused as refused:
            return damaged(refused)
        if sentence.kind not in KINDS:
            error = f"{sentence.talker}{sentence.kind} is no sentence of AIS"
            return Inspected(ok=False, error_class="not_ais", error=error, checksum_ok=True)
        try:
            heard_ms = self._now_ms if sentence.received_ms is None else sentence.received_ms
            message = self._assembly.add(sentence, raw, heard_ms)
            if message is None:
                return Inspected(ok=True, checksum_ok=True)
            report = read_report(message, heard_ms)
        except SentenceRefused as refused:
            if refused.reason == "empty":  # whole and understood: the receiver heard nothing
                return Inspected(ok=True, checksum_ok=True)
            return Inspected(ok=False, error_class=refused.reason, error=str(refused), checksum_ok=True)
        fixes = () if report.fix is None else (laid_out(report.fix),)
        return Inspected(ok=True, msg_id=str(report.type), phone=report.mmsi, checksum_ok=True, fixes=fixes)


def inspect_nmea(line: str) -> Inspected:
    """One sentence by itself; msg_id is its address. Only RMC makes a report: the others have no date."""
    try:
        sentence = read_sentence(line.encode("ascii", "replace"))
    except SentenceRefused as refused:
        return damaged(refused)
    address = sentence.talker + sentence.kind
    try:
        fix = read_rmc(sentence) if sentence.kind == "RMC" else None
        if sentence.kind == "GGA":
            read_gga(sentence)
    except UnreadableField as error:
        return Inspected(ok=False, error_class=FIELD, error=str(error), msg_id=address, checksum_ok=True)
    fixes = () if fix is None else (laid_out(fix),)
    return Inspected(ok=True, msg_id=address, checksum_ok=True, fixes=fixes)


def damaged(refused: SentenceRefused) -> Inspected:
    """A line that is no whole sentence."""
    checksum_ok = None if refused.reason in NO_CHECKSUM_YET else False
    return Inspected(ok=False, error_class=refused.reason, error=str(refused), checksum_ok=checksum_ok)


def laid_out(fix: DecodedFix) -> InspectedFix:
    """A report in words and units."""
    return InspectedFix(
        time=EPOCH + timedelta(milliseconds=fix.time_ms),
        lat=fix.lat,
        lon=fix.lon,
        speed_kmh=fix.speed_kmh,
        course_deg=fix.course_deg,
        altitude_m=fix.altitude_m,
        fixed=fix.fixed,
    )
