"""Does the certificate stand on its own as a PDF: text, tags, fonts, data inside, nothing from outside?"""

import json
import re
import shutil
import subprocess
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from sqlalchemy.orm import Session

from models.vocabulary import T80_DRY_FRACTION
from reports.certificate.collect import collect
from reports.certificate.data import facts_json, map_geojson
from reports.certificate.facts import CertificateFacts
from reports.certificate.render import certificate_html, certificate_pdf, title_of
from reports.pdf import FONTS, AttachedFile, PdfError, write_pdf
from reports.quantities import mass_t, moment, percent
from tests import factories
from tests.factories import DAY
from tests.reports.conftest import NOW, REGULATOR, SETTINGS, contradict

LOCALES = ("zh", "en")


def program(name: str, package: str) -> str:
    """The path of a system program that `make install` brings."""
    path = shutil.which(name)
    if path is None:
        pytest.skip(f"{name} is not on this machine: apt-get install -y {package}")
    return path


def text_of(pdf: bytes, tmp_path: Path) -> str:
    """What a reader's computer finds in the PDF, with the white space that layout made taken out."""
    file = tmp_path / "print.pdf"
    file.write_bytes(pdf)
    found = subprocess.run(
        [program("pdftotext", "poppler-utils"), "-raw", str(file), "-"], capture_output=True, check=True
    )
    return squeezed(found.stdout.decode("utf-8"))


def squeezed(words: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", words))


def words_of(html: str) -> list[str]:
    """The source texts of a page: what stands between its tags, style and scripts left out."""
    body = html.split("<body>")[1]
    body = re.sub(r"<title>.*?</title>", "", body, flags=re.DOTALL)  # alternative texts are not printed
    texts = re.sub(r"<[^>]+>", "\n", body).split("\n")
    entities = {"&amp;": "&", "&lt;": "<", "&gt;": ">", "&#39;": "'", "&#34;": '"'}
    for entity, character in entities.items():
        texts = [each.replace(entity, character) for each in texts]
    return [squeezed(each) for each in texts if squeezed(each)]


@dataclass(frozen=True)
class Printed:
    """Facts and their PDF in each language."""

    facts: CertificateFacts
    pdfs: Mapping[str, bytes]


@pytest.fixture(scope="module")
def made() -> dict[str, Printed]:
    """By engine, made once for the tests that only look at it."""
    return {}


@pytest.fixture
def printed(made: dict[str, Printed], database_kind: str, facts: CertificateFacts) -> Printed:
    if database_kind not in made:
        made[database_kind] = Printed(facts, {locale: certificate_pdf(facts, locale) for locale in LOCALES})
    return made[database_kind]


@pytest.fixture
def pdfs(printed: Printed) -> Mapping[str, bytes]:
    return printed.pdfs


@pytest.mark.parametrize("locale", LOCALES)
def test_the_text_can_be_taken_out_again(printed: Printed, locale: str, tmp_path: Path) -> None:
    found = text_of(printed.pdfs[locale], tmp_path)
    missing = [words for words in words_of(certificate_html(printed.facts, locale)) if words not in found]
    assert missing == []


@pytest.mark.parametrize("locale", LOCALES)
def test_printed_figures_are_those_of_the_data(printed: Printed, locale: str, tmp_path: Path) -> None:
    facts = printed.facts
    data = json.loads(facts_json(facts))
    expected = [moment(facts.made_at, facts.timezone), data["document"]["number"]]
    for each in data["weighings"]:
        expected += [
            mass_t(each["wet_kg"], each["u_wet_kg"], locale).removesuffix(" t"),
            mass_t(each["dry_kg"], each["u_dry_kg"], locale).removesuffix(" t"),
            mass_t(each["t80_kg"], each["u_dry_kg"] / T80_DRY_FRACTION, locale).removesuffix(" t"),
            percent(each["moisture_fraction"], locale).removesuffix(" %"),
        ]
    gap = data["gap"]
    expected += [
        mass_t(gap["wet_kg"], gap["u_wet_kg"], locale).removesuffix(" t"),
        percent(gap["wet_share"], locale),
    ]
    expected += [percent(trip["coverage_fraction"], locale) for trip in data["trips"]]
    expected += [percent(data["verdict"]["score"], locale, 0), "323 m", "2.3 km"]
    found = text_of(printed.pdfs[locale], tmp_path)
    assert [words for words in expected if squeezed(words) not in found] == []


@pytest.mark.parametrize("locale", LOCALES)
def test_it_says_that_it_is_pdf_a_3u(pdfs: Mapping[str, bytes], facts: CertificateFacts, locale: str) -> None:
    with pikepdf.open(BytesIO(pdfs[locale])) as pdf:
        with pdf.open_metadata() as xmp:
            assert (xmp["pdfaid:part"], xmp["pdfaid:conformance"]) == ("3", "U")
            assert xmp["dc:title"].startswith(title_of(facts, locale).split(" · ")[0])
            assert xmp["xmp:CreateDate"] == "2026-03-02T09:30:05Z"
        assert str(pdf.Root.Lang) == {"zh": "zh-CN", "en": "en"}[locale]
        assert pdf.pdf_version == "1.7"
        assert pdf.Root.OutputIntents[0].S == "/GTS_PDFA1"
        assert "/Encrypt" not in pdf.trailer


def tags_of(element: object, found: dict[str, int]) -> dict[str, int]:
    """How often each structure type occurs below an element."""
    if not isinstance(element, pikepdf.Dictionary):
        return found
    if "/S" in element:
        found[str(element.S)] = found.get(str(element.S), 0) + 1
    kids = element.get("/K")
    for kid in list(kids) if isinstance(kids, pikepdf.Array) else [kids]:
        tags_of(kid, found)
    return found


def test_it_is_tagged_for_screen_readers(pdfs: Mapping[str, bytes]) -> None:
    with pikepdf.open(BytesIO(pdfs["zh"])) as pdf:
        assert pdf.Root.MarkInfo.Marked
        tags = tags_of(pdf.Root.StructTreeRoot.K[0], {})
        assert tags["/H1"] == 1
        assert tags["/H2"] >= 8
        assert tags["/Table"] >= 5
        assert tags["/TH"] >= 20
        figures = [
            each
            for each in pdf.objects
            if isinstance(each, pikepdf.Dictionary) and each.get("/S") == "/Figure"
        ]
        assert len(figures) == tags["/Figure"] >= 4
        assert all(str(figure.get("/Alt", "")) for figure in figures)


@pytest.mark.parametrize("locale", LOCALES)
def test_the_data_are_attached(printed: Printed, locale: str) -> None:
    facts = printed.facts
    with pikepdf.open(BytesIO(printed.pdfs[locale])) as pdf:
        files = {name: file.get_file().read_bytes() for name, file in pdf.attachments.items()}
        assert sorted(files.values()) == sorted([facts_json(facts), map_geojson(facts)])
        assert {name.rsplit(".", 1)[1] for name in files} == {"json", "geojson"}
        assert len(pdf.Root.AF) == 2
        assert {str(file.AFRelationship) for file in pdf.Root.AF} == {"/Data"}
        subtypes = {str(file.EF.F.Subtype) for file in pdf.Root.AF}
        assert subtypes == {"/application/json", "/application/geo+json"}


def test_fonts_are_the_projects_own_embedded_and_subset(pdfs: Mapping[str, bytes]) -> None:
    for content in pdfs.values():
        with pikepdf.open(BytesIO(content)) as pdf:
            fonts = [
                each
                for each in pdf.objects
                if isinstance(each, pikepdf.Dictionary) and each.get("/Type") == "/FontDescriptor"
            ]
            assert len(fonts) == 2
            for font in fonts:
                assert re.fullmatch(r"/[A-Z]{6}\+Noto-Sans-SC(-Bold)?", str(font.FontName))
                assert "/FontFile2" in font
        assert len(content) < 600_000  # a whole font alone would be ten megabytes


def test_qpdf_finds_nothing_wrong(pdfs: Mapping[str, bytes], tmp_path: Path) -> None:
    for locale, content in pdfs.items():
        file = tmp_path / f"{locale}.pdf"
        file.write_bytes(content)
        checked = subprocess.run([program("qpdf", "qpdf"), "--check", str(file)], capture_output=True)
        assert checked.returncode == 0, checked.stdout + checked.stderr


def test_the_same_facts_make_the_same_bytes(printed: Printed) -> None:
    assert printed.pdfs["en"] == certificate_pdf(printed.facts, "en")


@pytest.mark.parametrize("locale", LOCALES)
def test_the_conclusion_and_the_map_are_one_first_page(session: Session, locale: str, tmp_path: Path) -> None:
    load = factories.haul(session)
    load.haul_org.name = "江南水乡城市排水与固体废弃物综合运输处置有限责任公司第三分公司"
    load.haul_org.name_en = (
        "Jiangnan Water Town Urban Drainage and Solid Waste Transport and Disposal Company, Third Branch"
    )
    for number in range(7):
        params = {"vehicle": load.vehicle.code, "farthest_m": 300.0, "duration_s": 60.0, "travelled_m": 900.0}
        reasons = [
            {"code": "off_route.seen", "params": params | {"route": "R" * 20, "start_ms": factories.ms(DAY)}}
        ]
        start = DAY + timedelta(minutes=number * 5)
        factories.finding(session, of=load.manifest, start=start, reasons=reasons, key=f"f{number}")
    contradict(session, load)
    session.commit()
    session.expire_all()
    facts = collect(session, load.manifest.number, REGULATOR, now=NOW, settings=SETTINGS)
    file = tmp_path / "long.pdf"
    file.write_bytes(certificate_pdf(facts, locale))
    first = [program("pdftotext", "poppler-utils"), "-raw", "-l", "1", str(file), "-"]
    page = squeezed(subprocess.run(first, capture_output=True, check=True).stdout.decode("utf-8"))
    assert squeezed("WGS 84") in page  # the line under the map
    assert squeezed({"zh": "第 1 页", "en": "Page 1 of"}[locale]) in page


PLAIN = '<!DOCTYPE html><html lang="en"><head><title>T</title></head><body>{}</body></html>'


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org/pixel.png",
        "http://127.0.0.1:1/pixel.png",
        "file:///etc/hostname",
        "../models/base.py",
        "fonts/../../pyproject.toml",
        "ftp://example.org/x",
        "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'/>",
    ],
)
def test_nothing_from_outside_is_opened(address: str) -> None:
    html = PLAIN.format(f'<img alt="x" src="{address}">')
    with pytest.raises(PdfError, match="a print may not open"):
        write_pdf(html, title="T", lang="en", attachments=(), made_at=NOW, fetch_root=FONTS.parent)


def test_a_document_with_the_wrong_title_is_refused() -> None:
    with pytest.raises(PdfError, match="title 'T'"):
        write_pdf(PLAIN, title="other", lang="en", attachments=(), made_at=NOW, fetch_root=FONTS.parent)


def test_missing_fonts_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("reports.pdf.FONTS", tmp_path)
    with pytest.raises(PdfError, match=r"NotoSansSC-Regular\.ttf.*make install"):
        write_pdf(PLAIN, title="T", lang="en", attachments=(), made_at=NOW, fetch_root=FONTS.parent)


def test_attachments_are_listed_by_name() -> None:
    files = [AttachedFile("b.json", "second", b"{}"), AttachedFile("a.json", "first", b"[]")]
    content = write_pdf(PLAIN, title="T", lang="en", attachments=files, made_at=NOW, fetch_root=FONTS.parent)
    with pikepdf.open(BytesIO(content)) as pdf:
        assert list(pdf.attachments) == ["a.json", "b.json"]  # a name tree has to be sorted
        assert pdf.attachments["a.json"].get_file().creation_date == NOW
