"""Whatever is tried in whatever order: are all changes arrows, and is no dry mass lost or made?

Hypothesis picks acts, people, manifests and quantities; what is refused changes nothing. Weighings say what
the books say and moistures are equal, so that the dry mass must add up to the rounding of parts.
"""

from collections.abc import Iterator
from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from models.custody_words import Act
from models.lineage import StockEntry
from models.manifests import CustodyEvent, Disposal, Manifest, Receipt
from models.vocabulary import CustodyState, DisposalMethod, ManifestKind, Mode
from tests.tracking.custody.haulage import Haulage
from tracking.operations.custody.draw_up import LegDraft
from tracking.operations.custody.refusals import CustodyRefused
from tracking.operations.custody.take_step import machine_step
from tracking.queries.custody_facts import custody_by_id
from tracking.rules.custody.arrows import ARROWS, acts_from
from tracking.rules.custody.facts import Custody, Given
from tracking.rules.custody.guards_family import PARENTS_MAY_BE
from tracking.rules.custody.quantities import ROUNDING_KG, left_kg, wet_kg

DRY = 0.21
PEOPLE = ("plant", "driver", "dispatcher", "master", "store", "gate")
MACHINES = (Act.EXPIRE, Act.REGROUP, Act.CLOSE)
CHILD_KINDS = tuple(kind for kind in ManifestKind if kind is not ManifestKind.NORMAL)
LESS_LIKELY = (Act.CANCEL, Act.CANCEL_LOADED, Act.EXPIRE, Act.ABORT)
S = CustodyState
NOT_GONE = frozenset({S.DRAFT, S.ISSUED, S.CANCELLED, S.EXPIRED})

which = st.integers(0, 7)
wild = st.tuples(st.just("wild"), st.sampled_from(Act), st.sampled_from(PEOPLE), which, which)
likely = st.tuples(st.just("likely"), st.none(), st.none(), which, which)
children = st.tuples(st.just("child"), st.none(), st.none(), which, which)
odd = st.tuples(st.just("wild"), st.sampled_from(CHILD_KINDS), st.sampled_from(PEOPLE), which, which)
sequences = st.lists(
    st.one_of(wild, odd, likely, likely, likely, children, children), min_size=15, max_size=25
)
Try = tuple[str, Act | ManifestKind | None, str | None, int, int]


class Town:
    """The town with three loads underway, and what can be tried in it."""

    def __init__(self, town: Haulage) -> None:
        self.town, self.session = town, town.session
        town.in_store(12_000.0)
        town.in_store(9_000.0)
        arrived = town.on_the_road(15_000.0)
        town.sign(arrived, Act.ARRIVE, "gate", 50)
        town.on_the_road(17_000.0, legs=town.by_water())

    def attempt(self, step: Try) -> None:
        """Try one thing; where nobody is named, let everybody try what is likely, until one may."""
        how, verb, who, first, second = step
        custody = self.manifest(first)
        choices: list[Act | ManifestKind | None] = [verb]
        if how == "likely":
            likely = [act for act in acts_from(custody.state) if act not in LESS_LIKELY]
            turn = second % len(likely) if likely else 0
            choices = [*likely[turn:], *likely[:turn]]
        elif how == "child":
            choices = [kind for kind in CHILD_KINDS if custody.state in PARENTS_MAY_BE[kind]]
        for choice in choices:
            for person in PEOPLE if who is None else (who,):
                if self.may(choice, person, custody, second):
                    return

    def may(self, verb: Act | ManifestKind | None, who: str, custody: Custody, choice: int) -> bool:
        """Refused or done, whole or not at all."""
        try:
            with self.session.begin_nested():
                if isinstance(verb, Act):
                    self.act(verb, who, custody, choice)
                elif verb is not None:
                    self.child(verb, who, custody, self.manifest(choice), choice)
        except CustodyRefused:
            self.session.expire_all()
            return False
        return True

    def act(self, act: Act, who: str, custody: Custody, choice: int) -> None:
        self.town.later(5)
        if act in MACHINES:
            machine_step(self.session, custody, act, Given(at=self.town.now), self.town.setting())
            return
        net_kg = sum(part.wet_kg for part in custody.parts_in) or wet_kg(custody) or 1_000.0
        refused_kg = round(net_kg * choice / 8)
        self.town.sign(
            custody.number,
            act,
            who,
            0,
            weighed=self.town.weighed(net_kg, 1 - DRY),
            refused_kg=refused_kg if act is Act.PART_ACCEPT else None,
            reason="because",
            pile="A1" if act is Act.STORE else None,
            method=DisposalMethod.INCINERATION,
        )

    def child(self, kind: ManifestKind, who: str, one: Custody, two: Custody, choice: int) -> None:
        town = self.town
        parents = [one, two] if kind is ManifestKind.GROUP else [one]
        parts = [(each.number, round((left_kg(each) or 900.0) * (choice + 1) / 7)) for each in parents]
        start = one.current.to_id if one.state in (S.IN_STORE, S.AT_TRANSFER) and one.current else None
        places = {each.id: each.code for each in (town.store, town.wharf, town.far_wharf, town.plant)}
        origin = places.get(start or 0, town.site.code)
        if one.state is S.ABORTED:
            origin = places.get(one.current.from_id if one.current else 0, town.plant.code)
        destination = town.plant.code if kind is ManifestKind.RETURN else town.site.code
        legs = (LegDraft(Mode.ROAD, town.far_truck.code, origin, destination),)
        ends = {"origin": origin, "destination": destination, "legs": legs, "place": (31.0, 120.1)}
        town.child(who, kind, *parts, **ends)

    def manifest(self, index: int) -> Custody:
        ids = self.session.scalars(select(Manifest.id).order_by(Manifest.id.desc())).all()
        custody = custody_by_id(self.session, ids[index % len(ids)])
        assert custody is not None
        return custody

    def all(self) -> Iterator[Custody]:
        for manifest_id in self.session.scalars(select(Manifest.id).order_by(Manifest.id)).all():
            custody = custody_by_id(self.session, manifest_id)
            assert custody is not None
            yield custody


@settings(
    max_examples=10,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=sequences)
def test_no_sequence_leaves_the_arrows_or_loses_mass(
    town: Haulage, steps: list[tuple[str, Act | ManifestKind, str, int, int]]
) -> None:
    began = town.now
    with town.session.begin_nested() as point:
        tried = Town(town)
        for step in steps:
            tried.attempt(step)
        only_arrows(tried)
        mass_is_kept(tried)
        stock_is_what_lies_there(tried)
        point.rollback()
    town.now = began
    town.session.expire_all()


def only_arrows(tried: Town) -> None:
    """Every event is an arrow, begins where the one before ended, and the last one is the state."""
    known = {(arrow.source, arrow.target) for arrow in ARROWS}
    for custody in tried.all():
        rows = tried.session.scalars(
            select(CustodyEvent).where(CustodyEvent.manifest_id == custody.id).order_by(CustodyEvent.id)
        ).all()
        assert {(row.from_state, row.to_state) for row in rows} <= known
        assert all(row.to_state is following.from_state for row, following in pairwise(rows))
        assert all(row.at <= following.at for row, following in pairwise(rows))
        assert rows[-1].to_state is custody.state


def mass_is_kept(tried: Town) -> None:
    """What children took of a load is never more than it had, wet and dry, and all of it when it ends."""
    for custody in tried.all():
        if not custody.parts_out:
            continue
        taken_kg = sum(part.wet_kg for part in custody.parts_out)
        taken_dry_kg = sum(part.dry_kg or 0.0 for part in custody.parts_out)
        had_kg = custody.refused_kg or wet_kg(custody) or 0.0
        assert taken_kg <= had_kg + ROUNDING_KG
        assert taken_dry_kg <= had_kg * DRY + ROUNDING_KG
        if custody.state in (S.REGROUPED, S.CLOSED):
            assert abs(taken_dry_kg - had_kg * DRY) <= ROUNDING_KG
    for custody in tried.all():
        if custody.parts_in and custody.state not in NOT_GONE:
            given_kg = sum(part.wet_kg for part in custody.parts_in)
            loaded = min(custody.weighed.values(), key=lambda each: each.at)
            assert abs((loaded.net_kg or 0.0) - given_kg) <= ROUNDING_KG


def stock_is_what_lies_there(tried: Town) -> None:
    """Dry mass of all piles = what is left of loads in store + accepted - disposed of."""
    expected_kg = 0.0
    for custody in tried.all():
        if custody.state in (S.IN_STORE, S.REGROUPED):
            gone = [part for part in custody.parts_out if part.state not in NOT_GONE]
            stored = custody.state is S.IN_STORE or passed_through_store(tried, custody)
            expected_kg += (wet_kg(custody) or 0.0) * DRY * stored
            expected_kg -= sum(part.dry_kg or 0.0 for part in gone) * stored
    accepted = tried.session.scalar(select(func.coalesce(func.sum(Receipt.accepted_kg), 0.0))) or 0.0
    disposed = tried.session.scalar(select(func.coalesce(func.sum(Disposal.mass_kg), 0.0))) or 0.0
    piles = tried.session.scalar(select(func.coalesce(func.sum(StockEntry.dry_kg), 0.0))) or 0.0
    assert abs(piles - expected_kg - (accepted - disposed) * DRY) <= 1.0


def passed_through_store(tried: Town, custody: Custody) -> bool:
    """Did it stand in store when it was regrouped?"""
    query = select(CustodyEvent.from_state).where(
        CustodyEvent.manifest_id == custody.id, CustodyEvent.to_state == S.REGROUPED
    )
    return tried.session.scalars(query).first() is S.IN_STORE
