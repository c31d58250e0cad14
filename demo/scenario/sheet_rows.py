"""How is a sheet of version 2 read into its table, and read out of it again?"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from demo.scenario.fields import Fields
from demo.scenario.filling import Given, store
from demo.scenario.folder import Folder, Read, read_jsonl
from demo.scenario.known import References
from demo.scenario.outcome import LoadResult
from demo.scenario.sheets import As, Column, Sheet
from models.base import Base
from models.manifests import Manifest
from models.values import Refusal

CODED: dict[type[Base], str] = {Manifest: "number"}  # tables whose code has another name


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A line: values by column name, codes not looked up yet."""

    place: str
    values: Mapping[str, Any]


def read_sheet(folder: Folder, sheet: Sheet) -> Read:
    """The lines of a sheet's file; an absent file has none."""
    return read_jsonl(
        folder,
        sheet.file,
        lambda fields: SheetRow(
            fields.place, {each.name: read_column(fields, each) for each in sheet.columns}
        ),
    )


def read_column(fields: Fields, column: Column) -> Any:
    """One value; what is wrong gathers in `fields`."""
    if column.required and fields.missing(column.name):
        return None
    name = column.name
    if column.kind is As.NUMBER:
        return fields.optional_number(name)
    if column.kind is As.WHOLE:
        return fields.optional_whole(name)
    if column.kind is As.TIME:
        return fields.optional_time(name)
    if column.kind is As.DAY:
        return fields.day(name) if fields.has(name) else None
    if column.kind is As.FLAG:
        return fields.values[name] is True
    if column.kind is As.WORD and column.words is not None:
        return fields.optional_word(name, column.words)
    if column.kind is As.LIST and column.words is not None:
        return read_list(fields, column) if fields.has(name) else None
    return fields.optional_text(name, column.limit)


def read_list(fields: Fields, column: Column) -> list[str]:
    """Words of a closed list."""
    known = [each.value for each in column.words or ()]
    found = []
    for index, value in fields.items(column.name):
        if value in known:
            found.append(str(value))
        else:
            fields.refuse(f"{column.name}[{index}]", f"is none of {', '.join(known)}")
    return found


def write_sheet(
    session: Session, sheet: Sheet, rows: Sequence[SheetRow], result: LoadResult
) -> Iterator[Refusal]:
    """Store the lines of a sheet; a second time changes nothing."""
    ids = {
        column.name: ids_by_code(session, column.refers, {row.values[column.name] for row in rows})
        for column in sheet.columns
        if column.refers is not None
    }
    given = []
    for row in rows:
        references = References(row.place)
        values = {}
        for column in sheet.columns:
            value = row.values[column.name]
            if column.refers is not None:
                what = column.refers.__tablename__
                value = references.find(column.name, value, ids[column.name], what)
            values[column.attribute] = value
        yield from references.refusals
        if not references.refusals:
            key = tuple(values.pop(name) for name in sheet.key)
            given.append(Given(row.place, key, values))
    names = {column.attribute: column.name for column in sheet.columns}
    yield from store(session, sheet.table, sheet.key, given, result.tally(sheet.kind), names)


def ids_by_code(session: Session, table: type[Base], codes: set[str | None]) -> dict[str, int]:
    """Row ids of the codes that are known."""
    column = code_of(table)
    found: dict[str, int] = {}
    wanted = sorted(code for code in codes if code is not None)
    for start in range(0, len(wanted), 500):
        piece = wanted[start : start + 500]
        rows = session.execute(select(column, table.id).where(column.in_(piece)))  # type: ignore[attr-defined]
        found |= dict(rows.all())
    return found


def code_of(table: type[Base]) -> Any:
    """The column by which papers name a row."""
    return getattr(table, CODED.get(table, "code"))


def sheet_lines(session: Session, sheet: Sheet) -> Iterator[dict[str, Any]]:
    """The rows of a table as lines of its file, in the order of their key; blanks are left out."""
    codes = {
        column.name: dict(
            session.execute(select(column.refers.id, code_of(column.refers))).all()  # type: ignore[attr-defined]
        )
        for column in sheet.columns
        if column.refers is not None
    }
    lines = []
    for row in session.scalars(select(sheet.table)):
        line = {}
        for column in sheet.columns:
            value = getattr(row, column.attribute)
            if value is not None:
                line[column.name] = codes[column.name][value] if column.refers else written(value)
        lines.append(line)
    names = [column.name for name in sheet.key for column in sheet.columns if column.attribute == name]
    yield from sorted(lines, key=lambda line: [str(line.get(name, "")) for name in names])


def written(value: Any) -> Any:
    """A value as JSON has it: times in UTC, whole numbers without a point."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
