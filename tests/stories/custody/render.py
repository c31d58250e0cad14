"""How do the stories get into the docs? Each is told on a fresh SQLite database and its page is written."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from models.migrate import upgrade
from models.session import open_engine
from tests.commands import configured
from tests.stories.custody.house import open_house
from tests.stories.custody.page import DOCS, index_of, page_of
from tests.stories.custody.shelf import STORIES
from tests.stories.custody.story import Story


def told(story: Story, folder: Path) -> str:
    """The page of a story that is told in `folder`."""
    url = f"sqlite:///{folder / 'story.db'}"
    upgrade(url)
    engine = open_engine(url)
    try:
        with pytest.MonkeyPatch.context() as patch, configured(url, patch):
            teller = open_house(engine, folder)
            story.tell(teller)
            return page_of(story, teller.record)
    finally:
        engine.dispose()


def main() -> None:
    """Write all pages."""
    DOCS.mkdir(parents=True, exist_ok=True)
    for story in STORIES:
        with TemporaryDirectory() as folder:
            (DOCS / f"{story.name}.md").write_text(told(story, Path(folder)), "utf-8")
    (DOCS / "README.md").write_text(index_of(STORIES), "utf-8")


if __name__ == "__main__":
    main()
