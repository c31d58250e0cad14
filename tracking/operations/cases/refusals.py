"""What can stand against an act in a case or an objection?

Each is one of the refusals of custody, so that pages and the programming interface word them alike:
CaseUnknown (404), NotYours (403), CaseMoved (409); a field that is wrong is a StepBlocked (422).
"""

from datetime import datetime

from models.custody_words import CaseState
from tracking.operations.custody.refusals import CustodyRefused, ManifestUnknown, NotYourSignature


class CaseUnknown(ManifestUnknown):
    """There is no such case, finding or question for this viewer."""


class NotYours(NotYourSignature):
    """Another role's to do."""


class CaseMoved(CustodyRefused):
    """Somebody else moved the case since the page was read."""

    def __init__(self, by: str, at: datetime, state: CaseState) -> None:
        super().__init__(f"{by} moved the case at {at.isoformat()}: it is {state.value} now")
        self.by, self.at, self.state = by, at, state
