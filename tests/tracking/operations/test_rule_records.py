"""Are findings and decisions counted for the rule that raised them?"""

from datetime import timedelta

from sqlalchemy.orm import Session

from models.vocabulary import DecisionOutcome, FindingKind, Role
from tests import factories as make
from tests.city_factories import DAY, ms, user
from tracking.queries.rule_records import rule_records


def test_the_last_word_about_each_standing_finding_of_the_window_counts(session: Session) -> None:
    inspector = user(session, role=Role.REGULATOR)
    kind = FindingKind.OFF_ROUTE
    first, second, _open = (make.finding(session, kind) for _ in range(3))
    old = make.finding(session, kind, start=DAY - timedelta(days=200))
    make.decision(session, first, inspector, DecisionOutcome.CONFIRM)
    make.decision(session, first, inspector, DecisionOutcome.DISMISS)
    make.decision(session, second, inspector, DecisionOutcome.CONFIRM)
    make.decision(session, old, inspector, DecisionOutcome.CONFIRM)
    make.finding(session, FindingKind.WET_GAP)
    records = {record.kind: record for record in rule_records(session, ms(DAY + timedelta(days=30)))}
    told = records[kind]
    assert (told.raised, told.confirmed, told.explained, told.dismissed) == (3, 1, 0, 1)
    assert records[FindingKind.WET_GAP].decided == 0
    assert told.vehicle_hours == 0.0
