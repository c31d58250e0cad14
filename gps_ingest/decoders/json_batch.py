"""How does a JSON batch become position reports?

A list of objects, or {"fixes": [...]}. Each object has `recorded_at` (ISO 8601 with zone) or `time`
(seconds or milliseconds since 1970), `lat`, `lon`, and any of the other fields of fix_fields.READERS.
The time of receipt is the server's to say: `received_at` of a device is passed over.

A batch in which every value is plain (json_columns) is read column by column; any other is gone through item
by item, to say which of them cannot be taken and why. A test holds both ways equal.
"""

from collections.abc import Mapping, Sequence

import orjson

from gps_ingest.decoders.faults import Faults
from gps_ingest.decoders.fix_batch import Decoded, batch_of, nothing_decoded
from gps_ingest.decoders.fix_fields import read_fix
from gps_ingest.decoders.json_columns import NotPlain, read_columns
from models.device_values import DecodedFix
from models.values import Refusal

PLACE = "[{}]"
NO_BATCH = 'is neither a list of fixes nor an object {"fixes": [...]}'


class BatchRefused(ValueError):
    """The body is no batch at all; the message is the sentence for a person."""


def decode(body: bytes) -> Decoded:
    """All reports of a batch; positions are their indexes."""
    try:
        return decode_items(read_items(body))
    except BatchRefused as refused:
        return nothing_decoded("body", "", str(refused))


def read_items(body: bytes) -> list[object]:
    """The items of a batch, unread; raises BatchRefused."""
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise BatchRefused(f"is not JSON: {error}") from None
    items = value.get("fixes") if isinstance(value, dict) else value
    if not isinstance(items, list):
        raise BatchRefused(NO_BATCH)
    return items


def decode_items(items: Sequence[object]) -> Decoded:
    """The reports among `items`; a bad one is refused by itself, with every reason."""
    try:
        return Decoded(read_columns(items), place=PLACE)
    except NotPlain:
        return decode_each(items)


def decode_each(items: Sequence[object]) -> Decoded:
    """The patient way: each item by itself."""
    fixes: list[DecodedFix] = []
    positions: list[int] = []
    faults = Faults()
    for index, item in enumerate(items):
        place = PLACE.format(index)
        if faults.in_vain:
            faults.stop(place, len(items) - index)
            break
        fix = read_item(item, place) if isinstance(item, dict) else [Refusal(place, "", "is not an object")]
        if isinstance(fix, list):
            faults.refuse(fix)
        else:
            faults.good += 1
            fixes.append(fix)
            positions.append(index)
    return Decoded(batch_of(fixes, positions), faults.refusals, place=PLACE)


def read_item(item: Mapping[str, object], place: str) -> DecodedFix | list[Refusal]:
    """One report; `time` stands in for `recorded_at`."""
    clock = "recorded_at" if "recorded_at" in item or "time" not in item else "time"
    fix = read_fix({**item, "recorded_at": item.get(clock)}, place)
    if isinstance(fix, DecodedFix):
        return fix
    return [
        Refusal(each.place, clock if each.field == "recorded_at" else each.field, each.reason) for each in fix
    ]
