"""Does a case go from findings to a decision, and does each party see only its own part?"""

from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session

from models.cases import Attachment
from models.custody_words import CaseAct, CaseOutcome, CaseState
from models.organisations import User
from models.values import Viewer
from models.vocabulary import Role
from tests import factories as make
from tracking.operations.cases.ask_party import answer_question, ask_party
from tracking.operations.cases.decide_case import close_case, decide_case, reopen_case
from tracking.operations.cases.object_to_finding import object_to_finding
from tracking.operations.cases.open_case import add_finding, open_case
from tracking.operations.cases.refusals import CaseMoved, CaseUnknown, NotYours
from tracking.operations.cases.work_on_case import assign_case, attach_to_case, comment_case
from tracking.operations.custody.refusals import StepBlocked
from tracking.queries.case_questions import question_by_id, questions_to
from tracking.queries.cases import CaseFilter, case_by_number, case_page, cases_of_findings
from tracking.queries.objections import objections_to

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 12, 31, 17, 0, tzinfo=UTC)  # in the city the new year has begun


class Office:
    """A regulator and his colleague, a carrier with a finding against it, and another carrier."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.hauler, self.rival = make.organisation(session), make.organisation(session)
        self.regulator = self.person(Role.REGULATOR)
        self.colleague = self.person(Role.REGULATOR)
        self.dispatcher = self.person(Role.HAULER, self.hauler)
        self.stranger = self.person(Role.HAULER, self.rival)
        self.truck = make.vehicle(session, self.hauler)
        self.first = make.finding(session, by=self.truck, hauler_id=self.hauler.id).key
        self.second = make.finding(session, by=self.truck, hauler_id=self.hauler.id).key

    def person(self, role: Role, *org: object) -> Viewer:
        row: User = make.user(self.session, role, *org)  # type: ignore[arg-type]
        return Viewer(row.role, row.organisation_id, row.id, row.display_name)

    def opened(self, *keys: str) -> str:
        return open_case(self.session, keys or (self.first,), "夜间偏离路线", self.regulator, NOW, ZONE)

    def photo(self, by: Viewer) -> int:
        row = make.add(
            self.session,
            Attachment(
                digest="0" * 64,
                name="隧道.jpg",
                media_type="image/jpeg",
                size_bytes=3,
                content=b"\xff\xd8\xff",
                organisation_id=by.organisation_id,
                user_id=by.user_id,
                at=NOW,
            ),
        )
        return row.id

    def acts(self, number: str) -> list[CaseAct]:
        story = case_by_number(self.session, number, self.regulator)
        assert story is not None
        return [event.act for event in story.events]


@pytest.fixture
def office(session: Session) -> Office:
    return Office(session)


def field_and_code(refused: pytest.ExceptionInfo[StepBlocked]) -> list[tuple[str, str]]:
    return [(each.field, each.reason.code) for each in refused.value.blocked]


def test_from_findings_to_a_closed_case(office: Office, session: Session) -> None:
    number = office.opened()
    assert number == "AJ-2027-0001"
    add_finding(session, number, office.second, office.regulator, NOW)
    add_finding(session, number, office.second, office.regulator, NOW)
    username = session.get_one(User, office.colleague.user_id).username
    assign_case(session, number, username, office.regulator, NOW)
    comment_case(session, number, "已调阅卡口录像", office.colleague, NOW)
    attach_to_case(session, number, office.photo(office.colleague), office.colleague, NOW)
    decide_case(session, number, CaseOutcome.VIOLATION, "驾驶员承认", office.colleague, NOW)
    close_case(session, number, office.colleague, NOW)
    story = case_by_number(session, number, office.regulator)
    assert story is not None
    assert (story.row.state, story.row.outcome, story.row.findings) == (
        CaseState.CLOSED,
        CaseOutcome.VIOLATION,
        2,
    )
    assert story.row.assigned_username == username
    assert {finding.key for finding in story.findings} == {office.first, office.second}
    assert [event.act.value for event in story.events] == [
        "opened",
        "finding_added",
        "assigned",
        "commented",
        "attached",
        "decided",
        "closed",
    ]
    files = [event.file.name for event in story.events if event.file is not None]
    assert files == ["隧道.jpg"]


def test_numbers_count_on_within_the_city_s_year(office: Office) -> None:
    assert [office.opened(office.first), office.opened(office.second)] == ["AJ-2027-0001", "AJ-2027-0002"]


def test_a_finding_is_in_one_open_case_only(office: Office, session: Session) -> None:
    number = office.opened()
    with pytest.raises(StepBlocked) as refused:
        office.opened(office.second, office.first, "no-such-key")
    assert field_and_code(refused) == [
        ("findings[1]", "custody.finding_in_case"),
        ("findings[2]", "custody.finding_unknown"),
    ]
    decide_case(session, number, CaseOutcome.NOT_PROVEN, "无证据", office.regulator, NOW)
    close_case(session, number, office.regulator, NOW)
    again = office.opened()
    assert cases_of_findings(session, [office.first], office.regulator)[office.first].number == again


def test_a_party_is_asked_and_answers(office: Office, session: Session) -> None:
    number = office.opened()
    question = ask_party(session, number, office.hauler.code, "23:10 为何停车?", office.regulator, NOW)
    assert state_of(office, number) is CaseState.WAITING
    comment_case(session, number, "内部意见", office.regulator, NOW)
    seen = questions_to(session, office.dispatcher, only_open=True)
    assert [(each.id, each.text) for each in seen] == [(question, "23:10 为何停车?")]
    photo = office.photo(office.dispatcher)
    answer_question(session, question, "轮胎爆裂, 有照片", office.dispatcher, NOW, photo)
    assert state_of(office, number) is CaseState.OPEN
    answered = question_by_id(session, question, office.dispatcher)
    assert answered is not None
    assert answered.answer is not None
    assert answered.answer.text == "轮胎爆裂, 有照片"
    with pytest.raises(StepBlocked) as refused:
        answer_question(session, question, "再说一次", office.dispatcher, NOW)
    assert field_and_code(refused) == [("", "custody.question_answered")]


def test_the_case_waits_until_every_question_is_answered(office: Office, session: Session) -> None:
    number = office.opened()
    first = ask_party(session, number, office.hauler.code, "一?", office.regulator, NOW)
    second = ask_party(session, number, office.rival.code, "二?", office.regulator, NOW)
    answer_question(session, first, "答一", office.dispatcher, NOW)
    assert state_of(office, number) is CaseState.WAITING
    answer_question(session, second, "答二", office.stranger, NOW)
    assert state_of(office, number) is CaseState.OPEN


def test_other_parties_meet_nothing_of_it(office: Office, session: Session) -> None:
    number = office.opened()
    question = ask_party(session, number, office.hauler.code, "为何?", office.regulator, NOW)
    assert questions_to(session, office.stranger) == []
    assert case_by_number(session, number, office.dispatcher) is None
    assert case_page(session, office.dispatcher, CaseFilter()).rows == ()
    attempts: list[Callable[[], object]] = [
        lambda: answer_question(session, question, "我来答", office.stranger, NOW),
        lambda: comment_case(session, number, "看看", office.dispatcher, NOW),
        lambda: close_case(session, number, office.stranger, NOW),
        lambda: object_to_finding(session, office.first, "不是我", office.stranger, NOW),
    ]
    for attempt in attempts:
        with pytest.raises(CaseUnknown):
            attempt()
    with pytest.raises(NotYours):
        open_case(session, [office.first], "我开", office.dispatcher, NOW, ZONE)


def test_who_comes_second_learns_who_was_first(office: Office, session: Session) -> None:
    number = office.opened()
    decide_case(session, number, CaseOutcome.VIOLATION, "属实", office.colleague, NOW, CaseState.OPEN)
    with pytest.raises(CaseMoved) as moved:
        decide_case(
            session, number, CaseOutcome.NO_VIOLATION, "不属实", office.regulator, NOW, CaseState.OPEN
        )
    assert (moved.value.by, moved.value.state) == (office.colleague.name, CaseState.DECIDED)
    with pytest.raises(StepBlocked) as refused:
        decide_case(session, number, CaseOutcome.NO_VIOLATION, "不属实", office.regulator, NOW)
    assert field_and_code(refused) == [("", "custody.case_not_in_state")]


def test_a_closed_case_takes_nothing_until_it_is_reopened(office: Office, session: Session) -> None:
    number = office.opened()
    with pytest.raises(StepBlocked):
        close_case(session, number, office.regulator, NOW)
    decide_case(session, number, CaseOutcome.NOT_PROVEN, "无证据", office.regulator, NOW)
    close_case(session, number, office.regulator, NOW)
    with pytest.raises(StepBlocked):
        comment_case(session, number, "又及", office.regulator, NOW)
    reopen_case(session, number, "新证据", office.regulator, NOW)
    comment_case(session, number, "又及", office.regulator, NOW)
    story = case_by_number(session, number, office.regulator)
    assert story is not None
    assert (story.row.state, story.row.outcome) == (CaseState.OPEN, None)
    assert CaseAct.DECIDED in office.acts(number)


def test_words_are_asked_for(office: Office, session: Session) -> None:
    number = office.opened()
    for text, code in (("  ", "custody.field_missing"), ("长" * 4001, "custody.too_long")):
        with pytest.raises(StepBlocked) as refused:
            comment_case(session, number, text, office.regulator, NOW)
        assert field_and_code(refused) == [("text", code)]
    with pytest.raises(StepBlocked) as refused:
        attach_to_case(session, number, office.photo(office.dispatcher), office.regulator, NOW)
    assert field_and_code(refused) == [("attachment", "custody.attachment_unknown")]
    with pytest.raises(StepBlocked) as refused:
        assign_case(session, number, "nobody", office.regulator, NOW)
    assert field_and_code(refused) == [("assigned_to", "custody.no_such_regulator")]


def test_an_objection_with_a_photo(office: Office, session: Session) -> None:
    photo = office.photo(office.dispatcher)
    object_to_finding(session, office.first, "隧道内无信号", office.dispatcher, NOW, photo)
    read = objections_to(session, [office.first], office.regulator)
    assert [(each.text, each.file.name if each.file else None) for each in read] == [
        ("隧道内无信号", "隧道.jpg")
    ]
    assert objections_to(session, [office.first], office.dispatcher) == read
    assert objections_to(session, [office.first], office.stranger) == []
    with pytest.raises(NotYours):
        object_to_finding(session, office.first, "我反对", office.regulator, NOW)


def test_the_list_is_filtered_and_goes_on(office: Office, session: Session) -> None:
    first, second = office.opened(office.first), office.opened(office.second)
    decide_case(session, second, CaseOutcome.NO_VIOLATION, "无", office.regulator, NOW)
    page = case_page(session, office.regulator, CaseFilter(), limit=1)
    assert [row.number for row in page.rows] == [second]
    rest = case_page(session, office.regulator, CaseFilter(), after=page.after)
    assert [row.number for row in rest.rows] == [first]
    decided = CaseFilter(state=CaseState.DECIDED, outcome=CaseOutcome.NO_VIOLATION, text="偏离")
    assert [row.number for row in case_page(session, office.regulator, decided).rows] == [second]
    about = case_page(session, office.regulator, CaseFilter(finding=office.first))
    assert [row.number for row in about.rows] == [first]


def state_of(office: Office, number: str) -> CaseState:
    story = case_by_number(office.session, number, office.regulator)
    assert story is not None
    return story.row.state
