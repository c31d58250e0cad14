"""Suining 2021: a site takes in more than its permit allows."""

from datetime import date

from models.custody_words import Act
from models.permits import FacilityPermit
from tests.stories.custody.analysis import findings_after, kinds
from tests.stories.custody.permits import permit
from tests.stories.custody.story import Story
from tests.stories.custody.teller import Teller, leg, weighed

LOADS = 3


def tell(teller: Teller) -> None:
    """Three loads on a day at a site that may treat 40 t."""
    teller.prose(
        "睢宁 2021：四十二家污水厂把污泥送往同一处置场，许可每年 5 万吨，实际填埋 22 万多吨。"
        "这里的处置厂每日许可 40 吨，"
        "一天之内来了三车，共 51 吨。",
        "Suining 2021: 42 plants send their sludge to one site, which buries more than 220 000 t on a "
        "permit of 50 000 t "
        "a year. Here a site that may treat 40 t a day gets three loads of 17 t on one day.",
    )
    permit(
        teller,
        FacilityPermit(number="XK-2026-01", t_per_day=40.0, t_per_year=50.0, valid_from=date(2026, 1, 1)),
    )
    warned: list[str] = []
    for load in range(LOADS):
        truck = "TRUCK-1" if load % 2 else "TRUCK-2"
        number = teller.issued("plant", f"M-{load + 1}", legs=[leg(truck, "PLANT", "SITE")])
        warned += hauled(teller, number, 17_000 + 60 * load)
    teller.later(600)
    found = kinds(findings_after(teller))
    print(warned, found)


def hauled(teller: Teller, number: str, net_kg: float) -> list[str]:
    """One load from the plant into the furnace; codes of warnings at the site."""
    teller.signed("plant", number, Act.LOAD, weighed=weighed(net_kg, 0.78))
    teller.signed("driver", number, Act.DEPART)
    teller.signed("gate", number, Act.ARRIVE, 50, weighed={"gross_kg": 10_980 + net_kg})
    answers = [
        teller.signed("gate", number, Act.ACCEPT, weighed=weighed(net_kg - 20, 0.78)),
        teller.signed("gate", number, Act.DISPOSE, 20, method="incineration"),
    ]
    return [each["code"] for answer in answers for each in answer.told["warnings"]]


STORY = Story("beyond_permit", ("睢宁 2021：超许可接收", "Suining 2021: a site beyond its permit"), tell)
