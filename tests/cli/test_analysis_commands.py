"""Do `analyse`, `findings` and `verdicts` speak as SCENARIO.md says, to machines and to people?"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from models.vocabulary import FindingKind, Severity, VerdictValue
from tests.conftest import PROJECT
from tests.desk import Desk
from tests.tracking.operations.conclusions import conclusions

ONE_ENGINE = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
Check = Callable[[Any], bool]


def text(value: Any) -> bool:
    return isinstance(value, str) and value != ""


def texts(value: Any) -> bool:
    return isinstance(value, list) and all(map(text, value))


def maybe(check: Check) -> Check:
    return lambda value: value is None or check(value)


def moment(value: Any) -> bool:
    return text(value) and datetime.fromisoformat(value).tzinfo is not None


def share(value: Any) -> bool:
    return isinstance(value, float) and 0 <= value <= 1


def degrees(value: Any) -> bool:
    return isinstance(value, float)


FINDING: dict[str, Check] = {
    "id": text,
    "kind": lambda value: value in set(FindingKind),
    "severity": lambda value: value in set(Severity),
    "score": share,
    "manifests": texts,
    "manifest": maybe(text),
    "vehicles": texts,
    "vehicle": maybe(text),
    "facility": maybe(text),
    "route": maybe(text),
    "hauler": maybe(text),
    "scale": maybe(text),
    "device": maybe(text),
    "start": moment,
    "end": moment,
    "detected_at": moment,
    "lat": maybe(degrees),
    "lon": maybe(degrees),
    "reasons": lambda value: texts(value) and len(value) >= 2,
    "rule_version": text,
    "version": lambda value: type(value) is int and value >= 1,
}
VERDICT: dict[str, Check] = {
    "manifest": text,
    "verdict": lambda value: value in set(VerdictValue),
    "score": share,
    "reasons": lambda value: texts(value) and value != [],
}


def faults(line: dict[str, Any], form: dict[str, Check]) -> list[str]:
    """What of a line is not as its form says."""
    wrong = [f"{name}: {line.get(name)!r}" for name, check in form.items() if not check(line.get(name))]
    return wrong + [f"unknown field {name}" for name in line.keys() - form.keys()]


def test_findings_as_lines(desk: Desk, morning: Path) -> None:
    desk.take(morning)
    lines = desk.findings()
    assert len(lines) >= 15
    assert [fault for line in lines for fault in faults(line, FINDING)] == []
    assert [line["score"] for line in lines] == sorted((line["score"] for line in lines), reverse=True)
    assert len({line["id"] for line in lines}) == len(lines)
    for line in lines:
        assert line["manifest"] == (line["manifests"][0] if line["manifests"] else None)
        assert line["vehicle"] == (line["vehicles"][0] if line["vehicles"] else None)
        assert line["start"] <= line["end"]
    stop = next(line for line in lines if line["kind"] == "unplanned_stop" and line["manifests"])
    assert (stop["vehicle"], stop["device"], stop["hauler"]) == ("STOP", "D-STOP", "ORG")
    assert stop["lat"] == pytest.approx(31.0, abs=0.01)
    off = next(line for line in lines if line["manifests"] == ["M-DETOUR"])
    assert (off["kind"], off["route"]) == ("off_route", "R1")


def test_verdicts_as_lines(desk: Desk, morning: Path) -> None:
    desk.take(morning)
    lines = desk.lines("verdicts")
    assert [line["manifest"] for line in lines] == sorted(line["manifest"] for line in lines)
    assert len(lines) == 13
    assert [fault for line in lines for fault in faults(line, VERDICT)] == []


@ONE_ENGINE
def test_ids_stay_over_analyses(desk: Desk, morning: Path) -> None:
    desk.load(morning)
    desk.analyse(until="2026-03-02T03:00:00Z")
    early = {line["id"]: line for line in desk.findings()}
    desk.analyse()
    late = {line["id"]: line for line in desk.findings()}
    assert len(early) >= 10
    assert set(early) <= set(late)
    assert all(late[key]["version"] >= line["version"] for key, line in early.items())


@ONE_ENGINE
def test_in_both_languages_and_as_a_table(desk: Desk, morning: Path) -> None:
    desk.take(morning)
    chinese = desk.lines("findings", "--lang", "zh")
    english = desk.lines("findings", "--lang", "en")
    assert [line["id"] for line in chinese] == [line["id"] for line in english]
    for line in english:
        assert not any("{" in sentence or "%(" in sentence for sentence in line["reasons"])
        assert not any("一" <= letter <= "鿿" for sentence in line["reasons"] for letter in sentence)
    assert all(any("一" <= letter <= "鿿" for letter in line["reasons"][0]) for line in chinese)
    assert "M-STOP" in desk.run("findings").stdout
    assert "M-STOP" in desk.run("verdicts", "--lang", "en").stdout


@ONE_ENGINE
def test_before_anything_is_loaded(desk: Desk) -> None:
    desk.analyse()
    assert desk.run("findings", "--format", "jsonl").stdout == ""
    assert desk.run("verdicts", "--format", "jsonl").stdout == ""
    assert desk.run("findings").exit_code == 0


@ONE_ENGINE
def test_analyse_says_what_it_did_where_it_does_not_disturb(desk: Desk, morning: Path) -> None:
    desk.load(morning)
    result = desk.analyse()
    assert result.stdout == ""
    assert "11 vehicles" in result.stderr
    assert "0 vehicles (0 fixes)" in desk.analyse().stderr


@ONE_ENGINE
@pytest.mark.parametrize(
    ("until", "sentence"),
    [
        ("noon", "'noon' is not a time in ISO 8601"),
        ("2026-13-01T00:00:00Z", "is not a time in ISO 8601"),
        ("2026-03-02T08:00:00", "has no zone"),
        ("", "is not a time in ISO 8601"),
    ],
)
def test_a_moment_that_is_none_is_wrong_use(desk: Desk, until: str, sentence: str) -> None:
    result = desk.run("analyse", "--until", until, status=2)
    assert sentence in result.stderr


@ONE_ENGINE
@pytest.mark.parametrize(
    ("until", "issued"), [("2026-03-02T09:59:00+08:00", False), ("2026-03-02T02:01:00Z", True)]
)
def test_a_moment_in_any_zone(desk: Desk, morning: Path, until: str, issued: bool) -> None:
    """M-HEAVY is issued at ten in Shanghai."""
    desk.load(morning)
    desk.analyse(until=until)
    assert ("M-HEAVY" in desk.verdicts()) is issued


@ONE_ENGINE
@pytest.mark.parametrize(
    "words",
    [("findings", "--format", "xml"), ("verdicts", "--lang", "fr"), ("analyse", "now"), ("analyze",)],
    ids=" ".join,
)
def test_wrong_use(desk: Desk, words: tuple[str, ...]) -> None:
    desk.run(*words, status=2)


@ONE_ENGINE
def test_a_setting_that_is_none_is_wrong_use(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLUDGETRACE_RULE_TRUCK_STOP_S", "four minutes")
    result = desk.run("analyse", status=2)
    assert "SLUDGETRACE_RULE_TRUCK_STOP_S" in result.stderr


@ONE_ENGINE
def test_a_threshold_can_be_set(desk: Desk, morning: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten minutes are allowed at the roadside: the stop of nine is none."""
    monkeypatch.setenv("SLUDGETRACE_RULE_TRUCK_STOP_S", "600")
    desk.take(morning)
    assert desk.verdicts()["M-STOP"] == "consistent"


def test_the_worker_analyses_until_it_is_told_to_stop(engine: Engine, desk: Desk, morning: Path) -> None:
    desk.load(morning)
    url = engine.url.render_as_string(hide_password=False)
    words = [sys.executable, "-m", "cli.main", "worker", "--every", "0.2"]
    environment = os.environ | {"SLUDGETRACE_DATABASE_URL": url}
    worker = subprocess.Popen(words, cwd=PROJECT, env=environment, stderr=subprocess.PIPE, text=True)
    try:
        deadline = time.monotonic() + 60
        while len(conclusions(engine)["verdicts"]) < 13 and time.monotonic() < deadline:
            time.sleep(0.2)
    finally:
        worker.send_signal(signal.SIGTERM)
        told = worker.communicate(timeout=60)[1]
    assert worker.returncode == 0, told
    assert "fixes" in told
    assert desk.verdicts()["M-STOP"] == "contradicted"


@ONE_ENGINE
def test_score_as_json(desk: Desk, tmp_path: Path, morning: Path) -> None:
    """Against truths of the morning: one that was found, one that never happened."""
    desk.take(morning)
    truths = [
        {"kind": "unplanned_stop", "manifest": "M-STOP", "vehicle": "STOP"},
        {"kind": "teleport", "vehicle": "HONEST1"},
    ]
    lines = "".join(f"{json.dumps(truth)}\n" for truth in truths)
    folder = tmp_path / "morning"
    folder.mkdir()
    for name in morning.iterdir():
        if name.is_file():
            (folder / name.name).write_bytes(name.read_bytes())
    (folder / "truth.jsonl").write_text(lines, "utf-8")
    figures = desk.score(folder)
    assert figures["kinds"]["unplanned_stop"]["matched"] == 1
    assert figures["kinds"]["teleport"] == {
        "truth": 1,
        "found": 0,
        "matched": 0,
        "precision": None,
        "recall": 0.0,
        "f1": 0.0,
        "delay_s_p50": None,
        "delay_s_p90": None,
    }
    assert figures["extra"] == len(desk.findings()) - 1
