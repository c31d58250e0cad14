"""What do people try with papers: corrections, holds, surveys, products, and paper of an emergency?"""

from dataclasses import replace
from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import (
    precondition,
    rule,
)

from models.custody_words import Act
from models.vocabulary import DisposalMethod
from tests.tracking.custody.tried_loads import MOST_LOADS, TriedLoads, a_load, a_turn, anybody
from tracking.operations.custody.answer_correction import (
    answer_correction,
    decide_correction,
    withdraw_correction,
)
from tracking.operations.custody.confirm_paper import PaperAnswer, answer_paper, decide_paper
from tracking.operations.custody.corrections import CorrectionAsked, request_correction
from tracking.operations.custody.dispatch_product import DispatchDraft, dispatch_product
from tracking.operations.custody.emergency import (
    PaperStep,
    WindowDraft,
    close_window,
    continue_on_paper,
    enter_paper,
    open_window,
)
from tracking.operations.custody.holds import lift_hold, place_hold
from tracking.operations.custody.measure_pile import Survey, measure_pile
from tracking.rules.custody.arrows import acts_from
from tracking.rules.custody.facts import Given

SPEAKERS = ("plant", "dispatcher", "shipper", "store", "gate")
FIELDS = (
    "planned_kg",
    "legs[0].driver",
    "weighings.loaded.ticket",
    "weighings.loaded.gross_kg",
    "weighings.loaded.moisture",
    "weighings.received.gross_kg",
    "refused_kg",
)


class TriedPapers(TriedLoads):
    """The same town, with everything that is written about its loads."""

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


def changed(old: object, turn: int) -> object:
    """Another value of the same shape: near by, or one that cannot be."""
    if isinstance(old, float | int):
        return (old * 0.98, old * 1.01, old + 0.01, -1.0)[turn % 4]
    return ("another", "T-1", "", None)[turn % 4]
