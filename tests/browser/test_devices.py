"""Can an administrator let a device in and look at a hostile sender in a real browser?"""

import orjson
import pytest
from playwright.sync_api import expect
from sqlalchemy import Engine

from gps_ingest.store.raw_messages import Message
from gps_ingest.store.receive import take_message
from models.session import write_sessions
from models.thresholds import DoubtThresholds
from models.vocabulary import Protocol
from tests import cast
from tests.browser.conftest import Visit
from tests.cast import Cast
from tests.factories import DAY, ms

pytestmark = pytest.mark.browser

HOSTILE = "<img src=x onerror=alert(1)>"


def test_a_token_is_issued_copied_and_never_shown_again(desk: Visit, people: Cast) -> None:
    desk.sign_in(cast.ADMINISTRATOR)
    desk.open(f"/administration/devices/manage/{people.ours.device.code}")
    desk.page.get_by_role("button", name="签发令牌").click()
    shown = desk.page.locator("#fresh-token")
    token = shown.input_value()
    assert len(token) == 43
    desk.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    desk.page.get_by_role("button", name="复制").click()
    expect(desk.page.get_by_role("button", name="已复制")).to_be_visible()
    assert desk.page.evaluate("navigator.clipboard.readText()") == token
    assert token not in desk.page.url
    desk.open(f"/administration/devices/manage/{people.ours.device.code}")
    assert token not in desk.page.content()
    expect(desk.page.get_by_role("button", name="更换令牌")).to_be_visible()
    assert desk.note_violations() == []


def test_an_unknown_sender_is_registered_and_released(desk: Visit, city: Engine, people: Cast) -> None:
    body = orjson.dumps([{"time": ms(DAY), "lat": 31.02, "lon": 120.05}, {"lat": HOSTILE}])
    with write_sessions(city).begin() as session:
        message = Message(HOSTILE, Protocol.JSON, body, "198.51.100.7:4000", DAY)
        take_message(session, message, DoubtThresholds())
    desk.sign_in(cast.ADMINISTRATOR)
    desk.open("/devices")
    desk.page.get_by_role("link", name="隔离区").click()
    desk.page.get_by_role("link", name=HOSTILE).click()
    desk.page.fill("#vehicle", people.ours.vehicle.code)
    desk.page.fill("#since", "2026-03-01T00:00")
    desk.page.get_by_role("button", name="登记并放行").click()
    expect(desk.page.get_by_role("heading", name="已放行 1 条报文")).to_be_visible()
    expect(desk.page.get_by_role("cell", name="recorded_at")).to_be_visible()
    desk.page.get_by_role("link", name="返回隔离区").click()
    expect(desk.page.get_by_text("没有待处理报文")).to_be_visible()
    assert desk.note_violations() == []


def test_what_is_wrong_takes_the_focus_and_leads_to_its_field(desk: Visit) -> None:
    desk.sign_in(cast.ADMINISTRATOR)
    desk.open("/administration/devices/register")
    desk.page.fill("#code", "NEW-1")
    desk.page.fill("#vehicle", "V404")
    desk.page.get_by_role("button", name="登记终端").click()
    expect(desk.page.locator(".summary")).to_be_focused()
    expect(desk.page.locator("#code")).to_have_value("NEW-1")
    desk.page.locator(".summary a").click()
    expect(desk.page.locator("#vehicle")).to_be_in_viewport()
