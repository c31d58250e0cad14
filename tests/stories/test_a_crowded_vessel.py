"""A vessel carries five trucks' loads, and one truck's paper is invented.

Four trucks bring their loads to the wharf; the vessel takes them down the canal to the site in one voyage.
A fifth paper says the same of a truck that stood in its depot all morning. The vessel's one trip answers
all five papers on the water; on the road there are only four.
"""

from pathlib import Path

from models.vocabulary import FindingKind
from tests.desk import Desk
from tests.village import PLANT, Mover, Village, moment, weighing

WHARF, QUAY = (3_000.0, 500.0), (3_000.0, 20_000.0)


def relayed(village: Village, number: str, truck: str, left: float, aboard: float, ashore: float) -> None:
    """The paper of one load: by truck to the wharf, by vessel to the quay of the works."""
    road = {"seq": 1, "mode": "road", "vehicle": truck, "from": "PLANT", "to": "WHARF"}
    canal = {"seq": 2, "mode": "water", "vehicle": "SHIP", "from": "WHARF", "to": "QUAY", "voyage": "V-1"}
    village.paper(
        number,
        truck,
        left,
        None,
        destination="QUAY",
        legs=[road | {"handover": {"at": moment(aboard)}}, canal],
        received=weighing(17_060, 0.79, ashore, "QUAY-1") | {"decision": "accepted"},
    )


def test_five_papers_and_four_trucks(village: Village, desk: Desk, folder: Path) -> None:
    village.facility("WHARF", "transfer", WHARF)
    village.facility("QUAY", "site", QUAY, method="building_material", max_moisture=0.85)
    ship: Mover = village.truck("SHIP", mode="water", place=WHARF, speed_m_s=3.0, every_s=60.0)
    came: list[tuple[str, float, float]] = []
    for number in range(4):
        truck = village.truck(f"T{number}")
        truck.stands(15.0 * number).drives(PLANT).stands(20)
        left = truck.minute
        truck.drives((3_000, 0), WHARF)
        came.append((truck.code, left, truck.minute))
        truck.stands(15).drives((3_000, 0), PLANT).stands(30)
    village.truck("IDLE").stands(400)
    ship.stands(150).drives(QUAY)
    berthed = ship.minute
    ship.stands(120)
    for n, (code, left, arrived) in enumerate(came):
        relayed(village, f"M-{n}", code, left, arrived + 5, berthed + 20 + 10 * n)
    relayed(village, "M-INVENTED", "IDLE", came[1][1] + 5, came[1][2] + 10, berthed + 70)

    desk.take(village.write(folder))

    (phantom,) = desk.findings(FindingKind.PHANTOM_MANIFEST)
    assert phantom["manifests"] == ["M-INVENTED"]
    assert phantom["vehicles"] == ["IDLE"]
    verdicts = desk.verdicts()
    assert verdicts.pop("M-INVENTED") == "contradicted"
    assert verdicts == {f"M-{n}": "consistent" for n in range(4)}
    assert [line["kind"] for line in desk.findings()] == ["phantom_manifest"]
