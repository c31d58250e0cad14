"""Is everything said in both languages, and does it say what was measured?"""

import ast
import re
from collections.abc import Iterator
from dataclasses import fields
from enum import IntFlag, StrEnum
from pathlib import Path
from string import Formatter

import pytest

import models.custody_words
import models.vocabulary
from models.thresholds import GROUPS
from models.values import Reason
from models.vocabulary import Doubt, FindingKind, VerdictValue
from reports.catalogues import CATALOGUES, FOLDER, LOCALES, find, read_catalogue
from reports.wording import (
    MARKS,
    doubt_labels,
    figure_text,
    innocent,
    label,
    mark,
    meaning,
    say,
    text,
    threshold_label,
    word,
)

PROJECT = Path(__file__).resolve().parents[2]
CHINESE = re.compile("[一-鿿]")


def enums() -> list[type[StrEnum] | type[IntFlag]]:
    here = [*vars(models.vocabulary).values(), *vars(models.custody_words).values()]
    kinds = [thing for thing in here if isinstance(thing, type) and issubclass(thing, StrEnum | IntFlag)]
    return [kind for kind in kinds if kind not in (StrEnum, IntFlag)]


def entries(name: str, locale: str) -> dict[str, str]:
    found = read_catalogue(name, locale)
    return {str(entry.id): str(entry.string) for entry in found if entry.id}


def placeholders(words: str) -> list[str]:
    return sorted({name for _, name, _, _ in Formatter().parse(words) if name is not None})


def test_every_catalogue_file_is_known() -> None:
    for locale in LOCALES:
        stems = {path.stem for path in (FOLDER / locale / "LC_MESSAGES").glob("*.po")}
        assert stems == set(CATALOGUES)


@pytest.mark.parametrize("name", CATALOGUES)
def test_both_languages_hold_the_same_entries(name: str) -> None:
    assert set(entries(name, "zh")) == set(entries(name, "en"))


@pytest.mark.parametrize("name", CATALOGUES)
@pytest.mark.parametrize("locale", LOCALES)
def test_no_entry_is_empty_or_unfinished(name: str, locale: str) -> None:
    assert [key for key, words in entries(name, locale).items() if not words.strip()] == []
    assert [str(entry.id) for entry in read_catalogue(name, locale) if entry.id and entry.fuzzy] == []


@pytest.mark.parametrize("name", CATALOGUES)
def test_both_languages_use_the_same_placeholders(name: str) -> None:
    zh, en = entries(name, "zh"), entries(name, "en")
    assert {key: placeholders(zh[key]) for key in zh} == {key: placeholders(en[key]) for key in zh}


@pytest.mark.parametrize("name", CATALOGUES)
def test_english_holds_no_chinese_character(name: str) -> None:
    assert [key for key, words in entries(name, "en").items() if CHINESE.search(words)] == []


@pytest.mark.parametrize("locale", LOCALES)
def test_every_word_of_the_vocabulary_has_a_label(locale: str) -> None:
    members = [member for kind in enums() for member in kind.__members__.values()]
    assert len(members) > 100
    assert all(label(member, locale) for member in members)


@pytest.mark.parametrize("locale", LOCALES)
def test_labels_within_an_enum_differ(locale: str) -> None:
    for kind in enums():
        labels = [label(member, locale) for member in kind.__members__.values()]
        assert len(set(labels)) == len(labels), kind


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("kind", FindingKind)
def test_every_finding_kind_says_what_it_means_and_what_makes_it_innocent(
    kind: FindingKind, locale: str
) -> None:
    assert meaning(kind, locale) != innocent(kind, locale)


@pytest.mark.parametrize("locale", LOCALES)
def test_every_threshold_has_a_name(locale: str) -> None:
    names = [item.name for group in GROUPS for item in fields(group)]
    assert [name for name in names if threshold_label(name, locale) == name] == []


def reason_codes() -> Iterator[str]:
    """The codes that the rules hand out, read from their source."""
    for path in (PROJECT / "tracking").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Reason" and node.args:
                code = node.args[0]
                if isinstance(code, ast.Constant):
                    yield str(code.value)


@pytest.mark.parametrize("locale", LOCALES)
def test_every_reason_that_a_rule_gives_is_worded(locale: str) -> None:
    """Reasons of refusals and remarks of custody are in its own catalogue."""
    unsaid = {
        code
        for code in reason_codes()
        if find("custody" if code.startswith("custody.") else "reasons", code, locale) is None
    }
    assert sorted(unsaid) == []


def is_named(node: ast.expr | None, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def keys_of(node: ast.AST | None) -> set[str]:
    """The names that a dict literal holds."""
    if not isinstance(node, ast.Dict):
        return set()
    return {str(key.value) for key in node.keys if isinstance(key, ast.Constant)}


def evidence_names() -> set[str]:
    """Names of figures and thresholds that the rules put into evidence, read from their source."""
    found: set[str] = set()
    for path in (PROJECT / "tracking").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.AnnAssign) and is_named(node.annotation, "Figures"):
                found |= keys_of(node.value)
            if isinstance(node, ast.FunctionDef) and is_named(node.returns, "Figures"):
                found |= {
                    key
                    for each in ast.walk(node)
                    if isinstance(each, ast.Return)
                    for key in keys_of(each.value)
                }
            if isinstance(node, ast.Call) and is_named(node.func, "Evidence"):
                found |= {key for each in node.args[:2] for key in keys_of(each)}
    return found


@pytest.mark.parametrize("locale", LOCALES)
def test_every_figure_of_evidence_has_a_name(locale: str) -> None:
    names = evidence_names()
    assert len(names) > 30
    assert sorted(name for name in names if threshold_label(name, locale) == name) == []


def texts_asked_for() -> set[str]:
    """Keys of reports.po that code and templates name literally."""
    found = set()
    for path in (PROJECT / "reports").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("text", "t") and node.args:
                constants = [each for each in ast.walk(node.args[0]) if isinstance(each, ast.Constant)]
                if not isinstance(node.args[0], ast.JoinedStr):
                    found |= {str(each.value) for each in constants}
    for path in (PROJECT / "reports" / "templates").glob("*.html"):
        found |= set(re.findall(r't\("([^"]+)"\)', path.read_text("utf-8")))
    return found


def test_every_text_that_prints_ask_for_exists() -> None:
    asked = texts_asked_for()
    assert len(asked) > 80
    assert sorted(asked - set(entries("reports", "zh"))) == []


def test_flags_are_said_as_yes_or_no() -> None:
    assert (figure_text("night", 1, "zh"), figure_text("night", 0, "en")) == ("是", "no")


def test_a_reason_without_words_is_shown_with_its_figures() -> None:
    said = say(Reason("future.rule", {"max_distance_m": 322.4, "hull": "V1"}), "en", {"V1": "Suzhou 1"})
    assert said == "future.rule · max_distance_m 322 m · hull Suzhou 1"


def test_a_stored_reason_is_said_like_a_fresh_one() -> None:
    fresh = Reason("future.rule", {"gap_kg": 2560.0})
    assert say({"code": fresh.code, "params": fresh.params}, "zh") == say(fresh, "zh")


def test_a_text_of_the_prints_is_never_missing_silently() -> None:
    with pytest.raises(KeyError, match="no-such-text"):
        text("no-such-text", "en")


def test_each_verdict_has_a_shape_of_its_own() -> None:
    assert [mark(value) for value in VerdictValue] == ["○", "●", "◌", "▲"]
    assert len(set(MARKS.values())) == len(VerdictValue)


def test_doubts_are_named_one_by_one() -> None:
    assert doubt_labels(Doubt.LATE | Doubt.TELEPORT, "zh") == ["补传", "位置跳变"]
    assert doubt_labels(Doubt.NONE, "en") == []


def test_stored_words_have_names() -> None:
    assert [word("load", load, "en") for load in ("loaded", "empty", "unknown")] == [
        "Loaded",
        "Empty",
        "Unknown",
    ]
    assert [word("how", how, "zh") for how in ("matched", "shared", "mismatch")] == [
        "自动匹配",
        "与他单共用",
        "时间不符",
    ]


def test_words_of_the_vocabulary_among_figures_are_said_in_the_readers_language() -> None:
    assert figure_text("method", "landfill", "zh") == "填埋"
    assert figure_text("method", "landfill", "en") == "Landfill"
    assert figure_text("method", "no such method", "en") == "no such method"
    assert figure_text("facility", "S1", "zh", {"S1": "第一处置场"}) == "第一处置场"
