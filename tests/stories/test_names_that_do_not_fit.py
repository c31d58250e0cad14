"""Names that do not fit: a vehicle nobody registered, a colleague who drove, one trip sold twice.

Guigang 2018 in small: slips for vehicles that do not exist, for loads that others carried, and two slips for
the load that one truck really brought.
"""

from pathlib import Path

from models.vocabulary import FindingKind
from tests.desk import Desk
from tests.village import Village, hauls


def test_a_vehicle_that_nobody_registered(village: Village, desk: Desk, folder: Path) -> None:
    way = hauls(village.truck("REAL"))
    village.paper("M-1", "REAL", way.left, way.arrived)
    village.paper("M-2", "INVENTED", way.left + 200, way.arrived + 200)

    desk.take(village.write(folder))

    (finding,) = desk.findings(FindingKind.UNKNOWN_VEHICLE)
    assert (finding["manifests"], finding["vehicles"]) == (["M-2"], ["INVENTED"])
    assert desk.verdicts() == {"M-1": "consistent", "M-2": "contradicted"}


def test_a_colleague_drove(village: Village, desk: Desk, folder: Path) -> None:
    way = hauls(village.truck("DROVE"))
    village.truck("NAMED").stands(way.arrived + 60)
    village.paper("M-1", "NAMED", way.left, way.arrived)

    desk.take(village.write(folder))

    (finding,) = desk.findings()
    assert finding["kind"] == "wrong_vehicle"
    assert finding["vehicles"] == ["DROVE", "NAMED"]
    assert desk.verdicts() == {"M-1": "contradicted"}


def test_one_trip_is_sold_twice(village: Village, desk: Desk, folder: Path) -> None:
    way = hauls(village.truck("TWICE"))
    village.paper("M-1", "TWICE", way.left, way.arrived)
    village.paper("M-2", "TWICE", way.left + 4, way.arrived + 4)

    desk.take(village.write(folder))

    (finding,) = desk.findings(FindingKind.SHARED_TRIP)
    assert sorted(finding["manifests"]) == ["M-1", "M-2"]
    assert set(desk.verdicts().values()) == {"contradicted"}


def test_paper_for_a_truck_that_stood_in_its_depot(village: Village, desk: Desk, folder: Path) -> None:
    village.truck("IDLE").stands(300)
    village.paper("M-1", "IDLE", 120, 150)

    desk.take(village.write(folder))

    (finding,) = desk.findings()
    assert finding["kind"] == "phantom_manifest"
    assert finding["score"] >= 0.9
