"""Does what was signed without a network arrive, count once, and stay its signer's?"""

import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask, Response, request
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from werkzeug.serving import BaseWSGIServer, make_server

from app import create_app
from models.custody_words import Act
from models.manifests import Manifest
from models.settings import Settings
from models.signatures import Signature
from tests.browser.conftest import Visit, visit
from tests.cast import PASSWORD, password_hash
from tests.tracking.custody.haulage import Haulage, haulage
from tracking.operations.change_user import end_sessions

pytestmark = [
    pytest.mark.browser,
    # a line that is cut in mid-answer leaves the server's file to the collector
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture
def town(city: Engine) -> Iterator[Haulage]:
    """The cast of haulage, committed."""
    with Session(city.execution_options(writes=True), expire_on_commit=False) as session:
        present = haulage(session)
        for person in present.people.values():
            person.password_hash = password_hash()
        session.commit()
        yield present


@dataclass
class Line:
    """The service on a port, and the line to it: cut, neither a page nor its worker reaches anything."""

    app: Flask
    port: int = 0
    server: BaseWSGIServer | None = None
    thread: threading.Thread | None = None
    loses_answers: bool = False  # of what is sent, after it has been taken

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def mend(self, context: BrowserContext | None = None) -> None:
        self.server = make_server("127.0.0.1", self.port, self.app, threaded=True)
        self.port = self.server.server_port
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05})
        self.thread.start()
        if context is not None:
            context.set_offline(False)

    def lose(self, answer: Response) -> Response:
        if self.loses_answers and request.method == "POST":
            request.environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
        return answer

    def cut(self, context: BrowserContext | None = None) -> None:
        if context is not None:
            context.set_offline(True)
        if self.server is not None and self.thread is not None:
            self.server.shutdown()
            self.thread.join()
            self.server.server_close()
            self.server = None


@pytest.fixture
def line(city: Engine, town: Haulage, tmp_path: Path) -> Iterator[Line]:
    """The service at the town's time."""
    app = create_app(Settings(state_dir=str(tmp_path / "state")), city)
    app.extensions["clock"] = lambda: town.now
    found = Line(app)
    app.after_request(found.lose)
    found.mend()
    yield found
    found.cut()


def departures(town: Haulage, number: str) -> list[datetime | None]:
    """When by their devices the departure of the manifest was signed, as it stands now."""
    query = select(Signature.device_at).join(Manifest, Manifest.id == Signature.manifest_id)
    query = query.where(Manifest.number == number, Signature.act == Act.DEPART)
    found = list(town.session.scalars(query))
    town.session.rollback()
    return found


@pytest.fixture
def loaded(town: Haulage) -> str:
    """A load that waits for the driver to leave."""
    number = town.drawn_up()
    town.sign(number, Act.ISSUE, "plant")
    town.sign(number, Act.LOAD, "plant", weighed=town.weighed(17_000.0))
    town.session.commit()
    town.later(10)
    return number


@pytest.fixture
def phone(chromium: Browser, line: Line, town: Haulage, loaded: str) -> Iterator[Visit]:
    """A phone at the town's time."""
    context = chromium.new_context(viewport={"width": 360, "height": 740}, locale="zh-CN")
    found = visit(context, line.origin)
    found.page.clock.set_fixed_time(town.now)
    yield found
    context.close()


def sign_in(phone: Visit, town: Haulage, who: str = "driver") -> None:
    page = phone.page
    page.fill("#username", town.people[who].username)
    page.fill("#password", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(lambda url: "/login" not in url)


def begin(phone: Visit, town: Haulage, who: str = "driver", path: str = "/trips") -> None:
    """Signed in, on the page of one's work, and all of it kept by the worker."""
    phone.page.goto(phone.origin + "/login")
    sign_in(phone, town, who)
    phone.open(path)
    wait_until(phone.page, lambda: len(kept_pages(phone.page)) > 0)


def wait_until(page: Page, ready: Callable[[], bool]) -> None:
    """Until something holds that no selector tells."""
    for _try in range(200):
        if ready():
            return
        page.wait_for_timeout(50)
    raise AssertionError("it did not come about")


def kept_pages(page: Page) -> list[str]:
    """The personal pages in the browser's caches."""
    found: list[str] = page.evaluate("""async () => {
      const found = [];
      for (const name of await caches.keys())
        if (name.startsWith("pages-"))
          for (const kept of await (await caches.open(name)).keys()) found.push(new URL(kept.url).pathname);
      return found;
    }""")
    return found


def queued(page: Page) -> list[dict[str, object]]:
    """The acts in the browser's database; a file by its name."""
    found: list[dict[str, object]] = page.evaluate("""() => new Promise((done) => {
      const opening = indexedDB.open("signed-acts", 1);
      opening.onsuccess = () => {
        const reading = opening.result.transaction("acts").objectStore("acts").getAll();
        reading.onsuccess = () => {
          opening.result.close();
          const plain = ([name, value]) => [name, value.name ?? value];
          done(reading.result.map((act) => ({ ...act, fields: act.fields.map(plain) })));
        };
      };
    })""")
    return found


def depart(page: Page, number: str) -> None:
    page.locator(f"li[data-number='{number}'] form[data-queue] button").click()


def test_signed_offline_closed_opened_again_and_sent_once(
    phone: Visit, line: Line, town: Haulage, loaded: str
) -> None:
    begin(phone, town)
    context = phone.page.context
    line.cut(context)
    depart(phone.page, loaded)
    expect(phone.page.locator(".queued.waiting")).to_contain_text(loaded)
    (act,) = queued(phone.page)
    assert PASSWORD not in str(act)
    assert act["at"] == town.now.strftime("%Y-%m-%dT%H:%M:%S.000Z")

    phone.page.close()  # the page need not stay open
    page = context.new_page()
    page.clock.set_fixed_time(town.now)
    page.goto(phone.origin + "/trips")
    expect(page.locator("#kept-note")).to_be_visible()
    expect(page.locator(".queued.waiting")).to_contain_text(loaded)
    assert departures(town, loaded) == []

    page.reload()
    line.mend(context)
    expect(page.locator(".queued.password")).to_contain_text(loaded)
    page.fill("#proof-password", PASSWORD)
    page.locator("#proof-password").press("Tab")
    expect(page.locator("#queue")).to_be_hidden()
    expect(page.locator(f"li[data-number='{loaded}'] form[data-queue]")).to_have_count(0)
    assert queued(page) == []
    (signature,) = departures(town, loaded)
    assert signature == town.now


def test_an_answer_that_was_lost_counts_once(phone: Visit, line: Line, town: Haulage, loaded: str) -> None:
    begin(phone, town)
    page = phone.page
    page.fill("#proof-password", PASSWORD)
    line.loses_answers = True
    depart(page, loaded)
    expect(page.locator(".queued.waiting")).to_contain_text(loaded)
    wait_until(page, lambda: len(departures(town, loaded)) == 1)
    line.loses_answers = False
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.locator(f"li[data-number='{loaded}'] form[data-queue]")).to_have_count(0)
    assert queued(page) == []
    assert len(departures(town, loaded)) == 1


def test_signed_out_meanwhile_is_no_missing_network(
    phone: Visit, line: Line, town: Haulage, loaded: str
) -> None:
    begin(phone, town)
    page, context = phone.page, phone.page.context
    line.cut(context)
    depart(page, loaded)
    expect(page.locator(".queued.waiting")).to_contain_text(loaded)
    end_sessions(town.session, town.people["driver"].id)  # on another device
    town.session.commit()
    line.mend(context)
    expect(page.locator(".queued.login")).to_contain_text(loaded)
    page.locator("#queue a.button").click()
    page.wait_for_url(lambda url: "/login" in url)
    wait_until(page, lambda: kept_pages(page) == [])
    assert len(queued(page)) == 1

    sign_in(phone, town)
    expect(page.locator(".queued.password")).to_contain_text(loaded)
    page.fill("#proof-password", PASSWORD)
    page.locator("#proof-password").press("Tab")
    expect(page.locator("#queue")).to_be_hidden()
    assert len(departures(town, loaded)) == 1


def test_a_sign_out_leaves_no_page_behind_and_no_act_to_another(
    phone: Visit, line: Line, town: Haulage, loaded: str
) -> None:
    begin(phone, town)
    page, context = phone.page, phone.page.context
    line.cut(context)
    depart(page, loaded)
    expect(page.locator(".queued.waiting")).to_contain_text(loaded)
    line.mend(context)
    expect(page.locator(".queued.password")).to_contain_text(loaded)
    page.click("form[data-sign-out] button")
    page.wait_for_url(lambda url: "/login" in url)
    assert kept_pages(page) == []
    line.cut(context)
    page.goto(phone.origin + "/trips")
    expect(page.locator("h1")).to_be_visible()
    assert loaded not in page.content()
    line.mend(context)

    page.goto(phone.origin + "/login")
    sign_in(phone, town, "master")
    phone.open("/trips")
    expect(page.locator("#queue")).to_contain_text("1")
    assert loaded not in page.content()
    assert departures(town, loaded) == []
    assert [act["person"] for act in queued(page)] == [str(town.people["driver"].id)]


def test_what_is_refused_later_says_why_and_stays(
    phone: Visit, line: Line, town: Haulage, loaded: str
) -> None:
    begin(phone, town)
    page, context = phone.page, phone.page.context
    line.cut(context)
    depart(page, loaded)
    expect(page.locator(".queued.waiting")).to_contain_text(loaded)
    town.sign(loaded, Act.DEPART, "driver", 0)  # on another device
    town.session.commit()
    line.mend(context)
    expect(page.locator(".queued.password")).to_contain_text(loaded)
    page.fill("#proof-password", PASSWORD)
    page.locator("#proof-password").press("Tab")
    expect(page.locator(".queued.refused .why")).not_to_be_empty()
    page.locator(".queued.refused button").click()
    expect(page.locator("#queue")).to_be_hidden()
    assert len(departures(town, loaded)) == 1


def test_the_gate_is_seen_without_a_network(phone: Visit, line: Line, town: Haulage, loaded: str) -> None:
    town.sign(loaded, Act.DEPART, "driver", 0)
    town.session.commit()
    begin(phone, town, "gate", "/gate")
    line.cut(phone.page.context)
    phone.page.reload()
    expect(phone.page.locator("#kept-note")).to_be_visible()
    assert loaded in phone.page.content()
    expect(phone.page.locator("html")).to_have_css("font-size", "16px")
    assert phone.page.evaluate("getComputedStyle(document.querySelector('.work')).display") == "grid"
