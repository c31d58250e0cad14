"""Taipei 2023-24: the declared truck drives empty; its slips repeat one weight."""

from models.custody_words import Act
from tests.stories.custody.analysis import findings_after, kinds
from tests.stories.custody.story import Story
from tests.stories.custody.teller import Teller, weighed

LOADS = 6


def tell(teller: Teller) -> None:
    """Nobody weighs an empty truck: the figures of the first load are written again and again."""
    teller.prose(
        "台北 2023—2024：空车按申报路线行驶，磅单照抄。空车没有重量可称，只好一遍遍重复同一个数字。",
        "Taipei 2023-24: an empty truck drives the declared route and its slips are copied. There is "
        "nothing to weigh, "
        "and so one figure is written again and again.",
    )
    numbers = [teller.issued("plant", f"M-{load}", 20 if load else 10) for load in range(1, 2)]
    hauled(teller, numbers[0])
    for load in range(2, LOADS + 1):
        numbers.append(teller.issued("plant", f"M-{load}", 60))
        hauled(teller, numbers[-1])
    teller.later(600)
    found = findings_after(teller)
    assert "repeated_weight" in kinds(found)


def hauled(teller: Teller, number: str) -> None:
    """A load whose weights at both ends are to the kilogram those of the one before."""
    teller.signed("plant", number, Act.LOAD, weighed=weighed(17_260, 0.783))
    teller.signed("driver", number, Act.DEPART)
    teller.signed("gate", number, Act.ARRIVE, 50, weighed={"gross_kg": 28_260})
    teller.signed("gate", number, Act.ACCEPT, weighed=weighed(17_260, 0.783))


STORY = Story(
    "empty_truck", ("台北 2023—2024：空车照抄磅单", "Taipei 2023-24: an empty truck, copied slips"), tell
)
