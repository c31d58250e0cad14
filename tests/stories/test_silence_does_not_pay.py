"""A silent vehicle is not the cheapest fraud.

One driver pulls the plug of the device for the whole way: nothing is proved, so nothing is claimed, but the
paper is not called right either, and the silence stands in the queue. Another pulls it in the middle of
the way for half an hour: the way there and back is on the map, and the time to spare is counted. A third
drives through the tunnel that silences everyone, and is left alone.
"""

from datetime import datetime
from pathlib import Path

from models.vocabulary import FindingKind
from tests.desk import Desk
from tests.village import DEPOT, PLANT, SITE, Village, moment


def test_silent_from_gate_to_gate(village: Village, desk: Desk, folder: Path) -> None:
    silent = village.truck("SILENT")
    silent.stands(30)
    left = silent.minute + 25
    silent.drives(PLANT, silent=True).stands(20, silent=True).drives(SITE, silent=True)
    village.paper("M-1", "SILENT", left, silent.minute)
    silent.stands(15, silent=True).drives(PLANT, silent=True).drives(DEPOT, silent=True).stands(30)

    desk.take(village.write(folder))

    (finding,) = desk.findings()
    assert finding["kind"] == "signal_gap"
    assert finding["manifests"] == ["M-1"]
    assert finding["severity"] == "high"
    assert 0.3 <= finding["score"] < 0.5  # ranked, below the line that contradicts
    assert desk.verdicts() == {"M-1": "insufficient"}


def test_silent_for_half_an_hour_on_the_way(village: Village, desk: Desk, folder: Path) -> None:
    truck = village.truck("PLUG")
    truck.drives(PLANT).stands(20)
    left = truck.minute
    truck.drives((5_000, 0))
    fell_silent = moment(truck.minute)
    truck.stands(30, silent=True).drives((5_500, 0), silent=True).drives(SITE)
    village.paper("M-1", "PLUG", left, truck.minute)
    truck.stands(15)

    desk.take(village.write(folder))

    (gap,) = desk.findings(FindingKind.SIGNAL_GAP)
    assert gap["manifests"] == ["M-1"]
    assert datetime.fromisoformat(gap["start"]) == datetime.fromisoformat(fell_silent)
    assert gap["score"] >= 0.5
    assert desk.verdicts() == {"M-1": "contradicted"}


def test_a_tunnel_silences_everyone(village: Village, desk: Desk, folder: Path) -> None:
    """2.4 km below the river: six minutes without a fix, for all four trucks."""
    for number, code in enumerate(("T1", "T2", "T3", "T4")):
        truck = village.truck(code)
        truck.stands(60.0 * number).drives(PLANT).stands(20)
        left = truck.minute
        truck.drives((5_000, 0)).drives((7_400, 0), speed_m_s=6.5, silent=True).drives(SITE)
        village.paper(f"M-{code}", code, left, truck.minute)
        truck.stands(15)

    desk.take(village.write(folder))

    assert desk.findings(FindingKind.SIGNAL_GAP) == []
    assert set(desk.verdicts().values()) == {"consistent"}
