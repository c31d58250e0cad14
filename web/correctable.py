"""Which fields of a manifest may be corrected, by whom, and what stands in them now?"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from models.values import Viewer
from tracking.operations.custody.aim_correction import ground_for
from tracking.operations.custody.sign import codes_of
from tracking.operations.custody.take_step import Setting
from tracking.queries.custody_facts import custody_by_number
from tracking.rules.custody.content import Content, content_of
from tracking.rules.custody.corrected import not_correctable
from tracking.rules.custody.fields import HEAD, OF_A_LEG, OF_A_WEIGHING, Aim, aim_of, touched_by, value_in


@dataclass(frozen=True, slots=True)
class Field:
    """A field that can be corrected; `touches`: row ids of organisations that must all agree."""

    path: str
    value: Any
    aim: Aim
    touches: frozenset[int]


def correctable(session: Session, number: str, viewer: Viewer, setting: Setting) -> list[Field] | None:
    """The fields that the viewer may have corrected, every one for a regulator; None: no such manifest."""
    custody = custody_by_number(session, number, viewer)
    if custody is None:
        return None
    content = content_of(custody, codes_of(session, custody))
    ground = ground_for(session, custody, setting)
    found = []
    for path in paths_in(content):
        aim = aim_of(path)
        if aim is None or aim.rule.shape is None or any(True for _each in not_correctable(aim, custody)):
            continue
        sides = frozenset(touched_by(aim, custody, ground))
        if viewer.sees_all or viewer.organisation_id in sides:
            found.append(Field(path, value_in(content, path), aim, sides))
    return found


def paths_in(content: Content) -> Iterator[str]:
    """Every path that the content has or could have."""
    yield from HEAD
    for index in range(len(content.get("legs", []))):
        yield from (f"legs[{index}].{name}" for name in OF_A_LEG)
    for role in content.get("weighings", {}):
        yield from (f"weighings.{role}.{name}" for name in OF_A_WEIGHING)
