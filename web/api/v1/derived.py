"""How does a frozen value stand in the document? A schema made from its fields, once for each class."""

from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from marshmallow import fields as marsh

from web.api.v1.fields import (
    MAX_NAME,
    MOST_KG,
    Anything,
    Body,
    Chosen,
    Day,
    Flag,
    Many,
    Moment,
    Number,
    Part,
    Text,
    Whole,
)
from web.api.v1.paging import page_schema


@cache
def told(kind: Any) -> type[Body]:
    """The schema of an answer: every field is there, blanks as null."""
    hints = get_type_hints(kind)
    made: Any = Body.from_dict(
        {each.name: answer_field(hints[each.name]) for each in fields(kind)}, name=kind.__name__
    )
    return made  # type: ignore[no-any-return]


@cache
def told_list(kind: Any) -> type[Body]:
    """The schema of a list that is told whole."""
    made: Any = Body.from_dict(
        {"items": marsh.List(marsh.Nested(told(kind)), required=True)}, name=f"{kind.__name__}List"
    )
    return made  # type: ignore[no-any-return]


@cache
def told_pages(kind: Any) -> type[Body]:
    """The schema of a page of a long list."""
    return page_schema(f"{kind.__name__}Page", told(kind))


@cache
def given(kind: Any) -> type[Body]:
    """The schema of a request from the draft that an operation takes."""
    hints = get_type_hints(kind)
    made: Any = Body.from_dict(
        {each.name: body_field(hints[each.name], each) for each in fields(kind)}, name=kind.__name__
    )
    return made  # type: ignore[no-any-return]


def filled(kind: Any, body: Any) -> Any:
    """The draft from what its schema read."""
    hints = get_type_hints(kind)
    return kind(**{name: filled_value(hints[name], value) for name, value in body.items()})


def filled_value(hint: Any, value: Any) -> Any:
    """Lists become tuples, objects become drafts."""
    bare, _blank = without_none(hint)
    if isinstance(value, list):
        return tuple(filled_value(get_args(bare)[0], each) for each in value)
    return filled(bare, value) if isinstance(value, dict) and is_dataclass(bare) else value


def without_none(hint: Any) -> tuple[Any, bool]:
    """(the type, may it be blank)."""
    if get_origin(hint) in (UnionType, Union):
        kept = [each for each in get_args(hint) if each is not NoneType]
        return kept[0], len(kept) < len(get_args(hint))
    return hint, False


def answer_field(hint: Any) -> Any:
    """The field of an answer."""
    bare, blank = without_none(hint)
    common: dict[str, Any] = {"required": True, "allow_none": blank}
    if get_origin(bare) in (tuple, list):
        return marsh.List(answer_field(get_args(bare)[0]), **common)
    if isinstance(bare, type) and issubclass(bare, StrEnum):
        return Chosen(bare, **common)
    if is_dataclass(bare) and isinstance(bare, type):
        return marsh.Nested(told(bare), **common)
    for kind, field in ANSWERS.items():
        if bare is kind:
            return field(**common)
    return Anything(**common)


ANSWERS: dict[type[Any], type[Any]] = {
    str: marsh.String,
    bool: marsh.Boolean,
    int: marsh.Integer,
    float: marsh.Float,
    datetime: Moment,
    date: Day,
}


def body_field(hint: Any, declared: Field[Any] | None = None) -> Any:
    """The field of a request; one without a default must be there."""
    bare, blank = without_none(hint)
    common: dict[str, Any] = {"allow_none": blank}
    if declared is not None and declared.default is not MISSING:
        common["load_default"] = declared.default
    elif declared is not None:
        common["required"] = True
    if get_origin(bare) in (tuple, list):
        return Many(body_field(get_args(bare)[0]), **common)
    if isinstance(bare, type) and issubclass(bare, StrEnum):
        return Chosen(bare, **common)
    if is_dataclass(bare) and isinstance(bare, type):
        return Part(given(bare), **common)
    return simple_field(bare, common)


def simple_field(bare: Any, common: dict[str, Any]) -> Any:
    """The field of a plain value."""
    if bare is float:
        return Number(-MOST_KG, MOST_KG, **common)
    if bare is int:
        return Whole(**common)
    if bare is str:
        return Text(MAX_NAME, **common)
    plain: dict[Any, Any] = {bool: Flag, datetime: Moment, date: Day}
    return plain[bare](**common)
