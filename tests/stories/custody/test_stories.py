"""Does each story come out as it must, and is its page in the docs what really happened?"""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.commands import configured
from tests.stories.custody.house import open_house
from tests.stories.custody.page import DOCS, HOW_TO_REGENERATE, index_of, page_of
from tests.stories.custody.shelf import STORIES
from tests.stories.custody.story import Story


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_story(
    story: Story, engine: Engine, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with configured(database_url, monkeypatch):
        teller = open_house(engine, tmp_path)
        story.tell(teller)

    written = DOCS / f"{story.name}.md"
    shown = written.read_text("utf-8") if written.is_file() else ""
    assert page_of(story, teller.record) == shown, f"regenerate the pages: {HOW_TO_REGENERATE}"


def test_the_index_names_every_story_and_no_other() -> None:
    assert (DOCS / "README.md").read_text("utf-8") == index_of(STORIES), f"regenerate: {HOW_TO_REGENERATE}"
    assert {path.stem for path in DOCS.glob("*.md")} == {story.name for story in STORIES} | {"README"}
