"""Jiujiang 2017-18: the receiver is a shell firm that has no permit."""

from tests.stories.custody.analysis import findings_after, kinds, paper, paper_comes_in
from tests.stories.custody.records import permit
from tests.stories.custody.story import Story
from tests.stories.custody.teller import Teller


def tell(teller: Teller) -> None:
    """No permit on that day, no manifest; paper to that receiver is found out."""
    teller.prose(
        "九江 2017—2018：一万四千多吨污泥经船运出，接收方是没有资质的空壳公司，夜里直接倾倒。"
        "这里的处置厂许可已于上年底到期。",
        "Jiujiang 2017-18: more than 14 000 t leave by vessel for shell firms without a permit and are "
        "tipped at night. "
        "Here the site's permit ended with the year before.",
    )
    permit(teller, "XK-2023-07", valid_from="2023-01-01", valid_to="2025-12-31")
    answer = teller.issue("plant", "M-1")
    assert (answer.status, answer.fields) == (422, ["destination"])
    assert answer.codes == ["custody.no_permit_on_day"]
    teller.prose("同样的联单以纸质形式上报：", "The same manifest comes in as paper:")
    paper_comes_in(teller, [paper(teller, "JJ-1", "TRUCK-1")])
    teller.later(600)
    assert "not_permitted" in kinds(findings_after(teller), "JJ-1")


STORY = Story(
    "shell_firm", ("九江 2017—2018：没有许可的接收方", "Jiujiang 2017-18: a receiver without a permit"), tell
)
