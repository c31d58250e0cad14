"""Whatever a driver's card looks like, does any digit of the person's number reach what is stored?

Cards of all editions, with what terminals put behind them, cut anywhere and with wrong lengths. A card is
stored, told, or refused: none of it may hold three digits of the number in a row.
"""

from datetime import UTC, datetime

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from gps_ingest.decoders.jt808.frames import Frame
from gps_ingest.decoders.jt808.messages import Profile
from gps_ingest.decoders.jt808.registrations import UnreadableBody
from gps_ingest.decoders.jt808.reports import read_driver_card, without_person_number
from gps_ingest.gateways.jt808_reports import UNREADABLE_CARD, driver_card_report

PHONE = bytes.fromhex("013800138000")
NUMBER = b"310115200101010003"
RUNS = {NUMBER[start : start + 3] for start in range(len(NUMBER) - 2)}
NOW = datetime(2026, 5, 4, tzinfo=UTC)
GMT_PLUS_8 = Profile(480 * 60_000)

letters = st.text("张三丰李四光市交通运输局ABC-", max_size=20).map(lambda text: text.encode("gbk"))
tails = st.sampled_from([b"", b"\0", b" ", b"\0" * 20, NUMBER, b"\0" + NUMBER, b"\xff" * 3, NUMBER[:7]])
paddings = st.sampled_from([b"\0", b" "])


@st.composite
def cards(draw: st.DrawFn) -> tuple[Frame, bool]:
    """A card with the number in it, and whether it is as the standard wants it."""
    edition = draw(st.sampled_from([2011, 2013, 2019]))
    name, issuer, licence = draw(letters), draw(letters), draw(letters)
    pad, number_pad, tail = draw(paddings), draw(paddings), draw(tails)
    number = NUMBER.ljust(20, number_pad)
    counted_name, counted_issuer = bytes((len(name),)) + name, bytes((len(issuer),)) + issuer
    if edition == 2011:
        body = counted_name + number + licence[:40].ljust(40, pad) + counted_issuer + tail
        name_at = 0
    else:
        result = draw(st.sampled_from([0, 0, 0, 1, 4]))
        event_of = bytes((draw(st.sampled_from([1, 2])),))
        body = event_of + bytes.fromhex("260504235959") + bytes((result,)) + counted_name
        body += licence[:20].ljust(20, pad) + counted_issuer + bytes.fromhex("20301231") + number + tail
        name_at = 8
    wrong_by = draw(st.sampled_from([0, 0, 0, *range(-12, 13)]))
    cut = draw(st.sampled_from([len(body)] * 3 + list(range(len(body)))))
    spoiled = bytearray(body)
    spoiled[name_at] = (spoiled[name_at] + wrong_by) % 256
    right = not wrong_by and cut == len(body) and (edition != 2011 or not tail.strip(b"\0 "))
    return Frame(0x0702, PHONE, 1, bytes(spoiled[:cut]), is_2019=edition == 2019), right


@given(cards())
def test_no_run_of_the_numbers_digits_is_stored_or_told(card: tuple[Frame, bool]) -> None:
    frame, _right = card
    report = driver_card_report(frame, b"", GMT_PLUS_8, NOW)
    event("refused" if report.stored == UNREADABLE_CARD else "stored")
    reasons = "".join(refusal.reason for refusal in report.decoded.refusals).encode()
    told = b""
    if report.stored != UNREADABLE_CARD:
        told = str(read_driver_card(frame, 0).facts).encode().replace(b"2030-12-31", b"")
    for run in RUNS:
        assert run not in report.stored
        assert run not in told + reasons
        assert run.hex().encode() not in reasons


@given(cards())
def test_what_is_blanked_tells_the_same(card: tuple[Frame, bool]) -> None:
    """The stored body has the length that came and is read again as it was read."""
    frame, _right = card
    try:
        facts = read_driver_card(frame, 0)
    except UnreadableBody:
        return
    kept = Frame(0x0702, PHONE, 1, without_person_number(frame), is_2019=frame.is_2019)
    assert len(kept.body) == len(frame.body)
    assert read_driver_card(kept, 0) == facts


@given(cards().filter(lambda card: card[1] and len(card[0].body) > 8))
def test_a_card_that_is_right_is_kept(card: tuple[Frame, bool]) -> None:
    frame, _right = card
    if frame.is_2019 or frame.body[1:7] == bytes.fromhex("260504235959"):
        assert read_driver_card(frame, 0).at_ms is not None
        assert driver_card_report(frame, b"", GMT_PLUS_8, NOW).stored != UNREADABLE_CARD


@pytest.mark.parametrize("name", ["王", "王五", "J"], ids=["two bytes", "four bytes", "one byte"])
def test_a_short_name_makes_no_card_of_2011_one_of_2013(name: str) -> None:
    """Its length would be the event "put in" or "taken out"; what follows is no time."""
    named = name.encode("gbk")
    body = bytes((len(named),)) + named + NUMBER.ljust(20, b"\0") + b"L-1".ljust(40, b"\0") + b"\x02is"
    card = read_driver_card(Frame(0x0702, PHONE, 1, body), 0)
    assert card.facts == {"event": "in", "name": name, "licence": "L-1", "issuer": "is"}
    assert card.at_ms is None


@pytest.mark.parametrize("validity", ["20301331", "33313031", "2030ff01"])
def test_a_validity_that_is_no_day_is_not_read_as_one(validity: str) -> None:
    body = b"\x01" + bytes.fromhex("260504235959") + b"\0\x01A" + b"L".ljust(20, b"\0") + b"\x01B"
    with pytest.raises(UnreadableBody):
        read_driver_card(Frame(0x0702, PHONE, 1, body + bytes.fromhex(validity)), 0)
    blank = read_driver_card(Frame(0x0702, PHONE, 1, body + b"\0" * 4), 0)
    assert blank.facts["valid_until"] is None
