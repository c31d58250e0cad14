"""What holds of all loads at every moment, whatever was tried? Asked of the tables alone (books.py)."""

from itertools import pairwise

from models.vocabulary import CustodyState, ReceiptDecision
from tests.tracking.custody.books import DEAD, NOT_LOADED, NOTHING, ONLY_GROW, Books, Kg
from tracking.rules.custody.arrows import ARROWS

ROUNDING_KG = (
    0.6  # parts are given in tenths of a kilogram; the last one takes what is left within half a one
)
S = CustodyState
KNOWN = {(arrow.source, arrow.target) for arrow in ARROWS}
ON_THE_WAY = frozenset({S.LOADED, S.IN_TRANSIT, S.AT_TRANSFER, S.ARRIVED})
STANDING = frozenset({S.AT_TRANSFER, S.ABORTED})


def only_arrows(books: Books) -> None:
    """Every event is an arrow, begins where the one before ended, and the last one is the state."""
    for load in books.loads:
        events = books.rows("custody_event", load)
        assert {(row["from_state"], row["to_state"]) for row in events} <= KNOWN
        assert all(row["to_state"] is following["from_state"] for row, following in pairwise(events))
        assert all(row["at"] <= following["at"] for row, following in pairwise(events))
        assert events[-1]["to_state"] is books.state(load)


def every_signer_signed(books: Books) -> None:
    """A step that asks for signatures has each of them, in a document of the same manifest."""
    documents = books.tables["signed_document"]
    for signature in books.tables["signature"].values():
        assert documents[signature["document_id"]]["manifest_id"] == signature["manifest_id"]
    for load in books.loads:
        signed = [row for row in books.tables["signature"].values() if row["manifest_id"] == load]
        for event in books.rows("custody_event", load):
            wanted = signers_of(event["from_state"], event["to_state"])
            there = sorted(
                row["capacity"].value for row in signed if row["server_at"] <= event["recorded_at"]
            )
            assert all(capacity in there for capacity in wanted), (event, there)


def signers_of(source: CustodyState | None, target: CustodyState) -> list[str]:
    """The capacities of the arrow that is quickest signed."""
    asked = [arrow.signers for arrow in ARROWS if (arrow.source, arrow.target) == (source, target)]
    return [capacity.value for capacity in min(asked, key=len)]


def nothing_is_forgotten(before: Books, after: Books) -> None:
    """Versions only grow, no manifest goes, and what may only be added to was only added to."""
    for load, row in before.loads.items():
        assert after.loads[load]["version"] >= row["version"]
        assert after.loads[load]["number"] == row["number"]
        if after.loads[load]["version"] == row["version"] and row["custody_state"] not in (S.DRAFT,):
            assert after.loads[load]["sludge_kind"] is row["sludge_kind"]
    for name in ONLY_GROW:
        older, newer = before.tables[name], after.tables[name]
        assert all(newer[row_id] == row for row_id, row in older.items())


def children_are_their_parents(books: Books) -> None:
    """What children take is never more than the load had; when it has ended, all of it is under them."""
    for load in books.loads:
        whole, promised, gone = books.passable(load), books.promised(load), books.gone(load)
        assert promised.wet <= whole.wet + ROUNDING_KG, (load, whole, promised)
        assert promised.dry <= whole.dry + ROUNDING_KG, (load, whole, promised)
        if books.state(load) in (S.REGROUPED, S.CLOSED):
            assert not books.waiting_children(load)
            assert abs(whole - gone) <= ROUNDING_KG, (load, whole, gone)


def loads_stay_what_they_were(books: Books) -> None:
    """A load that nobody corrected or surveyed is what it was loaded with, from parents or from the plant."""
    for load in books.loads:
        if books.state(load) not in NOT_LOADED and not books.put_right(load):
            assert abs(books.worth(load) - books.entered(load)) <= ROUNDING_KG, load


def piles_are_what_lies_there(books: Books) -> None:
    """A pile's ledger holds of each load what was put down or accepted, less what left."""
    burnt = {row["manifest_id"] for row in books.tables["disposal"].values()}
    for load in books.loads:
        lies = NOTHING
        if books.state(load) is S.IN_STORE or books.regrouped_in_store(load):
            lies = books.put_down(load) - books.gone(load)
        elif books.decision(load) is not None and load not in burnt:
            lies = books.accepted(load)
        assert abs(books.in_piles(load) - lies) <= ROUNDING_KG, (load, books.in_piles(load), lies)
        assert books.in_piles(load).dry >= -ROUNDING_KG


def rests(books: Books, load: int) -> Kg:
    """What of the load is under this manifest alone, on the way, standing, refused, in a pile or burnt."""
    if books.state(load) in NOT_LOADED:
        return NOTHING
    return books.worth(load) - books.gone(load)


def every_tonne_has_one_manifest(books: Books) -> None:
    """What plants loaded is what rests under all manifests together; dead ones and ended ones have none.

    Put right: what corrections and surveys changed since a load began.
    """
    loaded, put_right, resting = NOTHING, NOTHING, NOTHING
    for load in books.loads:
        rest, receipt = rests(books, load), books.decision(load)
        resting += rest
        if books.state(load) in NOT_LOADED:
            continue
        if books.loads[load]["kind"].value == "normal":
            loaded += books.entered(load)
        put_right += books.worth(load) - books.entered(load)
        kept = receipt is not None and receipt["decision"] is not ReceiptDecision.REJECTED
        if books.state(load) in (S.REGROUPED, S.CLOSED) and not kept:
            assert abs(rest) <= ROUNDING_KG, (load, rest)
        assert rest.dry >= -ROUNDING_KG, (load, rest)
    assert abs(loaded + put_right - resting) <= ROUNDING_KG * max(1, len(books.loads))


def the_dead_carry_nothing(books: Books) -> None:
    """A manifest that was cancelled or has expired never left, and no child took of it."""
    for load in books.loads:
        if books.state(load) in DEAD:
            assert books.loads[load]["leg_seq"] == 0
            assert books.gone(load) == NOTHING


def one_open_question_each(books: Books) -> None:
    """At most one hold stands and one correction is open on a manifest."""
    holds = [row["manifest_id"] for row in books.tables["hold"].values() if row["lifted_at"] is None]
    asked = [row["manifest_id"] for row in books.tables["correction"].values() if row["ended_at"] is None]
    assert len(holds) == len(set(holds))
    assert len(asked) == len(set(asked))


LAWS = (
    only_arrows,
    every_signer_signed,
    children_are_their_parents,
    loads_stay_what_they_were,
    piles_are_what_lies_there,
    every_tonne_has_one_manifest,
    the_dead_carry_nothing,
    one_open_question_each,
)
