"""What does the folder's paper say: manifests with legs, weighings, receipts, disposals?

Paper is taken as it was reported. Only what cannot be stored is refused, and then the manifest whole:
half a manifest would look like a contradiction that nobody wrote.
"""

from collections import Counter

from demo.scenario.fields import SENTENCE, Fields
from demo.scenario.folder import Folder, Read, read_jsonl
from demo.scenario.read_live import live
from demo.scenario.rows import DisposalRow, LegRow, ManifestRow, ReceiptRow, WeighingRow
from models.custody_words import MoistureMethod
from models.vocabulary import DisposalMethod, ManifestKind, Mode, ReceiptDecision, SludgeKind


def read_manifests(folder: Folder) -> Read:
    """manifests.jsonl."""
    return read_jsonl(folder, "manifests.jsonl", manifest)


def manifest(fields: Fields) -> ManifestRow:
    return ManifestRow(
        place=fields.place,
        number=fields.text("number"),
        kind=fields.optional_word("kind", ManifestKind) or ManifestKind.NORMAL,
        parent=fields.optional_text("parent"),
        children=tuple(number for _, number in _numbers(fields, "children")),
        origin=fields.text("origin"),
        destination=fields.text("destination"),
        sludge_kind=fields.word("sludge_kind", SludgeKind),
        plan=fields.optional_text("plan"),
        diversion=fields.optional_text("diversion"),
        issued_at=fields.time("issued_at"),
        legs=legs(fields),
        loaded=weighing(fields, "loaded"),
        received=weighing(fields, "received"),
        receipt=receipt(fields),
        disposal=disposal(fields),
        live=live(fields),
    )


def _numbers(fields: Fields, name: str) -> list[tuple[int, str]]:
    numbers = []
    for index, number in fields.items(name):
        if isinstance(number, str) and number:
            numbers.append((index, number))
        else:
            fields.refuse(f"{name}[{index}]", "is not a manifest number")
    return numbers


def legs(fields: Fields) -> tuple[LegRow, ...]:
    """The legs in order of `seq`, which may be left out where the order of the list says it."""
    nested = [(index, fields.within(values, f"legs[{index}]")) for index, values in fields.items("legs")]
    if not nested and isinstance(fields.values.get("legs"), list | None):
        fields.refuse("legs", "names no leg: who carried the load?")
    found = [leg(inner, index + 1) for index, inner in nested if inner is not None]
    twice = [seq for seq, count in Counter(each.seq for each in found).items() if count > 1]
    if twice:
        fields.refuse("legs", f"has seq {twice[0]} more than once")
    return tuple(sorted(found, key=lambda each: each.seq))


def leg(fields: Fields, default_seq: int) -> LegRow:
    seq = fields.optional_whole("seq")
    if seq == 0:
        fields.refuse("seq", "counts from 1")
    handed = fields.within(fields.values["handover"], "handover") if fields.has("handover") else None
    return LegRow(
        seq=default_seq if seq is None else seq,
        mode=fields.word("mode", Mode),
        vehicle=fields.text("vehicle"),
        origin=fields.text("from"),
        destination=fields.text("to"),
        route=fields.optional_text("route"),
        driver=fields.optional_text("driver", 100),
        voyage=fields.optional_text("voyage"),
        handover_at=None if handed is None else handed.time("at"),
        handover_weighing=None if handed is None else handover_weighing(handed),
        carrier=fields.optional_text("carrier"),
    )


def handover_weighing(handed: Fields) -> WeighingRow | None:
    """The weighing of a handover; without a time of its own it was at the handover."""
    if not handed.has("weighing"):
        return None
    values = handed.values["weighing"]
    if isinstance(values, dict) and values.get("at") is None:
        values = {**values, "at": handed.values.get("at")}
    inner = handed.within(values, "weighing")
    return None if inner is None else masses(inner)


def weighing(fields: Fields, name: str) -> WeighingRow | None:
    """The block `loaded` or `received`, or None where it has not happened."""
    block = fields.within(fields.values[name], name) if fields.has(name) else None
    return None if block is None else masses(block)


def masses(fields: Fields) -> WeighingRow:
    """A weighing: gross and tare come together, and gross is the larger."""
    gross_kg = fields.optional_number("gross_kg", above=0)
    tare_kg = fields.optional_number("tare_kg", above=0)
    if fields.has("gross_kg") != fields.has("tare_kg"):
        fields.missing("gross_kg" if fields.has("tare_kg") else "tare_kg")
    if gross_kg is not None and tare_kg is not None and gross_kg <= tare_kg:
        fields.refuse("gross_kg", f"{gross_kg:g} kg gross is not above {tare_kg:g} kg tare")
    return WeighingRow(
        at=fields.time("at"),
        gross_kg=gross_kg,
        tare_kg=tare_kg,
        moisture_fraction=fields.optional_fraction("moisture"),
        scale=fields.optional_text("scale"),
        ticket=fields.optional_text("ticket"),
        u_moisture_fraction=fields.optional_fraction("u_moisture"),
        moisture_method=fields.optional_word("moisture_method", MoistureMethod),
    )


def receipt(fields: Fields) -> ReceiptRow | None:
    """What the receiver decided, or None where nothing is decided yet."""
    block = fields.values.get("received")
    received = fields.within(block, "received") if isinstance(block, dict) else None
    if received is None:
        return None
    decision = received.optional_word("decision", ReceiptDecision)
    if decision is None:
        return None
    return ReceiptRow(
        decision=decision,
        accepted_kg=received.optional_number("accepted_kg", least=0),
        refused_kg=received.optional_number("refused_kg", least=0),
        reason=received.optional_text("reason", SENTENCE),
    )


def disposal(fields: Fields) -> DisposalRow | None:
    """What became of the load at the site, or None where it has not happened."""
    disposed = fields.within(fields.values["disposed"], "disposed") if fields.has("disposed") else None
    if disposed is None:
        return None
    return DisposalRow(
        method=disposed.word("method", DisposalMethod),
        at=disposed.time("at"),
        mass_kg=disposed.optional_number("mass_kg", above=0),
    )
