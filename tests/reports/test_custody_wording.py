"""Does every refusal of custody have a sentence in both languages, with figures that the guard gives?"""

import ast
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from models.values import Reason
from reports.catalogues import LOCALES, find
from reports.custody_wording import say_refused

PROJECT = Path(__file__).resolve().parents[2]
FOLDERS = ("tracking/rules", "tracking/operations", "tracking/queries", "web", "cli")
NAMED_LATER = {"no_such_facility", "no_such_route", "no_such_organisation"}  # through Resolved._find


def calls() -> Iterator[ast.Call]:
    for folder in FOLDERS:
        for path in (PROJECT / folder).rglob("*.py"):
            if "node_modules" not in path.parts:
                found = ast.walk(ast.parse(path.read_text("utf-8")))
                yield from (each for each in found if isinstance(each, ast.Call))


def given_reasons() -> list[tuple[str, frozenset[str]]]:
    """(code, names of its parameters) of every refusal in the source."""
    found = [(f"custody.{code}", frozenset({"given"})) for code in sorted(NAMED_LATER)]
    for call in calls():
        name = getattr(call.func, "id", "") or getattr(call.func, "attr", "")
        position = {"blocked": 1, "say": 1, "NotASignature": 0}.get(name)
        if position is None or len(call.args) <= position:
            continue
        code = call.args[position]
        if isinstance(code, ast.Constant) and isinstance(code.value, str):
            found.append((f"custody.{code.value}", frozenset(str(each.arg) for each in call.keywords)))
    return found


@pytest.mark.parametrize("locale", LOCALES)
def test_every_refusal_has_a_sentence(locale: str) -> None:
    codes = {code for code, _params in given_reasons()}
    assert len(codes) > 50
    assert sorted(code for code in codes if find("custody", code, locale) is None) == []


@pytest.mark.parametrize("locale", LOCALES)
def test_a_sentence_asks_only_for_what_its_guard_gives(locale: str) -> None:
    wrong = []
    for code, params in given_reasons():
        asked = {name for _, name, _, _ in Formatter().parse(find("custody", code, locale) or "") if name}
        if not asked <= params:
            wrong.append((code, sorted(asked - params)))
    assert wrong == []


def test_masses_are_said_in_kilograms() -> None:
    params = {"accepted_kg": 17_000.0, "refused_kg": 0.0, "net_kg": 17_004.5}
    said = say_refused(Reason("custody.masses_do_not_sum", params), "zh")
    assert said == "接收量 17,000 kg 与拒收量 0 kg 之和应等于净重 17,004.5 kg。"


def test_moments_are_said_on_the_citys_clock() -> None:
    params = {"at": "2026-03-02T00:00:00+00:00", "before": "2026-03-02T01:30:00+00:00"}
    said = say_refused(Reason("custody.before_the_last_step", params), "en")
    assert "2026-03-02 08:00:00" in said
    assert "2026-03-02 09:30:00" in said


def test_words_are_said_in_the_readers_language() -> None:
    reason = Reason("custody.kind_not_permitted", {"facility": "S1", "sludge_kind": "dewatered"})
    assert "Dewatered" in say_refused(reason, "en")
    assert say_refused(reason, "zh").startswith("设施 S1 的许可不包括")


def test_a_newer_code_is_shown_and_breaks_nothing() -> None:
    assert say_refused(Reason("custody.of_tomorrow", {"left_kg": 5.0}), "en") == (
        "custody.of_tomorrow · left_kg 5 kg"
    )
