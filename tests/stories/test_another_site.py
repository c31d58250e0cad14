"""A truck drives its load to another site.

The paper says: 17.1 t from the plant to the incinerator, received there at a quarter past ten. The truck
was at the landfill in the north all that time. Its colleague, with the same paper, went where it should.
"""

from pathlib import Path

from models.vocabulary import FindingKind
from tests.desk import Desk, kinds
from tests.village import SITE, TIP, Village, hauls


def test_the_load_goes_elsewhere(village: Village, desk: Desk, folder: Path) -> None:
    honest, dishonest = village.truck("HONEST"), village.truck("DISHONEST")
    way = hauls(honest, SITE)
    village.paper("M-1", "HONEST", way.left, way.arrived)
    way = hauls(dishonest, (6_000, 0), (6_000, 8_000), TIP)
    village.paper("M-2", "DISHONEST", way.left, way.arrived)

    desk.take(village.write(folder))

    (finding,) = desk.findings(FindingKind.WRONG_DESTINATION)
    assert finding["manifests"] == ["M-2"]
    assert finding["vehicles"] == ["DISHONEST"]
    assert finding["facility"] == "TIP"
    assert finding["score"] >= 0.9
    assert desk.verdicts() == {"M-1": "consistent", "M-2": "contradicted"}
    assert all("M-1" not in line["manifests"] for line in desk.findings())


def test_unless_the_authority_sent_it_there(village: Village, desk: Desk, folder: Path) -> None:
    """应急调度: the incinerator stands still that day, and its loads are sent to the landfill."""
    truck = village.truck("TRUCK")
    way = hauls(truck, (6_000, 0), (6_000, 8_000), TIP)
    village.paper("M-1", "TRUCK", way.left, way.arrived, diversion="DIV-1")
    village.write(folder)
    (folder / "diversions.jsonl").write_text(
        '{"id": "DIV-1", "from_site": "SITE", "to_site": "TIP", "reason": "停炉检修",'
        ' "valid_from": "2026-03-02T00:00:00Z", "valid_to": "2026-03-03T00:00:00Z"}\n',
        "utf-8",
    )

    desk.take(folder)

    assert kinds(desk.findings()) == []
    assert desk.verdicts() == {"M-1": "consistent"}
