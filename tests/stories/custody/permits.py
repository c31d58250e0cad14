"""How does a story's facility get its permit? As the regulator put it on record before the story begins."""

from models.facilities import Facility
from models.permits import FacilityPermit
from models.session import write_sessions
from tests.stories.custody.teller import Teller


def permit(teller: Teller, given: FacilityPermit, of: Facility | None = None) -> None:
    """Put a permit on record, the site's where no other facility is named."""
    given.facility_id = (of or teller.town.site).id
    with write_sessions(teller.engine).begin() as session:
        session.add(given)
