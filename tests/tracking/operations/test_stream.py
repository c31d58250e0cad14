"""Does following the stream conclude the same as looking at all of it, only sooner?

A worker looks every few seconds: it follows the new fixes and judges at once whom they call for. Fixes come
in any order, late, twice, and the worker is lost and begun anew in between.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select

from models.findings import Finding
from models.fleet import Vehicle
from models.session import read_sessions
from models.thresholds import Thresholds
from tests.tracking.operations.arrivals import Row, cut_in_time, when, with_late_pieces, written
from tests.tracking.operations.conclusions import Conclusions, conclusions, differences
from tests.tracking.operations.conftest import NOW, analysed, take_in
from tests.village import PLANT, SITE, Village, moment, settled
from tracking.operations.analyse import analyse
from tracking.operations.watch_stream import Choice, StreamWatch
from tracking.queries.fixes import to_ms
from tracking.rules.live.watched import Sign


class Looker:
    """A worker at given moments: a sweep first, then looks."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.stream: StreamWatch | None = None

    def look(self, at: datetime) -> Choice:
        """Follow and judge what the stream calls for; the first look is a sweep."""
        if self.stream is None:
            analysed(self.engine, until=at)
            self.stream = StreamWatch(Thresholds())
            with read_sessions(self.engine)() as session:
                self.stream.begin(session)
            return Choice()
        with read_sessions(self.engine)() as session:
            choice = self.stream.choose(session, to_ms(at))
        if not choice.nothing:
            analyse(
                self.engine,
                until=at,
                recorded_at=NOW,
                thresholds=Thresholds(),
                contradicted_score=0.5,
                only=choice.signs.keys(),
            )
            with read_sessions(self.engine)() as session:
                self.stream.judged(session, choice)
        return choice

    def lost(self) -> None:
        """Its process is gone; the next look begins anew."""
        self.stream = None


def stream(engine: Engine, source: Path, pieces: list[list[Row]], chance: Random) -> None:
    """Each piece comes with the paper of its time and is looked at; now and then the worker is lost."""
    looker = Looker(engine)
    with TemporaryDirectory() as folder:
        for number, piece in enumerate(pieces):
            if not piece:
                continue
            told = max(when(row["recorded_at"]) for row in piece)
            last = number == len(pieces) - 1
            take_in(engine, written(source, Path(folder) / f"{number}", piece, None if last else told))
            looker.look(told)
            if chance.random() < 0.25:
                looker.lost()
    analysed(engine)


def test_looks_in_order(engine: Engine, morning: Path, at_once: Conclusions) -> None:
    stream(engine, morning, cut_in_time(morning, 6), Random(1))
    assert differences(at_once, conclusions(engine)) == []


@settings(max_examples=6, phases=[Phase.generate])  # to shrink an order of arrival would take hours
@given(st.randoms(use_true_random=False), st.integers(3, 7))
def test_any_order_of_arrival_concludes_the_same(
    fresh_engine: Callable[[], Engine], morning: Path, at_once: Conclusions, chance: Random, count: int
) -> None:
    """Stretches held back, single fixes shuffled to other pieces, some of them sent twice."""
    pieces = with_late_pieces(cut_in_time(morning, count), chance)
    for _ in range(200):
        giver, taker = chance.choice(pieces), chance.choice(pieces)
        if len(giver) > 1:
            row = giver[chance.randrange(len(giver))]
            taker.append(row)
            if chance.random() < 0.5:
                giver.remove(row)
    engine = fresh_engine()
    stream(engine, morning, [piece for piece in pieces if piece], chance)
    assert differences(at_once, conclusions(engine)) == []


@pytest.fixture
def detour(tmp_path: Path) -> Village:
    """A truck that leaves the road 3 km after the plant, and one that does not; both leave at minute 30."""
    village = settled()
    for code, corners in (("STRAYS", [(3_000, 0), (3_000, 2_500), (8_000, 2_500)]), ("STAYS", [(8_000, 0)])):
        truck = village.truck(code)
        truck.every_s = 10.0
        truck.drives(PLANT).stands(25)
        village.paper(f"M-{code}", code, truck.minute, None)
        truck.drives(*[(float(x), float(y)) for x, y in corners]).drives(SITE)
    return village


def named(engine: Engine, choice: Choice) -> dict[str, Sign | None]:
    """The signs by the vehicles' codes."""
    with read_sessions(engine)() as session:
        codes = dict(session.execute(select(Vehicle.id, Vehicle.code)).all())
    return {codes[key]: sign for key, sign in choice.signs.items()}


def off_route(engine: Engine) -> int:
    """How many excursions are told of now."""
    with read_sessions(engine)() as session:
        rows = session.scalars(select(Finding.kind).where(Finding.current, ~Finding.retracted))
        return [kind.value for kind in rows].count("off_route")


def test_an_excursion_is_told_of_within_two_minutes(engine: Engine, detour: Village, tmp_path: Path) -> None:
    """Fixes come every ten seconds; between the sign and the finding there is no sweep."""
    looker = Looker(engine)
    turned = 5.0 + 25.0 + 5.0  # to the plant, in it, 3 km on
    told_at = None
    for number in range(14):
        until = 30.0 + number * 0.75
        rows = detour.write(tmp_path / f"{number}", to_minute=until)
        take_in(engine, rows)
        choice = looker.look(datetime.fromisoformat(moment(until)).astimezone(UTC))
        if number > 0:
            assert set(named(engine, choice).values()) <= {Sign.LEFT, Sign.OFF_ROUTE, None}
        if off_route(engine) and told_at is None:
            told_at = until
    assert told_at is not None
    assert told_at - turned < 2.0


def test_nothing_happened_nothing_is_worked_out(engine: Engine, detour: Village, tmp_path: Path) -> None:
    """On its way as approved a truck is followed and left alone, and its fixes wait for the sweep."""
    looker = Looker(engine)
    chosen = []
    for number in range(6):
        until = 33.0 + number
        take_in(engine, detour.write(tmp_path / f"{number}", to_minute=until))
        chosen.append(named(engine, looker.look(datetime.fromisoformat(moment(until)).astimezone(UTC))))
    assert all("STAYS" not in each for each in chosen[1:])


def test_silence_is_told_by_the_clock(engine: Engine, detour: Village, tmp_path: Path) -> None:
    """No fix comes any more: the vehicle is called for once, when it should have been heard."""
    looker = Looker(engine)
    start = datetime.fromisoformat(moment(33.0)).astimezone(UTC)
    take_in(engine, detour.write(tmp_path / "first", to_minute=33.0))
    looker.look(start)
    take_in(engine, detour.write(tmp_path / "second", from_minute=33.0, to_minute=34.0))
    looker.look(start + timedelta(minutes=1))
    called = [named(engine, looker.look(start + timedelta(minutes=minutes))) for minutes in range(2, 9)]
    assert [("STAYS" in each) for each in called].count(True) == 1
    assert "STAYS" not in called[0]


def test_a_fix_from_before_is_told_as_late(engine: Engine, detour: Village, tmp_path: Path) -> None:
    looker = Looker(engine)
    start = datetime.fromisoformat(moment(36.0)).astimezone(UTC)
    held = [report for report in detour.movers["STAYS"].reports if 31 < report.minute < 32]
    detour.movers["STAYS"].reports = [r for r in detour.movers["STAYS"].reports if r not in held]
    take_in(engine, detour.write(tmp_path / "first", to_minute=36.0))
    looker.look(start)
    detour.movers["STAYS"].reports = held
    take_in(engine, detour.write(tmp_path / "late"))
    assert named(engine, looker.look(start)) == {"STAYS": Sign.LATE}
    assert named(engine, looker.look(start)) == {}
