"""Do the service figures of a fleet count what happened, over any period, for whom may see it?"""

import csv
from collections.abc import Sequence
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models.fixes import RawMessage
from models.fleet import Device, Vehicle
from models.session import write_sessions
from models.thresholds import Thresholds
from models.values import Viewer
from models.vocabulary import Doubt, RawStatus, Role
from tests import cast
from tests import factories as make
from tests.cast import Cast
from tests.factories import DAY
from tests.web.conftest import NOW, SignIn
from tests.web.counting import counted_queries
from tracking.queries.data_day import calendar_day, day_of
from tracking.queries.service_figures import FleetService, ServiceFigures, ServiceFilter, fleet_service
from tracking.queries.service_stretches import StretchCache
from web.pages.service import Period, bounds

WATCHER = Viewer(Role.REGULATOR)
ZONE = "Asia/Shanghai"
TODAY = day_of(DAY, ZONE)
KM_DEG = 1 / 110.852


def north(minutes: Sequence[float], kilometres: Sequence[float]) -> list[tuple[datetime, float, float]]:
    """Points due north: (time, lon, lat) at these minutes of DAY and kilometres."""
    return [
        (DAY + timedelta(minutes=minute), 120.0, 31.0 + far * KM_DEG)
        for minute, far in zip(minutes, kilometres, strict=True)
    ]


def service(
    engine: Engine, cache: StretchCache | None = None, viewer: Viewer = WATCHER, **given: object
) -> FleetService:
    asked: dict[str, Any] = {"start": TODAY.start, "end": TODAY.end} | given
    wanted = ServiceFilter(**asked)
    with Session(engine) as session:
        return fleet_service(session, viewer, wanted, Thresholds(), cache or StretchCache())


@pytest.fixture
def fleet(engine: Engine) -> None:
    """顺: V1 drives with one break, V2 is silent, V3 has no device, V4's device is out of service.
    达: V5 drifts."""
    with write_sessions(engine).begin() as session:
        shun, da = make.organisation(session, code="SHUN"), make.organisation(session, code="DA")
        one, two = make.vehicle(session, shun, code="V1"), make.vehicle(session, shun, code="V2")
        make.vehicle(session, shun, code="V3")
        four, five = make.vehicle(session, shun, code="V4"), make.vehicle(session, da, code="V5")
        good = make.device(session, one, code="D1")
        make.device(session, two, code="D2")
        make.device(session, four, code="D4", active=False)
        wild = make.device(session, five, code="D5")
        # 0.5 km, then 3 km in 12 silent minutes, then 0.5 km
        make.fixes(session, good, north([0, 1, 13, 14], [0, 0.5, 3.5, 4.0]), speed_kmh=30.0)
        # one fix of four 60 km away, one record of five without a position
        make.fixes(session, wild, north([0, 1, 2, 3], [0, 0.5, 60.0, 1.5]))
        make.fixes(session, wild, north([4], [1.5]), doubts=int(Doubt.NOT_FIXED))


def of(found: FleetService, code: str) -> ServiceFigures:
    return next(row.figures for row in found.vehicles if row.vehicle.code == code)


def test_one_vehicle_with_a_break(engine: Engine, fleet: None) -> None:
    one = of(service(engine), "V1")
    assert (one.licensed, one.equipped, one.heard, one.boarded, one.online) == (1, 1, 1, 1, 1)
    assert one.complete_fraction == pytest.approx(1 / 4, rel=1e-3)
    assert one.offline_moves == 1
    assert one.offline_m == pytest.approx(3000, rel=1e-3)
    assert (one.qualified_fraction, one.drift_fraction) == (1.0, 0.0)


def test_a_vehicle_that_drifts(engine: Engine, fleet: None) -> None:
    five = of(service(engine), "V5")
    assert (five.fixes, five.unqualified, five.drifts) == (5, 1, 1)
    assert (five.qualified_fraction, five.drift_fraction) == (0.8, 1.0)
    assert five.distance_m == pytest.approx(1500, rel=1e-3)


def test_a_fleet_is_the_sum_of_its_vehicles(engine: Engine, fleet: None) -> None:
    found = service(engine)
    shun = next(one for name, one in found.by_hauler if name is not None and name.code == "SHUN")
    assert (shun.licensed, shun.equipped, shun.heard) == (4, 2, 1)
    assert shun.equipped_fraction == 0.5
    assert shun.online_fraction == pytest.approx(1 / 3)  # of three with a device on board
    assert found.total.drift_fraction == 0.5
    assert found.total.fixes == 9


def test_the_worst_stand_first(engine: Engine, fleet: None) -> None:
    codes = [row.vehicle.code for row in service(engine).vehicles]
    assert codes == ["V3", "V4", "V2", "V1", "V5"]  # not equipped, silent, a quarter told, 80 % qualified


def test_a_period_without_data_has_no_rates(engine: Engine, fleet: None) -> None:
    far = calendar_day((DAY + timedelta(days=9)).date(), ZONE)
    total = service(engine, start=far.start, end=far.end).total
    assert (total.online_fraction, total.fixes) == (0.0, 0)
    rates = (total.qualified_fraction, total.complete_fraction, total.drift_fraction)
    assert rates == (None, None, None)


def test_a_hauler_is_chosen(engine: Engine, fleet: None) -> None:
    assert {row.vehicle.code for row in service(engine, hauler="DA").vehicles} == {"V5"}


def test_messages_kept_aside_count_against_the_data(engine: Engine, fleet: None) -> None:
    with write_sessions(engine).begin() as session:
        row = RawMessage(
            device_code="D1",
            device_id=session.scalars(select(Device.id).where(Device.code == "D1")).one(),
            protocol="json",
            received_at=DAY,
            body=b"?",
            sha256="1",
            source="test",
            status=RawStatus.REFUSED,
        )
        make.add(session, row)
    one = of(service(engine), "V1")
    assert (one.kept_aside, one.qualified_fraction) == (1, 0.8)


def test_a_device_counts_where_it_was_on_board(engine: Engine) -> None:
    """On V1 for its first two fixes, on V2 for the others: the step between them is nobody's."""
    with write_sessions(engine).begin() as session:
        one, two = make.vehicle(session, code="V1"), make.vehicle(session, code="V2")
        device = make.device(session)
        change = DAY + timedelta(minutes=1, seconds=30)
        make.add(session, make.binding(device, one, DAY - timedelta(days=1), change))
        make.add(session, make.binding(device, two, change))
        make.fixes(session, device, north([0, 1, 2, 3], [0, 0.5, 1.0, 1.5]))
    found = service(engine)
    assert [of(found, code).fixes for code in ("V1", "V2")] == [2, 2]
    assert of(found, "V1").distance_m == pytest.approx(500, rel=1e-3)
    assert (of(found, "V1").equipped, of(found, "V2").equipped) == (0, 1)


def test_a_silence_over_midnight_counts_in_the_week_and_in_neither_day(engine: Engine) -> None:
    midnight = (TODAY.end - DAY).total_seconds() / 60
    with write_sessions(engine).begin() as session:
        device = make.device(session, make.vehicle(session, code="V1"))
        make.fixes(session, device, north([midnight - 10, midnight + 10], [0, 5.0]))
    one_day = service(engine)
    two_days = service(engine, end=TODAY.end + timedelta(days=1))
    assert (one_day.total.offline_moves, two_days.total.offline_moves) == (0, 1)
    assert two_days.total.fixes == 2


def test_what_was_read_is_not_read_again_until_something_is_added(engine: Engine, fleet: None) -> None:
    cache = StretchCache()
    with counted_queries(engine) as cold:
        first = service(engine, cache)
    with counted_queries(engine) as warm:
        assert service(engine, cache) == first
    assert len(warm) == len(cold) - 1
    assert not any("ORDER BY device_id, time_ms" in query for query in warm)
    with write_sessions(engine).begin() as session:
        late = make.device(session, code="D6")
        truck = session.scalars(select(Vehicle).where(Vehicle.code == "V3")).one()
        make.add(session, make.binding(late, truck, DAY - timedelta(days=1)))
        make.fixes(session, late, north([5], [1.0]))
    assert of(service(engine, cache), "V3").online == 1
    with write_sessions(engine).begin() as session:
        make.fixes(session, late, north([6], [1.5]))
    assert of(service(engine, cache), "V3").distance_m == pytest.approx(500, rel=1e-3)


@pytest.mark.parametrize(
    ("period", "day", "first", "last"),
    [
        (Period.DAY, "2026-03-04", "2026-03-04", "2026-03-04"),
        (Period.WEEK, "2026-03-04", "2026-03-02", "2026-03-08"),
        (Period.WEEK, "2026-03-08", "2026-03-02", "2026-03-08"),
        (Period.MONTH, "2026-02-14", "2026-02-01", "2026-02-28"),
        (Period.MONTH, "2028-02-29", "2028-02-01", "2028-02-29"),
        (Period.MONTH, "2026-12-31", "2026-12-01", "2026-12-31"),
    ],
)
def test_a_period_has_whole_days(period: Period, day: str, first: str, last: str) -> None:
    found = bounds(period, datetime.fromisoformat(day).date())
    assert tuple(one.isoformat() for one in found) == (first, last)


def test_the_page_tells_each_figure_and_what_it_is(sign_in: SignIn, people: Cast) -> None:
    text = sign_in(cast.REGULATOR).get("/fleet?period=week").text
    for word in (
        "安装率",
        "上线率",
        "数据合格率",
        "轨迹完整率",
        "漂移率",
        "离线位移",
        "2026-03-02 – 2026-03-08",
    ):
        assert word in text, word
    assert "相邻两点间隔超过 300 秒且距离超过 500 米" in text


def test_a_hauler_sees_its_own_fleet(sign_in: SignIn, people: Cast) -> None:
    text = sign_in(cast.HAULER).get("/fleet").text
    assert "苏E·QY-1" in text
    assert "BH-1" not in text
    assert "BH-1" not in sign_in(cast.HAULER).get("/fleet.csv").text
    assert "BH-1" not in sign_in(cast.HAULER).get("/fleet?hauler=TT").text


def test_the_file_holds_the_figures(sign_in: SignIn, people: Cast) -> None:
    answer = sign_in(cast.REGULATOR).get(f"/fleet.csv?day={NOW.date().isoformat()}")
    rows = list(csv.DictReader(StringIO(answer.text.removeprefix("\ufeff"))))
    ours = next(row for row in rows if row["车船"] == "V-QY-1")
    assert (ours["安装率"], ours["上线率"], ours["漂移率"], ours["离线位移"]) == ("1.0", "1.0", "0.0", "0")
    assert ours["运输单位"] == "顺达运输"
    assert float(ours["总里程 (km)"]) > 10


@pytest.mark.parametrize("query", ["period=year", "day=yesterday", "day=1890-01-01"])
def test_odd_periods_are_bad_requests(query: str, sign_in: SignIn) -> None:
    assert sign_in(cast.REGULATOR).get(f"/fleet?{query}").status_code == 400
