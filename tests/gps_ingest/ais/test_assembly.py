"""Do the parts of a message find each other, whatever comes between them?"""

from itertools import permutations

import pytest

from gps_ingest.decoders.ais_assembly import ASSEMBLY_S, MOST_PENDING, AisMessage, Assembly
from gps_ingest.decoders.nmea_sentences import SentenceRefused, read_sentence, sealed
from tests.gps_ingest.ais.speaking import NOON_MS, one


def part(number: int, total: int = 2, shared: int = 1, channel: str = "A", payload: str = "5") -> bytes:
    fill = 2 if number == total else 0
    return b"!" + sealed(f"AIVDM,{total},{number},{shared},{channel},{payload * (9 + number)},{fill}")


def feed(assembly: Assembly, line: bytes, at_ms: int = NOON_MS, position: int = 0) -> AisMessage | None:
    return assembly.add(read_sentence(line), line, at_ms, position)


def lost(assembly: Assembly) -> list[int]:
    return sorted(part.position for part in assembly.given_up)


def test_a_single_sentence_is_whole_at_once() -> None:
    line = one()
    message = feed(Assembly(), line)
    assert message is not None
    assert (message.payload, message.fill_bits, message.lines) == (line.decode().split(",")[5], 0, (line,))


@pytest.mark.parametrize("order", list(permutations([1, 2, 3])))
def test_parts_may_come_in_any_order(order: tuple[int, ...]) -> None:
    assembly = Assembly()
    results = [feed(assembly, part(number, total=3), position=number) for number in order]
    assert results[:2] == [None, None]
    assert results[2] is not None
    assert results[2].payload == "5" * (10 + 11 + 12)
    assert results[2].fill_bits == 2
    assert results[2].positions == (1, 2, 3)


def test_parts_of_several_messages_may_be_mixed() -> None:
    assembly = Assembly()
    first, second, third = part(1, payload="1"), part(1, shared=2, payload="2"), part(1, channel="B")
    assert [feed(assembly, line) for line in (first, second, third)] == [None, None, None]
    assert feed(assembly, one()) is not None
    for late in (part(2, channel="B"), part(2, payload="1"), part(2, shared=2, payload="2")):
        whole = feed(assembly, late)
        assert whole is not None
        assert len(set(whole.payload)) == 1
    assembly.give_up()
    assert lost(assembly) == []


def test_a_repeated_part_changes_nothing() -> None:
    assembly = Assembly()
    assert feed(assembly, part(1)) is None
    assert feed(assembly, part(1)) is None
    assert feed(assembly, part(2)) is not None
    assert lost(assembly) == []


def test_a_number_in_use_again_begins_a_new_message() -> None:
    assembly = Assembly()
    feed(assembly, part(1, payload="1"), position=1)
    feed(assembly, part(1, payload="2"), position=2)
    whole = feed(assembly, part(2, payload="2"), position=3)
    assert whole is not None
    assert whole.positions == (2, 3)
    assert lost(assembly) == [1]


def test_what_is_not_complete_within_a_minute_is_given_up() -> None:
    assembly = Assembly()
    feed(assembly, part(1), NOON_MS, position=1)
    assert feed(assembly, part(2), NOON_MS + (ASSEMBLY_S + 1) * 1000, position=2) is None
    assert lost(assembly) == [1]
    within = Assembly()
    feed(within, part(1), NOON_MS)
    assert feed(within, part(2), NOON_MS + ASSEMBLY_S * 1000) is not None


def test_a_flood_of_beginnings_takes_no_more_room() -> None:
    assembly = Assembly()
    for number in range(MOST_PENDING + 10):
        feed(assembly, part(1, total=2, shared=number), position=number)
    assert lost(assembly) == list(range(10))
    assembly.give_up()
    assert len(assembly.given_up) == MOST_PENDING + 10


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("AIVDM,1,1,,A,15MgK45P3@G?fl0E`JbR0OwT0@MS", "wrong_length"),
        ("AIVDM,1,1,,A,15MgK45P3@G?fl0E`JbR0OwT0@MS,0,1", "wrong_length"),
        ("AIVDM,1,1,,A,15MgK45P3@G?fl0E`JbR0OwT0@MS,6", "wrong_length"),
        ("AIVDM,2,3,,A,15MgK45P3@G?fl0E`JbR0OwT0@MS,0", "bad_part"),
        ("AIVDM,0,0,,A,15MgK45P3@G?fl0E`JbR0OwT0@MS,0", "bad_part"),
        ("AIVDM,99,1,,A,15MgK45P3@G?fl0E`JbR0OwT0@MS,0", "bad_part"),
        ("AIVDM,x,1,,A,15MgK45P3@G?fl0E`JbR0OwT0@MS,0", "bad_part"),
        ("AIVDM,1,1,,A,15MgK45P3@G?fl0E`JbR0OwT0@M~,0", "bad_payload"),
        ("AIVDM,1,1,,A,15MgK45P3@G?fl0E[JbR0OwT0@MS,0", "bad_payload"),
        ("AIVDM,1,1,,B,,0", "empty"),
    ],
)
def test_what_is_no_part(content: str, reason: str) -> None:
    line = b"!" + sealed(content)
    with pytest.raises(SentenceRefused) as caught:
        feed(Assembly(), line)
    assert caught.value.reason == reason
