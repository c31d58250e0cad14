"""How do AIS sentences become position reports of one vessel?

An AIS receiver hears everybody: a body may hold the sentences of many vessels, of which those of the
asked MMSI are read and the others passed over (own_lines drops them before anything is stored).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from gps_ingest.decoders.ais_assembly import KINDS, AisMessage, Assembly, Part, message_of
from gps_ingest.decoders.ais_reports import read_fix, sender_of
from gps_ingest.decoders.fix_batch import Decoded, rows_of
from gps_ingest.decoders.nmea_sentences import SentenceRefused, read_sentence, receipt_stamp
from gps_ingest.decoders.reception import Reception
from models.values import DecodedFix, Refusal

LINE = "line {}"
PARTS = "parts"
MISSING = "the other parts of its message are missing"


@dataclass(frozen=True, slots=True)
class OwnLines:
    """A body without the sentences of other vessels (their lines are left empty, so that numbers hold),
    and what was passed over."""

    body: bytes
    own: int  # messages of the vessel
    others: int  # messages of other vessels
    undated: int  # messages of the vessel whose time of receipt no line tells


def decode(body: bytes, reception: Reception) -> Decoded:
    """The positions of the vessel `reception.device_code` (its MMSI), of all vessels where that is blank.

    A message without a tag block or suffix that tells when it was received counts as received at
    `reception.received_ms`. Static messages and other types bring no fix and are no fault.
    """
    fixes: list[DecodedFix] = []
    positions: list[int] = []
    refusals: list[Refusal] = []
    senders = set()
    for position, item in messages(body, reception.received_ms, reception.device_code):
        if isinstance(item, Refusal):
            refusals.append(item)
            continue
        try:
            kind, sender = sender_of(item)
            if reception.device_code not in ("", sender):
                continue
            senders.add(sender)
            fix = read_fix(item, kind, reception.received_ms)
        except SentenceRefused as refused:
            refusals.append(_refusal(position, refused))
            continue
        if fix is not None:
            fixes.append(fix)
            positions.append(position)
    code = next(iter(senders)) if len(senders) == 1 else None
    return Decoded(rows_of(fixes, positions), tuple(refusals), code, LINE)


def messages(body: bytes, received_ms: int, mmsi: str = "") -> Iterator[tuple[int, AisMessage | Refusal]]:
    """Each whole message with the line where it ended, and each line that is none with the reason.

    Parts that stay without the others are told of the vessel `mmsi` only, where that is not blank.
    Empty lines and payloads, comments (#) and sentences of other instruments are passed over.
    """
    assembly = Assembly()
    for position, line in enumerate(body.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith(b"#"):
            continue
        try:
            sentence = read_sentence(line)
            if sentence.kind not in KINDS:
                continue
            heard_ms = received_ms if sentence.received_ms is None else sentence.received_ms
            whole = assembly.add(sentence, line, heard_ms, position)
        except SentenceRefused as refused:
            if refused.reason != "empty":  # receivers report slots in which they understood nothing
                yield position, _refusal(position, refused)
        else:
            if whole is not None:
                yield position, whole
    assembly.give_up()
    for part in assembly.given_up:
        if not mmsi or _is_of(part, mmsi):
            yield part.position, Refusal(LINE.format(part.position), PARTS, MISSING)


def _is_of(part: Part, mmsi: str) -> bool:
    """Does a lonely part begin a message of this vessel? Only the first part names it, and has the place."""
    try:
        return part.number == 1 and sender_of(message_of([part]))[1] == mmsi
    except SentenceRefused:
        return False


def own_lines(body: bytes, mmsi: str, received_ms: int) -> OwnLines:
    """The lines of one vessel, and those that cannot be told to be another's.

    The vessel's lines that tell no time of receipt are stamped with `received_ms`.
    """
    lines = body.splitlines()
    own = others = undated = 0
    stamp = receipt_stamp(received_ms)
    for _, item in messages(body, received_ms, mmsi):
        if isinstance(item, Refusal):
            continue
        try:
            is_own = sender_of(item)[1] == mmsi
        except SentenceRefused:
            continue
        if is_own:
            own += 1
            if item.received_ms is None:
                undated += 1
                for position in item.positions:
                    lines[position - 1] = stamp + lines[position - 1].lstrip()
        else:
            others += 1
            for position in item.positions:
                lines[position - 1] = b""
    return OwnLines(b"".join(line + b"\n" for line in lines), own, others, undated)


def _refusal(position: int, refused: SentenceRefused) -> Refusal:
    return Refusal(LINE.format(position), "sentence", str(refused))
