"""Suining 2021: a site takes in more than its permit allows."""

from models.custody_words import Act
from tests.stories.custody.records import permit, plan
from tests.stories.custody.story import Story
from tests.stories.custody.teller import Answer, Teller, leg, weighed

LOADS = 3


def tell(teller: Teller) -> None:
    """The standing plan stops what goes beyond its quota; a day beyond the permit is told at once."""
    teller.prose(
        "睢宁 2021：四十二家污水厂把污泥送往同一处置场，许可每年 5 万吨，实际填埋 22 万多吨。"
        "这里的处置厂每日许可 40 吨。",
        "Suining 2021: 42 plants send their sludge to one site, which buries more than 220 000 t on a "
        "permit of 50 000 t "
        "a year. Here the site may treat 40 t a day.",
    )
    permit(teller, "XK-2026-01", t_per_day=40, t_per_year=10_000, valid_from="2026-01-01")
    plan(teller, "JH-1", 40)
    numbers = [planned(teller, load).number for load in range(1, LOADS)]
    refused = planned(teller, LOADS)
    assert (refused.status, refused.fields, refused.codes) == (422, ["plan"], ["custody.plan_used_up"])
    teller.prose(
        "计划限额用完，第三份联单签不出来。绕开计划另签一份，三车 51 吨当天都进了厂：最后一次处置登记时，"
        "系统当场提示超过许可的日处置量。",
        "The quota is used up and the third manifest is not issued under the plan. Issued without it, 51 "
        "t come in on "
        "one day, and the last entry of disposal says at once that this is more than the permit allows.",
    )
    numbers.append(teller.issued("plant", f"M-{LOADS}"))
    warned = [hauled(teller, number, 17_000 + 60 * load) for load, number in enumerate(numbers)]
    assert warned == [[], [], ["over_capacity.day"]]


def planned(teller: Teller, load: int) -> Answer:
    """A load under the plan."""
    truck = "TRUCK-1" if load % 2 else "TRUCK-2"
    return teller.issue("plant", f"M-{load}", plan="JH-1", legs=[leg(truck, "PLANT", "SITE")])


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
