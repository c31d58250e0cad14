"""Has every field of the signed content a rule: may it be corrected, and whose agreement does it need?"""

from dataclasses import replace
from typing import Any

import pytest

from models.custody_words import Act, Capacity
from models.vocabulary import ReceiptDecision, WeighingRole
from tests.tracking.custody.haulage import Haulage
from tracking.operations.custody.sign import codes_of
from tracking.queries.custody_facts import custody_by_number
from tracking.rules.custody.content import content_of
from tracking.rules.custody.facts import Custody
from tracking.rules.custody.fields import (
    HEAD,
    OF_A_LEG,
    OF_A_WEIGHING,
    Shape,
    aim_of,
    value_in,
)

PARTS = {"legs": OF_A_LEG, "weighings": OF_A_WEIGHING}


def whole(town: Haulage) -> Custody:
    """A manifest with a value in everything that the content can hold."""
    number = town.on_the_road()
    custody = custody_by_number(town.session, number, town.viewer("plant"))
    assert custody is not None
    weighed = next(iter(custody.weighed.values()))
    return replace(
        custody,
        plan="P1",
        approval="A1",
        diversion="D1",
        place=(31.0, 120.0),
        received_at_id=custody.destination_id,
        arrival=weighed,
        decision=ReceiptDecision.ACCEPTED,
        accepted_kg=1.0,
        refused_kg=0.0,
        weighed={**custody.weighed, (WeighingRole.HANDOVER, 1): weighed},
    )


def paths(content: dict[str, Any]) -> list[str]:
    """Every field of a content."""
    found = [key for key in content if key not in PARTS]
    found += [f"legs[{index}].{key}" for index, leg in enumerate(content["legs"]) for key in leg]
    return found + [
        f"weighings.{name}.{key}" for name, weighed in content["weighings"].items() for key in weighed
    ]


def test_every_field_of_the_content_has_a_rule(town: Haulage) -> None:
    custody = whole(town)
    content = content_of(custody, codes_of(town.session, custody))
    found = paths(content)
    assert len(found) > 30
    assert [path for path in found if aim_of(path) is None] == []
    assert [path for path in found if value_in(content, path) is None] == []


def test_what_may_change_names_whom_it_touches_and_nothing_else_does() -> None:
    rules = {**HEAD, **OF_A_LEG, **OF_A_WEIGHING}
    assert [name for name, rule in rules.items() if (rule.shape is None) != (rule.touches == ())] == []


@pytest.mark.parametrize(
    "path", ["number", "version", "issued_at", "weighings.loaded.at", "arrival", "legs[0].from", "parents"]
)
def test_numbers_moments_and_raw_records_are_never_corrected(path: str) -> None:
    aim = aim_of(path)
    assert aim is not None
    assert aim.rule.shape is None


@pytest.mark.parametrize(
    "path", ["", "colour", "legs.vehicle", "legs[0].colour", "weighings.stolen.gross_kg"]
)
def test_there_are_no_other_fields(path: str) -> None:
    assert aim_of(path) is None


def test_a_weighing_is_named_with_its_leg() -> None:
    aim = aim_of("weighings.handover:2.gross_kg")
    assert aim is not None
    assert (aim.weighing, aim.rule.shape) == ((WeighingRole.HANDOVER, 2), Shape.MASS)
    assert Capacity.STORE in aim.rule.touches
    assert aim.rule.sealed_by is Act.LOAD
