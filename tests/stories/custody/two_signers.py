"""Two devices of one plant sign the same act at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from models.custody_words import Act
from reports.wording import label
from tests.stories.custody.story import Story
from tests.stories.custody.teller import Answer, Teller, weighed

PAIR = ("plant", "second")


def tell(teller: Teller) -> None:
    """One signature counts, the other device is told who was first."""
    teller.prose(
        "磅房和办公室的两台终端看到同一份已签发的联单，同时签署装载，重量各写各的。",
        "Two devices of the plant, at the scale and in the office, see the same issued manifest and sign "
        "its loading "
        "at the same moment, each with a weight of its own.",
    )
    number = teller.issued("plant", "M-1")
    teller.later(10)
    for who in PAIR:
        teller.token(who)
    barrier = Barrier(len(PAIR))

    def signs(who: str, net_kg: float) -> Answer:
        body = {"act": "load", "weighed": weighed(net_kg), "seen": {"state": "issued", "version": 1}}
        barrier.wait(timeout=10)
        return teller.ask(who, "POST", f"/manifests/{number}/steps", body)

    with ThreadPoolExecutor(len(PAIR)) as pool:
        first, other = sorted(pool.map(signs, PAIR, (17_000, 16_400)), key=lambda answer: answer.status)
    assert (first.status, other.status) == (200, 409)
    again = {"act": "load", "weighed": weighed(16_400), "seen": {"state": "issued", "version": 1}}
    other.english = teller.ask("second", "POST", f"/manifests/{number}/steps", again, "en").told
    what = (label(Act.LOAD, "zh"), label(Act.LOAD, "en"))
    teller.note("plant", what, f"POST /api/v1/manifests/{number}/steps", first)
    teller.note("second", what, f"POST /api/v1/manifests/{number}/steps", other)
    told = teller.whole(number)
    assert [each["act"] for each in told["signatures"]] == ["issue", "load"]
    assert len(told["content"]["weighings"]) == 1
    teller.prose(
        "只有一个签名生效，另一台终端得知是谁、在什么时间先签的；联单上只有一次过磅。",
        "One signature counts. The other device learns who signed first, and when; the manifest holds one "
        "weighing.",
    )


STORY = Story("two_signers", ("两人同时签名", "Two sign at once"), tell)
