"""A figure is corrected with everybody's signature, and the regulator stops and releases a load."""

from models.custody_words import Act
from tests.stories.custody.story import Both, Story
from tests.stories.custody.teller import Answer, Teller, weighed

TRUE_MOISTURE = 0.79
FIELD = "weighings.loaded.moisture"


def tell(teller: Teller) -> None:
    """Version 2 beside version 1; a hold stops decisions, not wheels."""
    teller.prose(
        "产生单位把含水率 79% 误录为 97%。已签名的内容不能涂改：提出更正，由涉及的各方同意，联单成为第 2 "
        "版，原值仍在。",
        "The plant typed 97 % of moisture instead of 79 %. What is signed is not painted over: a "
        "correction is asked "
        "for, everybody whom it touches agrees, and the manifest becomes version 2 with the old value kept.",
    )
    number = teller.issued("plant", "M-1")
    teller.signed("plant", number, Act.LOAD, weighed=weighed(17_000, 0.97))
    teller.signed("driver", number, Act.DEPART)
    asked = correction(teller, number, 0.96)
    assert asked.status >= 400
    asked = correction(teller, number, 0.97)
    assert asked.status == 201, asked.told
    agreed(teller, number, int(asked.told["id"]))
    stopped(teller, number)


def correction(teller: Teller, number: str, old: float) -> Answer:
    """The plant asks; `old` is what it believes to be there."""
    teller.later(10)
    body = {"number": number, "field": FIELD, "old": old, "new": TRUE_MOISTURE, "reason": "录入错误"}
    return teller.call("plant", "/corrections", body, ("申请更正含水率", "Ask to correct the moisture"))


def agreed(teller: Teller, number: str, correction_id: int) -> None:
    """Carrier and receiver agree, one after the other."""
    what: Both = ("同意更正", "Agree to the correction")
    yes = {"accepted": True, "reason": "与化验单一致"}
    path = f"/corrections/{correction_id}/answer"
    teller.later(10)
    waits = teller.call("dispatcher", path, yes, what, said=("待处置单位答复", "waits for the site"))
    assert (waits.told["state"], teller.whole(number)["version"]) == ("open", 1)
    teller.later(10)
    done = teller.call("gate", path, yes, what, said=("更正生效，联单第 2 版", "corrected: version 2"))
    assert (done.told["state"], teller.whole(number)["version"]) == ("accepted", 2)
    assert teller.whole(number)["content"]["weighings"]["loaded"]["moisture"] == TRUE_MOISTURE


def stopped(teller: Teller, number: str) -> None:
    """The regulator's hold."""
    teller.prose(
        "监管部门冻结联单：车可以进场，但接收、处置都要等解除。",
        "The regulator stops the manifest: the truck may come in, but nothing is accepted until it is "
        "released.",
    )
    teller.later(10)
    hold = {"number": number, "reason": "抽样检查"}
    assert (
        teller.call(
            "regulator", "/holds", hold, ("冻结联单", "Stop the manifest"), said=("已冻结", "stopped")
        ).status
        == 201
    )
    assert teller.signed("gate", number, Act.ARRIVE, 30, weighed={"gross_kg": 28_000}).state == "arrived"
    answer = teller.sign("gate", number, Act.ACCEPT, weighed=weighed(16_980))
    assert (answer.status, answer.codes) == (422, ["custody.on_hold"])
    release = {"number": number, "reason": "样品合格"}
    assert (
        teller.call(
            "regulator", "/holds/lift", release, ("解除冻结", "Release it"), said=("已解除", "released")
        ).status
        == 204
    )
    assert teller.signed("gate", number, Act.ACCEPT, weighed=weighed(16_980)).state == "accepted"


STORY = Story("hold_and_correction", ("更正与冻结", "A correction, and a hold"), tell)
