"""What do pages offer to a device that may lose its network? A worker, who is signed in, keys of acts."""

from sqlalchemy import select

from models.custody_words import Act
from models.signatures import Signature
from tests.cast import PASSWORD
from tests.tracking.custody.haulage import Haulage
from tests.web.desks.conftest import Desk, rows
from web.pages.offline import KEPT_FOR

PROOF = {"password": PASSWORD}
JSON = {"Accept": "application/json"}


def loaded(town: Haulage) -> str:
    number = town.drawn_up()
    town.sign(number, Act.ISSUE, "plant")
    town.sign(number, Act.LOAD, "plant", weighed=town.weighed(17_000.0))
    town.session.commit()
    town.later(5)
    return number


def departures(town: Haulage) -> int:
    return len(rows(town, select(Signature.id).where(Signature.act == Act.DEPART)))


def test_the_worker_may_stand_before_the_pages_and_is_asked_for_each_time(town: Haulage, desk: Desk) -> None:
    with desk("driver").get("/offline/worker.js") as answer:
        assert answer.status_code == 200
        assert answer.headers["Service-Worker-Allowed"] == "/"
        assert answer.headers["Cache-Control"] == "no-cache"
        assert answer.mimetype == "text/javascript"
        assert "worker-src 'self'" in answer.headers["Content-Security-Policy"]


def test_the_page_without_a_network_names_nobody(town: Haulage, desk: Desk) -> None:
    page = desk("driver").get("/offline").text
    assert town.people["driver"].display_name not in page
    assert "csrf" not in page


def test_a_script_hears_who_is_signed_in(town: Haulage, desk: Desk) -> None:
    driver = desk("driver")
    before = driver.get("/offline/session").json
    assert before is not None
    assert (before["person"], before["needs_password"]) == (town.people["driver"].id, True)
    assert before["csrf_token"]
    driver.post("/logout")
    assert driver.get("/offline/session").json == {"person": None, "login": "/login"}


def test_only_pages_of_drivers_and_gates_are_marked_as_kept(town: Haulage, desk: Desk) -> None:
    number = loaded(town)
    driver, gate = desk("driver"), desk("gate")
    own = str(town.people["driver"].id)
    for path in ("/trips", f"/sign/depart/{number}"):
        assert driver.get(path).headers[KEPT_FOR] == own
    assert gate.get("/gate").headers[KEPT_FOR] == str(town.people["gate"].id)
    for path in ("/", "/manifests", f"/manifests/{number}", "/sign/depart/nothing"):
        assert KEPT_FOR not in driver.get(path).headers


def test_an_act_with_a_key_counts_once(town: Haulage, desk: Desk) -> None:
    number, driver = loaded(town), desk("driver")
    path, keyed = f"/sign/depart/{number}", JSON | {"Idempotency-Key": "one"}
    refused = driver.post(path, data={"password": "wrong"}, headers=keyed)
    assert refused.status_code == 422
    for _time in range(2):
        answer = driver.post(path, data=PROOF, headers=keyed)
        assert answer.status_code == 200, answer.text
        assert answer.json == {"next": f"/signed/depart/{number}"}
    assert departures(town) == 1
    again = driver.post(path, data=PROOF, headers=JSON | {"Idempotency-Key": "two"})
    assert again.status_code == 409
    assert departures(town) == 1


def test_a_key_stands_for_one_act(town: Haulage, desk: Desk) -> None:
    first, second, driver = loaded(town), loaded(town), desk("driver")
    keyed = JSON | {"Idempotency-Key": "one"}
    assert driver.post(f"/sign/depart/{first}", data=PROOF, headers=keyed).status_code == 200
    other = driver.post(f"/sign/depart/{second}", data=PROOF, headers=keyed)
    assert other.status_code == 422
    assert departures(town) == 1
    for wrong in ("", "x" * 129):
        headers = JSON | {"Idempotency-Key": wrong}
        assert driver.post(f"/sign/depart/{second}", data=PROOF, headers=headers).status_code == 400
