"""Is a handover written down before the giver came told of? The vessel comes to the wharf at 2,900 s."""

import pytest

from models.vocabulary import FacilityKind
from tests.tracking.ground import at, city, place, truck
from tests.tracking.ledger import journey, leg, manifest
from tracking.rules.assignment import Journey
from tracking.rules.judge_handover import handed_too_soon

WHARF = 4
TOWN = city(
    (place(1, FacilityKind.PLANT, (0, 0)), place(WHARF, FacilityKind.TRANSFER, (9_000, 0))),
    (),
    [truck(1), truck(2)],
)


def told(written_s: float | None, gave: Journey | None) -> list[str]:
    """The reasons, when paper names `written_s` as the moment of the handover."""
    legs = (
        leg(10, 1, to_id=WHARF, handover_at_ms=None if written_s is None else at(written_s)),
        leg(11, 2, seq=2, from_id=WHARF),
    )
    journeys = {} if gave is None else {10: gave}
    drafts = handed_too_soon(manifest(1, *legs), journeys, TOWN)
    return [reason.code for draft in drafts for reason in draft.reasons]


CAME = journey(10, 60, 2_900, destination_id=WHARF)
RAISED = ["handover_mismatch.ahead", "handover_mismatch.expected"]


@pytest.mark.parametrize(
    ("written_s", "found"), [(3_100, []), (2_900, []), (2_100, []), (1_900, RAISED), (-3_600, RAISED)]
)
def test_a_quarter_of_an_hour_is_the_clocks(written_s: float, found: list[str]) -> None:
    assert told(written_s, CAME) == found


def test_nothing_is_known_of_the_giver() -> None:
    assert told(600, None) == []
    assert told(None, CAME) == []
    assert told(600, journey(10, 60, 2_900, destination_id=WHARF, end_censored=True)) == []


def test_who_went_elsewhere_is_told_as_that() -> None:
    assert told(600, journey(10, 60, 2_900)) == []
