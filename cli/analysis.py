"""What does the analysis say? `analyse`, `findings`, `verdicts`."""

from collections.abc import Collection
from datetime import UTC, datetime

import click
from rich.console import Console
from rich.table import Table
from sqlalchemy import Engine

from cli.moments import MomentType
from cli.progress import progress_on_terminal
from cli.runtime import now, print_json_line, ready_engine, settings, thresholds
from models.session import read_sessions
from reports.wording import label, say
from tracking.operations.analyse import AnalyseResult, analysis_moment
from tracking.operations.analyse import analyse as analyse_until
from tracking.queries.finding_export import FindingLine, finding_lines
from tracking.queries.verdict_export import VerdictLine, verdict_lines

FORMATS = click.Choice(["table", "jsonl"])
LOCALES = click.Choice(["zh", "en"])


@click.command()
@click.option("--until", type=MomentType(), help="Analyse only what is dated up to this moment (ISO 8601).")
def analyse(until: datetime | None) -> None:
    """Trips, matches, findings and verdicts for all that is new; restartable at any point."""
    result = run_once(until)
    click.echo(
        f"{result.vehicles} vehicles ({result.fixes} fixes), {result.blocks} blocks,"
        f" up to {result.until.isoformat()}",
        err=True,
    )


def run_once(
    until: datetime | None, engine: Engine | None = None, only: Collection[int] | None = None
) -> AnalyseResult:
    """One run of the analysis, with a bar on a terminal; only: these vehicles (row ids)."""
    clock = now()
    engine = engine if engine is not None else ready_engine()
    moment = until if until is not None else analysis_moment(engine, clock)
    with progress_on_terminal() as show:
        return analyse_until(
            engine,
            until=moment,
            recorded_at=clock,
            thresholds=thresholds(),
            contradicted_score=settings().contradicted_score,
            timezone=settings().timezone,
            progress=show,
            only=only,
        )


@click.command()
@click.option("--format", "form", type=FORMATS, default="table", show_default=True)
@click.option("--lang", type=LOCALES, default=None, help="Language of the reasons.")
def findings(form: str, lang: str | None) -> None:
    """Current findings, the most probable first."""
    locale = lang or settings().locale
    with read_sessions(ready_engine())() as session:
        lines = finding_lines(session)
    if form == "jsonl":
        for line in lines:
            print_json_line(finding_json(line, locale))
        return
    table = Table(title=None, box=None, header_style="bold")
    for head in ("score", "kind", "manifest", "vehicle", "start", "reason"):
        table.add_column(head, justify="right" if head == "score" else "left", overflow="fold")
    for line in lines:
        table.add_row(
            f"{line.score:.2f}",
            label(line.kind, locale),
            ", ".join(line.manifests),
            ", ".join(line.vehicles),
            moment_text(line.start_ms),
            say(line.reasons[0], locale, line.names(locale), settings().timezone),
        )
    Console().print(table)


def finding_json(line: FindingLine, locale: str) -> dict[str, object]:
    """One finding in the form of SCENARIO.md."""
    names = line.names(locale)
    return {
        "id": line.key,
        "kind": line.kind.value,
        "severity": line.severity.value,
        "score": line.score,
        "manifests": list(line.manifests),
        "manifest": line.manifests[0] if line.manifests else None,
        "vehicles": list(line.vehicles),
        "vehicle": line.vehicles[0] if line.vehicles else None,
        "facility": line.facility,
        "route": line.route,
        "hauler": line.hauler,
        "scale": line.scale,
        "device": line.device,
        "start": moment_text(line.start_ms),
        "end": moment_text(line.end_ms),
        "detected_at": moment_text(line.detected_ms),
        "lat": line.lat,
        "lon": line.lon,
        "reasons": [say(reason, locale, names, settings().timezone) for reason in line.reasons],
        "rule_version": line.rule_version,
        "version": line.version,
    }


@click.command()
@click.option("--format", "form", type=FORMATS, default="table", show_default=True)
@click.option("--lang", type=LOCALES, default=None, help="Language of the reasons.")
def verdicts(form: str, lang: str | None) -> None:
    """The verdict of each manifest."""
    locale = lang or settings().locale
    with read_sessions(ready_engine())() as session:
        lines = verdict_lines(session)
    if form == "jsonl":
        for line in lines:
            print_json_line(verdict_json(line, locale))
        return
    table = Table(title=None, box=None, header_style="bold")
    for head in ("manifest", "verdict", "score", "reasons"):
        table.add_column(head, justify="right" if head == "score" else "left", overflow="fold")
    for line in lines:
        reasons = "; ".join(say(reason, locale, {}, settings().timezone) for reason in line.reasons)
        table.add_row(line.manifest, label(line.value, locale), f"{line.score:.2f}", reasons)
    Console().print(table)


def verdict_json(line: VerdictLine, locale: str) -> dict[str, object]:
    """One verdict in the form of SCENARIO.md."""
    return {
        "manifest": line.manifest,
        "verdict": line.value.value,
        "score": line.score,
        "reasons": [say(reason, locale, {}, settings().timezone) for reason in line.reasons],
    }


def moment_text(moment_ms: int) -> str:
    """ms UTC as ISO 8601 with Z, whole seconds."""
    return datetime.fromtimestamp(moment_ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
