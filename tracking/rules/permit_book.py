"""Who was permitted what on a day? All permits, licences and approvals, prepared once for the analysis."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from models.vocabulary import Mode
from tracking.rules.custody.guards_issue import LICENCES
from tracking.rules.custody.standings import ApprovalStanding, Licence, PlaceStanding


@dataclass(frozen=True, slots=True)
class PermitBook:
    """By row id, approvals by number. What is not on record limits nothing."""

    places: Mapping[int, PlaceStanding] = field(default_factory=dict)
    licences: Mapping[int, tuple[Licence, ...]] = field(default_factory=dict)
    approvals: Mapping[str, ApprovalStanding] = field(default_factory=dict)

    def licensed(self, vehicle_id: int, mode: Mode, day: date) -> bool:
        """Has the vehicle a licence of its mode on that day? True where none at all is on record for it."""
        held = self.licences.get(vehicle_id, ())
        return not held or any(
            each.kind is LICENCES[mode]
            and each.valid_from <= day
            and (each.valid_to is None or day <= each.valid_to)
            for each in held
        )

    def approved(self, number: str | None, origin_id: int, destination_id: int, day: date) -> bool:
        """Does the named approval hold for these two places on that day?"""
        approval = None if number is None else self.approvals.get(number)
        return (
            approval is not None
            and (approval.origin_id, approval.destination_id) == (origin_id, destination_id)
            and approval.valid_from <= day
            and (approval.valid_to is None or day <= approval.valid_to)
        )
