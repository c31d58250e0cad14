"""A rescue manifest wants more than broke down, and a second child wants what the first one took."""

from models.custody_words import Act
from tests.stories.custody.story import Story
from tests.stories.custody.teller import Answer, Teller, leg, weighed


def tell(teller: Teller) -> None:
    """What travels on is never more than what there was."""
    teller.prose(
        "一号车途中抛锚，17 吨污泥由二号车接走。调度填了 17.5 吨。",
        "Truck 1 breaks down; truck 2 takes its 17 t over. The dispatcher writes 17.5 t.",
    )
    number = teller.issued("plant", "M-1")
    teller.signed("plant", number, Act.LOAD, weighed=weighed(17_000))
    teller.signed("driver", number, Act.DEPART)
    teller.signed("driver", number, Act.ABORT, 20, reason="发动机故障")
    answer = rescue(teller, "M-2", number, 17_500)
    assert (answer.status, answer.fields) == (422, ["parents[0].wet_kg"])
    assert answer.codes == ["custody.child_too_big"]
    assert rescue(teller, "M-2", number, 10_000).status == 201
    teller.prose(
        "接走 10 吨以后，第二份救援联单又要 8 吨，而只剩 7 吨。",
        "After 10 t were taken over a second rescue wants 8 t, and 7 t are left.",
    )
    answer = rescue(teller, "M-3", number, 8_000)
    assert (answer.status, answer.codes) == (422, ["custody.child_too_big"])
    assert rescue(teller, "M-3", number, 7_000).status == 201
    children = teller.whole(number)["children"]
    assert sum(each["wet_kg"] for each in children) == 17_000


def rescue(teller: Teller, name: str, parent: str, wet_kg: float) -> Answer:
    """Another truck takes a part over at the roadside."""
    return teller.issue(
        "dispatcher",
        name,
        kind="rescue",
        planned_kg=wet_kg,
        legs=[leg("TRUCK-2", "PLANT", "SITE")],
        parents=[{"number": parent, "wet_kg": wet_kg}],
        place=[31.02, 120.1],
    )


STORY = Story("child_too_big", ("子联单大于母联单", "A child bigger than its parent"), tell)
