"""Does every text of the pages exist in both languages, with the same placeholders?"""

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

WEB = Path(__file__).resolve().parents[2] / "web"
PLACEHOLDER = re.compile(r"%\((\w+)\)s")
METHODS = [
    ("**/node_modules/**", "ignore"),
    ("**/static/**", "ignore"),
    ("**.py", "python"),
    ("**.html", "jinja2"),
]
OPTIONS = {"**.html": {"trim_blocks": "true", "lstrip_blocks": "true"}}


@cache
def source_texts() -> frozenset[str | tuple[str, ...]]:
    """Every text that templates and Python mark for translation."""
    found = extract_from_dir(WEB, METHODS, OPTIONS, strip_comment_tags=False)
    return frozenset(message for _file, _line, message, _comments, _context in found)


@cache
def catalogue() -> Catalog:
    with (WEB / "translations" / "zh" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale="zh", abort_invalid=True)


def parts_of(text: str | Sequence[str]) -> Sequence[str]:
    """Singular and plural, or the one text."""
    return (text,) if isinstance(text, str) else text


def test_there_are_texts() -> None:
    assert len(source_texts()) > 200


def test_every_text_has_a_translation() -> None:
    messages = {message.id: message.string for message in catalogue() if message.id}
    missing = [text for text in source_texts() if text not in messages]
    assert missing == []
    empty = [key for key, said in messages.items() if not (said[0] if isinstance(said, tuple) else said)]
    assert empty == []


def test_no_text_of_a_template_holds_a_lone_percent_sign() -> None:
    """Templates put values into every text, so that a lone % would be read as the beginning of one."""
    found = extract_from_dir(WEB, [*METHODS[:2], METHODS[3]], OPTIONS, strip_comment_tags=False)
    texts = {part for _file, _line, text, *_ in found for part in parts_of(text)}
    said = {message.id: parts_of(message.string or "") for message in catalogue() if message.id}
    told = {part for key, parts in said.items() if texts & set(parts_of(key)) for part in parts}
    assert [text for text in texts | told if "%" in PLACEHOLDER.sub("", text).replace("%%", "")] == []


def test_no_translation_outlives_its_text() -> None:
    assert [message.id for message in catalogue() if message.id and message.id not in source_texts()] == []


def test_no_translation_is_in_doubt() -> None:
    assert [message.id for message in catalogue() if message.fuzzy and message.id] == []


@pytest.mark.parametrize("message", [m for m in catalogue() if m.id], ids=lambda m: str(m.id)[:40])
def test_placeholders_are_the_same(message: object) -> None:
    key, said = message.id, message.string  # type: ignore[attr-defined]  # babel's Message
    keys = key if isinstance(key, tuple) else (key,)
    texts = said if isinstance(said, tuple) else (said,)
    expected = set(PLACEHOLDER.findall(keys[-1]))
    assert all(set(PLACEHOLDER.findall(text)) == expected for text in texts)
