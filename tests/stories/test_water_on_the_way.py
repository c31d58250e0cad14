"""Water is added on the way.

Part of the load is sold by the roadside and replaced with water from the canal. The weighbridges at both
ends agree to a hair. The dry mass does not. Another driver simply loses a tenth of the load, and weighs it.
"""

from pathlib import Path

from tests.desk import Desk, kinds
from tests.village import Village, hauls, weighing


def test_the_scales_agree_and_the_sludge_does_not(village: Village, desk: Desk, folder: Path) -> None:
    truck = village.truck("WET")
    way = hauls(truck)
    paper = village.paper("M-1", "WET", way.left, way.arrived)
    paper["loaded"] = weighing(17_000, 0.76, way.left - 3, "PLANT-1")
    paper["received"] = weighing(16_980, 0.815, way.arrived + 5, "SITE-1") | {"decision": "accepted"}

    desk.take(village.write(folder))

    found = desk.findings()
    assert "dilution" in kinds(found)
    assert "wet_gap" not in kinds(found)
    dilution = next(line for line in found if line["kind"] == "dilution")
    assert dilution["severity"] == "high"
    assert dilution["manifests"] == ["M-1"]
    assert any("掺水" in sentence for sentence in dilution["reasons"])
    assert desk.verdicts() == {"M-1": "contradicted"}


def test_a_tenth_is_unaccounted_for(village: Village, desk: Desk, folder: Path) -> None:
    truck = village.truck("LIGHT")
    way = hauls(truck)
    village.paper("M-1", "LIGHT", way.left, way.arrived, net_kg=17_000, received_kg=15_200)

    desk.take(village.write(folder))

    assert "wet_gap" in kinds(desk.findings())
    english = desk.lines("findings", "--lang", "en")
    told = " ".join(sentence for line in english for sentence in line["reasons"])
    assert "unaccounted for" in told
    assert "stolen" not in told


def test_what_evaporates_is_nobodys_fault(village: Village, desk: Desk, folder: Path) -> None:
    truck = village.truck("DRY")
    way = hauls(truck)
    village.paper("M-1", "DRY", way.left, way.arrived, net_kg=17_000, received_kg=16_940)

    desk.take(village.write(folder))

    assert desk.findings() == []
    assert desk.verdicts() == {"M-1": "consistent"}
