"""Does a certificate state what is known, to those who may know it, and attach the same for machines?"""

import json
from datetime import timedelta
from typing import Any

import pytest
import shapely
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.manifests import Weighing
from models.values import Viewer
from models.vocabulary import DecisionOutcome, Role, VerdictValue
from reports.certificate.collect import UnknownManifest, collect
from reports.certificate.data import facts_json, fingerprint, map_geojson
from reports.certificate.facts import CertificateFacts
from reports.certificate.first_page import first_page
from reports.certificate.map_sheet import HIGHEST_PX, LOWEST_PX, MAP_WIDTH_PX, way_codes
from reports.certificate.render import certificate_html, groups, together
from reports.drawings.map_svg import window_of
from tests import factories
from tests.factories import DAY, Haul
from tests.reports.conftest import NOW, REGULATOR, SETTINGS


def told(session: Session, load: Haul) -> CertificateFacts:
    return collect(session, load.manifest.number, REGULATOR, now=NOW, settings=SETTINGS)


def data_of(facts: CertificateFacts) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(facts_json(facts))
    return content


def test_an_unknown_manifest_is_refused(session: Session) -> None:
    with pytest.raises(UnknownManifest, match="no manifest 'M-0'"):
        collect(session, "M-0", REGULATOR, now=NOW, settings=SETTINGS)


def test_another_organisations_manifest_is_unknown(session: Session) -> None:
    mine, other = factories.haul(session), factories.haul(session)
    viewer = Viewer(Role.PLANT, mine.plant_org.id)
    with pytest.raises(UnknownManifest):
        collect(session, other.manifest.number, viewer, now=NOW, settings=SETTINGS)
    assert collect(session, mine.manifest.number, viewer, now=NOW, settings=SETTINGS).heard


def test_the_document_number_stays_and_the_version_counts_judgements(facts: CertificateFacts) -> None:
    assert facts.number == f"TC-{facts.story.number}"
    assert facts.version == 2
    assert facts.verify_url == f"https://sludge.example/verify/TC-{facts.story.number}"


def test_a_number_with_a_slash_is_one_part_of_the_address(session: Session) -> None:
    load = factories.haul(session)
    load.manifest.number = "苏/2026 №1"
    session.flush()
    assert told(session, load).verify_url == "https://sludge.example/verify/TC-%E8%8B%8F%2F2026%20%E2%84%961"


def test_the_data_hold_the_same_figures_unrounded(facts: CertificateFacts) -> None:
    data = data_of(facts)
    assert data["format"] == "sludgetrace-certificate/1"
    assert data["document"]["made_at"] == "2026-03-02T09:30:05Z"
    loaded, received = data["weighings"]
    story = facts.story
    assert loaded["wet_kg"] == story.weighings[0].masses.wet_kg == 17_100
    assert received["dry_kg"] == story.weighings[1].masses.dry_kg
    assert story.gap is not None
    assert data["gap"]["wet_kg"] == story.gap.wet_kg
    assert data["gap"]["dry_ratio"] == story.gap.dry_ratio
    assert data["trips"][0]["departed"] == "2026-03-02T00:00:00Z"
    assert data["trips"][0]["coverage_fraction"] == 0.98
    assert data["verdict"]["value"] == "contradicted"
    assert [step["state"] for step in data["custody"]][:2] == ["issued", "loaded"]
    assert all(step["on_paper"] for step in data["custody"])
    [found] = data["findings"]
    assert (found["kind"], found["evidence"]["figures"]["farthest_m"]) == ("off_route", 322.8)
    assert "marks" not in found["evidence"]


def test_the_map_holds_track_and_marks(facts: CertificateFacts) -> None:
    collection = json.loads(map_geojson(facts))
    roles = [each["properties"]["role"] for each in collection["features"]]
    assert {"track", "corridor", "facility", "off_route_part"} <= set(roles)
    assert facts.story.findings[0].evidence["marks"]  # the data leave them out, the story keeps them


def test_the_data_do_not_depend_on_the_language_or_the_run(session: Session, off_route_haul: Haul) -> None:
    first, second = told(session, off_route_haul), told(session, off_route_haul)
    assert facts_json(first) == facts_json(second)
    assert map_geojson(first) == map_geojson(second)
    assert certificate_html(first, "zh") == certificate_html(second, "zh")


def test_the_printed_digest_is_the_attachments(facts: CertificateFacts) -> None:
    for locale in ("zh", "en"):
        page = certificate_html(facts, locale)
        assert fingerprint(facts_json(facts)) in page
        assert fingerprint(map_geojson(facts)) in page


def test_text_from_outside_is_escaped(session: Session, off_route_haul: Haul) -> None:
    off_route_haul.plant.name = "<script>alert(1)</script>"
    off_route_haul.leg.driver = '"><img src=x>'
    off_route_haul.site_org.name_en = "A & B <i>"
    session.commit()
    for locale in ("zh", "en"):
        page = certificate_html(told(session, off_route_haul), locale)
        assert "<script" not in page
        assert "<img" not in page
        assert "B <i>" not in page


def test_the_conclusion_names_what_contradicts(facts: CertificateFacts) -> None:
    assert "相矛盾：偏离路线。" in certificate_html(facts, "zh")
    assert "weighings: Off route." in certificate_html(facts, "en")


@pytest.mark.parametrize(
    "verdict", [VerdictValue.CONSISTENT, VerdictValue.INSUFFICIENT, VerdictValue.PENDING]
)
def test_each_verdict_has_its_own_conclusion(session: Session, verdict: VerdictValue) -> None:
    load = factories.haul(session)
    load.verdict.value = verdict
    session.flush()
    words = {
        VerdictValue.CONSISTENT: "相互一致",
        VerdictValue.INSUFFICIENT: "不足以证明",
        VerdictValue.PENDING: "尚未完成比对",
    }
    assert words[verdict] in certificate_html(told(session, load), "zh")


def test_a_decision_is_printed(session: Session, off_route_haul: Haul) -> None:
    story = told(session, off_route_haul).story
    about = story.findings[0]
    found = factories.finding(session, of=off_route_haul.manifest, start=DAY + timedelta(minutes=1))
    factories.decision(
        session, found, off_route_haul.regulator, DecisionOutcome.DISMISS, reason="road closed by police"
    )
    page = certificate_html(told(session, off_route_haul), "en")
    assert "Dismissed" in page
    assert "road closed by police" in page
    assert about.key in page


def test_a_load_without_weighings_and_track_has_a_certificate(session: Session) -> None:
    plant, site = factories.facility(session), factories.facility(session, at=(120.05, 31.02))
    blank = factories.manifest(session, plant, site)
    factories.leg(session, blank)
    facts = collect(session, blank.number, REGULATOR, now=NOW, settings=SETTINGS)
    assert not facts.heard
    page = certificate_html(facts, "zh")
    for words in (
        "尚无过磅记录。",
        "尚无交接记录。",
        "无法绘制",
        "没有行程与本联单对应。",
        "未发现异常。",
        "该运输工具未登记",
    ):
        assert words in page
    assert data_of(facts)["gap"] is None


def test_missing_moisture_leaves_dry_mass_blank(session: Session) -> None:
    load = factories.haul(session)
    for test in load.manifest.moisture_tests:
        session.delete(test)
    session.commit()
    session.expire_all()
    facts = told(session, load)
    assert [each["dry_kg"] for each in data_of(facts)["weighings"]] == [None, None]
    assert "17.10 ± 0.03" in certificate_html(facts, "zh")


def test_the_map_leaves_room_for_what_stands_above_it(session: Session, off_route_haul: Haul) -> None:
    few = told(session, off_route_haul)
    for number in range(6):
        reasons = [{"code": "off_route.seen", "params": {"vehicle": "V" * 90}}]
        factories.finding(
            session, of=off_route_haul.manifest, key=f"long-{number}", reasons=reasons, score=0.95
        )
    many = told(session, off_route_haul)
    pages = [first_page(each, "en") for each in (few, many)]
    assert LOWEST_PX <= pages[1].map_height_px < pages[0].map_height_px <= HIGHEST_PX
    assert len(pages[0].reasons) == 1
    assert pages[1].reasons[-1][1].endswith('more under "Findings and evidence".')


def test_the_base_map_reaches_to_the_edge_of_every_sheet(session: Session, off_route_haul: Haul) -> None:
    factories.map_line(session, "road", [[119.0, 31.03], [121.0, 31.03]], grade="primary")
    facts = told(session, off_route_haul)
    [piece] = facts.pieces
    for height_px in (LOWEST_PX, 300.0, HIGHEST_PX):
        sheet = window_of(facts.map, sorted(way_codes(facts.story)), MAP_WIDTH_PX, height_px)
        west, _, east, _ = sheet.bounds_deg
        left, _, right, _ = shapely.bounds(piece.shape).tolist()
        assert left <= west
        assert right >= east


@pytest.mark.parametrize("count", [0, 1, 8, 9, 40])
def test_no_row_of_a_table_is_left_alone(count: int) -> None:
    made = groups(list(range(count)))
    assert [row for group in made for row in group] == list(range(count))
    if count > 8:
        assert len(made[0]) == len(made[-1]) == 3
    else:
        assert len(made) == min(count, 1)


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ("行驶 672 m。", "行驶 672\u00a0m。"),
        ("历时 2 分 45 秒", "历时 2\u00a0分 45\u00a0秒"),
        ("17.10 ± 0.03 t", "17.10\u00a0±\u00a00.03\u00a0t"),
        ("on 2026-03-02 08:00:00", "on 2026-03-02\u00a008:00:00"),
        ("13.0 % of 5 trucks", "13.0\u00a0% of 5 trucks"),
    ],
)
def test_figure_and_unit_stay_on_one_line(words: str, kept: str) -> None:
    assert together(words) == kept


def test_the_papers_figures_follow_the_rows(session: Session, off_route_haul: Haul) -> None:
    weighing = session.scalars(select(Weighing).order_by(Weighing.id)).first()
    assert weighing is not None
    weighing.gross_kg += 1_000
    session.commit()
    session.expire_all()
    assert data_of(told(session, off_route_haul))["weighings"][0]["wet_kg"] == 18_100
