"""Does paper get in only through a window that the regulator opened, and by the same arrows?

Whether its signatures are confirmed is asked in test_paper_confirmed.py.
"""

from datetime import timedelta

import pytest
from sqlalchemy import select

from models.custody_words import Act, Assurance, ManifestSource, SigningMethod
from models.manifests import CustodyEvent, Manifest
from models.signatures import Signature
from models.vocabulary import CustodyState
from tests.tracking.custody.haulage import Haulage
from tests.tracking.custody.test_family import reasons
from tracking.operations.custody.emergency import (
    PaperStep,
    WindowDraft,
    close_window,
    continue_on_paper,
    enter_paper,
    open_window,
)
from tracking.operations.custody.refusals import ActNotPossible, NotYourSignature, StepBlocked
from tracking.rules.custody.facts import Given, Weighed


def window(town: Haulage, **given: object) -> int:
    """For paper of the last two days, to be entered within a week."""
    values = {
        "covers_from": town.now - timedelta(days=2),
        "covers_to": town.now,
        "enter_until": town.now + timedelta(days=7),
        "reason": "the network was down",
    }
    draft = WindowDraft(**values | given)  # type: ignore[arg-type]
    return open_window(town.session, draft, town.viewer("regulator"), town.setting())


def paper(town: Haulage) -> list[PaperStep]:
    """Yesterday's journey as the paper shows it."""
    begun = town.now - timedelta(days=1)
    weighed = Weighed(at=begun, gross_kg=28_000.0, tare_kg=11_000.0, moisture_fraction=0.79)
    return [
        PaperStep(Act.ISSUE, Given(at=begun), "plant clerk"),
        PaperStep(Act.LOAD, Given(at=begun + timedelta(minutes=20), weighed=weighed), "plant clerk"),
        PaperStep(Act.DEPART, Given(at=begun + timedelta(minutes=30)), "driver on paper"),
        PaperStep(Act.ARRIVE, Given(at=begun + timedelta(minutes=90)), "gate on paper"),
    ]


def test_a_whole_journey_of_yesterday_is_entered_today(town: Haulage) -> None:
    window(town)
    steps = paper(town)
    number = enter_paper(town.session, town.draft(), steps, town.viewer("plant"), town.setting())
    row = town.session.scalars(select(Manifest).where(Manifest.number == number)).one()
    assert (row.source, row.custody_state) == (ManifestSource.EMERGENCY, CustodyState.ARRIVED)
    assert row.issued_at == steps[0].given.at
    signed = town.session.scalars(select(Signature).order_by(Signature.id)).all()
    assert {each.method for each in signed} == {SigningMethod.EMERGENCY_PAPER}
    assert {each.assurance for each in signed} == {Assurance.LOW}
    orgs = [each.organisation_id for each in signed]
    assert orgs == [town.plant_org.id, town.plant_org.id, town.road_org.id, town.site_org.id]
    events = town.session.scalars(select(CustodyEvent).order_by(CustodyEvent.id)).all()
    assert [row.at for row in events[1:]] == [step.given.at for step in steps]
    assert {row.recorded_at for row in events} == {town.now}
    assert town.sign(number, Act.ACCEPT, "gate", weighed=town.weighed(17_000.0)).event_id


def test_without_a_window_for_these_times_paper_is_refused(town: Haulage) -> None:
    def refused() -> list[tuple[str, str]]:
        with pytest.raises(StepBlocked) as found:
            enter_paper(town.session, town.draft(), paper(town), town.viewer("plant"), town.setting())
        return reasons(found)

    shut = [("at", "no_emergency_window")]
    assert refused() == shut
    window(town, covers_from=town.now - timedelta(hours=12))  # not of yesterday morning
    assert refused() == shut
    window(town, organisation=town.site_org.code)  # another's
    assert refused() == shut
    window(town, enter_until=town.now + timedelta(minutes=1))
    town.later(2)
    assert refused() == shut


def test_paper_goes_by_the_same_arrows_and_guards(town: Haulage) -> None:
    window(town)
    steps = paper(town)
    enter = (town.session, town.draft())
    with pytest.raises(ActNotPossible):
        enter_paper(*enter, [steps[0], steps[3]], town.viewer("plant"), town.setting())
    early = PaperStep(Act.LOAD, Given(at=steps[0].given.at - timedelta(hours=1)), "clerk")
    with pytest.raises(StepBlocked) as refused:
        enter_paper(*enter, [steps[0], early], town.viewer("plant"), town.setting())
    assert ("steps[1].at", "before_the_last_step") in reasons(refused)
    with pytest.raises(StepBlocked) as refused:
        enter_paper(*enter, steps[1:], town.viewer("plant"), town.setting())
    assert reasons(refused) == [("steps", "paper_begins_with_issue")]
    only_machine = PaperStep(Act.EXPIRE, steps[1].given, "clerk")
    with pytest.raises(ActNotPossible):
        enter_paper(*enter, [steps[0], only_machine], town.viewer("plant"), town.setting())


def test_of_a_live_manifest_everybody_enters_the_own_signatures(town: Haulage) -> None:
    number = town.on_the_road()
    town.later(2 * 1_440)
    window(town, covers_from=town.now - timedelta(days=3))
    came = PaperStep(Act.ARRIVE, Given(at=town.now - timedelta(hours=47)), "gate on paper")
    with pytest.raises(NotYourSignature):
        continue_on_paper(town.session, number, [came], town.viewer("plant"), town.setting())
    taken = continue_on_paper(town.session, number, [came], town.viewer("gate"), town.setting())
    assert taken[0].custody.state is CustodyState.ARRIVED


def test_only_a_regulator_opens_a_window(town: Haulage) -> None:
    day = timedelta(days=1)
    draft = WindowDraft(town.now - day, town.now, town.now + day, "flood")
    with pytest.raises(NotYourSignature):
        open_window(town.session, draft, town.viewer("plant"), town.setting())
    with pytest.raises(StepBlocked) as refused:
        window(town, covers_to=town.now - timedelta(days=3), enter_until=town.now, reason=" ")
    assert [code for _field, code in reasons(refused)] == [
        "window_ends_before_it_begins",
        "window_over_already",
        "reason_missing",
    ]


def test_the_regulator_closes_a_window_before_its_time(town: Haulage) -> None:
    opened = window(town)
    with pytest.raises(NotYourSignature):
        close_window(town.session, opened, town.viewer("plant"), town.setting())
    close_window(town.session, opened, town.viewer("regulator"), town.setting())
    with pytest.raises(StepBlocked) as refused:
        enter_paper(town.session, town.draft(), paper(town), town.viewer("plant"), town.setting())
    assert reasons(refused) == [("at", "no_emergency_window")]
    with pytest.raises(StepBlocked) as refused:
        close_window(town.session, opened, town.viewer("regulator"), town.setting())
    assert reasons(refused) == [("window", "window_over_already")]
    with pytest.raises(StepBlocked) as refused:
        close_window(town.session, opened + 1, town.viewer("regulator"), town.setting())
    assert reasons(refused) == [("window", "not_known")]
