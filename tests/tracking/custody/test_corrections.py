"""Does a correction need everybody whom it touches, and is nothing lost of what was there before?"""

from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.corrections import Correction, CorrectionQuestion
from models.custody_words import Act, CorrectionState, StockMove
from models.lineage import StockEntry
from models.signatures import Signature, SignedDocument
from tests.tracking.custody.haulage import Haulage
from tracking.operations.custody.answer_correction import (
    answer_correction,
    decide_correction,
    withdraw_correction,
)
from tracking.operations.custody.corrections import CorrectionAsked, request_correction
from tracking.operations.custody.holds import lift_hold, place_hold
from tracking.operations.custody.questions import answer_to_question, ask_to_correct
from tracking.operations.custody.refusals import (
    CustodyRefused,
    ManifestUnknown,
    NotYourSignature,
    StepBlocked,
)
from tracking.queries.custody_facts import custody_by_number
from tracking.rules.custody.facts import Custody

GROSS = "weighings.loaded.gross_kg"


def ask(
    town: Haulage, number: str, field: str, old: object, new: object, who: str = "plant", **given: int
) -> int:
    asked = CorrectionAsked(field, old, new, "A slip of the pen", **given)
    return request_correction(town.session, number, asked, town.viewer(who), town.setting())


def say(town: Haulage, correction_id: int, who: str, yes: bool = True) -> CorrectionState:
    return answer_correction(town.session, correction_id, yes, "as weighed", town.viewer(who), town.setting())


def read(town: Haulage, number: str) -> Custody:
    found = custody_by_number(town.session, number, town.viewer("regulator"))
    assert found is not None
    return found


def codes(act: Callable[[], object]) -> list[str]:
    with pytest.raises(StepBlocked) as refused:
        act()
    return [each.reason.code.removeprefix("custody.") for each in refused.value.blocked]


def test_everybody_whom_it_touches_must_agree(town: Haulage) -> None:
    number = town.on_the_road()
    before = read(town, number)
    request = ask(town, number, GROSS, 28_000, 27_500)
    assert read(town, number).correction_open
    assert say(town, request, "dispatcher") is CorrectionState.OPEN
    assert read(town, number).version == before.version
    assert say(town, request, "gate") is CorrectionState.ACCEPTED
    after = read(town, number)
    assert next(iter(after.weighed.values())).gross_kg == 27_500
    assert (after.version, after.correction_open) == (before.version + 1, False)


def test_the_old_value_and_what_was_signed_stay(town: Haulage) -> None:
    number = town.on_the_road()
    signatures = town.session.scalar(select(func.count()).select_from(Signature))
    request = ask(town, number, GROSS, 28_000, 27_500)
    say(town, request, "dispatcher")
    say(town, request, "gate")
    row = town.session.get_one(Correction, request)
    assert (row.old, row.new, row.version_made) == (28_000, 27_500, 2)
    documents = town.session.scalars(select(SignedDocument).order_by(SignedDocument.id)).all()
    masses = [each.content.get("weighings", {}).get("loaded", {}).get("gross_kg") for each in documents]
    assert masses[-2:] == [28_000, 27_500]
    assert [documents[-2].version, documents[-1].version] == [1, 2]
    assert town.session.scalar(select(func.count()).select_from(Signature)) == signatures


def test_one_refusal_ends_it(town: Haulage) -> None:
    number = town.on_the_road()
    request = ask(town, number, GROSS, 28_000, 27_500)
    assert say(town, request, "gate", yes=False) is CorrectionState.REFUSED
    assert codes(lambda: say(town, request, "dispatcher")) == ["correction_ended"]
    assert next(iter(read(town, number).weighed.values())).gross_kg == 28_000


def test_there_is_one_at_a_time(town: Haulage) -> None:
    number = town.on_the_road()
    ask(town, number, GROSS, 28_000, 27_500)
    assert codes(lambda: ask(town, number, "planned_kg", 17_000, 16_000)) == ["correction_open"]


def test_who_asked_may_take_it_back(town: Haulage) -> None:
    number = town.on_the_road()
    request = ask(town, number, GROSS, 28_000, 27_500)
    with pytest.raises(NotYourSignature):
        withdraw_correction(town.session, request, town.viewer("gate"), town.setting())
    withdraw_correction(town.session, request, town.viewer("plant"), town.setting())
    assert town.session.get_one(Correction, request).state is CorrectionState.WITHDRAWN
    ask(town, number, GROSS, 28_000, 27_400)


@pytest.mark.parametrize(
    ("field", "old", "new", "code"),
    [
        ("number", "x", "y", "never_correctable"),
        ("issued_at", "x", "y", "never_correctable"),
        ("colour", None, "red", "field_unknown"),
        (GROSS, 28_000, -1, "value_does_not_fit"),
        (GROSS, 28_000, True, "value_does_not_fit"),
        (GROSS, 28_000, float("nan"), "value_does_not_fit"),
        (GROSS, 28_000, 10_000, "gross_not_above_tare"),
        (GROSS, 27_000, 27_500, "old_differs"),
        (GROSS, 28_000, 28_000, "same_value"),
        ("weighings.loaded.moisture", 0.79, 1, "value_does_not_fit"),
        ("weighings.received.gross_kg", None, 27_000, "field_not_there"),
        ("legs[0].vehicle", None, "no such", "old_differs"),
        ("legs[7].vehicle", None, "no such", "field_not_there"),
        ("sludge_kind", "dewatered", "gold", "value_does_not_fit"),
    ],
)
def test_what_cannot_be_corrected_is_told(
    town: Haulage, field: str, old: object, new: object, code: str
) -> None:
    number = town.on_the_road()
    assert codes(lambda: ask(town, number, field, old, new)) == [code]


def test_a_draft_is_edited_and_not_corrected(town: Haulage) -> None:
    number = town.drawn_up()
    assert codes(lambda: ask(town, number, "planned_kg", 17_000, 16_000)) == ["draft_is_edited"]


def test_strangers_neither_ask_nor_answer(town: Haulage) -> None:
    number = town.on_the_road()
    with pytest.raises(ManifestUnknown):
        ask(town, number, GROSS, 28_000, 27_500, who="store")
    with pytest.raises(NotYourSignature):
        ask(town, number, GROSS, 28_000, 27_500, who="driver")
    with pytest.raises(NotYourSignature):
        ask(town, number, "legs[0].driver", None, "Another", who="gate")
    request = ask(town, number, "legs[0].driver", None, "Another")
    with pytest.raises(NotYourSignature):
        say(town, request, "gate")
    with pytest.raises(ManifestUnknown):
        say(town, request, "store")
    assert say(town, request, "dispatcher") is CorrectionState.ACCEPTED
    assert read(town, number).legs[0].driver == "Another"


def test_nobody_answers_twice(town: Haulage) -> None:
    number = town.on_the_road()
    request = ask(town, number, GROSS, 28_000, 27_500)
    say(town, request, "gate")
    assert codes(lambda: say(town, request, "gate")) == ["answered_already"]


def test_another_vehicle_must_be_of_the_carrier_and_mode(town: Haulage) -> None:
    number = town.on_the_road()
    field, old = "legs[0].vehicle", town.truck.code
    assert codes(lambda: ask(town, number, field, old, "no such")) == ["vehicle_not_registered"]
    assert codes(lambda: ask(town, number, field, old, town.vessel.code)) == ["vehicle_of_other_mode"]
    request = ask(town, number, field, old, town.far_truck.code)
    assert say(town, request, "dispatcher") is CorrectionState.ACCEPTED
    leg = read(town, number).legs[0]
    assert (leg.vehicle_id, leg.vehicle_code) == (town.far_truck.id, town.far_truck.code)


def test_of_a_corrected_receipt_the_pile_follows(town: Haulage) -> None:
    number = town.on_the_road()
    town.sign(number, Act.ARRIVE, "gate")
    town.sign(number, Act.ACCEPT, "gate", weighed=town.weighed(17_000.0))
    request = ask(town, number, "weighings.received.gross_kg", 28_000, 27_000, who="gate")
    say(town, request, "plant")
    say(town, request, "dispatcher")
    after = read(town, number)
    assert (after.accepted_kg, after.refused_kg) == (16_000, 0)
    wet, dry = town.session.execute(
        select(func.sum(StockEntry.wet_kg), func.sum(StockEntry.dry_kg)).where(
            StockEntry.move == StockMove.ACCEPTED
        )
    ).one()
    assert wet == pytest.approx(16_000)
    assert dry == pytest.approx(16_000 * 0.21)


def test_the_regulator_decides_only_what_nobody_answered(town: Haulage) -> None:
    number = town.on_the_road()
    request = ask(town, number, GROSS, 28_000, 27_500)
    with pytest.raises(StepBlocked, match="not_with_regulator"):
        decide_correction(town.session, request, True, "seen", town.viewer("regulator"), town.setting())
    town.session.get_one(Correction, request).state = CorrectionState.WITH_REGULATOR  # as the timers do
    town.session.flush()
    with pytest.raises(NotYourSignature):
        decide_correction(town.session, request, True, "seen", town.viewer("plant"), town.setting())
    state = decide_correction(
        town.session, request, True, "The ticket says so", town.viewer("regulator"), town.setting()
    )
    assert state is CorrectionState.ACCEPTED
    assert read(town, number).version == 2
    row = town.session.get_one(Correction, request)
    decided = {each.reason for each in row.answers if each.user_id == town.people["regulator"].id}
    assert decided == {"The ticket says so"}


def test_the_regulator_asks_for_a_field_and_is_answered(town: Haulage) -> None:
    number = town.on_the_road()
    code = town.plant_org.code
    regulator, setting = town.viewer("regulator"), town.setting()
    with pytest.raises(NotYourSignature):
        ask_to_correct(town.session, number, GROSS, "Why?", code, town.viewer("gate"), setting)
    assert codes(
        lambda: ask_to_correct(town.session, number, GROSS, "Why?", town.store_org.code, regulator, setting)
    ) == ["no_party_to_field"]
    first, second = (
        ask_to_correct(town.session, number, GROSS, "Heavier than ever", code, regulator, setting)
        for _each in range(2)
    )
    with pytest.raises(ManifestUnknown):
        answer_to_question(town.session, first, "No", town.viewer("gate"), setting)
    answer_to_question(town.session, first, "It rained", town.viewer("plant"), setting)
    assert town.session.get_one(CorrectionQuestion, first).answer == "It rained"
    assert codes(lambda: answer_to_question(town.session, first, "Again", town.viewer("plant"), setting)) == [
        "question_answered"
    ]
    ask(town, number, GROSS, 28_000, 27_500, question_id=second)
    assert town.session.get_one(CorrectionQuestion, second).answered_at == town.now


def test_a_hold_stops_decisions_and_corrections_until_it_is_lifted(town: Haulage) -> None:
    number = town.on_the_road()
    regulator = town.viewer("regulator")
    with pytest.raises(NotYourSignature):
        place_hold(town.session, number, "mine", town.viewer("plant"), town.setting())
    assert codes(lambda: place_hold(town.session, number, " ", regulator, town.setting())) == [
        "field_missing"
    ]
    place_hold(town.session, number, "Inspection", regulator, town.setting())
    assert codes(lambda: place_hold(town.session, number, "twice", regulator, town.setting())) == [
        "held_already"
    ]
    assert codes(lambda: ask(town, number, GROSS, 28_000, 27_500)) == ["on_hold"]
    town.sign(number, Act.ARRIVE, "gate")
    with pytest.raises(CustodyRefused):
        town.sign(number, Act.ACCEPT, "gate", weighed=town.weighed(17_000.0))
    lift_hold(town.session, number, "In order", regulator, town.setting())
    town.sign(number, Act.ACCEPT, "gate", weighed=town.weighed(17_000.0))
    assert codes(lambda: lift_hold(town.session, number, "again", regulator, town.setting())) == ["not_held"]


def test_quantities_that_others_rest_on_stay(town: Haulage) -> None:
    number = town.on_the_road()
    town.sign(number, Act.ARRIVE, "gate")
    town.sign(number, Act.ACCEPT, "gate", weighed=town.weighed(17_000.0))
    from_site = "weighings.received.gross_kg"
    town.sign(number, Act.DISPOSE, "gate", method=town.site.method)
    assert codes(lambda: ask(town, number, from_site, 28_000, 27_000, who="gate")) == ["quantity_used"]


def test_the_second_of_two_who_ask_at_once_is_refused(town: Haulage) -> None:
    number = town.on_the_road()
    ask(town, number, GROSS, 28_000, 27_500)
    session: Session = town.session
    assert codes(lambda: ask(town, number, "planned_kg", 17_000, 16_000, who="gate")) == ["correction_open"]
    assert session.scalar(select(func.count()).select_from(Correction)) == 1
