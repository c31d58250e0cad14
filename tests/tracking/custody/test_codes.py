"""Is a one-time code good for one act of one manifest, once, and is guessing it hopeless?"""

import pytest
from sqlalchemy import func, select

from models.custody_words import Act, Assurance, SigningMethod
from models.signatures import CodeAttempt, Signature, SigningCode
from models.vocabulary import CustodyState
from tests.tracking.custody.haulage import Haulage
from tracking.operations.custody.codes import GivenCode, give_code, use_code
from tracking.operations.custody.prove import Login, Proof, Proven, prove_signer
from tracking.operations.custody.refusals import (
    ActNotPossible,
    ManifestUnknown,
    NotASignature,
    NotYourSignature,
)
from tracking.operations.custody.take_step import Taken, take_step
from tracking.rules.custody.facts import Given

GATE_HOUSE = "192.0.2.7"


def loaded(town: Haulage) -> str:
    number = town.drawn_up()
    town.sign(number, Act.ISSUE, "plant")
    town.sign(number, Act.LOAD, "plant", weighed=town.weighed(17_000.0))
    return number


def give(town: Haulage, number: str, act: Act = Act.DEPART, who: str = "driver") -> GivenCode:
    return give_code(town.session, number, act, town.viewer(who), "", town.setting())


def type_code(
    town: Haulage,
    number: str,
    code: str,
    act: Act = Act.DEPART,
    who: str = "plant",
    address: str = GATE_HOUSE,
) -> Proven | NotASignature:
    """`who` is signed in on the device on which the code is typed."""
    login = Login(town.viewer(who), address)
    return prove_signer(
        town.session, number, act, login, Proof(SigningMethod.ONE_TIME_CODE, code=code), town.setting()
    )


def refused(answer: Proven | NotASignature) -> str:
    assert isinstance(answer, NotASignature)
    return answer.why


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def depart(town: Haulage, number: str, proven: Proven | NotASignature) -> Taken:
    assert isinstance(proven, Proven)
    town.later(1)
    given = Given(at=town.now)
    taken = take_step(town.session, number, Act.DEPART, proven.viewer, proven.signer, given, town.setting())
    assert proven.code_id is not None
    use_code(town.session, proven.code_id, town.now)
    return taken


def test_the_driver_signs_on_the_plants_device(town: Haulage) -> None:
    number = loaded(town)
    given = give(town, number)
    assert len(given.code) == 6
    taken = depart(town, number, type_code(town, number, f"{given.code[:3]} {given.code[3:]}"))
    assert taken.custody.state is CustodyState.IN_TRANSIT
    kept = town.session.get_one(Signature, taken.signature_id)
    assert (kept.organisation_id, kept.user_id) == (town.road_org.id, None)
    assert (kept.signer, kept.method) == (given.signer, SigningMethod.ONE_TIME_CODE)
    assert kept.assurance is Assurance.MEDIUM


def test_only_a_hash_of_the_code_is_kept(town: Haulage) -> None:
    number = loaded(town)
    given = give(town, number)
    row = town.session.scalars(select(SigningCode)).one()
    assert given.code not in row.code_hash
    assert row.code_hash.startswith("$argon2id$")


def test_a_code_signs_once(town: Haulage) -> None:
    number = loaded(town)
    given = give(town, number)
    depart(town, number, type_code(town, number, given.code))
    assert refused(type_code(town, number, given.code)) in ("code_used", "wrong_code")


def test_of_two_that_typed_it_at_once_the_second_is_refused(town: Haulage) -> None:
    number = loaded(town)
    given = give(town, number)
    first, second = (type_code(town, number, given.code) for _each in range(2))
    assert isinstance(second, Proven)
    depart(town, number, first)
    with pytest.raises(NotASignature, match="code_used"):
        use_code(town.session, second.code_id or 0, town.now)


def test_a_code_ends_with_its_time(town: Haulage) -> None:
    number = loaded(town)
    given = give(town, number)
    town.later(town.setting().limits.code_valid_s / 60)
    assert refused(type_code(town, number, given.code)) == "code_expired"


def test_a_newer_code_withdraws_the_older(town: Haulage) -> None:
    number = loaded(town)
    older, newer = give(town, number), give(town, number)
    if older.code != newer.code:
        assert refused(type_code(town, number, older.code)) == "wrong_code"
    assert isinstance(type_code(town, number, newer.code), Proven)


def test_a_code_is_for_one_act_and_one_manifest(town: Haulage) -> None:
    number = loaded(town)
    given = give(town, number)
    assert refused(type_code(town, number, given.code, act=Act.CANCEL_LOADED)) == "wrong_code"
    other = town.drawn_up()
    town.sign(other, Act.ISSUE, "plant")
    assert refused(type_code(town, other, given.code)) == "wrong_code"


def test_guessing_ends_after_a_few_tries_even_with_the_right_code(town: Haulage) -> None:
    number = loaded(town)
    given = give(town, number)
    for _each in range(town.setting().limits.code_wrong_per_manifest):
        assert refused(type_code(town, number, other_than(given.code))) == "wrong_code"
    assert refused(type_code(town, number, given.code)) == "too_many_codes"
    assert refused(type_code(town, number, given.code, address="192.0.2.8")) == "too_many_codes"


def test_wrong_tries_are_forgiven_by_time_and_by_no_newer_code(town: Haulage) -> None:
    number = loaded(town)
    given = give(town, number)
    for _each in range(town.setting().limits.code_wrong_per_manifest):
        type_code(town, number, other_than(given.code))
    assert refused(type_code(town, number, give(town, number).code)) == "too_many_codes"
    town.later(59)
    assert refused(type_code(town, number, give(town, number).code)) == "too_many_codes"
    town.later(1)
    assert isinstance(type_code(town, number, give(town, number).code), Proven)


def test_a_right_code_that_is_late_is_no_guess(town: Haulage) -> None:
    number = loaded(town)
    given = give(town, number)
    town.later(town.setting().limits.code_valid_s / 60)
    for _each in range(town.setting().limits.code_wrong_per_manifest + 1):
        assert refused(type_code(town, number, given.code)) == "code_expired"
    assert isinstance(type_code(town, number, give(town, number).code), Proven)


def test_an_address_may_not_try_manifest_after_manifest(town: Haulage) -> None:
    limits = town.setting().limits
    numbers = [loaded(town) for _each in range(2)]
    for _each in range(limits.code_wrong_per_address):
        row = CodeAttempt(manifest_id=1, address=GATE_HOUSE, right=False, at=town.now)
        town.session.add(row)
    town.session.flush()
    given = give(town, numbers[1])
    assert refused(type_code(town, numbers[1], given.code)) == "too_many_codes"
    assert isinstance(type_code(town, numbers[1], given.code, address="192.0.2.9"), Proven)
    town.later(61)
    again = give(town, numbers[1])
    assert isinstance(type_code(town, numbers[1], again.code), Proven)


def test_a_slip_of_the_finger_is_no_guess(town: Haulage) -> None:
    number = loaded(town)
    give(town, number)
    for typed in ("", "12345", "abcdef", "１２３４５６"):
        assert refused(type_code(town, number, typed)) == "code_malformed"
    assert town.session.scalar(select(func.count()).select_from(CodeAttempt)) == 0


def test_who_could_not_sign_the_act_gets_no_code_for_it(town: Haulage) -> None:
    number = loaded(town)
    for who in ("plant", "gate"):
        with pytest.raises(NotYourSignature):
            give(town, number, who=who)
    with pytest.raises(ManifestUnknown):
        give(town, number, who="master")
    with pytest.raises(ActNotPossible):
        give(town, number, act=Act.CLOSE)


def test_the_code_of_a_closed_login_signs_nothing(town: Haulage) -> None:
    number = loaded(town)
    given = give(town, number)
    town.people["driver"].active = False
    town.session.flush()
    assert refused(type_code(town, number, given.code)) == "wrong_code"


def test_a_code_is_typed_only_where_the_manifest_is_seen(town: Haulage) -> None:
    number = loaded(town)
    given = give(town, number)
    with pytest.raises(ManifestUnknown):
        type_code(town, number, given.code, who="master")
