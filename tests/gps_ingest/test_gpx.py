"""Is GPX of both versions read alike by gpxpy and by expat, and is active XML turned away?"""

from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gps_ingest.decoders import gpx
from gps_ingest.decoders.fix_batch import COLUMNS, Decoded
from gps_ingest.decoders.gpx import decode
from gps_ingest.decoders.gpx_stream import MAX_DEPTH, GpxStream, decode_stream

NOON_MS = 1_772_452_800_000
NOON = "2026-03-02T12:00:00Z"


def file_of(*points: str, name: str = "D7", version: str = "1.1", head: str = "") -> bytes:
    """A GPX file with one track."""
    space = f'xmlns="http://www.topografix.com/GPX/{version.replace(".", "/")}"'
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{head}<gpx version="{version}" creator="test" {space}>'
        f"<trk><name>{name}</name><trkseg>{''.join(points)}</trkseg></trk></gpx>"
    ).encode()


def point(lat: object = 31.25, lon: object = 120.5, time: str = NOON, inside: str = "") -> str:
    moment = f"<time>{time}</time>" if time else ""
    return f'<trkpt lat="{lat}" lon="{lon}"><ele>3</ele>{moment}{inside}</trkpt>'


def same(one: Decoded, other: Decoded) -> None:
    assert one.refusals == other.refusals
    assert one.device_code == other.device_code
    for name in COLUMNS:
        np.testing.assert_array_equal(getattr(one.batch, name), getattr(other.batch, name))


def both_ways(body: bytes) -> Decoded:
    """The file by the ordinary way, after the streaming one has said the same."""
    decoded = decode(body)
    same(decoded, decode_stream(body))
    return decoded


def test_a_track_with_its_device() -> None:
    decoded = both_ways(file_of(point(), point(31.26, 120.51, "2026-03-02T12:00:10.500Z")))
    assert decoded.device_code == "D7"
    assert decoded.batch.time_ms.tolist() == [NOON_MS, NOON_MS + 10_500]
    assert decoded.batch.lat.tolist() == [31.25, 31.26]
    assert decoded.batch.position.tolist() == [1, 2]


def test_speed_and_course_of_version_1_0() -> None:
    body = file_of(point(inside="<course>271.5</course><speed>10</speed><sat>3</sat>"), version="1.0")
    batch = both_ways(body).batch
    assert (batch.speed_kmh[0], batch.course_deg[0], batch.satellites[0]) == (36.0, 271.5, 3)


def test_speed_of_an_extension_of_version_1_1() -> None:
    inside = (
        '<extensions><x:TrackPointExtension xmlns:x="http://www.garmin.com/xmlschemas/TrackPointExtension/v2">'
        "<x:speed>5</x:speed><x:course>90</x:course></x:TrackPointExtension></extensions>"
    )
    batch = both_ways(file_of(point(inside=inside))).batch
    assert (batch.speed_kmh[0], batch.course_deg[0]) == (18.0, 90.0)


def test_a_time_without_zone_is_utc_as_the_schema_says() -> None:
    assert both_ways(file_of(point(time="2026-03-02T12:00:00"))).batch.time_ms.tolist() == [NOON_MS]
    assert both_ways(file_of(point(time="2026-03-02T20:00:00+08:00"))).batch.time_ms.tolist() == [NOON_MS]


def test_all_tracks_and_segments_count_but_no_routes_and_waypoints() -> None:
    body = (
        f'<gpx version="1.1"><name>D9</name><wpt lat="1" lon="1"><time>{NOON}</time></wpt>'
        f"<rte><name>R</name><rtept lat='2' lon='2'><time>{NOON}</time></rtept></rte>"
        f"<trk><trkseg>{point()}</trkseg><trkseg>{point(31.3)}</trkseg></trk>"
        f"<trk><trkseg>{point(31.4)}</trkseg></trk></gpx>"
    ).encode()
    decoded = both_ways(body)
    assert decoded.batch.lat.tolist() == [31.25, 31.3, 31.4]
    assert decoded.device_code is None


@pytest.mark.parametrize(
    ("version", "head"), [("1.0", "<name>D9</name>"), ("1.1", "<metadata><name>D9</name></metadata>")]
)
def test_the_file_s_name_serves_where_the_track_has_none(version: str, head: str) -> None:
    body = f'<gpx version="{version}">{head}<trk><trkseg>{point()}</trkseg></trk></gpx>'.encode()
    assert both_ways(body).device_code == "D9"


DOCTYPES = {
    "entity": '<!DOCTYPE gpx [<!ENTITY a "31.25">]>',
    "bomb": '<!DOCTYPE gpx [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>',
    "file": '<!DOCTYPE gpx [<!ENTITY a SYSTEM "file:///etc/hostname">]>',
    "network": '<!DOCTYPE gpx SYSTEM "http://127.0.0.1:9/gpx.dtd">',
    "bare": "<!DOCTYPE gpx>",
}


@pytest.mark.parametrize("head", DOCTYPES.values(), ids=DOCTYPES)
def test_a_doctype_is_refused_before_anything_in_it_is_looked_at(head: str) -> None:
    decoded = both_ways(file_of(point(), head=head))
    assert len(decoded.batch) == 0
    assert [(fault.field, fault.reason) for fault in decoded.refusals] == [
        ("xml", "has a DOCTYPE, which a track never needs")
    ]


def test_a_doctype_of_a_file_in_utf_16_is_seen_too() -> None:
    body = file_of(point(), head=DOCTYPES["bare"]).replace(b"UTF-8", b"UTF-16").decode().encode("utf-16")
    assert "DOCTYPE" in decode(body).refusals[0].reason


@pytest.mark.parametrize("time", ["", "<x/>"])
def test_a_track_without_times_is_refused_with_one_sentence(time: str) -> None:
    decoded = both_ways(file_of(point(time="", inside=time), point(time="")))
    assert len(decoded.batch) == 0
    assert [(fault.field, "without times" in fault.reason) for fault in decoded.refusals] == [("time", True)]


@pytest.mark.parametrize(
    ("bad", "field"),
    [
        (point(lat="north"), "lat"),
        (point(lon=999), "lon"),
        (point(time="noon"), "time"),
        (point(time=""), "time"),
        (f"<trkpt lat='31'><time>{NOON}</time></trkpt>", "lon"),
        (point(inside="<speed>fast</speed>"), "speed"),
    ],
)
def test_a_bad_point_is_refused_by_itself(bad: str, field: str) -> None:
    decoded = both_ways(file_of(point(), bad, point(31.3), version="1.0"))
    assert decoded.batch.position.tolist() == [1, 3]
    assert [(fault.place, fault.field) for fault in decoded.refusals] == [("point 2", field)]


def test_a_point_within_a_point_counts_and_the_outer_one_does_not() -> None:
    nested = f'<trkpt lat="1" lon="1"><a>{point(31.3)}</a><time>{NOON}</time></trkpt>'
    decoded = decode_stream(file_of(point(), nested, point(31.4)))
    assert decoded.batch.lat.tolist() == [31.25, 31.3, 31.4]
    assert decoded.batch.position.tolist() == [1, 3, 4]
    assert decoded.refusals == ()


def test_batches_of_limited_size_are_the_whole_file() -> None:
    rare = [point(31 + n / 1000, inside="<speed>3</speed>" if n % 97 == 0 else "") for n in range(3000)]
    body = file_of(*rare[:1500], point(lat="bad"), *rare[1500:], version="1.0")
    stream = GpxStream(BytesIO(body), rows_a_batch=400)
    batches, refusals = zip(*stream.batches(), strict=True)
    assert max(map(len, batches)) < 1200  # a piece of the file holds several hundred points
    assert len(batches) > 3
    whole = decode_stream(body)
    for name in COLUMNS:
        np.testing.assert_array_equal(
            np.concatenate([getattr(batch, name) for batch in batches]), getattr(whole.batch, name)
        )
    assert [refusal.place for some in refusals for refusal in some] == ["point 1501"]
    assert (stream.device_code, stream.fault) == ("D7", None)


def test_points_without_time_before_the_first_with_one_are_named_each() -> None:
    decoded = decode_stream(file_of(point(time=""), point(time=""), point()))
    assert [refusal.place for refusal in decoded.refusals] == ["point 1", "point 2"]
    assert decoded.batch.position.tolist() == [3]


@given(
    st.recursive(
        st.sampled_from(
            [point(), point(31.3, inside="<x><sat>5</sat></x>"), "<time>2026</time>", "<trk/>", "t"]
        ),
        lambda inner: st.tuples(
            st.sampled_from(["trkpt", "g:trkpt", "time", "a"]), st.lists(inner, max_size=3)
        ).map(lambda node: f'<{node[0]} lat="1" lon="2">{"".join(node[1])}</{node[0]}>'),
        max_leaves=8,
    )
)
def test_any_tree_of_elements_is_read_to_its_end(tree: str) -> None:
    decoded = decode_stream(file_of(tree, point(31.4)))
    assert decoded.batch.lat.tolist()[-1:] == [31.4]
    assert all(refusal.field != "xml" for refusal in decoded.refusals)


def test_where_the_xml_breaks_off_the_points_before_stand() -> None:
    body = file_of(point(), point(31.3))
    decoded = both_ways(body[: body.rindex(b"<trkpt")])
    assert decoded.batch.lat.tolist() == [31.25]
    assert [fault.field for fault in decoded.refusals] == ["xml"]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "no element found"),
        (b"not xml", "syntax error"),
        (b"<kml></kml>", "first element is <kml>"),
        (b"<gpx>" + b"<a>" * (MAX_DEPTH + 1), "nests deeper"),
        (b'<gpx version="1.1"></gpx>', "no track points"),
        (b'<?xml version="1.0" encoding="martian"?><gpx/>', "unknown encoding"),
    ],
)
def test_what_is_no_track(body: bytes, reason: str) -> None:
    decoded = both_ways(body)
    assert len(decoded.batch) == 0
    assert [reason in fault.reason for fault in decoded.refusals] == [True]


def test_a_long_file_is_streamed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gpx, "STREAM_FROM_BYTES", 10)
    monkeypatch.setattr("gpxpy.parse", None)
    assert len(decode(file_of(point())).batch) == 1


@given(
    st.lists(
        st.tuples(
            st.floats(-90, 90),
            st.floats(-180, 180),
            st.datetimes(datetime(1981, 1, 1), datetime(2099, 1, 1)),  # noqa: DTZ001 - GPX times without zone are UTC
            st.floats(0, 50) | st.none(),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_both_ways_agree_on_any_track(track: list[tuple[float, float, datetime, float | None]]) -> None:
    points = [
        point(lat, lon, f"{when.isoformat()}Z", "" if speed is None else f"<speed>{speed}</speed>")
        for lat, lon, when, speed in track
    ]
    decoded = both_ways(file_of(*points, version="1.0"))
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    expected = [(when.replace(tzinfo=UTC) - epoch) // timedelta(milliseconds=1) for _, _, when, _ in track]
    assert decoded.batch.time_ms.tolist() == expected


@given(st.binary() | st.binary().map(lambda junk: file_of(point()).replace(b"</trkseg>", junk)))
def test_arbitrary_bytes_never_raise(body: bytes) -> None:
    assert decode(body).batch.time_ms.size >= 0
    assert decode_stream(body).batch.time_ms.size >= 0


def test_real_files_are_read_alike_both_ways(shared: Path) -> None:
    files = sorted((shared / "data").glob("*/*.gpx"))
    assert files
    counts = {path.name: len(both_ways(path.read_bytes()).batch) for path in files}
    assert counts["cerknicko-jezero.gpx"] > 100
    assert counts["304_to_UL_2019-02-18_0745.gpx"] > 2000
    assert counts["graphhopper_no_trk.gpx"] == 0
