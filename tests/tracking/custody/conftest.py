"""The cast of custody on a fresh database."""

import pytest
from sqlalchemy.orm import Session

from tests.tracking.custody.haulage import Haulage, haulage


@pytest.fixture
def town(session: Session) -> Haulage:
    """A plant, carriers, wharves, a store, a site, and their people."""
    return haulage(session)
