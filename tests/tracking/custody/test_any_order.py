"""Whatever is tried, in whatever order and by whomever: is no tonne lost, doubled or moved off the arrows?

A machine of Hypothesis calls the real operations, each in a committed transaction. Honest calls take loads
forward; between them come wrong people, wrong acts, wrong masses, stale pages and signatures sent twice.
After every call the tables themselves are asked (laws.py); a refused call has changed no row.
"""

import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from models.custody_words import Act
from models.vocabulary import CustodyState, DisposalMethod, ManifestKind
from tests.postgres_server import PostgresServer
from tests.tracking.custody.laws import LAWS, nothing_is_forgotten
from tests.tracking.custody.traffic import PEOPLE, Traffic
from tracking.operations.custody.answer_correction import (
    answer_correction,
    decide_correction,
    withdraw_correction,
)
from tracking.operations.custody.confirm_paper import PaperAnswer, answer_paper, decide_paper
from tracking.operations.custody.corrections import CorrectionAsked, request_correction
from tracking.operations.custody.dispatch_product import DispatchDraft, dispatch_product
from tracking.operations.custody.draw_up import draw_up
from tracking.operations.custody.emergency import (
    PaperStep,
    WindowDraft,
    close_window,
    continue_on_paper,
    enter_paper,
    open_window,
)
from tracking.operations.custody.holds import lift_hold, place_hold
from tracking.operations.custody.make_child import draw_up_and_issue, make_child
from tracking.operations.custody.measure_pile import Survey, measure_pile
from tracking.operations.custody.refusals import ManifestUnknown, TakenMeanwhile
from tracking.operations.custody.run_timers import run_timers
from tracking.operations.custody.take_step import Seen
from tracking.rules.custody.arrows import BY_START, MACHINES, acts_from
from tracking.rules.custody.facts import Given
from tracking.rules.custody.guards_family import PARENTS_MAY_BE

Lend = Callable[[], AbstractContextManager[str]]
S = CustodyState
SPEAKERS = ("plant", "dispatcher", "shipper", "store", "gate")
CHILD_KINDS = tuple(kind for kind in ManifestKind if kind is not ManifestKind.NORMAL)
MOST_LOADS = 14
LESS_LIKELY = frozenset({Act.CANCEL, Act.CANCEL_LOADED, Act.ABORT, Act.DISCARD})
FIELDS = (
    "planned_kg",
    "legs[0].driver",
    "weighings.loaded.ticket",
    "weighings.loaded.gross_kg",
    "weighings.loaded.moisture",
    "weighings.received.gross_kg",
    "refused_kg",
)

a_load, a_turn = st.integers(0, 9), st.integers(0, 7)
anybody = st.sampled_from(PEOPLE)
odds = st.sampled_from((0.0, 0.5, 0.85, 1.0, 1.0, 1.15, 3.0))
minutes = st.sampled_from((0, 0, 0, 30, 2_000, -30))
ways = st.sampled_from(("straight", "water", "store"))
masses = st.sampled_from((8_000.0, 12_000.0, 17_000.0))
shares = st.sampled_from((0.25, 0.5, 1.0, 1.0, 1.3))


class AnyOrder(RuleBasedStateMachine):
    """The town with loads on the way, and everything that people try with them."""

    def __init__(self, lend: Lend) -> None:
        super().__init__()
        self.lent = lend()
        self.traffic = Traffic(self.lent.__enter__())
        self.town, self.before = self.traffic.town, self.traffic.books
        self.last: tuple[int, Act, str, Given] | None = None

    def teardown(self) -> None:
        self.traffic.close()
        self.lent.__exit__(None, None, None)

    @initialize()
    def morning(self) -> None:
        """Two loads in store, one at the gate, one that stands between truck and vessel."""
        for way, acts in (
            ("store", (Act.LOAD, Act.DEPART, Act.HAND_OVER, Act.STORE)),
            ("store", (Act.LOAD, Act.DEPART, Act.HAND_OVER, Act.STORE)),
            ("straight", (Act.LOAD, Act.DEPART, Act.ARRIVE)),
            ("water", (Act.LOAD, Act.DEPART, Act.HAND_OVER)),
        ):
            assert self.issued("plant", way, 12_000.0)
            load = self.load(0)
            assert all(self.honestly(load, act) for act in acts)

    def issued(self, who: str, way: str, net_kg: float) -> bool:
        self.town.later(3)
        draft, viewer, signer = (
            self.traffic.draft(way, net_kg),
            self.town.viewer(who),
            self.town.signer(who),
        )
        return self.traffic.attempt(
            lambda session: draw_up_and_issue(session, draft, viewer, signer, self.town.setting())
        )

    def honestly(self, load: int, act: Act, share: float = 0.5) -> bool:
        """Whose turn it is signs, with what is on the scale."""
        self.town.later(2)
        given, who = self.traffic.given(load, act, share), self.traffic.signer_of(load, act)
        self.last = (load, act, who, given)
        return self.traffic.sign(load, act, who, given)

    def load(self, which: int) -> int:
        """A load, the youngest first."""
        loads = sorted(self.traffic.books.loads, reverse=True)
        return loads[which % len(loads)]

    def row_of(self, table: str, which: int) -> int | None:
        rows = sorted(self.traffic.books.tables[table], reverse=True)
        return rows[which % len(rows)] if rows else None

    @rule(who=st.sampled_from(("plant", "plant", "plant", "gate", "driver")), way=ways, net_kg=masses)
    @precondition(lambda self: len(self.traffic.books.loads) < MOST_LOADS)
    def another_load(self, who: str, way: str, net_kg: float) -> None:
        assert self.issued(who, way, net_kg) == (who == "plant")

    @rule(which=a_load, turn=a_turn)
    def go_on(self, which: int, turn: int) -> None:
        load = self.load(which)
        possible = acts_from(self.traffic.books.state(load))
        likely = [act for act in possible if act not in LESS_LIKELY or turn > 6]
        if likely:
            self.honestly(load, likely[turn % len(likely)], turn / 8)

    @rule(which=a_load, turn=a_turn)
    def go_far(self, which: int, turn: int) -> None:
        """Several honest steps in a row, so that loads come to their ends."""
        load = self.load(which)
        for _ in range(4):
            likely = [act for act in acts_from(self.traffic.books.state(load)) if act not in LESS_LIKELY]
            if not likely or not self.honestly(load, likely[turn % len(likely)], (turn + 1) / 9):
                return
            self.ask_the_laws()

    @rule(which=a_load, act=st.sampled_from(Act), who=anybody, factor=odds, back_min=minutes)
    def go_wrong(self, which: int, act: Act, who: str, factor: float, back_min: int) -> None:
        """Any act by anybody with any mass, perhaps dated back."""
        load = self.load(which)
        given = self.traffic.given(load, act, factor=factor)
        given = replace(given, at=self.town.now - timedelta(minutes=back_min))
        state, person = self.traffic.books.state(load), self.town.viewer(who)
        done = self.traffic.sign(load, act, who, given)
        assert not done or ((act, state) in BY_START and act not in MACHINES)
        assert not done or person.organisation_id is not None

    @rule(which=a_load, turn=a_turn, version=st.sampled_from((-1, 1, 0)), state=st.sampled_from(S))
    def from_a_stale_page(self, which: int, turn: int, version: int, state: CustodyState) -> None:
        """Who saw another state or version than there is signs nothing."""
        load = self.load(which)
        row = self.traffic.books.loads[load]
        possible = acts_from(row["custody_state"])
        if not possible or (version == 0 and state is row["custody_state"]):
            return
        act, seen = possible[turn % len(possible)], Seen(state, row["version"] + version)
        who = self.traffic.signer_of(load, act)
        assert not self.traffic.sign(load, act, who, self.traffic.given(load, act), seen)
        assert isinstance(self.traffic.refused, TakenMeanwhile | ManifestUnknown)

    @rule()
    @precondition(lambda self: self.last is not None)
    def signed_twice(self) -> None:
        """The last signature is sent once more."""
        assert self.last is not None
        load, act, who, given = self.last
        events = len(self.traffic.books.rows("custody_event", load))
        if events and self.traffic.books.rows("custody_event", load)[-1]["at"] == given.at:
            assert not self.traffic.sign(load, act, who, given)

    @rule(which=a_load, turn=a_turn)
    def turn_back(self, which: int, turn: int) -> None:
        """A load breaks down, or is cancelled by those who may."""
        loads = self.loads_in({state for act, state in BY_START if act in LESS_LIKELY})
        if loads:
            load = loads[which % len(loads)]
            acts = [act for act in acts_from(self.traffic.books.state(load)) if act in LESS_LIKELY]
            act = acts[turn % len(acts)]
            if self.honestly(load, act) and act is Act.CANCEL_LOADED:
                self.honestly(load, act)  # the carrier signs it too

    @rule(kind=st.sampled_from(CHILD_KINDS), which=a_load, turn=a_turn, share=shares)
    @precondition(lambda self: len(self.traffic.books.loads) < MOST_LOADS)
    def carry_on(self, kind: ManifestKind, which: int, turn: int, share: float) -> None:
        """A child of a load that may travel on, or of two that lie together, goes some way."""
        loads = self.loads_in(PARENTS_MAY_BE[kind])
        if not loads:
            return
        first = loads[which % len(loads)]
        parts = [(first, share)]
        if kind is ManifestKind.GROUP:
            beside = [each for each in loads if self.traffic.beside(first, each)] or loads
            parts.append((beside[turn % len(beside)], share))
        if self.child(kind, parts):
            for act in (Act.LOAD, Act.DEPART, Act.ARRIVE, Act.ACCEPT)[: turn % 5]:
                self.honestly(self.load(0), act)
                self.ask_the_laws()

    @rule(kind=st.sampled_from(CHILD_KINDS), which=a_load, second=a_load, share=shares)
    @precondition(lambda self: len(self.traffic.books.loads) < MOST_LOADS)
    def carry_on_wrongly(self, kind: ManifestKind, which: int, second: int, share: float) -> None:
        """A child of any load, in any state."""
        first = self.load(which)
        state = self.traffic.books.state(first)
        done = self.child(kind, [(first, share), (self.load(second), share)][: 1 + second % 2])
        assert not done or state in PARENTS_MAY_BE[kind]

    def child(self, kind: ManifestKind, parts: list[tuple[int, float]]) -> bool:
        """More than is left must be refused, and is then not looked for in the loads."""
        who, draft = self.traffic.child_draft(kind, parts)
        self.town.later(2)
        viewer, signer = self.town.viewer(who), self.town.signer(who)
        done = self.traffic.attempt(
            lambda session: make_child(session, draft, viewer, signer, self.town.setting())
        )
        assert not done or all(share <= 1 for _load, share in parts)
        return done

    def loads_in(self, states: Iterable[CustodyState]) -> list[int]:
        """Loads in one of these states, the youngest first."""
        wanted = frozenset(states)
        loads = sorted(self.traffic.books.loads, reverse=True)
        return [load for load in loads if self.traffic.books.state(load) in wanted]

    @rule(which=a_load, who=st.sampled_from(SPEAKERS), field=st.sampled_from(FIELDS), turn=a_turn)
    def ask_to_put_right(self, which: int, who: str, field: str, turn: int) -> None:
        load = self.load(which)
        old = self.traffic.value_of(load, field)
        new = changed(old, turn)
        asked = CorrectionAsked(field, old, new, "a slip of the pen")
        number, viewer = self.traffic.number(load), self.town.viewer(who)
        self.traffic.attempt(
            lambda session: request_correction(session, number, asked, viewer, self.town.setting())
        )
        if turn < 5:
            self.end_request(0, "agreed", "regulator")

    @rule(which=a_load, who=st.sampled_from(SPEAKERS), yes=st.sampled_from((True, True, False)))
    def agree(self, which: int, who: str, yes: bool) -> None:
        self.answer(self.row_of("correction", which), who, yes)

    def answer(self, request: int | None, who: str, yes: bool) -> None:
        if request is not None:
            viewer, setting = self.town.viewer(who), self.town.setting()
            self.traffic.attempt(
                lambda session: answer_correction(session, request, yes, "as seen", viewer, setting)
            )

    @rule(which=a_load, end=st.sampled_from(("agreed", "agreed", "withdrawn", "decided")), who=anybody)
    def end_request(self, which: int, end: str, who: str) -> None:
        """All whom it touches agree one after another, or it is taken back, or the regulator decides."""
        request, viewer, setting = (
            self.row_of("correction", which),
            self.town.viewer(who),
            self.town.setting(),
        )
        if request is None:
            return
        if end == "agreed":
            for speaker in SPEAKERS:
                self.answer(request, speaker, True)
        elif end == "withdrawn":
            self.traffic.attempt(lambda session: withdraw_correction(session, request, viewer, setting))
        else:
            self.traffic.attempt(
                lambda session: decide_correction(session, request, True, "so it is", viewer, setting)
            )

    @rule(which=a_load, who=st.sampled_from(("regulator", "regulator", "gate")), lift=st.booleans())
    def hold_or_release(self, which: int, who: str, lift: bool) -> None:
        """The regulator stops a load or lets it go on; nobody else does."""
        number, viewer, setting = (
            self.traffic.number(self.load(which)),
            self.town.viewer(who),
            self.town.setting(),
        )
        change = lift_hold if lift else place_hold
        done = self.traffic.attempt(
            lambda session: change(session, number, "inspection", viewer, setting), kept=True
        )
        assert not done or who == "regulator"

    @rule(turn=a_turn)
    def days_work(self, turn: int) -> None:
        """Everybody takes the next honest step with every load, and at night the machine its own."""
        for load in sorted(self.traffic.books.loads, reverse=True):
            likely = [act for act in acts_from(self.traffic.books.state(load)) if act not in LESS_LIKELY]
            if likely:
                self.honestly(load, likely[turn % len(likely)], (turn + 1) / 9)
                self.ask_the_laws()
        self.time_passes(3.0, True)

    @rule(hours=st.sampled_from((0.5, 3.0, 25.0, 200.0)), night=st.booleans())
    def time_passes(self, hours: float, night: bool) -> None:
        """The machine's own steps: expiry, overdue, regrouping, closing, what goes to the regulator."""
        self.town.later(hours * 60)
        run_timers(self.traffic.engine, self.town.setting(), closing=night)
        self.traffic.look()
        again = self.traffic.books.tables
        run_timers(self.traffic.engine, self.town.setting(), closing=night)
        self.traffic.look()
        assert self.traffic.books.tables == again or night  # a closed child lets its parent close

    @rule(
        factor=st.sampled_from((0.9, 1.0, 1.05)), tested=st.booleans(), who=st.sampled_from(("store", "gate"))
    )
    def survey(self, factor: float, tested: bool, who: str) -> None:
        """The store's pile is measured: by its keeper, and by somebody who has none."""
        wet = self.traffic.pile_kg("A1") * factor
        found = Survey(self.town.store.code, "A1", self.town.now, wet, 0.78 if tested else None)
        viewer, setting = self.town.viewer(who), self.town.setting()
        done = self.traffic.attempt(lambda session: measure_pile(session, found, viewer, setting))
        assert not done or who == "store"

    @rule(kg=st.sampled_from((-1.0, 500.0)), who=st.sampled_from(("gate", "driver")))
    def send_product(self, kg: float, who: str) -> None:
        """Ash leaves the site."""
        draft = DispatchDraft(
            self.town.site.code, "ash", kg, "cement", "works", self.town.now, DisposalMethod.INCINERATION
        )
        viewer, setting = self.town.viewer(who), self.town.setting()
        done = self.traffic.attempt(lambda session: dispatch_product(session, draft, viewer, setting))
        assert done == (who == "gate" and kg > 0)

    @rule(
        who=st.sampled_from(("regulator", "regulator", "plant")), close=st.sampled_from((False, False, True))
    )
    def emergency(self, who: str, close: bool) -> None:
        """The regulator opens a window for paper, or shuts one."""
        viewer, setting, now = self.town.viewer(who), self.town.setting(), self.town.now
        window = self.row_of("emergency_window", 0)
        if close and window is not None:
            self.traffic.attempt(lambda session: close_window(session, window, viewer, setting))
            return
        day = timedelta(days=1)
        draft = WindowDraft(now - day, now + day, now + day, "the network is down")
        assert self.traffic.attempt(lambda session: open_window(session, draft, viewer, setting)) == (
            who == "regulator"
        )

    @rule(
        steps=st.integers(1, 6),
        who=st.sampled_from(("plant", "plant", "gate")),
        shuffled=st.booleans(),
        opened=st.booleans(),
    )
    @precondition(lambda self: len(self.traffic.books.loads) < MOST_LOADS)
    def type_paper_in(self, steps: int, who: str, shuffled: bool, opened: bool) -> None:
        """A whole journey from paper, in order or not."""
        if opened:
            self.emergency("regulator", False)
        acts = [Act.ISSUE, Act.LOAD, Act.DEPART, Act.ARRIVE, Act.ACCEPT, Act.DISPOSE][:steps]
        paper = [self.on_paper(act, index) for index, act in enumerate(acts)]
        if shuffled:
            paper.reverse()
        draft, viewer = self.traffic.draft("straight", 9_000.0), self.town.viewer(who)
        done = self.traffic.attempt(
            lambda session: enter_paper(session, draft, paper, viewer, self.town.setting())
        )
        assert not done or who == "plant"

    def on_paper(self, act: Act, index: int) -> PaperStep:
        at = self.town.now - timedelta(minutes=60 - 5 * index)
        weighed = (
            replace(self.traffic.weighed(9_000.0, 0.21), at=at) if act in (Act.LOAD, Act.ACCEPT) else None
        )
        return PaperStep(act, Given(at=at, weighed=weighed, method=DisposalMethod.INCINERATION), "on paper")

    @rule(which=a_load, turn=a_turn)
    def go_on_by_paper(self, which: int, turn: int) -> None:
        """A load that is underway goes on by paper, typed in by whoever signed it."""
        load = self.load(which)
        possible = acts_from(self.traffic.books.state(load))
        if possible:
            self.emergency("regulator", turn == 0)
            act = possible[turn % len(possible)]
            who = self.traffic.signer_of(load, act)
            steps = [PaperStep(act, self.traffic.given(load, act), "on paper")]
            number, viewer = self.traffic.number(load), self.town.viewer(who)
            self.traffic.attempt(
                lambda session: continue_on_paper(session, number, steps, viewer, self.town.setting())
            )

    @rule(which=st.integers(0, 5), who=anybody, yes=st.booleans())
    def confirm_or_decide(self, which: int, who: str, yes: bool) -> None:
        """The party under whose name paper was typed in says yes or no; the regulator decides."""
        paper = self.row_of("paper_signature", which)
        if paper is None:
            return
        viewer, signer, setting = self.town.viewer(who), self.town.signer(who), self.town.setting()
        said = PaperAnswer(yes, "not on that day")
        if who == "regulator":
            self.traffic.attempt(
                lambda session: decide_paper(session, paper, yes, "its track", viewer, setting), kept=True
            )
        else:
            self.traffic.attempt(
                lambda session: answer_paper(session, paper, said, viewer, signer, setting), kept=True
            )

    @rule(who=anybody)
    @precondition(lambda self: len(self.traffic.books.loads) < MOST_LOADS)
    def draft(self, who: str) -> None:
        """A draft that waits; nobody but the plant may have one of its sludge."""
        draft, viewer = self.traffic.draft("straight", 8_000.0), self.town.viewer(who)
        done = self.traffic.attempt(lambda session: draw_up(session, draft, viewer, self.town.setting()))
        assert done == (who == "plant")

    @invariant()
    def ask_the_laws(self) -> None:
        """Everything that must hold, of the tables as they are and as they were."""
        books = self.traffic.books
        if books.tables == self.before.tables:
            return
        for law in LAWS:
            law(books)
        nothing_is_forgotten(self.before, books)
        self.before = books


def changed(old: object, turn: int) -> object:
    """Another value of the same shape: near by, or one that cannot be."""
    if isinstance(old, float | int):
        return (old * 0.98, old * 1.01, old + 0.01, -1.0)[turn % 4]
    return ("another", "T-1", "", None)[turn % 4]


def run(lend: Lend, most: int) -> None:
    """Examples of sixty tries each."""
    run_state_machine_as_test(  # type: ignore[no-untyped-call]  # the library says nothing of its types
        lambda: AnyOrder(lend),
        settings=settings(
            max_examples=most,
            stateful_step_count=60,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )


def test_on_sqlite_no_order_of_calls_loses_a_tonne(sqlite_template: Path, tmp_path: Path) -> None:
    @contextmanager
    def lend() -> Iterator[str]:
        path = tmp_path / f"{uuid4().hex}.db"
        shutil.copyfile(sqlite_template, path)
        yield f"sqlite:///{path}"
        path.unlink()

    run(lend, 20)


@pytest.mark.postgres
def test_on_postgresql_no_order_of_calls_loses_a_tonne(postgres: PostgresServer) -> None:
    run(postgres.migrated, 8)
