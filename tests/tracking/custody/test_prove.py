"""When is a login believed to sign?"""

from datetime import datetime, timedelta

import pytest

from models.custody_words import Act, SigningMethod
from tests.tracking.custody.haulage import Haulage
from tracking.operations.custody.prove import Login, Proof, Proven, prove_signer
from tracking.operations.custody.refusals import NotASignature
from tracking.operations.passwords import hash_password

PASSWORD = "a long enough pass phrase"


@pytest.fixture
def driver(town: Haulage) -> Haulage:
    town.people["driver"].password_hash = hash_password(PASSWORD)
    town.session.flush()
    return town


def prove(
    town: Haulage, proof: Proof, proved_at: datetime | None = None, *, by_token: bool = False
) -> Proven | NotASignature:
    login = Login(town.viewer("driver"), "192.0.2.7", proved_at, by_token)
    return prove_signer(town.session, "any", Act.DEPART, login, proof, town.setting())


def why(answer: Proven | NotASignature) -> str | None:
    return answer.why if isinstance(answer, NotASignature) else None


def test_the_own_password_signs(driver: Haulage) -> None:
    at = driver.now - timedelta(seconds=3)
    proof = Proof(SigningMethod.PASSWORD, PASSWORD, device_at=at, place=(31.0, 120.0, 8.0))
    answer = prove(driver, proof)
    assert isinstance(answer, Proven)
    assert answer.signer.organisation_id == driver.road_org.id
    assert answer.signer.user_id == driver.people["driver"].id
    assert (answer.signer.device_at, answer.signer.place) == (at, (31.0, 120.0, 8.0))


@pytest.mark.parametrize(("password", "said"), [("wrong", "wrong_password"), ("", "proof_needed")])
def test_another_password_does_not(driver: Haulage, password: str, said: str) -> None:
    assert why(prove(driver, Proof(SigningMethod.PASSWORD, password))) == said


def test_the_password_of_a_closed_login_does_not(driver: Haulage) -> None:
    driver.people["driver"].active = False
    driver.session.flush()
    assert why(prove(driver, Proof(SigningMethod.PASSWORD, PASSWORD))) == "wrong_password"


@pytest.mark.parametrize(
    ("seconds", "said"), [(1, None), (900, None), (901, "login_not_recent"), (-5, "login_not_recent")]
)
def test_a_password_proved_shortly_before_serves(driver: Haulage, seconds: int, said: str | None) -> None:
    proved_at = driver.now - timedelta(seconds=seconds)
    assert why(prove(driver, Proof(SigningMethod.RECENT_LOGIN), proved_at)) == said


def test_a_token_never_passes_for_a_recent_password(driver: Haulage) -> None:
    answer = prove(driver, Proof(SigningMethod.RECENT_LOGIN), driver.now, by_token=True)
    assert why(answer) == "login_not_recent"


def test_a_token_signs_only_the_calls_that_it_came_with(driver: Haulage) -> None:
    assert why(prove(driver, Proof(SigningMethod.API_TOKEN))) == "proof_needed"
    assert isinstance(prove(driver, Proof(SigningMethod.API_TOKEN), by_token=True), Proven)


def test_paper_is_no_proof_by_itself(driver: Haulage) -> None:
    assert why(prove(driver, Proof(SigningMethod.EMERGENCY_PAPER), driver.now)) == "proof_needed"
