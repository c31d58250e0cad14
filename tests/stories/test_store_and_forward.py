"""Store and forward: the gap that fills up is retracted.

The network is down along the road. The truck's device keeps its fixes and sends them when it is back at the
depot. Until then there is a silence of twenty minutes on a loaded way, and it is said so. Then the fixes
come, an hour late: the truck drove straight through. The finding is withdrawn, and that it stood is kept.
"""

from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from cli.runtime import ready_engine
from models.findings import Finding
from models.vocabulary import FindingKind
from tests.desk import Desk
from tests.village import DEPOT, PLANT, SITE, Village, moment


def test_late_fixes_explain_the_silence(village: Village, desk: Desk, folder: Path) -> None:
    truck = village.truck("LATE", speed_m_s=6.0)
    truck.drives(PLANT).stands(20)
    left = truck.minute
    truck.drives((2_000, 0))
    falls_silent = truck.minute
    truck.drives((9_500, 0))
    heard_again = truck.minute
    truck.drives(SITE)
    village.paper("M-1", "LATE", left, truck.minute)
    truck.stands(15).drives(PLANT, DEPOT).stands(20)
    kept = [report for report in truck.reports if falls_silent < report.minute < heard_again]
    sent = [report for report in truck.reports if report not in kept]

    truck.reports = sent
    desk.take(village.write(folder))
    assert {"signal_gap"} <= {line["kind"] for line in desk.findings()}
    assert desk.verdicts()["M-1"] != "consistent"

    truck.reports = kept
    desk.take(village.write(folder))
    assert desk.findings() == []
    assert desk.verdicts() == {"M-1": "consistent"}

    with Session(ready_engine()) as session:
        told = session.execute(
            select(Finding.version, Finding.current, Finding.retracted)
            .where(Finding.kind == FindingKind.SIGNAL_GAP)
            .order_by(Finding.version)
        ).all()
    assert told == [(1, False, False), (2, False, True)]


def test_analysed_hour_by_hour_it_is_the_same(village: Village, desk: Desk, folder: Path) -> None:
    """The same morning as it would have come in: what an analysis up to each hour says holds to the end."""
    truck = village.truck("ON TIME")
    truck.drives(PLANT).stands(20)
    left = truck.minute
    truck.drives((6_000, 0)).stands(12).drives(SITE)
    village.paper("M-1", "ON TIME", left, truck.minute)
    truck.stands(15).drives(PLANT, DEPOT).stands(20)
    desk.load(village.write(folder))
    for minute in range(10, round(truck.minute) + 20, 10):
        desk.analyse(until=moment(minute))
    (stop,) = desk.findings()
    assert stop["kind"] == "unplanned_stop"
    assert desk.verdicts() == {"M-1": "contradicted"}
