"""Is every page usable at 360 px, by day and by night, in both languages?"""

import pytest
from playwright.sync_api import expect

from tests import cast
from tests.browser.conftest import Visit
from tests.cast import Cast

pytestmark = pytest.mark.browser

WIDER_THAN_THE_SCREEN = "document.documentElement.scrollWidth > window.innerWidth"
TOO_PALE = """() => {
  const parse = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((part) => part / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    .reduce((sum, part, index) => sum + part * [0.2126, 0.7152, 0.0722][index], 0);
  const ground = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const style = getComputedStyle(one);
      if (style.backgroundImage !== "none") return null;
      const colour = parse(style.backgroundColor);
      if (colour.length < 4 || colour[3] === 1) return colour;
      if (colour[3] > 0) return null;
    }
    return [255, 255, 255];
  };
  const pale = [];
  for (const element of document.querySelectorAll("main *, footer *")) {
    const text = [...element.childNodes].filter((node) => node.nodeType === 3 && node.textContent.trim());
    if (!text.length || element.closest("[data-map], svg, .chart") || !element.checkVisibility()) continue;
    const behind = ground(element);
    if (!behind) continue;
    const [a, b] = [light(parse(getComputedStyle(element).color)), light(behind)];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const what = `${element.className} ${text[0].textContent.trim()}`;
    if (contrast < 4.5) pale.push(`${contrast.toFixed(2)} ${what}`);
  }
  return pale;
}"""


@pytest.mark.parametrize("language", ["zh", "en"])
def test_pages_fit_and_can_be_read(language: str, phone: Visit, people: Cast) -> None:
    phone.sign_in(cast.ADMINISTRATOR)
    phone.page.locator(f".languages button[value={language}]").click()
    load = people.ours
    for path in (
        "/",
        "/findings",
        "/manifests",
        "/manifests?q=nothing",
        "/facilities",
        "/vehicles",
        "/devices",
        "/fleet?period=week",
        "/quarantine",
        "/messages",
        "/messages/1",
        "/upload",
        "/administration/models",
        "/administration/devices/register",
        "/users",
        f"/findings/{load.finding.key}",
        f"/manifests/{load.manifest.number}",
        f"/facilities/{load.plant.code}",
        f"/vehicles/{load.vehicle.code}",
        f"/devices/{load.device.code}",
        f"/administration/devices/manage/{load.device.code}",
    ):
        phone.open(path)
        assert not phone.page.evaluate(WIDER_THAN_THE_SCREEN), path
        assert phone.page.evaluate(TOO_PALE) == [], path
    assert phone.note_violations() == []


def test_signing_in_on_a_phone(phone: Visit) -> None:
    phone.page.goto(phone.origin + "/login")
    assert not phone.page.evaluate(WIDER_THAN_THE_SCREEN)
    phone.page.fill("#username", cast.HAULER)
    phone.page.fill("#password", "wrong")
    phone.page.click("main button[type=submit]")
    expect(phone.page.locator(".summary")).to_be_focused()
    expect(phone.page.locator("#username")).to_have_value(cast.HAULER)
    assert phone.page.evaluate(TOO_PALE) == []
