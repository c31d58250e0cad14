"""Does what one party typed in under another's name wait for that party's yes?"""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from models.cases import Attachment
from models.custody_words import Act, Assurance, PaperState, SigningMethod
from models.emergency import PaperSignature
from models.manifests import Manifest
from models.organisations import User
from models.vocabulary import CustodyState, DisposalMethod
from tests.tracking.custody.haulage import Haulage
from tests.tracking.custody.test_emergency import paper, window
from tests.tracking.custody.test_family import reasons
from tracking.operations.attach import attach
from tracking.operations.custody.codes import use_code
from tracking.operations.custody.confirm_paper import (
    PaperAnswer,
    answer_paper,
    decide_paper,
    give_paper_code,
    prove_confirmer,
)
from tracking.operations.custody.emergency import continue_on_paper, enter_paper
from tracking.operations.custody.prove import Login, Proof, Proven
from tracking.operations.custody.refusals import (
    ManifestUnknown,
    NotASignature,
    NotYourSignature,
    StepBlocked,
)
from tracking.operations.custody.run_timers import run_timers
from tracking.operations.custody.take_step import machine_step
from tracking.queries.attachments import attachment_by_id
from tracking.queries.custody_facts import custody_by_id
from tracking.queries.manifest_paper import custody_of
from tracking.queries.paper_signatures import paper_by_id, paper_of, paper_states, paper_waiting
from tracking.queries.signatures import signatures_of
from tracking.rules.custody.facts import Given

YES = PaperAnswer(True)
NO = PaperAnswer(False, "our truck stood in the yard that day")
WAIT_S = 7 * 86_400.0


def entered(town: Haulage) -> tuple[str, dict[Act, int]]:
    """Yesterday's journey, typed in by the plant; row ids of its signatures by act."""
    window(town)
    number = enter_paper(town.session, town.draft(), paper(town), town.viewer("plant"), town.setting())
    rows = paper_of(town.session, number, town.viewer("regulator"), WAIT_S)
    return number, {row.act: row.id for row in rows}


def answer(town: Haulage, paper_id: int, who: str, said: PaperAnswer = YES) -> PaperState:
    return answer_paper(town.session, paper_id, said, town.viewer(who), town.signer(who), town.setting())


def at_its_end(town: Haulage, number: str) -> None:
    """Accepted and disposed of."""
    town.sign(number, Act.ACCEPT, "gate", weighed=town.weighed(17_000.0))
    town.sign(number, Act.DISPOSE, "gate", method=DisposalMethod.INCINERATION)


def close(town: Haulage, number: str) -> CustodyState:
    row = town.session.scalars(select(Manifest).where(Manifest.number == number)).one()
    custody = custody_by_id(town.session, row.id)
    assert custody is not None
    return machine_step(town.session, custody, Act.CLOSE, Given(at=town.now), town.setting()).custody.state


def test_only_anothers_signatures_are_unconfirmed(town: Haulage) -> None:
    number, _ids = entered(town)
    rows = paper_of(town.session, number, town.viewer("regulator"), WAIT_S)
    own, unconfirmed = PaperState.OWN, PaperState.UNCONFIRMED
    assert [row.state for row in rows] == [own, own, unconfirmed, unconfirmed]
    assert [row.act for row in rows] == [Act.ISSUE, Act.LOAD, Act.DEPART, Act.ARRIVE]
    assert [row.signer for row in rows[2:]] == ["driver on paper", "gate on paper"]
    assert [row.happened_at for row in rows] == [step.given.at for step in paper(town)]
    assert {row.entered_for.code for row in rows if row.entered_for} == {town.plant_org.code}
    waits = {who: len(paper_waiting(town.session, town.viewer(who), WAIT_S)) for who in ("plant", "gate")}
    assert waits == {"plant": 0, "gate": 1}


def test_closing_waits_until_every_party_has_confirmed(town: Haulage) -> None:
    number, ids = entered(town)
    at_its_end(town, number)
    with pytest.raises(StepBlocked) as refused:
        close(town, number)
    assert reasons(refused) == [("", "paper_unconfirmed")]
    assert answer(town, ids[Act.DEPART], "dispatcher") is PaperState.CONFIRMED
    with pytest.raises(StepBlocked):
        close(town, number)
    assert answer(town, ids[Act.ARRIVE], "gate") is PaperState.CONFIRMED
    assert close(town, number) is CustodyState.CLOSED
    row = town.session.get_one(PaperSignature, ids[Act.ARRIVE])
    assert (row.answer_method, row.answer_assurance) == (SigningMethod.PASSWORD, Assurance.HIGH)
    assert (row.answered_by_id, row.answered_at) == (town.people["gate"].id, town.now)


def test_nobody_confirms_for_another(town: Haulage) -> None:
    _number, ids = entered(town)
    for who in ("plant", "gate", "regulator"):
        with pytest.raises(NotYourSignature):
            answer(town, ids[Act.DEPART], who)
    for who in ("store", "master"):
        with pytest.raises(ManifestUnknown):
            answer(town, ids[Act.DEPART], who)
    with pytest.raises(NotYourSignature):  # the login may, and another organisation's name is given
        answer_paper(
            town.session,
            ids[Act.DEPART],
            YES,
            town.viewer("dispatcher"),
            town.signer("gate"),
            town.setting(),
        )
    with pytest.raises(NotYourSignature):
        decide_paper(town.session, ids[Act.DEPART], True, "seen", town.viewer("plant"), town.setting())
    own = ids[Act.ISSUE]
    with pytest.raises(StepBlocked) as refused:
        answer(town, own, "plant")
    assert reasons(refused) == [("", "paper_settled")]


def test_a_refusal_is_the_regulators_to_decide(town: Haulage) -> None:
    number, ids = entered(town)
    at_its_end(town, number)
    answer(town, ids[Act.ARRIVE], "gate")
    with pytest.raises(StepBlocked) as refused:
        answer(town, ids[Act.DEPART], "driver", PaperAnswer(False, "  "))
    assert reasons(refused) == [("reason", "field_missing")]
    assert answer(town, ids[Act.DEPART], "driver", NO) is PaperState.REFUSED
    with pytest.raises(StepBlocked) as refused:
        answer(town, ids[Act.DEPART], "dispatcher")
    assert reasons(refused) == [("", "paper_with_regulator")]
    with pytest.raises(StepBlocked):
        close(town, number)
    regulator = town.viewer("regulator")
    (waiting,) = paper_waiting(town.session, regulator, WAIT_S)
    assert (waiting.id, waiting.reason) == (ids[Act.DEPART], NO.reason)
    with pytest.raises(StepBlocked) as refused:
        decide_paper(town.session, waiting.id, False, "", regulator, town.setting())
    assert reasons(refused) == [("reason", "field_missing")]
    found = (False, "no such trip on its track")
    state = decide_paper(town.session, waiting.id, *found, regulator, town.setting())
    assert state is PaperState.STRUCK
    assert paper_waiting(town.session, regulator, WAIT_S) == []
    assert close(town, number) is CustodyState.CLOSED
    row = paper_by_id(town.session, waiting.id, regulator, WAIT_S)
    assert row is not None
    assert (row.reason, row.decision) == (NO.reason, found[1])


def test_the_regulator_does_not_decide_before_the_party_had_its_time(town: Haulage) -> None:
    _number, ids = entered(town)
    regulator = town.viewer("regulator")
    with pytest.raises(StepBlocked) as refused:
        decide_paper(town.session, ids[Act.DEPART], True, "it is clear", regulator, town.setting())
    assert reasons(refused) == [("", "paper_unanswered")]


def test_after_seven_days_of_silence_the_regulator_decides(town: Haulage) -> None:
    _number, ids = entered(town)
    town.session.commit()
    engine = town.session.get_bind().engine
    town.later(7 * 1_440 - 1)
    assert run_timers(engine, town.setting(), closing=False).escalated == 0
    town.later(2)
    assert run_timers(engine, town.setting(), closing=False).escalated == 2
    assert run_timers(engine, town.setting(), closing=False).escalated == 0
    town.session.expire_all()
    regulator = town.viewer("regulator")
    waiting = paper_waiting(town.session, regulator, WAIT_S)
    assert {row.state for row in waiting} == {PaperState.WITH_REGULATOR}
    assert answer(town, ids[Act.ARRIVE], "gate") is PaperState.CONFIRMED  # late, and still a party's word
    seen = decide_paper(town.session, ids[Act.DEPART], True, "its track shows it", regulator, town.setting())
    assert seen is PaperState.UPHELD


def test_a_party_answers_with_a_code_on_anothers_device(town: Haulage) -> None:
    _number, ids = entered(town)
    depart = ids[Act.DEPART]
    with pytest.raises(NotYourSignature):
        give_paper_code(town.session, depart, town.viewer("gate"), "", town.setting())
    code = give_paper_code(town.session, depart, town.viewer("driver"), "", town.setting())
    clerk = Login(town.viewer("plant"), "10.0.0.1")

    def typed(digits: str) -> Proven | NotASignature:
        proof = Proof(SigningMethod.ONE_TIME_CODE, code=digits)
        return prove_confirmer(town.session, depart, clerk, proof, town.setting())

    wrong = typed(f"{(int(code.code) + 1) % 1_000_000:06d}")
    assert isinstance(wrong, NotASignature)
    assert wrong.why == "wrong_code"
    proven = typed(code.code)
    assert isinstance(proven, Proven)
    state = answer_paper(town.session, depart, YES, proven.viewer, proven.signer, town.setting())
    assert proven.code_id is not None
    use_code(town.session, proven.code_id, town.now)
    assert state is PaperState.CONFIRMED
    row = town.session.get_one(PaperSignature, depart)
    assert (row.answered_by, row.answered_by_id) == (town.viewer("driver").name, None)
    assert row.answer_assurance is Assurance.MEDIUM
    again = typed(code.code)
    assert isinstance(again, NotASignature)
    assert again.why == "code_used"


def test_a_driver_answers_for_the_own_legs_alone(town: Haulage) -> None:
    _number, ids = entered(town)
    colleague = User(
        username="other-driver",
        display_name="another",
        password_hash="-",
        role=town.people["driver"].role,
        organisation_id=town.road_org.id,
        created_at=town.now,
    )
    town.session.add(colleague)
    town.session.flush()
    row = town.session.scalars(select(Manifest)).one()
    row.legs[0].driver_id = colleague.id
    town.session.flush()
    with pytest.raises(ManifestUnknown):
        answer(town, ids[Act.DEPART], "driver")
    assert answer(town, ids[Act.DEPART], "dispatcher") is PaperState.CONFIRMED


def test_a_photo_of_the_paper_is_seen_by_its_parties(town: Haulage) -> None:
    window(town)
    plant = town.viewer("plant")
    photo = attach(town.session, "paper.jpg", b"\xff\xd8\xff\xe0", plant, town.now)
    steps = [replace(step, evidence_id=photo) for step in paper(town)]
    number = enter_paper(town.session, town.draft(), steps, plant, town.setting())
    rows = paper_of(town.session, number, town.viewer("gate"), WAIT_S)
    assert {row.evidence.id for row in rows if row.evidence} == {photo}
    assert attachment_by_id(town.session, photo, town.viewer("gate")) is not None
    assert attachment_by_id(town.session, photo, town.viewer("store")) is None
    foreign = attach(town.session, "x.jpg", b"\xff\xd8\xff\xe0", town.viewer("gate"), town.now)
    assert town.session.get_one(Attachment, foreign).organisation_id == town.site_org.id
    with pytest.raises(StepBlocked) as refused:
        enter_paper(
            town.session, town.draft(), [replace(steps[0], evidence_id=foreign)], plant, town.setting()
        )
    assert reasons(refused) == [("steps[0].evidence", "attachment_unknown")]


def test_of_a_live_manifest_everybody_signs_the_own_paper_alone(town: Haulage) -> None:
    number = town.on_the_road()
    town.later(2 * 1_440)
    window(town, covers_from=town.now - timedelta(days=3))
    came = replace(paper(town)[3], given=Given(at=town.now - timedelta(hours=47)))
    continue_on_paper(town.session, number, [came], town.viewer("gate"), town.setting())
    (row,) = paper_of(town.session, number, town.viewer("gate"), WAIT_S)
    assert (row.state, row.act) == (PaperState.OWN, Act.ARRIVE)
    with pytest.raises(StepBlocked) as refused:
        continue_on_paper(town.session, number, [], town.viewer("gate"), town.setting())
    assert reasons(refused) == [("steps", "paper_without_steps")]


def test_prints_and_pages_tell_how_paper_stands(town: Haulage) -> None:
    number, ids = entered(town)
    answer(town, ids[Act.DEPART], "dispatcher")
    row = town.session.scalars(select(Manifest).where(Manifest.number == number)).one()
    states = paper_states(town.session, row.id)
    own, confirmed, unconfirmed = PaperState.OWN, PaperState.CONFIRMED, PaperState.UNCONFIRMED
    assert [states[step.given.at] for step in paper(town)] == [own, own, confirmed, unconfirmed]
    signed = signatures_of(town.session, row.id)
    assert [each.paper for each in signed] == [own, own, confirmed, unconfirmed]
    steps = {step.state: step for step in custody_of(row, states)}
    assert steps[CustodyState.ARRIVED].paper is unconfirmed
    assert steps[CustodyState.DRAFT].paper is own  # drawn up with the issue
    live = town.sign(number, Act.ACCEPT, "gate", weighed=town.weighed(17_000.0))
    assert signatures_of(town.session, live.custody.id)[-1].paper is None
