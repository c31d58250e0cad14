"""On what do the browser tests stand? The real service, and a Chromium without a screen."""

import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    expect,
    sync_playwright,
)
from sqlalchemy import Engine
from werkzeug.serving import make_server

from app import create_app
from models.session import open_engine, write_sessions
from models.settings import Settings
from tests import factories as make
from tests.cast import PASSWORD, Cast, cast

FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-gpu-sandbox",
)
WAIT_MS = 60_000
NOTE_VIOLATIONS = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`));
"""


@dataclass
class Visit:
    """A person at a browser, and everything that should not have happened there."""

    page: Page
    origin: str
    troubles: list[str] = field(default_factory=list)

    def sign_in(self, username: str) -> None:
        self.page.goto(self.origin + "/login")
        self.page.fill("#username", username)
        self.page.fill("#password", PASSWORD)
        self.page.click("main button[type=submit]")
        self.page.wait_for_url(self.origin + "/")

    def open(self, path: str) -> None:
        answer = self.page.goto(self.origin + path)
        assert answer is not None
        assert answer.status == 200, path
        self.wait_for_maps()

    def wait_for_maps(self) -> None:
        """Until every map of the page has drawn all of itself."""
        # by selector: the page's policy forbids the evaluation of strings, also to a test that waits
        expect(self.page.locator("[data-map]:not([data-map-idle])")).to_have_count(0, timeout=WAIT_MS)

    def drawn(self, layer: str) -> int:
        """How many features of a layer are really on the picture of the page's map."""
        count: int = self.page.evaluate(
            "(layer) => document.querySelector('[data-map]').map"
            ".queryRenderedFeatures(undefined, { layers: [layer] }).length",
            layer,
        )
        return count

    def note_violations(self) -> list[str]:
        """What the policy of the page forbade, with everything else that went wrong."""
        return [*self.troubles, *self.page.evaluate("window.violations ?? []")]

    def watch(self) -> None:
        """From now on, remember errors and requests that leave the origin."""

        def console(message: ConsoleMessage) -> None:
            if message.type in ("error", "warning"):
                self.troubles.append(f"{message.type}: {message.text}")

        def request(sent: Request) -> None:
            if not sent.url.startswith((self.origin + "/", "data:", "blob:")):
                self.troubles.append(f"request to {sent.url}")

        self.page.on("console", console)
        self.page.on("request", request)
        self.page.on("pageerror", lambda error: self.troubles.append(f"script failed: {error}"))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser a test process."""
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("chromium is not installed; `sludgetrace doctor` names the command")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def city(tmp_path: Path, sqlite_template: Path) -> Iterator[Engine]:
    """A database of its own on SQLite: what the browser sees does not depend on the engine."""
    shutil.copyfile(sqlite_template, tmp_path / "city.db")
    engine = open_engine(f"sqlite:///{tmp_path / 'city.db'}")
    yield engine
    engine.dispose()


@pytest.fixture
def people(city: Engine) -> Cast:
    """The cast with its loads, a road and a canal."""
    with write_sessions(city).begin() as session:
        present = cast(session)
        make.map_line(session, "road", [[119.98, 31.0], [120.12, 31.06]], grade="primary", name="环湖大道")
        make.map_line(session, "canal", [[120.0, 30.98], [120.1, 31.08]], grade="canal", name="清河")
    return present


@pytest.fixture
def origin(city: Engine, people: Cast, tmp_path: Path) -> Iterator[str]:
    """The address of the service."""
    app = create_app(Settings(state_dir=str(tmp_path / "state")), city)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def visit(context: BrowserContext, origin: str) -> Visit:
    """A new page that is watched."""
    context.set_default_timeout(WAIT_MS)
    context.add_init_script(NOTE_VIOLATIONS)
    found = Visit(context.new_page(), origin)
    found.watch()
    return found


@pytest.fixture
def desk(chromium: Browser, origin: str) -> Iterator[Visit]:
    """A desk with a large screen."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, accept_downloads=True)
    yield visit(context, origin)
    context.close()


@pytest.fixture(params=["light", "dark"])
def phone(chromium: Browser, origin: str, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """A small phone by day and by night."""
    context = chromium.new_context(
        viewport={"width": 360, "height": 740}, color_scheme=request.param, has_touch=True, is_mobile=True
    )
    yield visit(context, origin)
    context.close()
