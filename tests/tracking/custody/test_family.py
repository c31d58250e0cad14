"""Does a load that was refused, broke down, was split or grouped travel on under children, and only once?"""

import pytest
from sqlalchemy import select

from models.custody_words import Act
from models.lineage import ManifestLink
from models.manifests import Manifest
from models.vocabulary import CustodyState, DisposalMethod, ManifestKind, Mode, SludgeKind
from tests.tracking.custody.haulage import Haulage
from tracking.operations.custody.draw_up import LegDraft, PartDraft, change_draft
from tracking.operations.custody.make_child import taking_all
from tracking.operations.custody.refusals import StepBlocked
from tracking.operations.custody.run_timers import TimersRun, run_timers


def reasons(refused: pytest.ExceptionInfo[StepBlocked]) -> list[tuple[str, str]]:
    return [(each.field, each.reason.code.removeprefix("custody.")) for each in refused.value.blocked]


def timers(town: Haulage) -> TimersRun:
    """The machine's turn, half an hour later, on what is committed."""
    town.later(30)
    town.session.commit()
    engine = town.session.get_bind().engine
    return run_timers(engine, town.setting())


def state(town: Haulage, number: str) -> CustodyState:
    query = select(Manifest.custody_state).where(Manifest.number == number)
    return town.session.scalars(query).one()


def test_part_accepted_returned_disposed_of_and_closed(town: Haulage) -> None:
    number = town.on_the_road()
    town.sign(number, Act.ARRIVE, "gate", 50, weighed=town.weighed(17_000.0, None))
    town.sign(
        number,
        Act.PART_ACCEPT,
        "gate",
        weighed=town.weighed(17_000.0, 0.79),
        accepted_kg=12_000.0,
        refused_kg=5_000.0,
        reason="the rear of the box is thinned with water",
    )
    town.sign(number, Act.DISPOSE, "gate", 60, method=DisposalMethod.INCINERATION)
    assert timers(town).closed == 0  # 5 t still stand at the gate
    child = town.home("gate", (number, 5_000.0))
    town.sign(child, Act.LOAD, "gate")
    town.sign(child, Act.DEPART, "driver")
    town.sign(child, Act.ARRIVE, "plant", 50, weighed=town.weighed(5_000.0, None))
    town.sign(child, Act.ACCEPT, "plant", weighed=town.weighed(5_000.0, 0.79))
    with pytest.raises(StepBlocked) as refused:
        town.sign(child, Act.DISPOSE, "plant", 60, method=DisposalMethod.INCINERATION)
    assert reasons(refused) == [("", "taken_back_not_disposed")]
    assert timers(town).closed == 2  # the child first, then its parent
    assert state(town, number) is state(town, child) is CustodyState.CLOSED
    link = town.session.scalars(select(ManifestLink)).one()
    assert [link.wet_kg, link.dry_kg] == pytest.approx([5_000.0, 1_050.0])


def test_two_children_together_cannot_exceed_their_parent(town: Haulage) -> None:
    number = town.in_store()
    town.from_store(ManifestKind.SPLIT, (number, 10_000.0))
    with pytest.raises(StepBlocked) as refused:
        town.from_store(ManifestKind.SPLIT, (number, 7_001.0))
    assert reasons(refused) == [("parents[0].wet_kg", "child_too_big")]
    assert refused.value.blocked[0].reason.params["left_kg"] == 7_000.0


def test_a_draft_keeps_nothing_of_its_parent(town: Haulage) -> None:
    number = town.in_store()
    on = (LegDraft(Mode.ROAD, town.far_truck.code, town.store.code, town.site.code),)
    draft = {"kind": ManifestKind.SPLIT, "origin": town.store.code, "legs": on}
    town.drawn_up("store", parents=(PartDraft(number, 17_000.0),), **draft)
    other = town.from_store(ManifestKind.SPLIT, (number, 17_000.0))
    assert state(town, other) is CustodyState.ISSUED


def test_a_cancelled_child_gives_back_what_it_took(town: Haulage) -> None:
    number = town.in_store()
    child = town.from_store(ManifestKind.SPLIT, (number, 17_000.0))
    town.sign(child, Act.CANCEL, "store", reason="the truck was needed elsewhere")
    again = town.from_store(ManifestKind.SPLIT, (number, 17_000.0))
    assert state(town, again) is CustodyState.ISSUED


def test_a_child_of_a_child(town: Haulage) -> None:
    number = town.on_the_road()
    town.sign(number, Act.ABORT, "driver", reason="engine failure")
    on = (LegDraft(Mode.ROAD, town.far_truck.code, town.plant.code, town.site.code),)
    rescue = town.child("dispatcher", ManifestKind.RESCUE, (number, 17_000.0), legs=on, place=(31.02, 120.1))
    loaded = town.sign(rescue, Act.LOAD, "dispatcher")
    assert [each.net_kg for each in loaded.custody.weighed.values()] == [17_000.0]
    town.sign(rescue, Act.DEPART, "driver")
    town.sign(rescue, Act.ARRIVE, "gate", 60)
    town.sign(rescue, Act.REJECT, "gate", reason="no permit for this kind")
    back = town.home("gate", (rescue, 17_000.0))
    town.sign(back, Act.LOAD, "gate")
    assert state(town, back) is CustodyState.LOADED


def test_split_and_grouped_ends_as_regrouped(town: Haulage) -> None:
    first, second = town.in_store(), town.in_store(15_000.0)
    small = town.from_store(ManifestKind.SPLIT, (first, 7_000.0))
    rest = town.from_store(ManifestKind.GROUP, (first, 10_000.0), (second, 15_000.0))
    for number, net_kg in ((small, 7_000.0), (rest, 25_000.0)):
        town.sign(number, Act.LOAD, "store", weighed=town.weighed(net_kg))
    assert timers(town).regrouped == 0  # nothing has left yet
    town.sign(small, Act.DEPART, "driver")
    town.sign(rest, Act.DEPART, "driver")
    assert timers(town).regrouped == 2
    assert state(town, first) is state(town, second) is CustodyState.REGROUPED
    dry = town.session.scalars(select(ManifestLink.dry_kg).order_by(ManifestLink.id)).all()
    assert sum(each or 0.0 for each in dry) == pytest.approx(32_000.0 * 0.21)


def test_only_who_has_the_load_makes_a_child_of_it(town: Haulage) -> None:
    number = town.refused()
    with pytest.raises(StepBlocked) as refused:
        town.home("store", (number, 17_000.0))
    assert reasons(refused) == [("parents[0].number", "no_such_manifest")]
    standing = town.in_store()
    on = (LegDraft(Mode.ROAD, town.far_truck.code, town.store.code, town.site.code),)
    with pytest.raises(StepBlocked) as refused:
        town.child("gate", ManifestKind.SPLIT, (standing, 1_000.0), origin=town.store.code, legs=on)
    assert ("parents[0].number", "not_your_load") in reasons(refused)


@pytest.mark.parametrize(
    ("kind", "given", "expected"),
    [
        (ManifestKind.SPLIT, {}, ("parents[0].number", "kind_does_not_fit_parent")),
        (ManifestKind.RESCUE, {}, ("parents[0].number", "kind_does_not_fit_parent")),
        (
            ManifestKind.RETURN,
            {"sludge_kind": SludgeKind.DRIED},
            ("sludge_kind", "other_sludge_than_parent"),
        ),
    ],
)
def test_a_child_that_does_not_fit_its_parent(
    town: Haulage, kind: ManifestKind, given: dict[str, object], expected: tuple[str, str]
) -> None:
    number = town.refused()
    back = (LegDraft(Mode.ROAD, town.truck.code, town.site.code, town.plant.code),)
    ends = {"origin": town.site.code, "destination": town.plant.code, "legs": back}
    with pytest.raises(StepBlocked) as refused:
        town.child("gate", kind, (number, 17_000.0), **ends | given)
    assert expected in reasons(refused)


def test_a_child_starts_where_the_load_is(town: Haulage) -> None:
    number = town.refused()
    with pytest.raises(StepBlocked) as refused:
        town.child("gate", ManifestKind.ALTERNATE, (number, 17_000.0))
    assert reasons(refused) == [("origin", "load_is_elsewhere")]


def test_a_child_of_a_load_on_the_road_is_refused(town: Haulage) -> None:
    number = town.on_the_road()
    with pytest.raises(StepBlocked) as refused:
        town.home("plant", (number, 1_000.0))
    assert ("parents[0].number", "kind_does_not_fit_parent") in reasons(refused)
    assert ("parents[0].wet_kg", "child_too_big") in reasons(refused)


def test_a_child_is_not_loaded_with_what_its_parents_never_gave(town: Haulage) -> None:
    number = town.in_store()
    child = town.from_store(ManifestKind.SPLIT, (number, 5_000.0))
    with pytest.raises(StepBlocked) as refused:
        town.sign(child, Act.LOAD, "store", weighed=town.weighed(16_000.0))
    assert reasons(refused) == [("weighing.gross_kg", "more_than_books")]


def test_the_draft_of_a_child_can_be_changed(town: Haulage) -> None:
    number = town.refused()
    back = (LegDraft(Mode.ROAD, town.truck.code, town.site.code, town.plant.code),)
    given = {
        "kind": ManifestKind.RETURN,
        "origin": town.site.code,
        "destination": town.plant.code,
        "legs": back,
    }
    child = town.drawn_up("gate", parents=(PartDraft(number, 1_000.0),), **given)
    changed = taking_all(town.session, town.draft(**given), (number,), town.viewer("gate"))
    change_draft(town.session, child, changed, town.viewer("gate"), town.setting())
    assert town.sign(child, Act.ISSUE, "gate").custody.parts_in[0].wet_kg == 17_000.0


@pytest.mark.parametrize(("net_kg", "code"), [(1.0, "less_than_books"), (34_000.0, "more_than_books")])
def test_what_leaves_a_store_is_what_lay_there(town: Haulage, net_kg: float, code: str) -> None:
    legs = (
        LegDraft(Mode.ROAD, town.truck.code, town.plant.code, town.store.code),
        LegDraft(Mode.ROAD, town.far_truck.code, town.store.code, town.site.code),
    )
    number = town.on_the_road(legs=legs)
    town.sign(number, Act.HAND_OVER, "driver")
    town.sign(number, Act.STORE, "store", pile="A")
    with pytest.raises(StepBlocked) as refused:
        town.sign(number, Act.RELOAD, "store", weighed=town.weighed(net_kg))
    assert reasons(refused) == [("weighing.gross_kg", code)]
    dried = town.sign(number, Act.RELOAD, "store", weighed=town.weighed(12_000.0, 0.7025))
    assert dried.custody.state is CustodyState.LOADED
