"""Does a limit come in by a regulator, count once it is there, and stay what it is once confirmed?"""

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models.journeys import ManifestMark
from models.values import Viewer
from models.vocabulary import Role
from tests import factories as make
from tracking.operations.administer.limits import LimitDraft, confirm_limit, enter_limit
from tracking.operations.administer.refusals import NotAdministering, NothingThere
from tracking.operations.custody.refusals import StepBlocked
from tracking.operations.seed_limits import seed_limits
from tracking.queries.rule_table import limit_by_id, rule_table

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TODAY = date(2026, 3, 2)
STRICTER = LimitDraft("moisture_into:landfill", 0.5, False, "fraction", "CJJ 176", date(2026, 3, 1), "3.2")


def person(session: Session, role: Role) -> Viewer:
    row = make.user(session, role)
    return Viewer(row.role, None, row.id, row.display_name)


def test_a_new_limit_takes_over_on_its_day(session: Session) -> None:
    seed_limits(session)
    key = enter_limit(session, STRICTER, person(session, Role.REGULATOR), NOW, ZONE, "省里的要求")
    newest, before = rule_table(session, TODAY, subject="moisture_into:landfill")
    assert (newest.id, newest.holds, newest.confirmed, newest.valid_to) == (key, True, False, None)
    assert (before.value, before.holds, before.valid_to) == (0.60, False, date(2026, 2, 28))
    assert [(each.act, each.note) for each in newest.changes] == [("entered", "省里的要求")]


def test_an_administrator_confirms_and_nobody_changes_it_then(session: Session) -> None:
    regulator, keeper = person(session, Role.REGULATOR), person(session, Role.ADMINISTRATOR)
    key = enter_limit(session, STRICTER, regulator, NOW, ZONE)
    wrong = LimitDraft("moisture_into:landfill", 0.55, False, "fraction", "CJJ 176", date(2026, 3, 1))
    assert enter_limit(session, wrong, regulator, NOW, ZONE) == key
    with pytest.raises(NotAdministering):
        confirm_limit(session, key, regulator, NOW)
    confirm_limit(session, key, keeper, NOW, "正式文本第 3.2 条")
    confirm_limit(session, key, keeper, NOW)
    row = limit_by_id(session, key, TODAY)
    assert row is not None
    assert (row.value, row.confirmed) == (0.55, True)
    assert [each.act for each in row.changes] == ["entered", "entered", "confirmed"]
    assert row.changes[1].note == "(0.5 fraction -> 0.55 fraction)"
    with pytest.raises(StepBlocked) as refused:
        enter_limit(session, STRICTER, regulator, NOW, ZONE)
    assert refused.value.blocked[0].reason.code == "custody.limit_confirmed"
    with pytest.raises(NothingThere):
        confirm_limit(session, key + 1, keeper, NOW)


@pytest.mark.parametrize(
    ("draft", "field", "code"),
    [
        (LimitDraft("moisture_into:sea", 0.5, True, "fraction", "X", TODAY), "subject", "not_known"),
        (LimitDraft("moisture_leaving:plant", 80, True, "%", "X", TODAY), "unit", "unit_wanted"),
        (LimitDraft("moisture_leaving:plant", 80, True, "fraction", "X", TODAY), "value", "no_fraction"),
        (LimitDraft("lab:cd:land_use", -1, True, "mg/kg", "X", TODAY), "value", "not_positive"),
        (
            LimitDraft("moisture_leaving:plant", 0.8, True, "fraction", " ", TODAY),
            "standard",
            "field_missing",
        ),
    ],
)
def test_what_is_no_limit_is_refused(session: Session, draft: LimitDraft, field: str, code: str) -> None:
    with pytest.raises(StepBlocked) as refused:
        enter_limit(session, draft, person(session, Role.REGULATOR), NOW, ZONE)
    assert [(each.field, each.reason.code) for each in refused.value.blocked] == [(field, f"custody.{code}")]


def test_only_a_regulator_enters(session: Session) -> None:
    for role in (Role.ADMINISTRATOR, Role.PLANT, Role.DRIVER):
        with pytest.raises(NotAdministering):
            enter_limit(session, STRICTER, person(session, role), NOW, ZONE)


def test_manifests_from_that_day_on_are_judged_again(session: Session) -> None:
    load = make.haul(session)
    session.execute(delete(ManifestMark))
    regulator = person(session, Role.REGULATOR)
    enter_limit(session, replace(STRICTER, valid_from=date(2026, 4, 1)), regulator, NOW, ZONE)
    marked = select(ManifestMark.manifest_id).where(ManifestMark.dirty)
    assert session.scalars(marked).all() == []
    enter_limit(session, STRICTER, regulator, NOW, ZONE)
    assert session.scalars(marked).all() == [load.manifest.id]
