"""Which changes of custody does a manifest's paper report?

Derived from the blocks that are there: issued, loaded, handed over, received, disposed (DOMAIN.md
section 5). A loaded vehicle has left: paper has no other word for departure.
"""

from dataclasses import dataclass
from datetime import datetime

from demo.scenario.rows import ManifestRow
from models.vocabulary import CustodyState, ReceiptDecision

PAPER = "paper"  # who says so, where only the paper does
DECIDED = {
    ReceiptDecision.ACCEPTED: CustodyState.ACCEPTED,
    ReceiptDecision.PART_ACCEPTED: CustodyState.PART_ACCEPTED,
    ReceiptDecision.REJECTED: CustodyState.REJECTED,
}


@dataclass(frozen=True, slots=True)
class Change:
    """A change of custody state; `leg_seq` is 0 where it belongs to no leg."""

    to_state: CustodyState
    leg_seq: int
    at: datetime
    actor: str = PAPER
    reason: str | None = None
    recorded_at: datetime | None = None


def reported_changes(row: ManifestRow) -> list[Change]:
    """The chain in the order of life, the last being the present state.

    A manifest that people moved step by step says itself what happened.
    """
    if row.live is not None and row.live.custody:
        return [
            Change(each.to_state, each.leg_seq, each.at, each.actor, each.reason, each.recorded_at)
            for each in row.live.custody
        ]
    changes = [Change(CustodyState.ISSUED, 0, row.issued_at)]
    if row.loaded is not None:
        first = row.legs[0].seq
        changes.append(Change(CustodyState.LOADED, 0, row.loaded.at))
        changes.append(Change(CustodyState.IN_TRANSIT, first, row.loaded.at))
    for leg, following in zip(row.legs, row.legs[1:], strict=False):
        if leg.handover_at is not None:
            changes.append(Change(CustodyState.AT_TRANSFER, leg.seq, leg.handover_at))
            changes.append(Change(CustodyState.IN_TRANSIT, following.seq, leg.handover_at))
    if row.received is not None:
        changes.append(Change(CustodyState.ARRIVED, 0, row.received.at))
        if row.receipt is not None:
            changes.append(Change(DECIDED[row.receipt.decision], 0, row.received.at))
    if row.disposal is not None:
        changes.append(Change(CustodyState.DISPOSED, 0, row.disposal.at))
    return changes
