"""How does a story read in the docs? Prose in both languages, and numbered steps: who, what, answer."""

from collections.abc import Sequence
from pathlib import Path

from tests.stories.custody.story import Prose, Record, Step, Story

DOCS = Path(__file__).resolve().parents[3] / "docs" / "stories"
HOW_TO_REGENERATE = ".venv/bin/python -m tests.stories.custody.render"


def page_of(story: Story, record: Record) -> str:
    """The Markdown of a told story."""
    chinese, english = story.title
    parts = [f"# {chinese}", f"*{english}*"]
    number = 0
    for each in record.happened:
        if isinstance(each, Prose):
            parts += [each.text[0], f"*{each.text[1]}*"]
        else:
            number += 1
            parts.append(step_text(number, each))
    return "\n\n".join(parts) + "\n"


def step_text(number: int, step: Step) -> str:
    """One step as an item of a list."""
    zh = f"**{step.who[0]}** · {step.what[0]} → {step.answer[0]}"
    en = f"*{step.who[1]} · {step.what[1]}" + (f" → {step.answer[1]}*" if step.answer[1] else "*")
    lines = [f"{number}. {zh}  ", f"   {en}  ", f"   `{step.call}`"]
    return "\n".join([*lines, *(f"   - {remark}" for remark in step.remarks)])


def index_of(stories: Sequence[Story]) -> str:
    """The page that leads to all of them."""
    head = [
        "# 联单的故事",
        "*Stories of custody: every step below is a call of the programming interface that the tests make*",
    ]
    items = [f"- [{each.title[0]}]({each.name}.md) — {each.title[1]}" for each in stories]
    return "\n\n".join([*head, "\n".join(items)]) + "\n"
