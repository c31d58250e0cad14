"""Does every list of work go on behind its last row, so that no load is beyond reach?"""

from collections.abc import Callable
from typing import Any

import pytest

from models.custody_words import Act
from tests.tracking.custody.haulage import Haulage, haulage
from tracking.queries.gate_queue import at_gate, at_own_place, coming_later, coming_soon, gate_queue
from tracking.queries.keyset import Key, Page
from tracking.queries.stock import waiting_for_disposal
from tracking.queries.today import drafts, in_yard
from tracking.queries.trips import loads_of_voyage, trips_aboard, trips_to_come

LOADS = 5
Listing = Callable[[Key | None], Page[Any]]


@pytest.fixture
def town(session: Any) -> Haulage:
    return haulage(session)


def numbers_of(listing: Listing, name: Callable[[Any], str] = lambda row: row.number) -> list[str]:
    """Every row, page by page; no page is empty but that of an empty list."""
    page = listing(None)
    found = [name(row) for row in page.rows]
    while page.after is not None:
        page = listing(page.after)
        assert page.rows
        found += [name(row) for row in page.rows]
    return found


def test_drafts_and_the_yard_go_on(town: Haulage) -> None:
    who = town.viewer("plant")
    drawn = [town.drawn_up() for _load in range(LOADS)]
    assert sorted(numbers_of(lambda after: drafts(town.session, who, after, 2))) == sorted(drawn)
    for number in drawn:
        town.sign(number, Act.ISSUE, "plant", 1)
    assert numbers_of(lambda after: in_yard(town.session, who, after, 2)) == drawn
    assert numbers_of(lambda after: drafts(town.session, who, after, 2)) == []


def test_a_drivers_trips_go_on_and_each_stands_in_one_list(town: Haulage) -> None:
    who = town.viewer("driver")
    gone = [town.on_the_road() for _load in range(3)]
    waiting = town.drawn_up()
    town.sign(waiting, Act.ISSUE, "plant")

    def number(trip: Any) -> str:
        return str(trip.load.number)

    assert numbers_of(lambda after: trips_aboard(town.session, who, after, 1), number) == gone
    assert numbers_of(lambda after: trips_to_come(town.session, who, after, 1), number) == [waiting]
    others = town.viewer("master")
    assert numbers_of(lambda after: trips_aboard(town.session, others, after, 1), number) == []


def test_a_voyage_is_whole_however_long_a_page_is(town: Haulage) -> None:
    for _load in range(3):
        number = town.on_the_road(legs=town.by_water())
        town.sign(number, Act.HAND_OVER, "driver", 40)
    who = town.viewer("master")
    assert len(trips_to_come(town.session, who, None, 2).rows) == 2
    voyage = loads_of_voyage(town.session, who, town.vessel.code)
    assert voyage is not None
    assert len(voyage.trips) == 3
    assert loads_of_voyage(town.session, town.viewer("driver"), town.vessel.code) is None


def test_the_gates_lists_go_on(town: Haulage) -> None:
    who = town.viewer("gate")
    numbers = [town.on_the_road() for _load in range(LOADS)]
    for number in numbers[:3]:
        town.sign(number, Act.ARRIVE, "gate", 1)
    queue = gate_queue(town.session, who, town.now)
    assert [row.number for row in queue.at_gate.rows] == numbers[:3]
    assert sorted(one.load.number for one in queue.coming) == sorted(numbers[3:])
    second = gate_queue(
        town.session, who, town.now, "at_gate", (queue.at_gate.rows[0].issued_at, queue.at_gate.rows[0].id)
    )
    assert [row.number for row in second.at_gate.rows] == numbers[1:3]
    assert second.later.rows == second.soon == ()
    assert coming_soon(town.session, who, town.now) == ()  # no route tells when they come
    assert [one.load.number for one in coming_later(town.session, who, town.now, None).rows] == numbers[3:]
    assert at_own_place(town.session, who, town.now, None).rows == ()
    assert at_gate(town.session, town.viewer("store"), town.now, None).rows == ()


def test_disposals_go_on(town: Haulage) -> None:
    who, taken = town.viewer("gate"), []
    for _load in range(3):
        number = town.on_the_road()
        town.sign(number, Act.ARRIVE, "gate", 50)
        town.sign(number, Act.ACCEPT, "gate", weighed=town.weighed(16_980.0, 0.79))
        taken.append(number)
    assert numbers_of(lambda after: waiting_for_disposal(town.session, who, after, 2)) == taken[::-1]
