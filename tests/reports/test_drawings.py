"""Do maps and charts show what they say, without labels that collide or text that breaks out?"""

import json
import re
from itertools import combinations
from xml.etree import ElementTree

import numpy as np
import pytest
import shapely
from geopy.distance import geodesic
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from reports.certificate.facts import CertificateFacts
from reports.drawings.axes import round_ticks, time_ticks
from reports.drawings.chart_svg import ChartTrack, ChartWords, Span, chart_svg
from reports.drawings.clock import clock_of
from reports.drawings.map_ground import ground, named_lines
from reports.drawings.map_labels import LabelSheet, Wanted, along
from reports.drawings.map_places import PlaceSign, broken
from reports.drawings.map_svg import MapWords, map_svg, window_of
from reports.drawings.map_window import trimmed, window_around
from reports.drawings.signs import legend_sample, qr_code
from reports.drawings.svg import path_of, short, tag, width_of
from tracking.queries.base_map import MapPiece

WORDS = ChartWords("chart", "speed", "distance", "edge", "Asia/Shanghai")
HOUR_MS = 3_600_000


def tree(drawing: Markup) -> ElementTree.Element:
    """A drawing is well-formed XML."""
    return ElementTree.fromstring(drawing)  # noqa: S314  # our own text


def texts(drawing: Markup) -> list[str]:
    return [each.text or "" for each in tree(drawing).iter("{http://www.w3.org/2000/svg}text")]


def test_what_is_drawn_is_escaped_and_short() -> None:
    drawn = tag("text", '<b> & "x"', x=1.23456, stroke_width=2.0, fill='"><x', missing=None)
    assert drawn == '<text x="1.23" stroke-width="2" fill="&#34;&gt;&lt;x">&lt;b&gt; &amp; &#34;x&#34;</text>'
    assert [short(value) for value in (-0.001, 100.0, 0.5, -12.346)] == ["0", "100", "0.5", "-12.35"]


@given(st.lists(st.tuples(st.floats(-500, 500), st.floats(-500, 500)), min_size=2, max_size=30))
def test_a_path_ends_where_its_line_ends(line: list[tuple[float, float]]) -> None:
    start, steps = path_of([line]).removeprefix("M").split("l")
    x, y = map(float, start.split())
    numbers = [float(word) for word in steps.split()]
    assert x + sum(numbers[::2]) == pytest.approx(line[-1][0], abs=0.06)
    assert y + sum(numbers[1::2]) == pytest.approx(line[-1][1], abs=0.06)


@given(
    st.floats(-179, 179),
    st.floats(-65, 65),
    st.floats(0.001, 0.3),
    st.sampled_from([(680.0, 215.0), (680.0, 424.0), (300.0, 600.0)]),
)
def test_a_window_shows_all_places_to_scale(
    lon: float, lat: float, size: float, sheet: tuple[float, float]
) -> None:
    places = [(lon, lat), (lon + size, lat + size / 2)]
    window = window_around(places, *sheet)
    for place in places:
        assert window.holds(window.point(place))
        back = window.degrees_at(*window.point(place))
        assert back == pytest.approx(place, abs=1e-9)
    (x1, y1), (x2, y2) = (window.point(place) for place in places)
    metres = np.hypot(x2 - x1, y2 - y1) / window.px_per_m
    assert metres == pytest.approx(geodesic(places[0][::-1], places[1][::-1]).m, rel=6e-3)


def test_a_window_across_the_date_line_is_small() -> None:
    window = window_around([(179.99, 10.0), (-179.99, 10.0)], 680, 300)
    assert 680 / window.px_per_m < 3_000


def test_one_impossible_fix_does_not_shrink_the_map() -> None:
    track = [(120.0 + step * 1e-4, 31.0) for step in range(200)]
    track[100] = (0.0, 0.0)
    low, high = trimmed(track)
    assert low[0] == pytest.approx(120.0, abs=1e-3)
    assert high[0] == pytest.approx(120.02, abs=1e-3)
    assert trimmed([]) == []


def test_labels_do_not_cover_each_other() -> None:
    sheet = LabelSheet(600, 400, np.empty((0, 2)))
    for number in range(14):
        sheet.place(
            Wanted((f"Facility number {number}", "reached 08:15"), (300 + number % 3, 200 + number % 5))
        )
    assert sum(first.overlap(second) for first, second in combinations(sheet.taken, 2)) == 0
    assert all(
        box.left >= 0 and box.right <= 600 and box.top >= 0 and box.bottom <= 400 for box in sheet.taken
    )


def test_a_label_leaves_the_track_visible() -> None:
    track = along([[(0.0, 200.0), (600.0, 200.0)]])
    sheet = LabelSheet(600, 400, track)
    sheet.place(Wanted(("a label on the line",), (300.0, 200.0)))
    [box] = sheet.taken
    assert not box.top < 200 < box.bottom


def test_a_label_that_is_not_required_gives_way() -> None:
    sheet = LabelSheet(120, 30, np.empty((0, 2)))
    sheet.place(Wanted(("首先的标签在这里",), (60.0, 15.0)))
    assert sheet.place(Wanted(("次要的标签在这里",), (60.0, 15.0)), required=False) == ""


@pytest.mark.parametrize(
    "name",
    [
        "短名",
        "江南水乡城市排水与固体废弃物综合运输处置有限责任公司第三分公司",
        "A very long name of a wastewater treatment plant",
    ],
)
def test_long_names_are_broken_and_keep_every_character(name: str) -> None:
    lines = broken(name)
    assert "".join(lines).replace(" ", "") == name.replace(" ", "")
    assert max(width_of(line, 1.0) for line in lines) < 21


def test_the_base_map_is_quiet_and_small(facts: CertificateFacts) -> None:
    window = window_of(facts.map, [], 680, 300)
    west, south, east, north = window.bounds_deg
    road = shapely.LineString(
        np.column_stack((np.linspace(west, east, 5_000), np.full(5_000, south * 0.5 + north * 0.5)))
    )
    lake = shapely.box(west, south, (west + east) / 2, (south + north) / 2)
    pieces = [
        MapPiece("lake", "lake", "大湖", "Great Lake", lake),
        MapPiece("road", "primary", "环城路", "Ring Road", road),
        MapPiece("road", "unheard of", None, None, road),
    ]
    drawn = ground(pieces, window)
    assert len(drawn) < 1_500  # a straight road of 5,000 points is two points on paper
    assert {name for name, _ in named_lines(pieces, window, "en")} == {"Great Lake", "Ring Road"}
    assert ground([], window) == ""


def test_the_map_is_signed_and_labelled(facts: CertificateFacts) -> None:
    window = window_of(facts.map, [], 680, 300)
    marks = [
        index
        for index, each in enumerate(facts.map["features"])
        if each["properties"]["role"] == "off_route_part"
    ]
    signs = {facts.story.origin.name.code: PlaceSign("A", "left 08:00")}
    drawn = map_svg(facts.map, [], window, MapWords("en", "the map", signs, {marks[0]: "① Off route"}))
    said = texts(drawn)
    assert {"A", "left 08:00", "① Off route", "N"} <= set(said)
    assert facts.story.origin.name.in_language("en") in said
    assert any(re.fullmatch(r"\d+(\.\d+)? (km|m)", words) for words in said)  # the scale bar
    assert any(words.endswith("°E") for words in said)
    assert tree(drawn).find("{http://www.w3.org/2000/svg}title") is not None


def test_a_map_without_a_track_is_drawn(facts: CertificateFacts) -> None:
    still = {
        "type": "FeatureCollection",
        "features": [each for each in facts.map["features"] if each["properties"]["role"] == "facility"],
    }
    codes = [each["properties"]["code"] for each in still["features"]]
    assert "<path" in map_svg(still, [], window_of(still, codes, 680, 300), MapWords("zh", "图"))


def chart_track(minutes: int, corridor_m: float | None = 75.0) -> ChartTrack:
    time_ms = np.arange(minutes + 1, dtype=np.int64) * 60_000
    speed = np.full(minutes + 1, 40.0)
    return ChartTrack(time_ms, speed, np.full(minutes + 1, 12.0), (slice(0, minutes + 1),), corridor_m)


def test_the_chart_names_its_axes_and_what_happened() -> None:
    track = chart_track(60)
    stays = [Span(0, 600_000, "Plant")]
    findings = [Span(1_800_000, 2_400_000, "① Off route")]
    said = texts(chart_svg([track], stays, [], findings, WORDS, 680))
    assert {"speed", "distance", "edge", "Plant", "① Off route", "08:00", "08:30"} <= set(said)


def test_without_a_route_there_is_no_lower_strip() -> None:
    both = chart_svg([chart_track(60)], [], [], [], WORDS, 680)
    alone = chart_svg([chart_track(60, None)], [], [], [], WORDS, 680)
    assert "distance" not in texts(alone)
    assert float(tree(alone).attrib["height"]) < float(tree(both).attrib["height"])


def test_a_curve_is_broken_where_nothing_is_known() -> None:
    track = chart_track(60, None)
    track.speed_kmh[20:40] = np.nan
    drawn = chart_svg([track], [], [], [], WORDS, 680)
    [curve] = re.findall(r'<path d="([^"]*)" fill="none" stroke="#0c2c4e" stroke-width="1.1"', drawn)
    assert curve.count("M") == 2


@given(st.lists(st.tuples(st.integers(0, 10**9), st.integers(0, 10**8)), min_size=1, max_size=5))
def test_the_clock_runs_forward_and_keeps_every_moment(raw: list[tuple[int, int]]) -> None:
    spans = [(start, start + length) for start, length in raw]
    clock = clock_of(spans, 40, 670)
    moments = sorted(at for span in spans for at in span)
    places = [clock.x(at) for at in moments]
    assert places == sorted(places)
    assert (clock.left, clock.right) == pytest.approx((40, 670))
    assert all(part.right - part.left > 30 for part in clock.parts)


def test_the_clock_skips_a_night_at_the_wharf() -> None:
    clock = clock_of([(0, HOUR_MS), (12 * HOUR_MS, 13 * HOUR_MS)], 0, 616)
    assert [(part.left, part.right) for part in clock.parts] == [(0, 300), (316, 616)]
    assert list(clock.pieces(HOUR_MS // 2, 12 * HOUR_MS)) == [(150, 300), (316, 316)]
    assert list(clock.pieces(2 * HOUR_MS, 11 * HOUR_MS)) == []


def test_a_chart_of_one_fix_and_of_no_speed_can_be_drawn() -> None:
    one = ChartTrack(np.array([0]), np.array([np.nan]), np.array([np.nan]), (slice(0, 1),), 75.0)
    assert "NaN" not in chart_svg([one], [], [Span(0, 0, "x")], [], WORDS, 680)
    assert "nan" not in chart_svg([one], [], [], [], WORDS, 680)


@given(st.floats(0.001, 1e6), st.integers(2, 8))
def test_ticks_are_round_reach_the_highest_and_are_few(highest: float, most: int) -> None:
    ticks = round_ticks(highest, most)
    assert ticks[0] == 0
    assert ticks[-1] >= highest * (1 - 1e-9)
    assert len(ticks) <= most + 1
    assert float(f"{ticks[1]:.2g}") == pytest.approx(ticks[1])


@given(st.integers(0, 10**12), st.integers(60_000, 40 * HOUR_MS))
def test_time_ticks_lie_inside_and_are_not_crowded(start_ms: int, length_ms: int) -> None:
    ticks = time_ticks(start_ms, start_ms + length_ms, 12, "Asia/Shanghai")
    assert len(ticks) <= 14
    assert all(start_ms <= at <= start_ms + length_ms for at, _ in ticks)
    assert all(re.fullmatch(r"\d\d[:-]\d\d", words) for _, words in ticks)


def test_midnight_says_the_day() -> None:
    day_ms = 1_772_380_800_000  # 2026-03-02 00:00 in Shanghai
    ticks = dict(time_ticks(day_ms - 2 * HOUR_MS, day_ms + 2 * HOUR_MS, 12, "Asia/Shanghai"))
    assert ticks[day_ms] == "03-02"
    assert ticks[day_ms + HOUR_MS] == "01:00"


def test_every_legend_sample_has_a_name() -> None:
    for symbol in ("place", "corridor", "track", "gap", "off_route_part", "stop", "jump"):
        assert (
            tree(legend_sample(symbol, "what it is")).findtext("{http://www.w3.org/2000/svg}title")
            == "what it is"
        )


def test_the_qr_code_keeps_its_quiet_zone() -> None:
    drawn = tree(qr_code("https://sludge.example/verify/TC-1", "code", 100))
    size = int(drawn.attrib["viewBox"].split()[2])
    path = drawn.find("{http://www.w3.org/2000/svg}path")
    assert path is not None
    columns = [int(x) for x in re.findall(r"M(\d+) ", path.attrib["d"])]
    assert (min(columns), max(columns)) == (4, size - 5)


def test_the_map_of_a_certificate_is_json_all_through(facts: CertificateFacts) -> None:
    assert json.loads(json.dumps(facts.map)) == facts.map
