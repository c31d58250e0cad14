"""Can the regulator do the day's work in a real browser?"""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import Engine

from models.session import write_sessions
from models.vocabulary import FindingKind
from tests import cast
from tests import factories as make
from tests.browser.conftest import Visit
from tests.cast import Cast

pytestmark = pytest.mark.browser


def test_from_the_overview_to_the_decision_and_the_certificate(
    desk: Visit, people: Cast, tmp_path: Path
) -> None:
    desk.sign_in(cast.REGULATOR)
    desk.wait_for_maps()
    assert desk.drawn("vehicles") == 2
    assert desk.drawn("roads") > 0
    expect(desk.page.locator("#trend-chart svg path").first).to_be_attached()

    desk.page.locator("#queue .card-link").first.click()
    expect(desk.page.locator("h1")).to_contain_text("偏离路线")
    desk.wait_for_maps()
    assert desk.drawn("track") > 0, "the track is on the map"
    assert desk.drawn("off-route") > 0, "the part that left the route is on the map"
    assert desk.drawn("corridor") > 0

    desk.page.locator("input[value=confirm]").check()
    desk.page.fill("#reason", "现场照片显示车辆绕行，无报备。")
    desk.page.click("form.decide button[type=submit]")
    expect(desk.page.locator(".notice.good")).to_contain_text("处理结论已记录")
    expect(desk.page.locator(".history")).to_contain_text("现场照片显示车辆绕行")

    desk.page.locator("dl.facts a.number").first.click()
    desk.wait_for_maps()
    assert desk.drawn("track") > 0
    expect(desk.page.locator(".chart.speed svg path").first).to_be_attached()
    with desk.page.expect_download() as waiting:
        desk.page.locator("a[download]").first.click()
    saved = tmp_path / "certificate.pdf"
    waiting.value.save_as(saved)
    assert waiting.value.suggested_filename.startswith("TC-M-")
    assert saved.read_bytes().startswith(b"%PDF-1.7")
    assert desk.note_violations() == []


def test_every_page_obeys_its_policy_and_stays_at_home(desk: Visit, people: Cast) -> None:
    desk.sign_in(cast.ADMINISTRATOR)
    load = people.ours
    for path in (
        "/",
        "/findings",
        "/manifests",
        "/facilities",
        "/vehicles",
        "/devices",
        "/users",
        f"/findings/{load.finding.key}",
        f"/manifests/{load.manifest.number}",
        f"/facilities/{load.plant.code}",
        f"/vehicles/{load.vehicle.code}",
        f"/devices/{load.device.code}",
    ):
        desk.open(path)
        assert desk.note_violations() == [], path


def test_the_slider_replays_the_way(desk: Visit, people: Cast) -> None:
    desk.sign_in(cast.REGULATOR)
    desk.open(f"/manifests/{people.ours.manifest.number}")
    output = desk.page.locator(".slider output")
    at_the_end = output.inner_text()
    desk.page.locator(".slider input").fill("0")
    at_the_beginning = output.inner_text()
    assert at_the_beginning < at_the_end
    desk.page.locator("[data-play]").click()
    expect(desk.page.locator("[data-play]")).to_have_attribute("aria-pressed", "true")
    expect(output).not_to_have_text(at_the_beginning)


def test_a_click_on_the_track_tells_time_and_speed(desk: Visit, people: Cast) -> None:
    desk.sign_in(cast.REGULATOR)
    desk.open(f"/manifests/{people.ours.manifest.number}")
    place = desk.page.evaluate(
        """() => {
          const { map } = document.querySelector("[data-map]");
          map.getCanvas().scrollIntoView({ block: "center" });
          const box = map.getCanvas().getBoundingClientRect();
          const places = map.queryRenderedFeatures(undefined, { layers: ["track"] })
            .flatMap((one) => one.geometry.coordinates.flat(one.geometry.type === "LineString" ? 0 : 1))
            .map((at) => map.project(at));
          const near = ({ x, y }) => Math.hypot(x - box.width / 2, y - box.height / 2);
          const { x, y } = places.sort((a, b) => near(a) - near(b))[0];
          return { x: box.x + x, y: box.y + y };
        }"""
    )
    desk.page.mouse.click(place["x"], place["y"])
    expect(desk.page.locator(".maplibregl-popup-content")).to_contain_text("km/h")


def test_new_findings_appear_while_the_page_is_open(desk: Visit, people: Cast, city: Engine) -> None:
    desk.sign_in(cast.REGULATOR)
    with write_sessions(city).begin() as session:
        make.finding(session, FindingKind.OVERDUE, people.ours.manifest, score=0.99, key="just-found")
    desk.page.wait_for_load_state("networkidle")  # what is told before htmx listens is lost
    desk.page.evaluate("htmx.trigger('#refresh', 'refresh')")
    expect(desk.page.locator("#queue a[href='/findings/just-found']")).to_be_visible()
    assert desk.note_violations() == []


def test_the_keyboard_reaches_the_content_first(desk: Visit, people: Cast) -> None:
    desk.sign_in(cast.REGULATOR)
    desk.open("/findings")
    desk.page.keyboard.press("Tab")
    expect(desk.page.locator("a.skip")).to_be_focused()
    desk.page.keyboard.press("Enter")
    assert desk.page.evaluate("document.activeElement.id") == "main"


def test_errors_take_the_focus_and_keep_what_was_typed(desk: Visit, people: Cast) -> None:
    desk.sign_in(cast.REGULATOR)
    desk.open(f"/findings/{people.ours.finding.key}")
    desk.page.locator("input[value=dismiss]").check()
    desk.page.fill("#reason", "   ")
    desk.page.click("form.decide button[type=submit]")
    expect(desk.page.locator(".summary")).to_be_focused()
    expect(desk.page.locator("input[value=dismiss]")).to_be_checked()
    desk.page.locator(".summary a").first.click()
    expect(desk.page.locator("#reason")).to_be_focused()


def test_everything_but_maps_works_without_scripts(chromium: Browser, origin: str, people: Cast) -> None:
    context = chromium.new_context(java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    visit = Visit(page, origin)
    visit.sign_in(cast.REGULATOR)
    page.goto(f"{origin}/manifests")
    page.select_option("select[name=verdict]", "contradicted")
    page.click("form.filters button[type=submit]")
    expect(page.locator("tbody tr")).to_have_count(2)
    page.goto(f"{origin}/findings/{people.ours.finding.key}")
    page.locator("input[value=explain]").check()
    page.fill("#reason", "道路施工，有公告。")
    page.click("form.decide button[type=submit]")
    expect(page.locator(".notice.good")).to_be_visible()
    page.locator("button[value=en]").click()
    expect(page.locator("h1")).to_contain_text("Off route")
    context.close()
