"""Are several loads that stand in a store put together on a page, summed, checked and kept as typed?"""

from sqlalchemy import select

from models.lineage import ManifestLink
from models.manifests import Manifest
from models.vocabulary import CustodyState, ManifestKind
from tests.cast import PASSWORD
from tests.tracking.custody.haulage import Haulage
from tests.web.desks.conftest import Desk, rows


def two_in_store(town: Haulage) -> tuple[str, str]:
    """Two loads of 17 t each in the store."""
    numbers = town.in_store(), town.in_store()
    town.session.commit()
    town.later(5)
    return numbers


def typed(town: Haulage, *parts: tuple[str, str]) -> dict[str, str]:
    """The form of a group, filled in."""
    form = {
        "kind": "group",
        "legs": "1",
        "origin": town.store.code,
        "destination": town.site.code,
        "sludge_kind": "dewatered",
        "leg1_mode": "road",
        "leg1_vehicle": town.far_truck.code,
        "leg1_from": town.store.code,
        "leg1_to": town.site.code,
        "password": PASSWORD,
        "do": "issue",
    }
    for at, (number, amount) in enumerate(parts, start=1):
        form |= {f"parent{at}": number, f"part{at}_t": amount}
    return form


def test_loads_are_chosen_and_filled_in_with_what_is_left(town: Haulage, desk: Desk) -> None:
    first, second = two_in_store(town)
    store = desk("store")
    assert f"/issue/group?parent={first}&amp;choose=1" in store.get(f"/manifests/{first}").text
    choosing = store.get(f"/issue/group?parent={first}&choose=1").text
    assert f'value="{first}" checked' in choosing
    assert f'value="{second}">' in choosing
    form = store.get(f"/issue/group?go=1&parent={first}&parent={second}").text
    assert 'name="part1_t" type="text" value="17"' in form
    assert 'name="part2_t" type="text" value="17"' in form
    assert "<strong data-sum>34.00</strong>" in form
    assert f'name="origin" type="text" value="{town.store.code}"' in form


def test_one_load_is_no_group_and_another_party_s_is_not_there(town: Haulage, desk: Desk) -> None:
    first, second = two_in_store(town)
    alone = desk("store").get(f"/issue/group?go=1&parent={first}")
    assert 'role="alert"' in alone.text
    assert f'value="{second}"' not in desk("gate").get("/issue/group").text
    assert desk("store").get(f"/issue/group?parent={first}&parent=20260101-00000000").status_code == 404
    assert desk("driver").get("/issue/group").status_code == 403


def test_a_group_is_issued_with_the_amounts_that_were_typed(town: Haulage, desk: Desk) -> None:
    first, second = two_in_store(town)
    answer = desk("store").post("/issue", data=typed(town, (first, "10"), (second, "15,5")))
    assert answer.status_code == 302, answer.text
    child = rows(town, select(Manifest).where(Manifest.kind == ManifestKind.GROUP))[0]
    assert (child.custody_state, child.planned_kg) == (CustodyState.ISSUED, 25_500.0)
    assert rows(town, select(ManifestLink.wet_kg).order_by(ManifestLink.id)) == [10_000.0, 15_500.0]


def test_too_much_of_one_load_is_said_beside_its_amount(town: Haulage, desk: Desk) -> None:
    first, second = two_in_store(town)
    answer = desk("store").post("/issue", data=typed(town, (first, "10"), (second, "17.6")))
    assert answer.status_code == 422
    assert 'href="#part2_t"' in answer.text
    assert 'href="#part1_t"' not in answer.text
    assert 'name="part2_t" type="text" value="17.6"' in answer.text
    assert rows(town, select(ManifestLink)) == []


def test_a_blank_amount_leaves_the_load_out_and_no_number_is_refused_in_place(
    town: Haulage, desk: Desk
) -> None:
    first, second = two_in_store(town)
    third = town.in_store()
    town.session.commit()
    store = desk("store")
    wrong = store.post("/issue", data=typed(town, (first, ""), (second, "many"), (third, "1")))
    assert wrong.status_code == 422
    assert 'href="#part2_t"' in wrong.text
    beyond = store.post("/issue", data=typed(town, (first, ""), (second, "1"), (third, "99")))
    assert 'href="#part3_t"' in beyond.text
    kept = store.post("/issue", data=typed(town, (first, ""), (second, "2"), (third, "1")))
    assert kept.status_code == 302, kept.text
    assert rows(town, select(ManifestLink.wet_kg).order_by(ManifestLink.id)) == [2_000.0, 1_000.0]


def test_the_draft_of_a_group_keeps_all_its_loads(town: Haulage, desk: Desk) -> None:
    first, second = two_in_store(town)
    store = desk("store")
    kept = store.post("/issue", data=typed(town, (first, "10"), (second, "15")) | {"do": "keep"})
    page = store.get(kept.headers["Location"]).text
    assert f'name="parent1" value="{first}"' in page
    assert 'name="part2_t" type="text" value="15"' in page
    more = store.post("/issue", data=typed(town, (first, "10"), (second, "15")) | {"do": "more"}).text
    assert f'name="parent2" value="{second}"' in more
