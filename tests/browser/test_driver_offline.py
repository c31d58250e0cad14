"""Does a departure that was signed without a network arrive, and count once?"""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from app import create_app
from models.custody_words import Act
from models.manifests import Manifest
from models.settings import Settings
from models.signatures import Signature
from tests.browser.conftest import visit
from tests.cast import PASSWORD, password_hash
from tests.tracking.custody.haulage import Haulage, haulage

pytestmark = pytest.mark.browser


@pytest.fixture
def town(city: Engine) -> Iterator[Haulage]:
    """The cast of haulage, committed."""
    with Session(city.execution_options(writes=True), expire_on_commit=False) as session:
        present = haulage(session)
        for person in present.people.values():
            person.password_hash = password_hash()
        session.commit()
        yield present


@pytest.fixture
def address(city: Engine, town: Haulage, tmp_path: Path) -> Iterator[str]:
    """The service at the town's time, on a port."""
    app = create_app(Settings(state_dir=str(tmp_path / "state")), city)
    app.extensions["clock"] = lambda: town.now
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def departures(town: Haulage, number: str) -> int:
    """How many signatures of a departure the manifest has now."""
    query = select(Signature.id).join(Manifest, Manifest.id == Signature.manifest_id)
    query = query.where(Manifest.number == number, Signature.act == Act.DEPART)
    found = len(town.session.scalars(query).all())
    town.session.rollback()
    return found


def test_a_departure_signed_offline_is_sent_later_and_counts_once(
    chromium: Browser, address: str, town: Haulage
) -> None:
    number = town.drawn_up()
    town.sign(number, Act.ISSUE, "plant")
    town.sign(number, Act.LOAD, "plant", weighed=town.weighed(17_000.0))
    town.session.commit()
    town.later(10)

    context = chromium.new_context(viewport={"width": 360, "height": 740}, locale="zh-CN")
    phone = visit(context, address)
    page = phone.page
    page.clock.set_fixed_time(town.now)
    page.goto(address + "/login")
    page.fill("#username", town.people["driver"].username)
    page.fill("#password", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(lambda url: "/login" not in url)
    phone.open("/trips")
    if page.locator("#proof").is_visible():
        page.fill("#proof-password", PASSWORD)

    context.set_offline(True)
    row = page.locator(f"li[data-number='{number}']")
    row.locator("form[data-queue] button").click()
    expect(page.locator("#queue")).to_contain_text(number)
    expect(row).to_have_class("mine waiting")
    queued = "Object.entries(localStorage).find(([key]) => key.startsWith('signed-acts-'))[1]"
    kept = page.evaluate(queued)
    assert number in kept
    assert PASSWORD not in kept
    assert departures(town, number) == 0

    with page.expect_navigation():  # everything sent, the page shows the new state
        context.set_offline(False)
    expect(row.locator("form[data-queue]")).to_have_count(0)
    assert page.evaluate(queued) == "[]"
    assert departures(town, number) == 1

    # the answer was lost on the way: the phone sends what it had kept again
    page.evaluate(
        "([key, acts]) => localStorage.setItem(key, acts)",
        [page.evaluate(queued.replace("[1]", "[0]")), kept],
    )
    with page.expect_response(lambda answer: f"/sign/depart/{number}" in answer.url) as again:
        page.goto(address + "/trips")
    assert again.value.status == 200
    assert departures(town, number) == 1
    context.close()
