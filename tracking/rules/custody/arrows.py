"""Which steps exist? The whole state machine as one table; an arrow that is not in it is refused.

DOMAIN.md section 5, with two additions (docs/decisions/0010): a load that is split or grouped ends as
REGROUPED, and a draft can be discarded. docs/custody.md is generated from this table.
"""

from dataclasses import dataclass

from models.custody_words import Act, Capacity
from models.vocabulary import CustodyState
from tracking.rules.custody.guards import (
    Guard,
    in_order_of_time,
    never_departed,
    no_open_correction,
    not_on_hold,
    reason_given,
)
from tracking.rules.custody.guards_family import (
    all_passed_on,
    child_as_its_parts,
    family_fits,
    parents_not_on_hold,
    reload_as_stored,
    within_parents,
)
from tracking.rules.custody.guards_issue import (
    approved_out_of_province,
    dredged_from_works,
    legs_complete,
    legs_join,
    parties_active,
    places_in_force,
    plan_open,
)
from tracking.rules.custody.guards_receipt import (
    by_a_site,
    children_closed,
    gap_decided,
    masses_sum,
    method_permitted,
    paper_confirmed,
    taken_back,
    weighed_to_accept,
    whole_of_accepted,
)
from tracking.rules.custody.guards_way import (
    at_the_named_gate,
    in_store_at_a_node,
    next_leg_exists,
    next_vehicle_fits,
    nothing_passed_on,
    on_its_last_leg,
    plausible_weighing,
    something_left_in_store,
    voyage_takes_it,
    weighed_to_load,
)

S = CustodyState


@dataclass(frozen=True, slots=True)
class Arrow:
    """One step: from a state, by an act, to a state.

    signers: who must sign it, each once; the state changes with the last. Blank: nobody, the machine's.
    custodian: who answers for the load afterwards; blank: whoever did before.
    guards: what can keep it from happening, besides those of ALWAYS.
    leg: 1 where it begins the next leg.
    """

    act: Act
    source: CustodyState | None
    target: CustodyState
    signers: tuple[Capacity, ...]
    guards: tuple[Guard, ...] = ()
    custodian: Capacity | None = None
    leg: int = 0


ALWAYS: tuple[Guard, ...] = (not_on_hold, in_order_of_time)
"""Guards of every arrow."""

ISSUING = (
    places_in_force,
    parties_active,
    plan_open,
    approved_out_of_province,
    legs_complete,
    legs_join,
    dredged_from_works,
    family_fits,
    within_parents,
)
ENDING = (children_closed, no_open_correction, paper_confirmed)
DISPOSING = (by_a_site, method_permitted, whole_of_accepted)
DECIDING = (weighed_to_accept, plausible_weighing, masses_sum)
ORIGIN, CARRIER, STORE, RECEIVER = Capacity.ORIGIN, Capacity.CARRIER, Capacity.STORE, Capacity.RECEIVER

ARROWS: tuple[Arrow, ...] = (
    Arrow(Act.DRAW_UP, None, S.DRAFT, ()),
    Arrow(Act.DISCARD, S.DRAFT, S.CANCELLED, ()),
    Arrow(Act.ISSUE, S.DRAFT, S.ISSUED, (ORIGIN,), ISSUING, ORIGIN),
    Arrow(Act.EXPIRE, S.ISSUED, S.EXPIRED, ()),
    Arrow(Act.CANCEL, S.ISSUED, S.CANCELLED, (ORIGIN,), (reason_given, never_departed)),
    Arrow(
        Act.LOAD,
        S.ISSUED,
        S.LOADED,
        (ORIGIN,),
        (weighed_to_load, child_as_its_parts, parents_not_on_hold),
        ORIGIN,
    ),
    Arrow(Act.CANCEL_LOADED, S.LOADED, S.CANCELLED, (ORIGIN, CARRIER), (reason_given, never_departed)),
    Arrow(
        Act.DEPART,
        S.LOADED,
        S.IN_TRANSIT,
        (CARRIER,),
        (next_leg_exists, next_vehicle_fits, voyage_takes_it, parents_not_on_hold),
        CARRIER,
        leg=1,
    ),
    Arrow(Act.HAND_OVER, S.IN_TRANSIT, S.AT_TRANSFER, (CARRIER,), (next_leg_exists, plausible_weighing)),
    Arrow(
        Act.TAKE_OVER,
        S.AT_TRANSFER,
        S.IN_TRANSIT,
        (CARRIER,),
        (next_leg_exists, next_vehicle_fits, plausible_weighing, nothing_passed_on, voyage_takes_it),
        CARRIER,
        leg=1,
    ),
    Arrow(
        Act.STORE,
        S.AT_TRANSFER,
        S.IN_STORE,
        (STORE,),
        (in_store_at_a_node, plausible_weighing, nothing_passed_on),
        STORE,
    ),
    Arrow(
        Act.RELOAD,
        S.IN_STORE,
        S.LOADED,
        (STORE,),
        (next_leg_exists, weighed_to_load, something_left_in_store, nothing_passed_on, reload_as_stored),
        STORE,
    ),
    Arrow(
        Act.ARRIVE,
        S.IN_TRANSIT,
        S.ARRIVED,
        (RECEIVER,),
        (on_its_last_leg, at_the_named_gate, plausible_weighing),
    ),
    Arrow(Act.ACCEPT, S.ARRIVED, S.ACCEPTED, (RECEIVER,), DECIDING, RECEIVER),
    Arrow(Act.PART_ACCEPT, S.ARRIVED, S.PART_ACCEPTED, (RECEIVER,), (*DECIDING, reason_given), RECEIVER),
    Arrow(Act.REJECT, S.ARRIVED, S.REJECTED, (RECEIVER,), (*DECIDING, reason_given)),
    Arrow(Act.DISPOSE, S.ACCEPTED, S.DISPOSED, (RECEIVER,), DISPOSING, RECEIVER),
    Arrow(Act.DISPOSE, S.PART_ACCEPTED, S.DISPOSED, (RECEIVER,), DISPOSING, RECEIVER),
    Arrow(Act.ABORT, S.IN_TRANSIT, S.ABORTED, (CARRIER,), (reason_given,)),
    Arrow(Act.REGROUP, S.AT_TRANSFER, S.REGROUPED, (), (all_passed_on,)),
    Arrow(Act.REGROUP, S.IN_STORE, S.REGROUPED, (), (all_passed_on,)),
    Arrow(Act.CLOSE, S.ACCEPTED, S.CLOSED, (), (taken_back, *ENDING, gap_decided)),
    Arrow(Act.CLOSE, S.PART_ACCEPTED, S.CLOSED, (), (taken_back, *ENDING, gap_decided)),
    Arrow(Act.CLOSE, S.DISPOSED, S.CLOSED, (), (*ENDING, gap_decided)),
    Arrow(Act.CLOSE, S.REJECTED, S.CLOSED, (), ENDING),
    Arrow(Act.CLOSE, S.ABORTED, S.CLOSED, (), ENDING),
    Arrow(Act.CLOSE, S.REGROUPED, S.CLOSED, (), ENDING),
)

MACHINES = frozenset({Act.EXPIRE, Act.REGROUP, Act.CLOSE})
"""Acts that nobody signs, because nobody but the machine takes them."""

BY_START = {(arrow.act, arrow.source): arrow for arrow in ARROWS}
ENDS = frozenset(CustodyState) - {arrow.source for arrow in ARROWS if arrow.source is not None}
"""States that nothing leaves."""


def arrow_for(act: Act, state: CustodyState | None) -> Arrow | None:
    """The arrow of an act from a state, or None where there is none."""
    return BY_START.get((act, state))


def acts_from(state: CustodyState) -> tuple[Act, ...]:
    """What people can do with a manifest in this state, in the order of the table."""
    return tuple(arrow.act for arrow in ARROWS if arrow.source is state and arrow.act not in MACHINES)
