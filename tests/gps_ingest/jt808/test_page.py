"""Does the page for terminals say what the gateway does: its example, its messages, each of its counters?"""

import re
from pathlib import Path

import pytest

from gps_ingest.decoders.jt808.frames import FrameFault
from gps_ingest.decoders.jt808.inspection import inspect_line
from gps_ingest.decoders.jt808.message_ids import MessageId
from gps_ingest.decoders.jt808.stream import JUNK
from gps_ingest.store.registration import Verdict
from tests.conftest import PROJECT

PAGE = (PROJECT / "docs/devices/jt808.md").read_text("utf-8")
CODE = "".join(
    Path(path).read_text("utf-8")
    for folder in ("gps_ingest/gateways/jt808*.py", "gps_ingest/gateways/connections.py")
    for path in sorted(PROJECT.glob(folder))
)
REASONS = {
    JUNK,
    *(fault.value for fault in FrameFault),
    *(f"register_{verdict.value}" for verdict in Verdict if verdict is not Verdict.ADMITTED),
    *re.findall(r'(?:reject|hang_up)\("(\w+)"\)', CODE),
    *re.findall(r'return "(too_many_connections_of_address)"', CODE),
}


@pytest.mark.parametrize("reason", sorted(REASONS))
def test_every_counter_stands_on_the_page_in_both_languages(reason: str) -> None:
    assert PAGE.count(f"`{reason}`") >= 2


def test_the_reasons_were_found_at_all() -> None:
    assert {"wrong_token", "oversized", "idle", "incomplete", "no_room"} <= REASONS


def test_the_example_is_a_good_message() -> None:
    examples = set(re.findall(r"echo ([0-9a-f]+) ", PAGE))
    assert examples
    assert all(inspect_line(example).ok for example in examples)


@pytest.mark.parametrize(
    "message", [each for each in MessageId if each < 0x8000 and each is not MessageId.ASK_PACKETS]
)
def test_every_message_of_a_terminal_stands_on_the_page(message: MessageId) -> None:
    assert PAGE.count(f"0x{message:04X}") >= 2
