"""What do people try with loads: honest steps, wrong people and acts, stale pages, children, and time?"""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta
from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from models.custody_words import Act
from models.vocabulary import CustodyState, ManifestKind
from tests.tracking.custody.laws import LAWS, nothing_is_forgotten
from tests.tracking.custody.traffic import PEOPLE, Traffic
from tracking.operations.custody.draw_up import draw_up
from tracking.operations.custody.make_child import draw_up_and_issue, make_child
from tracking.operations.custody.refusals import ManifestUnknown, TakenMeanwhile
from tracking.operations.custody.run_timers import run_timers
from tracking.operations.custody.take_step import Seen
from tracking.rules.custody.arrows import BY_START, MACHINES, acts_from
from tracking.rules.custody.facts import Given
from tracking.rules.custody.guards_family import PARENTS_MAY_BE

Lend = Callable[[], AbstractContextManager[str]]
S = CustodyState
CHILD_KINDS = tuple(kind for kind in ManifestKind if kind is not ManifestKind.NORMAL)
MOST_LOADS = 14
LESS_LIKELY = frozenset({Act.CANCEL, Act.CANCEL_LOADED, Act.ABORT, Act.DISCARD})

a_load, a_turn = st.integers(0, 9), st.integers(0, 7)
anybody = st.sampled_from(PEOPLE)
odds = st.sampled_from((0.0, 0.5, 0.85, 1.0, 1.0, 1.15, 3.0))
minutes = st.sampled_from((0, 0, 0, 30, 2_000, -30))
ways = st.sampled_from(("straight", "water", "store"))
masses = st.sampled_from((8_000.0, 12_000.0, 17_000.0))
shares = st.sampled_from((0.25, 0.5, 1.0, 1.0, 1.3))


class TriedLoads(RuleBasedStateMachine):
    """The town with loads on the way. `lend`: gives a migrated database without a row."""

    lend: ClassVar[Lend]

    def __init__(self) -> None:
        super().__init__()
        self.lent = type(self).lend()
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
        loads = self.loads_in({state for act, state in BY_START if act in LESS_LIKELY and state is not None})
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
