"""How much does a certificate cost beyond what its renderer needs?

For certificates of the demo week, in both languages and with the most and the least to show: the whole
way (rows, map, chart, page, PDF with attachments) beside WeasyPrint alone on the very page that came
out. Both alternate within one run; the goal is a ratio of at most 1.5.
"""

import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import weasyprint
from sqlalchemy import Engine, func, select

import reports
from bench.demo_week import NOW, SEED, SETTINGS, analyse_week, loaded_week
from models.findings import FindingManifest, Verdict
from models.manifests import Manifest
from models.session import read_sessions
from models.settings import Settings
from models.values import Viewer
from models.vocabulary import Role
from reports.certificate.collect import collect
from reports.certificate.render import certificate_html, certificate_pdf
from reports.pdf import VARIANT, OwnFiles

ROUNDS = 5
GOAL_RATIO = 1.5
LANGUAGES = ("zh", "en")
VIEWER = Viewer(Role.ADMINISTRATOR)
ROOT = Path(reports.__file__).resolve().parent


def run() -> dict[str, Any]:
    """Medians in ms over ROUNDS, the ratio of each certificate, and the worst of them."""
    with loaded_week() as engine:
        analyse_week(engine)
        made = {
            f"{number} {language}": measured(engine, number, language)
            for number in numbers(engine)
            for language in LANGUAGES
        }
    ratios = {name: whole_ms / alone_ms for name, (whole_ms, alone_ms, _) in made.items()}
    worst = max(ratios, key=lambda name: ratios[name])
    return {
        "bench": "certificate",
        "seed": SEED,
        "settings": SETTINGS | {"rounds": ROUNDS, "goal_ratio": GOAL_RATIO},
        "figures": {f"{name} ms": whole_ms for name, (whole_ms, _, _) in made.items()}
        | {f"{name} kB": size / 1000 for name, (_, _, size) in made.items()},
        "peers": {f"{name} weasyprint alone ms": alone_ms for name, (_, alone_ms, _) in made.items()},
        "ratios": ratios | {f"worst ({worst})": ratios[worst]},
    }


def numbers(engine: Engine) -> list[str]:
    """The manifest with most findings, and one whose verdict stands without any."""
    about = select(FindingManifest.manifest_id)
    with read_sessions(engine)() as session:
        busiest = session.scalar(
            select(Manifest.number)
            .join(FindingManifest, FindingManifest.manifest_id == Manifest.id)
            .group_by(Manifest.number)
            .order_by(func.count().desc(), Manifest.number)
        )
        plainest = session.scalar(
            select(Manifest.number)
            .join(Verdict, Verdict.manifest_id == Manifest.id)
            .where(Verdict.current, Manifest.id.not_in(about))
            .order_by(Manifest.number)
        )
    return [number for number in (busiest, plainest) if number is not None]


def measured(engine: Engine, number: str, language: str) -> tuple[float, float, int]:
    """(ms of the whole, ms of WeasyPrint alone, bytes) for one certificate."""

    def whole() -> bytes:
        with read_sessions(engine)() as session:
            facts = collect(session, number, VIEWER, now=NOW, settings=Settings())
        return certificate_pdf(facts, language)

    with read_sessions(engine)() as session:
        page = certificate_html(collect(session, number, VIEWER, now=NOW, settings=Settings()), language)

    def alone() -> bytes:
        document = weasyprint.HTML(string=page, base_url=f"{ROOT.as_uri()}/", url_fetcher=OwnFiles(ROOT))
        pdf: bytes = document.write_pdf(pdf_variant=VARIANT, pdf_tags=True)
        return pdf

    size = len(whole())
    alone()
    pairs = [(timed(whole), timed(alone)) for _ in range(ROUNDS)]
    return median(first for first, _ in pairs), median(second for _, second in pairs), size


def timed(work: Callable[[], bytes]) -> float:
    """How long it takes, ms."""
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000
