"""How do AIS sentences become position reports of one vessel?

An AIS receiver hears everybody: a body may hold the sentences of many vessels, of which those of the
asked MMSI are read and the others passed over (own_lines drops them before anything is stored).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from gps_ingest.decoders.ais_assembly import KINDS, AisMessage, Assembly, Part, message_of
from gps_ingest.decoders.ais_reports import read_fix, sender_of
from gps_ingest.decoders.faults import Faults
from gps_ingest.decoders.fix_batch import Decoded, rows_of
from gps_ingest.decoders.lines import Lines
from gps_ingest.decoders.nmea_sentences import SentenceRefused, read_sentence, receipt_stamp
from gps_ingest.decoders.reception import Reception
from models.device_values import DecodedFix
from models.values import Refusal

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
    stop: Refusal | None = None  # why reading stopped: what follows may be anybody's, and must not be kept


def decode(body: bytes, reception: Reception) -> Decoded:
    """The positions of the vessel `reception.device_code` (its MMSI), of all vessels where that is blank.

    A message without a tag block or suffix that tells when it was received counts as received at
    `reception.received_ms`. Static messages and other types bring no fix and are no fault.
    """
    fixes: list[DecodedFix] = []
    positions: list[int] = []
    faults = Faults()
    senders = set()
    for position, item in messages(body, reception.received_ms, reception.device_code, faults):
        if isinstance(item, Refusal):
            faults.turn_away([item])
            continue
        try:
            kind, sender = sender_of(item)
            faults.good += 1
            if reception.device_code not in ("", sender):
                continue
            senders.add(sender)
            fix = read_fix(item, kind, reception.received_ms)
        except SentenceRefused as refused:
            faults.bad += 1  # the message had counted as good
            faults.refuse([_refusal(position, refused)])
            continue
        if fix is not None:
            fixes.append(fix)
            positions.append(position)
    code = next(iter(senders)) if len(senders) == 1 else None
    return Decoded(rows_of(fixes, positions), faults.refusals, code, LINE)


def messages(
    body: bytes, received_ms: int, mmsi: str = "", faults: Faults | None = None
) -> Iterator[tuple[int, AisMessage | Refusal]]:
    """Each whole message with the line where it ended, and each line that is none with the reason.

    Parts that stay without the others are told of the vessel `mmsi` only, where that is not blank. `faults`
    learns how many lines are bad, and where reading stopped; the caller counts the messages that are good.
    Empty lines and payloads, comments (#) and sentences of other instruments are passed over.
    """
    faults = Faults() if faults is None else faults
    assembly = Assembly()
    for position, line in _worth_reading(body, faults):
        try:
            sentence = read_sentence(line)
            if sentence.kind not in KINDS:
                continue
            heard_ms = received_ms if sentence.received_ms is None else sentence.received_ms
            whole = assembly.add(sentence, line, heard_ms, position)
        except SentenceRefused as refused:
            if refused.reason != "empty":  # receivers report slots in which they understood nothing
                faults.bad += 1
                yield position, _refusal(position, refused)
        else:
            if whole is not None:
                yield position, whole
    assembly.give_up()
    for part in assembly.given_up:
        if not mmsi or _is_of(part, mmsi):
            yield part.position, Refusal(LINE.format(part.position), PARTS, MISSING)


def _worth_reading(body: bytes, faults: Faults) -> Iterator[tuple[int, bytes]]:
    """The lines that are neither blank nor comments, as long as it is not in vain."""
    lines = Lines(body)
    for position, line in lines:
        if not line.strip() or line.lstrip().startswith(b"#"):
            continue
        if faults.in_vain:
            faults.stop(LINE.format(position), lines.left + 1)
            return
        yield position, line


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
    own = others = undated = 0
    stamped: set[int] = set()
    dropped: set[int] = set()
    faults = Faults()
    for _, item in messages(body, received_ms, mmsi, faults):
        if isinstance(item, Refusal):
            continue
        try:
            is_own = sender_of(item)[1] == mmsi
        except SentenceRefused:
            faults.bad += 1
            continue
        faults.good += 1
        if is_own:
            own += 1
            if item.received_ms is None:
                undated += 1
                stamped.update(item.positions)
        else:
            others += 1
            dropped.update(item.positions)
    stop = faults.refusals[0] if faults.refusals else None
    return OwnLines(_rewritten(body, stamped, dropped, received_ms), own, others, undated, stop)


def _rewritten(body: bytes, stamped: set[int], dropped: set[int], received_ms: int) -> bytes:
    """The body with some lines stamped and others left empty; every line ends with a line feed."""
    written, stamp, last = bytearray(), receipt_stamp(received_ms), 0
    lines = Lines(body)
    for position, line in lines:
        written += b"\n" * (position - last - 1)
        if position in stamped:
            written += stamp + line.lstrip()
        elif position not in dropped:
            written += line
        written += b"\n"
        last = position
    return bytes(written) + b"\n" * lines.left


def _refusal(position: int, refused: SentenceRefused) -> Refusal:
    return Refusal(LINE.format(position), "sentence", str(refused))
