"""What is a warning of a step?"""

from dataclasses import dataclass

from models.values import Reason
from models.vocabulary import FindingKind


@dataclass(frozen=True, slots=True)
class Warned:
    """A finding that this step may raise, with its reason (catalogue "reasons")."""

    kind: FindingKind
    field: str
    reason: Reason
