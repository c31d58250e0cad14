"""Is a location of OwnTracks read with its units, and does every other message pass without a report?"""

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gps_ingest.decoders.owntracks import NOT_OURS, OF_THE_WAY, decode, is_kept
from gps_ingest.decoders.reception import Reception

RECEPTION = Reception("D1", 1_772_452_800_000)
LOCATION = {"_type": "location", "tst": 1_772_452_800, "lat": 31.25, "lon": 120.5}


def test_a_location_with_everything() -> None:
    body = orjson.dumps({**LOCATION, "acc": 5, "vel": 42, "cog": 271, "alt": 3, "batt": 80, "tid": "d1"})
    decoded = decode(body, RECEPTION)
    batch = decoded.batch
    assert decoded.refusals == ()
    assert (batch.time_ms[0], batch.lat[0], batch.lon[0]) == (1_772_452_800_000, 31.25, 120.5)
    assert (batch.speed_kmh[0], batch.course_deg[0], batch.accuracy_m[0]) == (42, 271, 5)


def test_what_the_phone_does_not_know_is_blank() -> None:
    batch = decode(orjson.dumps({**LOCATION, "vel": -1, "cog": -1}), RECEPTION).batch
    assert str(batch.speed_kmh[0]) == str(batch.course_deg[0]) == "nan"


@pytest.mark.parametrize(("field", "value"), [("tst", None), ("tst", "soon"), ("lat", 500), ("lon", True)])
def test_a_bad_field_is_named(field: str, value: object) -> None:
    decoded = decode(orjson.dumps({**LOCATION, field: value}), RECEPTION)
    assert len(decoded.batch) == 0
    assert [(refusal.place, refusal.field) for refusal in decoded.refusals] == [("[0]", field)]


@pytest.mark.parametrize("kind", sorted(OF_THE_WAY | NOT_OURS))
def test_other_messages_are_no_reports(kind: str) -> None:
    body = orjson.dumps({**LOCATION, "_type": kind})
    decoded = decode(body, RECEPTION)
    assert (len(decoded.batch), decoded.refusals) == (0, ())
    assert is_kept(body) == (kind in OF_THE_WAY)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "not a JSON object"),
        (b"[]", "not a JSON object"),
        (b'{"_type":5}', "not a JSON object"),
        (b'{"_type":"encrypted","data":"x"}', "encrypted on the phone"),
        (b'{"_type":"new"}', "no known type"),
    ],
)
def test_what_is_no_message_says_why(body: bytes, reason: str) -> None:
    [refusal] = decode(body, RECEPTION).refusals
    assert reason in refusal.reason


VALUES = st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=9) | st.lists(st.none())


@given(
    st.binary()
    | st.fixed_dictionaries({}, optional=dict.fromkeys((*LOCATION, "acc", "vel", "cog", "alt"), VALUES)).map(
        orjson.dumps
    )
)
def test_nothing_makes_it_raise(body: bytes) -> None:
    assert len(decode(body, RECEPTION).batch) in (0, 1)
    assert is_kept(body) in (True, False)
