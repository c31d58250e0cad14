"""A signature is sent again: by a network that repeats, and by somebody who wants it to count twice."""

from typing import Any

from models.custody_words import Act
from tests.stories.custody.story import Story
from tests.stories.custody.teller import Teller, weighed


def tell(teller: Teller) -> None:
    """The same call gets the same answer; another call with the old signature gets a refusal."""
    number = teller.issued("plant", "M-1")
    teller.prose(
        "手机在信号边缘：装载签名发出后没有收到回答，于是又发一次。带同一幂等键的重发得到同一个回答，"
        "只签了一次。",
        "A phone at the edge of the network sends a signature, hears nothing and sends it again. With the "
        "same "
        "Idempotency-Key it gets the same answer, and there is one signature.",
    )
    head = {"Idempotency_Key": "loading-of-the-first-truck"}
    given: dict[str, Any] = {"weighed": weighed(17_000), "head": head}
    first = teller.signed("plant", number, Act.LOAD, **given)
    again = teller.signed("plant", number, Act.LOAD, 1, **given)
    assert first.told == again.told
    teller.prose(
        "若有人不带该键、把同一签名再用一次，系统回答是谁、何时已经签过；同一键用于别的内容，也不接受。",
        "Who uses the signature once more without that key is told who signed, and when; the key is not "
        "taken for "
        "other content either.",
    )
    replayed = teller.sign("plant", number, Act.LOAD, 1, weighed=weighed(17_000))
    assert replayed.status == 409
    other = teller.sign("plant", number, Act.LOAD, 1, weighed=weighed(9_000), head=head)
    assert other.status == 422
    told = teller.whole(number)
    assert [each["act"] for each in told["signatures"]] == ["issue", "load"]
    assert told["content"]["weighings"]["loaded"]["gross_kg"] == 28_000


STORY = Story("replayed_signature", ("签名重放", "A signature is replayed"), tell)
