"""How do the facts of a certificate become a page and a PDF?"""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC
from functools import cache, partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from models.vocabulary import ManifestKind, VerdictValue
from reports.certificate.conclusion import conclusion
from reports.certificate.data import facts_json, fingerprint, map_geojson
from reports.certificate.drawn import chart_of, legend, map_of
from reports.certificate.facts import CertificateFacts
from reports.certificate.first_page import first_page
from reports.certificate.movement_rows import finding_rows, stay_rows, trip_rows
from reports.certificate.paper_rows import acts, outcome, parties, quantities, quantity_note, weighing_rows
from reports.drawings.signs import legend_sample, qr_code, verdict_sign
from reports.pdf import AttachedFile, write_pdf
from reports.quantities import moment, percent, zone_name
from reports.wording import label, text

FOLDER = Path(__file__).resolve().parent.parent
LANGUAGES = {"zh": "zh-CN", "en": "en"}
QR_PX = 102.0  # 27 mm
WHOLE_TABLE, KEPT_ROWS = 8, 3
UNIT = r"(?:m|km|km/h|t|kg|%|s|min|h|d|秒|分|小时|天|次|个|条|项)"
BREAKABLE = re.compile(rf"(?<=[\d±−]) (?=[\d±−]|{UNIT}(?![A-Za-z]))")


@cache
def environment() -> Environment:
    """The templates, escaping by default; a name that a template misspells is an error."""
    made = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["together"] = together
    made.filters["groups"] = groups
    return made


def together(words: str) -> str:
    """The same words, with figure and unit on one line."""
    return BREAKABLE.sub("\N{NO-BREAK SPACE}", words)


def groups(rows: Sequence[Any]) -> list[Sequence[Any]]:
    """Rows of a table as the stretches that stay on one page: no first or last row is left alone."""
    if len(rows) <= WHOLE_TABLE:
        return [rows] if rows else []
    return [rows[:KEPT_ROWS], *([row] for row in rows[KEPT_ROWS:-KEPT_ROWS]), rows[-KEPT_ROWS:]]


def title_of(facts: CertificateFacts, locale: str) -> str:
    """The title of the document."""
    subtitle = text("certificate.subtitle", locale, number=facts.story.number)
    return f"{text('certificate.title', locale)} · {subtitle}"


def certificate_html(facts: CertificateFacts, locale: str) -> str:
    """The finished document; everything in it but the fonts is inside."""
    return _rendered(facts, locale, attachments(facts, locale))


def _rendered(facts: CertificateFacts, locale: str, attached: Sequence[AttachedFile]) -> str:
    template = environment().get_template("certificate.html")
    return template.render(_context(facts, locale, attached))


def certificate_pdf(facts: CertificateFacts, locale: str) -> bytes:
    """The certificate as PDF/A-3u with its data attached; raises PdfError."""
    attached = attachments(facts, locale)
    return write_pdf(
        _rendered(facts, locale, attached),
        title=title_of(facts, locale),
        lang=LANGUAGES[locale],
        attachments=attached,
        made_at=facts.made_at,
        fetch_root=FOLDER,
    )


def attachments(facts: CertificateFacts, locale: str) -> tuple[AttachedFile, AttachedFile]:
    """The facts and the map, for machines."""
    stem = file_stem(facts)
    return (
        AttachedFile(f"{stem}.json", text("attachment.facts", locale), facts_json(facts)),
        AttachedFile(f"{stem}.geojson", text("attachment.map", locale), map_geojson(facts)),
    )


def file_stem(facts: CertificateFacts) -> str:
    """A name for files of this document: its number with anything unusual replaced, and its version."""
    return re.sub(r"[^\w.-]", "_", facts.number) + f"-v{facts.version}"


def _context(facts: CertificateFacts, locale: str, attached: Sequence[AttachedFile]) -> dict[str, Any]:
    story, verdict = facts.story, facts.story.verdict
    t = partial(text, locale=locale)
    page = first_page(facts, locale)
    return {
        "t": t,
        "lang": LANGUAGES[locale],
        "css": _style(locale),
        "title": title_of(facts, locale),
        "description": t("certificate.description", number=story.number),
        "issuing_body": facts.issuing_body_en if locale == "en" else facts.issuing_body,
        "number": facts.number,
        "version": t("certificate.version_value", version=facts.version),
        "made_at": moment(facts.made_at, facts.timezone),
        "made_at_iso": facts.made_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "verdict": verdict.value,
        "verdict_word": label(verdict.value, locale),
        "verdict_mark": verdict_sign(verdict.value, t(f"mark.{verdict.value.value}")),
        "confidence": _confidence(facts, locale),
        "conclusion": conclusion(facts, locale),
        "reasons": page.reasons,
        "parties": list(parties(facts, locale)),
        "manifest_facts": list(_manifest_facts(facts, locale)),
        "quantities": list(quantities(facts, locale)),
        "quantity_note": quantity_note(facts, locale),
        "map": map_of(facts, locale, page.map_height_px),
        "legend": [(legend_sample(symbol, words), words) for symbol, words in legend(facts, locale)],
        "map_note": _map_note(facts, locale),
        "map_credit": t("map.credit", timezone=zone_name(facts.timezone, locale)),
        "acts": list(acts(facts, locale)),
        "outcome": list(outcome(facts, locale)),
        "weighings": list(weighing_rows(facts, locale)),
        "chart": chart_of(facts, locale),
        "trips": list(trip_rows(facts, locale)),
        "stays": list(stay_rows(facts, locale)),
        "findings": list(finding_rows(facts, locale)),
        "qr": qr_code(facts.verify_url, t("verification.qr", url=facts.verify_url), QR_PX),
        "verification": list(_verification(facts, locale, attached)),
    }


def _style(locale: str) -> Markup:
    """The style sheet, which is the project's own text; the page counter speaks the reader's language."""
    pages = text("page.number", locale, page='" counter(page) "', pages='" counter(pages) "')
    sheet = (FOLDER / "templates" / "print.css").read_text("utf-8").replace("PAGES", f'"{pages}"')
    return Markup(sheet)  # noqa: S704


def _confidence(facts: CertificateFacts, locale: str) -> str:
    verdict = facts.story.verdict
    if verdict.value is not VerdictValue.CONTRADICTED:
        return ""
    return text("conclusion.confidence", locale, score=percent(verdict.score, locale, 0))


def _manifest_facts(facts: CertificateFacts, locale: str) -> Iterator[tuple[str, str]]:
    story = facts.story
    yield text("manifest.issued", locale), moment(story.issued_at, facts.timezone, seconds=False)
    yield text("manifest.sludge", locale), label(story.sludge_kind, locale)
    yield text("manifest.state", locale), label(story.custody_state, locale)
    if story.kind is not ManifestKind.NORMAL:
        yield text("manifest.kind", locale), label(story.kind, locale)
    for name, value in (
        ("manifest.plan", story.plan),
        ("manifest.diversion", story.diversion),
        ("manifest.parent", story.parent),
        ("manifest.children", text("list.comma", locale).join(story.children)),
    ):
        if value:
            yield text(name, locale), value


def _map_note(facts: CertificateFacts, locale: str) -> str:
    if not facts.heard:
        return text("map.no_track", locale)
    unassigned = any(not each.errand.assigned and len(each.track) for each in facts.tracks)
    return text("map.unassigned", locale) if unassigned else ""


def _verification(
    facts: CertificateFacts, locale: str, attached: Sequence[AttachedFile]
) -> Iterator[tuple[str, str]]:
    yield text("verification.url", locale), facts.verify_url
    for file in attached:
        yield text("verification.sha256", locale, name=file.name), fingerprint(file.content)
    if facts.rule_versions:
        yield text("verification.rules", locale), text("list.comma", locale).join(facts.rule_versions)
    yield text("verification.made", locale), moment(facts.made_at, facts.timezone)
