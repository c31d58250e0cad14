"""What does the folder say of a manifest that people moved step by step (the object `live`, version 2)?"""

from demo.scenario.fields import SENTENCE, Fields
from demo.scenario.rows import ArrivalRow, ChangeRow, LiveRow, PartRow, WeighingRow
from models.custody_words import ManifestSource, MoistureMethod
from models.vocabulary import CustodyState, WeighingRole


def live(fields: Fields) -> LiveRow | None:
    """The object `live`, or None where the paper is all there is."""
    block = fields.within(fields.values["live"], "live") if fields.has("live") else None
    if block is None:
        return None
    arrival = block.within(block.values["arrival"], "arrival") if block.has("arrival") else None
    return LiveRow(
        source=block.word("source", ManifestSource),
        version=block.optional_whole("version") or 1,
        leg_seq=block.optional_whole("leg_seq") or 0,
        issuer=block.optional_text("issuer"),
        custodian=block.optional_text("custodian"),
        gate=block.optional_text("gate"),
        planned_kg=block.optional_number("planned_kg", above=0),
        approval=block.optional_text("approval", 100),
        place_lat=block.optional_number("place_lat", least=-90),
        place_lon=block.optional_number("place_lon", least=-180),
        due_at=block.optional_time("due_at"),
        overdue=block.values.get("overdue") is True,
        updated_at=block.optional_time("updated_at"),
        custody=tuple(change(each) for each in nested(block, "custody")),
        parts=tuple(part(each) for each in nested(block, "parts")),
        arrival=None if arrival is None else gate_arrival(arrival),
        weighings=tuple(role_weighing(each) for each in nested(block, "weighings")),
    )


def nested(fields: Fields, name: str) -> list[Fields]:
    """The objects of a list."""
    found = [fields.within(values, f"{name}[{index}]") for index, values in fields.items(name)]
    return [each for each in found if each is not None]


def change(fields: Fields) -> ChangeRow:
    return ChangeRow(
        to_state=fields.word("to", CustodyState),
        leg_seq=fields.optional_whole("leg") or 0,
        at=fields.time("at"),
        actor=fields.text("actor", 100),
        reason=fields.optional_text("reason", SENTENCE),
        recorded_at=fields.optional_time("recorded_at"),
    )


def part(fields: Fields) -> PartRow:
    return PartRow(
        number=fields.text("number"),
        wet_kg=fields.number("wet_kg", above=0),
        dry_kg=fields.optional_number("dry_kg", least=0),
        at=fields.time("at"),
    )


def gate_arrival(fields: Fields) -> ArrivalRow:
    return ArrivalRow(
        at=fields.time("at"),
        facility=fields.text("facility"),
        gross_kg=fields.optional_number("gross_kg", above=0),
        scale=fields.optional_text("scale"),
        ticket=fields.optional_text("ticket"),
    )


def role_weighing(fields: Fields) -> tuple[WeighingRole, int, WeighingRow]:
    gross_kg = fields.optional_number("gross_kg", above=0)
    tare_kg = fields.optional_number("tare_kg", above=0)
    if gross_kg is not None and tare_kg is not None and gross_kg <= tare_kg:
        fields.refuse("gross_kg", f"{gross_kg:g} kg gross is not above {tare_kg:g} kg tare")
    weighing = WeighingRow(
        at=fields.time("at"),
        gross_kg=gross_kg,
        tare_kg=tare_kg,
        moisture_fraction=fields.optional_fraction("moisture"),
        scale=fields.optional_text("scale"),
        ticket=fields.optional_text("ticket"),
        u_moisture_fraction=fields.optional_fraction("u_moisture"),
        moisture_method=fields.optional_word("moisture_method", MoistureMethod),
    )
    return fields.word("role", WeighingRole), fields.optional_whole("leg") or 0, weighing
