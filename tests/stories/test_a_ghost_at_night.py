"""A ghost load at night.

At eleven in the evening a truck fills up at the plant, drives out to a field road, tips its load there and
goes home. Nobody wrote a paper. The plant's gate keeps no book at night; the truck's own device does.
"""

from pathlib import Path

from models.vocabulary import FindingKind
from tests.desk import Desk, kinds
from tests.village import DEPOT, PLANT, SITE, Village, hauls

FIELD = (4_000.0, 3_000.0)
EVENING = 15 * 60.0  # minutes after 08:00


def test_a_load_without_paper_is_tipped_in_a_field(village: Village, desk: Desk, folder: Path) -> None:
    day_truck, night_truck = village.truck("DAY"), village.truck("NIGHT")
    way = hauls(day_truck)
    village.paper("M-1", "DAY", way.left, way.arrived)
    night_truck.stands(EVENING, silent=True).drives(PLANT).stands(20)
    night_truck.drives((4_000, 0), FIELD).stands(18)
    night_truck.drives((4_000, 0), (0, 0)).stands(6).drives(DEPOT).stands(60)

    desk.take(village.write(folder))

    found = desk.findings()
    assert "ghost_trip" in kinds(found)
    (ghost,) = desk.findings(FindingKind.GHOST_TRIP)
    assert ghost["vehicles"] == ["NIGHT"]
    assert ghost["manifests"] == []
    assert ghost["score"] >= 0.9
    (stop,) = desk.findings(FindingKind.UNPLANNED_STOP)
    assert stop["severity"] == "high"  # at night, far from any permitted place
    assert ghost["start"] < stop["start"] < stop["end"] < ghost["end"]
    assert desk.verdicts() == {"M-1": "consistent"}


def test_the_same_way_with_a_paper_to_the_site_is_a_delivery(
    village: Village, desk: Desk, folder: Path
) -> None:
    truck = village.truck("NIGHT")
    truck.stands(EVENING, silent=True)
    way = hauls(truck, SITE)
    village.paper("M-1", "NIGHT", way.left, way.arrived)

    desk.take(village.write(folder))

    assert desk.findings() == []
    assert desk.verdicts() == {"M-1": "consistent"}
