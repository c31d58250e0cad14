"""In which service does a story happen? A fresh database with the cast, and a clock that stands still."""

from datetime import timedelta
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from app import create_app
from models.settings import Settings
from tests.desk import Desk
from tests.stories.custody.cast import settle
from tests.stories.custody.teller import Teller
from tests.tracking.custody.haulage import MORNING


def open_house(engine: Engine, folder: Path) -> Teller:
    """A teller on this database; `folder` holds the state of the service and paper that is loaded."""
    with Session(engine.execution_options(writes=True), expire_on_commit=False) as session:
        town = settle(session)
    settings = Settings(state_dir=str(folder / "state"), api_limit="100000 per minute")
    app = create_app(settings, engine)
    app.config.update(TESTING=True)
    town.now = MORNING + timedelta(hours=1)
    app.extensions["clock"] = lambda: town.now
    return Teller(app, town, engine, Desk(), folder)
