"""The cast of custody, and a scale at the plant."""

import pytest
from sqlalchemy.orm import Session

from models.fleet import Scale
from tests.factories import scale
from tests.tracking.custody.haulage import Haulage, haulage


@pytest.fixture
def town(session: Session) -> Haulage:
    return haulage(session)


@pytest.fixture
def plant_scale(town: Haulage) -> Scale:
    return scale(town.session, town.plant)
