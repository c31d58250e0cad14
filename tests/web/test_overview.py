"""Does the overview count right, and does "today" follow the data when the clock has passed them?"""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from models.session import write_sessions
from models.values import Viewer
from models.vocabulary import (
    CustodyState,
    DecisionOutcome,
    Doubt,
    FindingKind,
    Role,
    VerdictValue,
    WeighingRole,
)
from tests import cast
from tests import factories as make
from tests.cast import Cast
from tests.factories import DAY
from tests.web.conftest import SignIn
from tracking.queries.data_day import calendar_day, day_of, days_before, newest_moment, present_moment
from tracking.queries.live_positions import SILENT_AFTER_S, Position, live_positions, silent_positions
from tracking.queries.overview import day_summary, site_intakes, verdicts_by_day

SHANGHAI = "Asia/Shanghai"
WATCHER = Viewer(Role.REGULATOR)
TODAY = calendar_day(date(2026, 3, 2), SHANGHAI)


def test_a_day_is_the_citys_day() -> None:
    day = day_of(datetime(2026, 3, 1, 16, 30, tzinfo=UTC), SHANGHAI)
    assert day.date == date(2026, 3, 2)
    assert (day.start, day.end) == (DAY - timedelta(hours=8), DAY + timedelta(hours=16))


def test_a_day_with_a_change_of_the_clock_has_its_own_length() -> None:
    spring = calendar_day(date(2026, 3, 29), "Europe/London")
    assert spring.end - spring.start == timedelta(hours=23)


def test_days_before_are_consecutive() -> None:
    days = days_before(TODAY, 3, SHANGHAI)
    assert [one.date.day for one in days] == [28, 1, 2]
    assert [one.end for one in days[:-1]] == [one.start for one in days[1:]]


def test_a_summary_adds_what_was_loaded(engine: Engine, people: Cast) -> None:
    with write_sessions(engine).begin() as session:
        row = make.manifest(session, people.ours.plant, people.ours.site, number="PROVEN")
        make.weighing(session, row, WeighingRole.LOADED, 10_000.0, 0.8, DAY)
        make.verdict(session, row, VerdictValue.CONSISTENT)
        unweighed = make.manifest(session, people.ours.plant, people.ours.site, number="UNWEIGHED")
        make.verdict(session, unweighed, VerdictValue.INSUFFICIENT)
        make.manifest(
            session, people.ours.plant, people.ours.site, number="ISSUED", custody_state=CustodyState.ISSUED
        )
    with Session(engine) as session:
        summary = day_summary(session, WATCHER, TODAY)
    assert summary.shipments == 4, "an issued manifest has not been shipped yet"
    assert (summary.unweighed, summary.untested) == (1, 1)
    assert summary.wet_kg == pytest.approx(2 * 17_100 + 10_000)
    assert summary.dry_kg == pytest.approx(2 * 17_100 * 0.21 + 2_000)
    assert summary.t80_kg == pytest.approx(summary.dry_kg / 0.2)
    assert summary.proven_fraction == pytest.approx(10_000 / 44_200)
    assert summary.verdicts == {
        VerdictValue.PENDING: 0,
        VerdictValue.CONSISTENT: 1,
        VerdictValue.INSUFFICIENT: 1,
        VerdictValue.CONTRADICTED: 2,
    }


def test_an_empty_day_proves_nothing(engine: Engine) -> None:
    with Session(engine) as session:
        summary = day_summary(session, WATCHER, TODAY)
    assert (summary.shipments, summary.wet_kg, summary.proven_fraction) == (0, 0.0, None)


def test_each_sees_the_figures_of_its_own_loads(engine: Engine, people: Cast) -> None:
    plant = people.users[cast.PLANT]
    with Session(engine) as session:
        summary = day_summary(session, Viewer(Role.PLANT, plant.organisation_id), TODAY)
    assert summary.shipments == 1
    assert summary.wet_kg == pytest.approx(17_100)


def test_the_trend_counts_each_day(engine: Engine, people: Cast) -> None:
    with write_sessions(engine).begin() as session:
        earlier = make.manifest(
            session, people.ours.plant, people.ours.site, issued_at=TODAY.start - timedelta(seconds=1)
        )
        make.verdict(session, earlier, VerdictValue.CONSISTENT)
    with Session(engine) as session:
        trend = verdicts_by_day(session, WATCHER, days_before(TODAY, 2, SHANGHAI))
    assert [counts[VerdictValue.CONSISTENT] for _day, counts in trend] == [1, 0]
    assert [counts[VerdictValue.CONTRADICTED] for _day, counts in trend] == [0, 2]


def test_sites_are_measured_by_their_permit(engine: Engine, people: Cast) -> None:
    with Session(engine) as session:
        (intake,) = site_intakes(session, WATCHER, TODAY)
    assert intake.loads == 2
    assert intake.received_kg == pytest.approx(34_160)
    assert intake.used_fraction == pytest.approx(34.16 / 30.0)


def test_today_is_the_newest_day_of_the_data(engine: Engine, people: Cast) -> None:
    with Session(engine) as session:
        newest = newest_moment(session)
        assert newest == DAY + timedelta(minutes=50), "the last fix"
        assert present_moment(session, DAY + timedelta(days=300)) == newest
        assert present_moment(session, DAY) == DAY, "never later than the clock"


def test_an_empty_database_has_the_clocks_day(engine: Engine) -> None:
    with Session(engine) as session:
        assert present_moment(session, DAY) == DAY


def positions(engine: Engine, now: datetime) -> dict[str, Position]:
    with Session(engine) as session:
        return {one.vehicle.code: one for one in live_positions(session, WATCHER, now)}


def test_positions_are_the_newest_usable_fixes(engine: Engine, people: Cast) -> None:
    arrival = DAY + timedelta(minutes=50)
    with write_sessions(engine).begin() as session:
        make.fixes(session, people.ours.device, [(arrival + timedelta(days=9), 0.0, 0.0)], doubts=4)
    found = positions(engine, arrival)[people.ours.vehicle.code]
    assert found.at == arrival, "a fix from the future says nothing"
    assert [found.lon, found.lat] == pytest.approx([120.1, 31.05])
    assert found.is_moving
    assert (found.open_findings, found.open_today) == (1, 1)


def test_a_doubted_fix_of_the_same_second_is_not_shown(engine: Engine, people: Cast) -> None:
    arrival = DAY + timedelta(minutes=50)
    with write_sessions(engine).begin() as session:
        for lon, lat in ((119.0, 30.0), (121.0, 32.0)):  # on either side, whatever the order of the rows
            make.fixes(session, people.ours.device, [(arrival, lon, lat)], doubts=int(Doubt.NOT_FIXED))
    found = positions(engine, arrival)[people.ours.vehicle.code]
    assert found.at == arrival
    assert (found.lon, found.lat) == pytest.approx((120.1, 31.05))


def test_findings_of_yesterday_are_open_but_not_of_the_day(engine: Engine, people: Cast) -> None:
    found = positions(engine, DAY + timedelta(hours=30))[people.ours.vehicle.code]
    assert (found.open_findings, found.open_today) == (1, 0)
    with write_sessions(engine).begin() as session:
        make.decision(session, people.ours.finding, people.users[cast.REGULATOR], DecisionOutcome.DISMISS)
    assert positions(engine, DAY)[people.ours.vehicle.code].open_findings == 0


def test_a_device_on_another_vehicle_now_tells_nothing_of_this_one(engine: Engine, people: Cast) -> None:
    found = positions(engine, DAY - timedelta(days=60))
    assert found[people.ours.vehicle.code].at is None, "not bound yet"


def test_the_silent_with_a_load_come_first(engine: Engine, people: Cast) -> None:
    with write_sessions(engine).begin() as session:
        row = make.manifest(
            session, people.theirs.plant, people.theirs.site, custody_state=CustodyState.IN_TRANSIT
        )
        make.leg(session, row, people.theirs.vehicle)
        make.vehicle(session, code="NEVER")
    arrival = DAY + timedelta(minutes=50)
    at_rest = list(positions(engine, arrival + timedelta(seconds=SILENT_AFTER_S)).values())
    assert [one.vehicle.code for one in silent_positions(at_rest, arrival)] == ["NEVER"]
    late = arrival + timedelta(seconds=SILENT_AFTER_S + 1)
    silent = silent_positions(list(positions(engine, late).values()), late)
    assert [one.vehicle.code for one in silent] == [
        people.theirs.vehicle.code,
        "NEVER",
        people.ours.vehicle.code,
    ]
    assert silent[0].carries[0].number == row.number


def test_the_page_shows_another_day_when_asked(sign_in: SignIn, people: Cast) -> None:
    client = sign_in(cast.REGULATOR)
    assert "2026-03-02" in client.get("/").text
    other = client.get("/?day=2026-03-01").text
    assert "2026-03-01" in other
    assert 'rel="next" href="/?day=2026-03-02"' in other


def test_the_page_of_an_empty_city_says_so(service: Flask, engine: Engine) -> None:
    with write_sessions(engine).begin() as session:
        user = make.user(session, Role.REGULATOR)
    client = service.test_client()
    with client.session_transaction() as kept:
        kept.update({"_user_id": f"{user.id}:{user.session_version}", "_fresh": True})
    for path in ("/", "/manifests", "/findings", "/facilities", "/vehicles", "/devices"):
        assert client.get(path).status_code == 200
    assert "没有待处理的异常" in client.get("/").text
    assert "尚无联单" in client.get("/manifests").text


def test_the_queue_shows_the_likeliest_first(sign_in: SignIn, people: Cast, engine: Engine) -> None:
    with write_sessions(engine).begin() as session:
        make.finding(session, FindingKind.GHOST_TRIP, by=people.ours.vehicle, score=0.99, key="likely")
        make.finding(session, FindingKind.GHOST_TRIP, score=1.0, key="gone", retracted=True)
        make.finding(session, FindingKind.GHOST_TRIP, score=1.0, key="old", current=False)
    text = sign_in(cast.REGULATOR).get("/overview/figures").text
    assert text.index("/findings/likely") < text.index(f"/findings/{people.ours.finding.key}")
    assert "/findings/gone" not in text
    assert "/findings/old" not in text
