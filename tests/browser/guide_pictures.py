"""How are the pictures of the guides taken anew? From a demo city in which a case is open.

python -m tests.browser.guide_pictures http://127.0.0.1:8000 var/demo-logins.json docs/images/guides
"""

import json
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

FLAGS = ("--headless=new", "--no-sandbox", "--use-angle=swiftshader")
WIDE, NARROW = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
HIGHEST = 1100
PICTURES = (
    ("plant", "plant-today", "/today", ""),
    ("plant", "plant-issue", "/issue", ""),
    ("plant", "plant-load-phone", "/today", "a[href^='/sign/load/']"),
    ("plant", "plant-today-phone", "/today", ""),
    ("site", "site-gate", "/gate", ""),
    ("site", "site-gate-phone", "/gate", ""),
    ("site", "site-accept-phone", "/gate", "a[href^='/sign/accept/']"),
    ("site", "site-stock", "/stock", ""),
    ("site", "site-dispatches", "/dispatches", ""),
    ("driver", "driver-trips-phone", "/trips", ""),
    ("driver", "driver-sign-phone", "/trips", "a[href^='/sign/depart/']"),
    ("driver", "driver-manifest-phone", "/trips", "li:has(a[href^='/sign/depart/']) a.number"),
    ("hauler", "hauler-trips", "/hauls", ""),
    ("hauler", "hauler-trips-phone", "/hauls", ""),
    ("hauler", "hauler-questions-phone", "/cases/questions", ""),
    ("hauler", "hauler-objection-phone", "/findings", "tbody th a >> nth=0 ; a[href$='/objection'] >> nth=0"),
    ("regulator", "regulator-queue", "/waiting", ""),
    ("regulator", "regulator-cases", "/cases", ""),
    ("regulator", "regulator-case", "/cases", "tbody th a >> nth=0"),
    ("regulator", "regulator-case-phone", "/cases", "tbody th a >> nth=0"),
    ("regulator", "regulator-rules", "/rules", ""),
    ("regulator", "regulator-permits", "/permits", ""),
    ("administrator", "administrator-users", "/users", ""),
    ("administrator", "administrator-users-phone", "/users", ""),
    ("administrator", "administrator-organisations", "/administration/organisations", ""),
    ("administrator", "administrator-token", "/administration/tokens/give", ""),
    ("hauler", "hauler-correct", "/hauls", "a.number >> nth=0 ; a[href^='/corrections/of/'] >> nth=0"),
)
"""Whose page, the picture's name (-phone: on a phone), where one begins, and which links lead on."""


def take(browser: Browser, origin: str, login: dict[str, str], name: str, path: str, links: str) -> bytes:
    """The picture of a page as its reader sees it, as PNG."""
    phone = name.endswith("-phone")
    size = NARROW if phone else WIDE
    context = browser.new_context(viewport=size, is_mobile=phone, has_touch=phone, locale="zh-CN")  # type: ignore[arg-type]
    page = context.new_page()
    sign_in(page, origin, login)
    page.goto(origin + path)
    for link in filter(None, (each.strip() for each in links.split(";"))):
        page.goto(origin + str(page.locator(link).first.get_attribute("href")))
    page.wait_for_load_state("networkidle")
    height = min(int(page.evaluate("document.documentElement.scrollHeight")), HIGHEST)
    clip = {"x": 0, "y": 0, "width": size["width"], "height": max(height, size["height"])}
    picture = page.screenshot(full_page=True, clip=clip)  # type: ignore[arg-type]
    context.close()
    return picture


def sign_in(page: Page, origin: str, login: dict[str, str]) -> None:
    """Signed in, in Chinese."""
    page.goto(origin + "/login")
    page.fill("#username", login["username"])
    page.fill("#password", login["password"])
    page.click("main button[type=submit]")
    page.wait_for_url(lambda url: "/login" not in url)
    page.locator(".languages button[value=zh]").click()


def main(origin: str, logins: Path, folder: Path) -> None:
    """All pictures, each over the one that is there."""
    people = {each["role"]: each for each in json.loads(logins.read_text())}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(FLAGS))
        for role, name, path, links in PICTURES:
            picture = take(browser, origin, people[role], name, path, links)
            (folder / f"{name}.png").write_bytes(picture)
            print(name)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
