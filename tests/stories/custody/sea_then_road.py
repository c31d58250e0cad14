"""A leg by sea is followed by a leg by road: each is judged by its own mode and by no other."""

from models.custody_words import Act
from tests.stories.custody.records import licence
from tests.stories.custody.story import Story
from tests.stories.custody.teller import Teller, leg, weighed


def tell(teller: Teller) -> None:
    """The vessel needs no road licence, the truck no waterway licence, in either order."""
    teller.prose(
        "先船后车：船只有船舶营业运输证，车只有道路运输证。各段只按自己的运输方式核验，"
        "前一段是什么方式与它无关。",
        "First by vessel, then by truck. The vessel has a waterway licence only and the truck a road "
        "licence only: each "
        "leg is looked at by its own mode, whatever came before it.",
    )
    for vehicle in ("VESSEL-1", "TRUCK-2"):
        licence(teller, vehicle)
    legs = [leg("VESSEL-1", "PLANT", "WHARF-2", "water"), leg("TRUCK-2", "WHARF-2", "SITE")]
    number = teller.issued("plant", "M-1", legs=legs)
    teller.signed("plant", number, Act.LOAD, weighed=weighed(17_000))
    teller.signed("master", number, Act.DEPART)
    teller.signed("master", number, Act.HAND_OVER, 240)
    answer = teller.signed("driver", number, Act.TAKE_OVER, 20)
    assert (answer.state, answer.told["leg_seq"]) == ("in_transit", 2)
    assert teller.signed("gate", number, Act.ARRIVE, 40, weighed={"gross_kg": 28_000}).state == "arrived"
    teller.prose(
        "写错了方式，才会被拦下：车不能走水路。",
        "Only what is wrong is stopped: a truck does not go by water.",
    )
    wrong = [leg("VESSEL-1", "PLANT", "WHARF-2", "water"), leg("TRUCK-2", "WHARF-2", "SITE", "water")]
    answer = teller.issue("plant", "M-2", legs=wrong)
    assert answer.status == 422
    assert set(answer.fields) == {"legs[1].vehicle"}
    assert "custody.vehicle_of_other_mode" in answer.codes


STORY = Story("sea_then_road", ("先船后车", "By sea, then by road"), tell)
