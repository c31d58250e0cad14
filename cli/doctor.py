"""What is missing on this machine, and which command gets it?"""

import sys
from collections.abc import Iterable

import click
import orjson
from rich.console import Console
from rich.table import Table

from cli.examinations import Diagnosis, Text, examine_all

HEADINGS = (Text("", ""), Text("项目", "what"), Text("情况", "state"), Text("如何取得", "how to get it"))
TESTS_ONLY = Text("（仅测试用）", " (tests only)")


@click.command("doctor")
@click.option("--format", "output", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
@click.option("--tests", is_flag=True, help="Also fail for what only the test suite needs.")
def doctor(output: str, lang: str, tests: bool) -> None:
    """检查本机缺什么、如何取得 / Say what is missing on this machine and how to get it.

    Exit status 1 when something the service needs is missing; with --tests also for what only the tests need.
    """
    diagnoses = list(examine_all())
    if output == "json":
        sys.stdout.buffer.write(orjson.dumps([as_json(item, lang) for item in diagnoses]) + b"\n")
    else:
        print_table(diagnoses, lang)
    raise SystemExit(exit_status(diagnoses, tests=tests))


def exit_status(diagnoses: Iterable[Diagnosis], *, tests: bool) -> int:
    """0 when everything that matters is there, 1 otherwise."""
    return int(any(not item.present and (tests or not item.for_tests_only) for item in diagnoses))


def as_json(item: Diagnosis, language: str) -> dict[str, str | bool]:
    """One diagnosis as the machine-readable output has it."""
    return {
        "subject": item.subject.in_language(language),
        "present": item.present,
        "detail": item.detail.in_language(language),
        "remedy": item.remedy,
        "for_tests_only": item.for_tests_only,
    }


def print_table(diagnoses: Iterable[Diagnosis], language: str) -> None:
    """For people: one line a thing, what is there in green, what is missing in red with its command."""
    table = Table(box=None, pad_edge=False)
    for heading in HEADINGS:
        table.add_column(heading.in_language(language), overflow="fold")  # a command is never cut short
    for item in diagnoses:
        mark = "[green]✓[/]" if item.present else "[red]✗[/]"
        subject = item.subject.in_language(language)
        if item.for_tests_only:
            subject += TESTS_ONLY.in_language(language)
        table.add_row(mark, subject, item.detail.in_language(language), item.remedy)
    Console().print(table)
