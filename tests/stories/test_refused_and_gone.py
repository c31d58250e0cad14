"""A site refuses a load. What was refused is still sludge, and still somebody's.

With a manifest for the way back all is well. Without one the paper is not called right, and the truck that
leaves the site with the load is a ghost. A receipt whose sums do not close is not called right either.
"""

from pathlib import Path
from typing import Any

from models.vocabulary import FindingKind
from tests.desk import Desk
from tests.village import DEPOT, PLANT, SITE, TIP, Village, weighing


def refused(village: Village, to: tuple[float, float]) -> tuple[float, float]:
    """A truck is refused at the site and drives on; returns when it left the site and when it arrived."""
    truck = village.truck("SENT")
    truck.drives(PLANT).stands(20)
    left = truck.minute
    truck.drives(SITE)
    arrived = truck.minute
    truck.stands(20)
    gone = truck.minute
    truck.drives(to)
    there = truck.minute
    truck.stands(20).drives(DEPOT)
    receipt: dict[str, Any] = weighing(17_070, 0.79, arrived + 5, "SITE-1")
    receipt |= {"decision": "rejected", "accepted_kg": 0, "refused_kg": 17_070, "reason": "气味异常"}
    village.paper("M-1", "SENT", left, None, received=receipt)
    return gone, there


def test_back_to_the_plant_with_a_manifest(village: Village, desk: Desk, folder: Path) -> None:
    gone, there = refused(village, PLANT)
    village.route("R3", "SITE", "PLANT", SITE, PLANT)
    leg = {"seq": 1, "mode": "road", "vehicle": "SENT", "from": "SITE", "to": "PLANT", "route": "R3"}
    ends: dict[str, Any] = {"origin": "SITE", "destination": "PLANT", "kind": "return", "parent": "M-1"}
    village.paper("M-2", "SENT", gone, there, legs=[leg], **ends)

    desk.take(village.write(folder))

    assert desk.findings() == []
    assert desk.verdicts() == {"M-1": "consistent", "M-2": "consistent"}


def test_to_the_tip_without_one(village: Village, desk: Desk, folder: Path) -> None:
    refused(village, TIP)

    desk.take(village.write(folder))

    (ghost,) = desk.findings(FindingKind.GHOST_TRIP)
    assert ghost["vehicle"] == "SENT"
    assert desk.verdicts() == {"M-1": "insufficient"}


def test_sums_that_do_not_close(village: Village, desk: Desk, folder: Path) -> None:
    truck = village.truck("SUM")
    truck.drives(PLANT).stands(20)
    left = truck.minute
    truck.drives(SITE)
    receipt: dict[str, Any] = weighing(17_070, 0.79, truck.minute + 5, "SITE-1")
    receipt |= {"decision": "accepted", "accepted_kg": 12_000, "refused_kg": 0}
    village.paper("M-1", "SUM", left, None, received=receipt)
    truck.stands(15).drives(DEPOT)

    desk.take(village.write(folder))

    assert desk.findings() == []
    (verdict,) = desk.lines("verdicts", "--lang", "en")
    assert verdict["verdict"] == "insufficient"
    assert "not what was weighed in" in verdict["reasons"][0]
