"""Rushan 2024: water is added on the way, and sludge is "stored" where no store is licensed."""

from models.custody_words import Act
from tests.stories.custody.analysis import findings_after, kinds
from tests.stories.custody.story import Story
from tests.stories.custody.teller import Teller, leg, weighed


def tell(teller: Teller) -> None:
    """Wet tonnes agree; dry tonnes do not."""
    teller.prose(
        "乳山 2024：途中卸掉一部分污泥，再加水补足重量，过磅时湿重不差分毫；"
        "另一部分“临时堆存”在没有许可的地方。",
        "Rushan 2024: a part of the load is taken off on the way and water makes up the weight, so that "
        "the scale shows "
        "nothing; another part is stored for the time being where no store is licensed.",
    )
    number = teller.issued("plant", "M-1")
    teller.signed("plant", number, Act.LOAD, weighed=weighed(17_000, 0.78))
    teller.signed("driver", number, Act.DEPART)
    teller.signed("gate", number, Act.ARRIVE, 50, weighed={"gross_kg": 27_980})
    answer = teller.signed("gate", number, Act.ACCEPT, weighed=weighed(16_980, 0.86))
    assert answer.state == "accepted"
    teller.prose(
        "湿重只差 20 公斤，含水率却由 78% 升到 86%：干重少了三分之一以上。钱和责任都按干重算。",
        "Wet masses differ by 20 kg, but the moisture went from 78 % to 86 %: more than a third of the "
        "dry mass is "
        "missing, and dry mass is what counts.",
    )
    teller.later(600)
    found = kinds(findings_after(teller), number)
    assert {"dry_gap", "dilution"} <= found
    assert "wet_gap" not in found
    stored_anywhere(teller)


def stored_anywhere(teller: Teller) -> None:
    """A wharf without a licence to store takes over nothing."""
    teller.prose(
        "第二车运到码头，要求“先堆一堆”。码头没有贮存许可：污泥只能继续运走，不能留下。",
        "The second load comes to a wharf and is to be put down there for a while. The wharf is not "
        "licensed to store: "
        "the load travels on or goes back, it does not stay.",
    )
    by_water = [leg("TRUCK-2", "PLANT", "WHARF-1"), leg("VESSEL-1", "WHARF-1", "SITE", "water")]
    number = teller.issued("plant", "M-2", legs=by_water)
    teller.signed("plant", number, Act.LOAD, weighed=weighed(16_500, 0.79))
    teller.signed("driver", number, Act.DEPART)
    teller.signed("driver", number, Act.HAND_OVER, 40)
    answer = teller.sign("store", number, Act.STORE, pile="P-1", weighed=weighed(16_500, 0.79))
    assert (answer.status, answer.codes) == (422, ["custody.store_not_licensed"])
    assert teller.whole(number)["custodian"] == "ROAD-CO"


STORY = Story(
    "watered_down",
    ("乳山 2024：途中掺水、无证堆存", "Rushan 2024: watered down, stored without licence"),
    tell,
)
