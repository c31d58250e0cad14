"""A loaded truck falls silent on the way and is never heard again.

Nobody waits for its next position to say so: the clock is enough. When the positions come after all, and
fill the silence, the finding is taken back. An empty truck that is parked without power is left alone.
"""

from pathlib import Path

from models.vocabulary import FindingKind
from tests.desk import Desk
from tests.village import DEPOT, PLANT, SITE, Village, moment


def loaded(village: Village, code: str) -> float:
    """A truck loads at the plant and leaves; returns the minute at which it left."""
    truck = village.truck(code)
    truck.drives(PLANT).stands(20)
    left = truck.minute
    truck.drives((6_000, 0))
    return left


def test_silent_for_good(village: Village, desk: Desk, folder: Path) -> None:
    left = loaded(village, "GONE")
    village.paper("M-1", "GONE", left, None)
    village.routes[0]["properties"].pop("planned_minutes")  # nothing says when it should have arrived
    silent_from = village.movers["GONE"].minute

    desk.take(village.write(folder))

    (gap,) = desk.findings(FindingKind.SIGNAL_GAP)
    assert gap["manifests"] == ["M-1"]
    assert gap["start"] == moment(silent_from).replace("+00:00", "Z")
    assert gap["score"] >= 0.5
    assert desk.verdicts() == {"M-1": "contradicted"}


def test_what_comes_late_explains_it(village: Village, desk: Desk, folder: Path) -> None:
    left = loaded(village, "LATE")
    truck = village.movers["LATE"]
    cut = truck.minute
    truck.drives(SITE)
    arrived = truck.minute
    truck.stands(20).drives(DEPOT)
    village.paper("M-1", "LATE", left, None)
    desk.take(village.write(folder, to_minute=cut))
    assert [finding["kind"] for finding in desk.findings(FindingKind.SIGNAL_GAP)] == ["signal_gap"]

    village.paper("M-1", "LATE", left, arrived)
    desk.take(village.write(folder))

    assert desk.findings() == []
    assert desk.verdicts() == {"M-1": "consistent"}


def test_a_parked_truck_without_power_is_left_alone(village: Village, desk: Desk, folder: Path) -> None:
    truck = village.truck("HOME")
    truck.drives(PLANT).stands(20)
    left = truck.minute
    truck.drives(SITE)
    village.paper("M-1", "HOME", left, truck.minute)
    truck.stands(15).drives(DEPOT).stands(30)

    desk.take(village.write(folder))

    assert desk.findings() == []
    assert desk.verdicts() == {"M-1": "consistent"}
