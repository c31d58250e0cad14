"""Hebei 2022: sludge of another kind is mixed in and used in ways that no permit names."""

from models.custody_words import Act
from tests.stories.custody.analysis import findings_after, kinds, paper, paper_comes_in
from tests.stories.custody.records import permit
from tests.stories.custody.story import Story
from tests.stories.custody.teller import Teller, weighed


def tell(teller: Teller) -> None:
    """Kind at issue, method at disposal, both in the paper."""
    teller.prose(
        "河北 2022：把不该收的污泥混进来，再作土地利用。这里的处置厂只许可焚烧脱水污泥。",
        "Hebei 2022: sludge that should not be there is mixed in and spread on land. Here the site may "
        "incinerate "
        "dewatered sludge and nothing else.",
    )
    given = {"sludge_kinds": ["dewatered"], "methods": ["incineration"], "valid_from": "2026-01-01"}
    permit(teller, "XK-2026-02", **given)
    answer = teller.issue("plant", "M-0", sludge_kind="liquid")
    assert (answer.status, answer.fields) == (422, ["sludge_kind"])
    assert answer.codes == ["custody.kind_not_permitted"]
    number = teller.issued("plant", "M-1")
    teller.signed("plant", number, Act.LOAD, weighed=weighed(17_000))
    teller.signed("driver", number, Act.DEPART)
    teller.signed("gate", number, Act.ARRIVE, 50, weighed={"gross_kg": 27_980})
    teller.signed("gate", number, Act.ACCEPT, weighed=weighed(16_980))
    answer = teller.sign("gate", number, Act.DISPOSE, 60, method="land_use")
    assert (answer.status, answer.fields, answer.codes) == (422, ["method"], ["custody.method_not_permitted"])
    in_the_paper(teller)


def in_the_paper(teller: Teller) -> None:
    """Both again, as reported."""
    teller.prose(
        "写在纸上的同样两件事：一车液态污泥，一车作了土地利用。",
        "The same two on paper: a load of liquid sludge, and one that was spread on land.",
    )
    used = {"at": (teller.town.now).isoformat(), "method": "land_use", "mass_kg": 16_980}
    papers = [
        paper(teller, "HB-1", "TRUCK-1", minutes=-400, sludge_kind="liquid"),
        paper(teller, "HB-2", "TRUCK-2", minutes=-400, disposed=used),
    ]
    paper_comes_in(teller, papers)
    teller.later(600)
    found = findings_after(teller)
    assert "not_permitted" in kinds(found, "HB-1")
    assert "not_permitted" in kinds(found, "HB-2")


STORY = Story(
    "other_sludge", ("河北 2022：不该收的污泥", "Hebei 2022: sludge that should not be there"), tell
)
