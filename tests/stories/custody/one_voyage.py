"""A vessel's voyage carries two loads: one act of the master, a signature for each manifest."""

from typing import Any

from models.custody_words import Act
from tests.stories.custody.story import Story
from tests.stories.custody.teller import Answer, Teller, leg, weighed

SAID = {
    Act.TAKE_OVER: ("两份联单均在运输中，各有签名", "both manifests in transit, each with a signature"),
    Act.HAND_OVER: ("两份联单均已交出", "both manifests handed over"),
}


def tell(teller: Teller) -> None:
    """Taken on together, given over together; nothing is taken on after sailing."""
    teller.prose(
        "两车污泥运到码头，均已交出。船长开立一个航次，一次签名接运码头上的两份联单，每份联单各留一个签名。",
        "Two loads come to the wharf by truck and are handed over. The master opens a voyage and "
        "takes both on "
        "with one act; each manifest keeps a signature of its own.",
    )
    early = [on_the_quay(teller, "M-1", "TRUCK-1"), on_the_quay(teller, "M-2", "TRUCK-2")]
    voyage = opened(teller)
    taken = together(teller, voyage, Act.TAKE_OVER, ("接运全航次", "Take over all of the voyage"))
    assert sorted(each["number"] for each in taken.told["items"]) == sorted(early)
    assert {each["state"] for each in taken.told["items"]} == {"in_transit"}
    assert len({each["signature"] for each in taken.told["items"]}) == len(early)
    teller.later(10)
    sailed = teller.call(
        "master", f"/voyages/{voyage}/sail", {}, ("开航", "The vessel sails"), said=("已开航", "sailed")
    )
    assert sailed.status == 200
    teller.prose(
        "开航以后又到一车：这个航次不再接运。",
        "Another load comes after sailing: this voyage takes nothing on.",
    )
    late = on_the_quay(teller, "M-3", "TRUCK-1")
    refused = together(teller, voyage, Act.TAKE_OVER, ("再接运一份", "Take over one more"), [late])
    assert refused.status == 422
    teller.later(240)
    given = together(teller, voyage, Act.HAND_OVER, ("交出全航次", "Hand over all of the voyage"))
    assert {each["state"] for each in given.told["items"]} == {"at_transfer"}
    assert teller.whole(late)["state"] == "at_transfer"
    assert teller.whole(late)["custodian"] == "ROAD-CO"


def on_the_quay(teller: Teller, name: str, truck: str) -> str:
    """A load that its truck has handed over at the wharf."""
    legs = [
        leg(truck, "PLANT", "WHARF-1"),
        leg("VESSEL-1", "WHARF-1", "WHARF-2", "water"),
        leg("TRUCK-2", "WHARF-2", "SITE"),
    ]
    number = teller.issued("plant", name, legs=legs)
    teller.signed("plant", number, Act.LOAD, weighed=weighed(17_000))
    teller.signed("driver", number, Act.DEPART)
    teller.signed("driver", number, Act.HAND_OVER, 30)
    return number


def opened(teller: Teller) -> str:
    """The code of a voyage between the wharves."""
    body = {"vehicle": "VESSEL-1", "origin": "WHARF-1", "destination": "WHARF-2"}
    answer = teller.call(
        "master", "/voyages", body, ("开立航次 HC-1", "Open voyage HC-1"), said=("已开立", "open")
    )
    assert answer.status == 201, answer.told
    code = str(answer.told["code"])
    teller.record.names[code] = "HC-1"
    return code


def together(
    teller: Teller, voyage: str, act: Act, what: tuple[str, str], numbers: list[str] | None = None
) -> Answer:
    """One act for the loads of a voyage."""
    teller.later(10)
    body: dict[str, Any] = {"act": act.value}
    if numbers is not None:
        body["numbers"] = numbers
    return teller.call("master", f"/voyages/{voyage}/steps", body, what, said=SAID[act])


STORY = Story("one_voyage", ("一个航次、多份联单", "One voyage, many manifests"), tell)
