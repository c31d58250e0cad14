"""Guigang 2018: forged slips for vehicles that do not exist; plant and site write the same figures."""

from tests.stories.custody.analysis import findings_after, kinds, paper, paper_comes_in
from tests.stories.custody.story import Story
from tests.stories.custody.teller import Teller, leg

INVENTED = "GUI-R-00000"


def tell(teller: Teller) -> None:
    """The interface refuses the vehicle; paper that names it speaks."""
    teller.prose(
        "贵港 2018：污水处理厂与接收单位串通，用不存在的车辆填写磅单，账面上每天都有污泥运出。",
        "Guigang 2018: plant and receiver collude; slips name vehicles that do not exist, and on paper "
        "sludge leaves "
        "every day.",
    )
    answer = teller.issue("plant", "M-1", legs=[leg(INVENTED, "PLANT", "SITE")])
    assert (answer.status, answer.codes) == (422, ["custody.no_carrier", "custody.vehicle_not_registered"])
    assert answer.fields == ["legs[0].carrier", "legs[0].vehicle"]
    teller.prose(
        "未登记的车辆签不出联单。若同一批磅单以纸质形式上报，系统照单全收，然后指出它们的矛盾。",
        "No manifest is issued for a vehicle that nobody registered. When the same slips come in as "
        "reported paper, "
        "they are taken as they are, and then they speak.",
    )
    slips = [paper(teller, f"GG-{day}", INVENTED, minutes=200 * day) for day in range(3)]
    paper_comes_in(teller, slips)
    teller.later(3 * 200 + 600)
    found = findings_after(teller)
    for slip in slips:
        assert "unknown_vehicle" in kinds(found, slip["number"])
    assert set(teller.desk.verdicts().values()) == {"contradicted"}


STORY = Story(
    "invented_vehicles", ("贵港 2018：不存在的车辆", "Guigang 2018: vehicles that do not exist"), tell
)
