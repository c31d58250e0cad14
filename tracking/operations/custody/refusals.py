"""What can stand against a step of custody?

CustodyRefused
├── ManifestUnknown      there is none, or it is somebody else's
├── StepBlocked          guards say why, by field
├── ActNotPossible       the manifest is in a state from which no such arrow leads
├── TakenMeanwhile       somebody signed first
├── NotYourSignature     another organisation, or a login that signs nothing, or one that has signed already
└── NotASignature        the password or one-time code is wrong, used up or out of time
"""

from collections.abc import Sequence
from datetime import datetime

from models.custody_words import Act
from models.vocabulary import CustodyState
from tracking.rules.custody.facts import Blocked


class CustodyRefused(Exception):
    """Base of all."""


class ManifestUnknown(CustodyRefused):
    """There is no such manifest for this viewer."""


class StepBlocked(CustodyRefused):
    """Guards refuse; every reason at once."""

    def __init__(self, blocked: Sequence[Blocked]) -> None:
        super().__init__("; ".join(f"{each.field}: {each.reason.code}" for each in blocked))
        self.blocked = tuple(blocked)


class ActNotPossible(CustodyRefused):
    """No arrow of this act leaves the state."""

    def __init__(self, act: Act, state: CustodyState) -> None:
        super().__init__(f"{act.value} is not possible in state {state.value}")
        self.act, self.state = act, state


class TakenMeanwhile(CustodyRefused):
    """Already signed by X at T."""

    def __init__(self, by: str, at: datetime, state: CustodyState) -> None:
        super().__init__(f"already signed by {by} at {at.isoformat()}: it is {state.value} now")
        self.by, self.at, self.state = by, at, state


class NotYourSignature(CustodyRefused):
    """This signature is another's to give."""


class NotASignature(CustodyRefused):
    """The proof of who signs does not hold; `why` is a code of the catalogue "custody"."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why
