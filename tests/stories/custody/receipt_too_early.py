"""A receipt is signed before the load has left, and an arrival is dated before the departure."""

from datetime import timedelta

from models.custody_words import Act
from tests.stories.custody.story import Story
from tests.stories.custody.teller import Teller, weighed


def tell(teller: Teller) -> None:
    """There is no arrow, and no time, for what has not happened."""
    teller.prose(
        "处置单位“帮忙”先把接收签了，车还在产生单位装载。",
        "The site is helpful and signs the receipt in advance, while the truck is still being loaded.",
    )
    number = teller.issued("plant", "M-1")
    teller.signed("plant", number, Act.LOAD, weighed=weighed(17_000))
    for act in (Act.ARRIVE, Act.ACCEPT):
        assert teller.sign("gate", number, act, 1, weighed=weighed(17_000)).status == 409
    teller.prose(
        "车走了以后，到场时间又被写到启运之前。",
        "After the truck has left, its arrival is dated before its departure.",
    )
    teller.signed("driver", number, Act.DEPART)
    before = (teller.town.now - timedelta(minutes=20)).isoformat()
    answer = teller.sign("gate", number, Act.ARRIVE, 50, at=before)
    assert (answer.status, answer.fields) == (422, ["at"])
    assert answer.codes == ["custody.before_the_last_step"]
    assert teller.whole(number)["state"] == "in_transit"
    assert teller.signed("gate", number, Act.ARRIVE, 1, weighed={"gross_kg": 28_000}).state == "arrived"


STORY = Story("receipt_too_early", ("先收货、后启运", "A receipt before its departure"), tell)
