"""Which reports are printed from the command line? `sludgetrace report certificate NUMBER -o FILE`."""

import sys
from pathlib import Path
from typing import NoReturn

import click

from cli import runtime
from models.values import Viewer
from models.vocabulary import Role


@click.group()
def report() -> None:
    """Print reports as PDF with their data attached."""


@report.command()
@click.argument("number")
@click.option(
    "--lang", type=click.Choice(["zh", "en"]), help="Language of the print; default: the installation's."
)
@click.option(
    "-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The PDF to write."
)
def certificate(number: str, lang: str | None, output: Path) -> None:
    """The traceability certificate 追溯凭证 of manifest NUMBER."""
    from models.session import read_sessions
    from reports.certificate.collect import UnknownManifest, collect
    from reports.certificate.render import certificate_pdf
    from reports.pdf import PdfError

    settings = runtime.settings()
    with read_sessions(runtime.ready_engine())() as session:
        try:
            facts = collect(
                session,
                number,
                Viewer(Role.ADMINISTRATOR, name="command line"),
                now=runtime.now(),
                settings=settings,
                thresholds=runtime.thresholds(),
            )
        except UnknownManifest:
            _refuse(f"没有联单 {number} / there is no manifest {number}")
    try:
        pdf = certificate_pdf(facts, lang or settings.locale)
        output.write_bytes(pdf)
    except PdfError as error:
        _refuse(str(error))
    except OSError as error:
        _refuse(f"{output}: {error.strerror}")
    click.echo(
        f"{output}: {facts.number} v{facts.version}, {facts.story.verdict.value.value}, {len(pdf)} bytes"
    )


def _refuse(sentence: str) -> NoReturn:
    click.echo(sentence, err=True)
    sys.exit(1)
