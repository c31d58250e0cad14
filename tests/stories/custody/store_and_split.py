"""A load waits in a licensed store and travels on in two parts: quantities sum, wet and dry."""

import pytest

from models.custody_words import Act
from tests.stories.custody.analysis import night_passes
from tests.stories.custody.story import Story
from tests.stories.custody.teller import Answer, Teller, leg, weighed

PILE = "A1"


def tell(teller: Teller) -> None:
    """In with 17 t, out with 7 t and 10 t, the pile at nothing."""
    teller.prose(
        "污泥运到有贮存许可的临时贮存点，过磅入库；随后分两车运走，每车一份拆分联单。",
        "A load comes to a licensed store and is weighed in. Two trucks take it on, each under a split "
        "manifest.",
    )
    legs = [leg("TRUCK-1", "PLANT", "STORE"), leg("TRUCK-2", "STORE", "SITE")]
    number = teller.issued("plant", "M-1", legs=legs)
    teller.signed("plant", number, Act.LOAD, weighed=weighed(17_000))
    teller.signed("driver", number, Act.DEPART)
    teller.signed("driver", number, Act.HAND_OVER, 40)
    assert teller.signed("store", number, Act.STORE, pile=PILE, weighed=weighed(17_000)).state == "in_store"
    assert in_the_pile(teller) == pytest.approx((17_000.0, 17_000.0 * 0.21))
    parts = {"M-2": 7_000, "M-3": 10_000}
    too_much = split(teller, "M-2", number, 17_500)
    assert (too_much.status, too_much.codes) == (422, ["custody.child_too_big"])
    trucks = ("TRUCK-1", "TRUCK-2")
    children = [
        split(teller, name, number, wet_kg, truck).number
        for (name, wet_kg), truck in zip(parts.items(), trucks, strict=True)
    ]
    for child, wet_kg in zip(children, parts.values(), strict=True):
        teller.signed("store", child, Act.LOAD, weighed=weighed(wet_kg))
        teller.signed("driver", child, Act.DEPART)
    assert in_the_pile(teller) == pytest.approx((0.0, 0.0))
    night_passes(teller)
    assert teller.whole(number)["state"] == "regrouped"
    told = teller.whole(number)["children"]
    assert sum(each["wet_kg"] for each in told) == 17_000
    assert sum(each["dry_kg"] for each in told) == pytest.approx(17_000 * 0.21)
    teller.prose(
        "堆体账面归零：入库 17 吨，出库 7 吨与 10 吨；绝干 3.57 吨一公斤不少。",
        "The pile stands at nothing: 17 t in, 7 t and 10 t out, and the 3.57 t of dry mass are all there.",
    )


def split(teller: Teller, name: str, parent: str, wet_kg: float, truck: str = "TRUCK-2") -> Answer:
    """A part of what lies in the store."""
    return teller.issue(
        "store",
        name,
        kind="split",
        origin="STORE",
        planned_kg=wet_kg,
        legs=[leg(truck, "STORE", "SITE")],
        parents=[{"number": parent, "wet_kg": wet_kg}],
    )


def in_the_pile(teller: Teller) -> tuple[float, float]:
    """Wet and dry kg by the books of the store."""
    items = teller.ask("store", "GET", "/stock", None).told["items"]
    found = [(each["wet_kg"], each["dry_kg"]) for each in items if each["pile"] == PILE]
    return found[0] if found else (0.0, 0.0)


STORY = Story("store_and_split", ("入库、拆分、出库", "Stored, split, sent on"), tell)
