"""Is a line split as its standard says, and refused with its class where it is damaged?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gps_ingest.decoders.nmea_sentences import SentenceRefused, read_sentence, receipt_stamp, sealed

RMC = b"$" + sealed("GPRMC,120000.00,A,3115.0,N,12030.0,E,7.4,271.3,020326,,,A")
PART = b"!AIVDM,2,1,3,B,55NBjP01mtGIL@CW;SM<D60P5Ld000000000000P0`<3557l0<50@kk@,0*66"
NOON_MS = 1_772_452_800_000


def refused(line: bytes) -> str:
    with pytest.raises(SentenceRefused) as caught:
        read_sentence(line)
    assert str(caught.value)
    return caught.value.reason


def test_talker_kind_and_fields() -> None:
    sentence = read_sentence(RMC + b"\r\n")
    assert (sentence.start, sentence.talker, sentence.kind) == ("$", "GP", "RMC")
    assert sentence.fields[:3] == ("120000.00", "A", "3115.0")
    assert sentence.received_ms is None
    ais = read_sentence(PART)
    assert (ais.start, ais.talker, ais.kind, ais.fields[:4]) == ("!", "AI", "VDM", ("2", "1", "3", "B"))


def test_a_makers_own_sentence() -> None:
    sentence = read_sentence(b"$" + sealed("PSLUD,T1,secret"))
    assert (sentence.talker, sentence.kind, sentence.fields) == ("P", "SLUD", ("T1", "secret"))


@pytest.mark.parametrize(
    ("before", "behind"),
    [
        (receipt_stamp(NOON_MS + 999), b""),
        (b"\\" + sealed(f"s:bank,c:{NOON_MS}") + b"\\", b""),
        (b"\\" + sealed("g:1-2-77,s:bank") + b"\\" + receipt_stamp(NOON_MS), b""),
        (b"", b",b003669976,1772452800"),
        (b"", b",d-093,S2212,t235959.00,T59.00339837,r09STOL1,1772452800"),
        (receipt_stamp(NOON_MS), b",rELSE,1772452999"),
    ],
)
def test_when_its_receiver_heard_it(before: bytes, behind: bytes) -> None:
    assert read_sentence(before + PART + behind).received_ms == NOON_MS


@pytest.mark.parametrize("suffix", [b",", b",b003669976", b",0", b",99999999999999999999", b",-5"])
def test_a_suffix_that_tells_no_time(suffix: bytes) -> None:
    assert read_sentence(PART + suffix).received_ms is None


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (PART[:-2] + b"67", "bad_checksum"),
        (PART.replace(b"P5Ld", b"P5Le"), "bad_checksum"),
        (b"\\s:bank,c:1772452800*00\\" + PART, "bad_checksum"),
        (b"!AIVDM,2,1,1,A,55>u@H02;lGc<Ha;L0084i<7GR22222222222216:", "bad_checksum"),
        (b"", "not_a_sentence"),
        (b"hello", "not_a_sentence"),
        (b"GET / HTTP/1.1", "not_a_sentence"),
        (b"$*", "not_a_sentence"),
        (PART + b"x", "not_a_sentence"),
        (b"junk" + PART, "not_a_sentence"),
        (b"\xff" + PART, "not_a_sentence"),
        (PART + b"," + b"r" * 1024, "oversized"),
    ],
)
def test_what_is_no_whole_sentence(line: bytes, reason: str) -> None:
    assert refused(line) == reason


@given(st.binary(max_size=200))
def test_arbitrary_bytes_are_a_sentence_or_refused(line: bytes) -> None:
    for candidate in (line, b"$" + line, b"!" + line, b"\\" + line + b"\\" + RMC):
        try:
            outcome = read_sentence(candidate).start
        except SentenceRefused as caught:
            outcome = caught.reason
        assert outcome in {"$", "!", "bad_checksum", "not_a_sentence", "oversized"}


@given(st.text(st.characters(codec="ascii", exclude_characters="*\r\n"), max_size=80))
def test_what_is_sealed_is_read(content: str) -> None:
    assert read_sentence(b"$" + sealed(content)).start == "$"
