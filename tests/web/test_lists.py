"""Do lists filter, sort, go on and leave as files as they are asked to?"""

import csv
import re
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from models.session import write_sessions
from models.values import Viewer
from models.vocabulary import CustodyState, FindingKind, Role, Severity, VerdictValue
from tests import cast
from tests import factories as make
from tests.cast import Cast
from tests.factories import DAY
from tests.web.conftest import SignIn
from tracking.queries.finding_list import FindingFilter, FindingOrder, finding_page_of_queue
from tracking.queries.keyset import Page
from tracking.queries.manifest_list import ManifestFilter, ManifestOrder, ManifestRow, manifest_page
from web.csv_answers import every, safe_cell
from web.query_string import written_after

LOADS = 7
WATCHER = Viewer(Role.REGULATOR)
NUMBER = re.compile(r'<a class="number" href="/manifests/([^"]+)"')


@pytest.fixture
def many(engine: Engine, people: Cast) -> Cast:
    """Seven more loads of ours: three issued at one moment, scores that repeat."""
    with write_sessions(engine).begin() as session:
        for number in range(LOADS):
            issued_at = DAY + timedelta(minutes=30 * min(number, 4))
            state = CustodyState.IN_TRANSIT if number == 0 else CustodyState.ACCEPTED
            row = make.manifest(
                session,
                people.ours.plant,
                people.ours.site,
                number=f"EXTRA_{number}",
                issued_at=issued_at,
                custody_state=state,
                hauler_id=people.ours.vehicle.organisation_id,
            )
            make.leg(session, row, people.ours.vehicle, driver="许%" if number == 3 else "许金龙")
            make.verdict(session, row, VerdictValue.CONSISTENT, score=0.1 * (number % 2))
            severity = Severity.LOW if number % 2 else Severity.MEDIUM
            make.finding(
                session, FindingKind.OVERDUE, row, score=0.5, severity=severity, key=f"late-{number}"
            )
    return people


def numbers(client: FlaskClient, path: str) -> list[str]:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return NUMBER.findall(answer.text)


@pytest.mark.parametrize("order", ManifestOrder)
def test_pages_put_together_are_the_whole_list(order: ManifestOrder, engine: Engine, many: Cast) -> None:
    with Session(engine) as session:
        whole = manifest_page(session, WATCHER, ManifestFilter(), order).rows
        one_by_one: list[str] = []
        after = None
        while True:
            page = manifest_page(session, WATCHER, ManifestFilter(), order, after, limit=2)
            one_by_one += [row.number for row in page.rows]
            after = page.after
            if after is None:
                break
    assert one_by_one == [row.number for row in whole]
    assert len(set(one_by_one)) == LOADS + 2


@pytest.mark.parametrize("order", FindingOrder)
def test_the_queue_put_together_is_whole(order: FindingOrder, engine: Engine, many: Cast) -> None:
    with Session(engine) as session:
        whole = finding_page_of_queue(session, WATCHER, FindingFilter(), order).rows
        pages = every(
            lambda after, _limit: finding_page_of_queue(session, WATCHER, FindingFilter(), order, after, 3)
        )
        assert [row.key for row in pages] == [row.key for row in whole]
    assert len(whole) == LOADS + 2


def test_orders_sort_as_they_say(engine: Engine, many: Cast) -> None:
    with Session(engine) as session:

        def shown(order: ManifestOrder) -> Page[ManifestRow]:
            return manifest_page(session, WATCHER, ManifestFilter(), order)

        newest = [row.issued_at for row in shown(ManifestOrder.NEWEST).rows]
        oldest = [row.issued_at for row in shown(ManifestOrder.OLDEST).rows]
        names = [row.number for row in shown(ManifestOrder.NUMBER).rows]
        scores = [row.score for row in shown(ManifestOrder.DOUBTFUL).rows]
    assert newest == sorted(newest, reverse=True)
    assert oldest == sorted(oldest)
    assert names == sorted(names)
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("verdict=contradicted", {"M-QY-1", "M-BH-1"}),
        ("verdict=pending", set()),
        ("state=in_transit", {"EXTRA_0"}),
        ("plant=P-BH-1", {"M-BH-1"}),
        ("plant=P-BH-1&verdict=consistent", set()),
        ("hauler=TT", {"M-BH-1"}),
        ("vehicle=V-BH-1", {"M-BH-1"}),
        ("q=EXTRA_3", {"EXTRA_3"}),
        ("q=extra_3", {"EXTRA_3"}),
        ("q=苏E·BH-1", {"M-BH-1"}),
        ("q=许%25", {"EXTRA_3"}),
        ("q=%25", {"EXTRA_3"}),
        ("q=A_1", {"EXTRA_1"}),
        ("site=SITE&since=2026-03-03", set()),
        ("since=2026-03-02&until=2026-03-02&q=BH", {"M-BH-1"}),
        ("until=2026-03-01", set()),
    ],
)
def test_filters_find_what_they_name(query: str, found: set[str], sign_in: SignIn, many: Cast) -> None:
    assert set(numbers(sign_in(cast.REGULATOR), f"/manifests?{query}")) == found


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", LOADS + 2),
        ("kind=overdue", LOADS),
        ("severity=high", 2),
        ("severity=low&kind=overdue", 3),
        ("manifest=EXTRA_1", 1),
        ("vehicle=V-BH-1", 1),
        ("q=F-QY-1", 1),
        ("q=苏E·QY-1", 1),
        ("decided=confirm", 0),
        ("decided=all", LOADS + 2),
        ("since=2026-03-03", 0),
    ],
)
def test_the_queue_filters(query: str, count: int, sign_in: SignIn, many: Cast) -> None:
    text = sign_in(cast.REGULATOR).get(f"/findings?{query}").text
    assert len(set(re.findall(r'href="/findings/([^"?]+)"', text))) == count


def test_an_empty_list_says_what_to_do(sign_in: SignIn, many: Cast) -> None:
    client = sign_in(cast.REGULATOR)
    assert "请放宽筛选条件" in client.get("/manifests?q=nothing").text
    assert "请放宽筛选条件" in client.get("/findings?q=nothing").text


def test_the_next_page_keeps_the_filter(engine: Engine, sign_in: SignIn, many: Cast) -> None:
    with Session(engine) as session:
        page = manifest_page(session, WATCHER, ManifestFilter(text="EXTRA"), limit=3)
    after = written_after(page.after)
    rest = numbers(sign_in(cast.REGULATOR), f"/manifests?q=EXTRA&after={after}")
    assert {row.number for row in page.rows}.isdisjoint(rest)
    assert len(rest) == LOADS - 3


def rows_of(client: FlaskClient, path: str) -> list[list[str]]:
    answer = client.get(path)
    assert answer.mimetype == "text/csv"
    assert answer.text.startswith("\ufeff"), "without the mark a spreadsheet misreads Chinese"
    return list(csv.reader(StringIO(answer.text.removeprefix("\ufeff"))))


@pytest.mark.parametrize("name", ["manifests", "findings", "facilities", "vehicles", "devices"])
def test_files_have_a_header_and_full_rows(name: str, sign_in: SignIn, many: Cast) -> None:
    rows = rows_of(sign_in(cast.REGULATOR), f"/{name}.csv")
    assert len(rows) > 2
    assert {len(row) for row in rows} == {len(rows[0])}


def test_a_file_holds_the_filtered_list(sign_in: SignIn, many: Cast) -> None:
    rows = rows_of(sign_in(cast.REGULATOR), "/manifests.csv?plant=P-BH-1")
    assert [row[0] for row in rows[1:]] == ["M-BH-1"]
    loaded = dict(zip(rows[0], rows[1], strict=True))
    assert loaded["装车净重 (kg)"] == "17100.0"
    assert loaded["装车含水率 (%)"] == "79.0"


def test_a_file_runs_no_formula(sign_in: SignIn, people: Cast, engine: Engine) -> None:
    with write_sessions(engine).begin() as session:
        make.vehicle(session, code="=HYPERLINK()", name='@SUM(1)"')
    rows = rows_of(sign_in(cast.REGULATOR), "/vehicles.csv")
    assert ["'=HYPERLINK()", "'@SUM(1)\""] in [row[:2] for row in rows]


def test_numbers_stay_numbers() -> None:
    assert (safe_cell(-0.2), safe_cell("-0.2"), safe_cell(None)) == (-0.2, "'-0.2", "")


@pytest.fixture(scope="module")
def anybody(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """A regulator's client on a database of its own, for many requests in one test."""
    from app import create_app
    from models.migrate import upgrade
    from models.session import open_engine
    from models.settings import Settings
    from tests.web.conftest import session_of

    folder = tmp_path_factory.mktemp("anybody")
    url = f"sqlite:///{folder / 'city.db'}"
    upgrade(url)
    engine = open_engine(url)
    with write_sessions(engine).begin() as session:
        people = cast.cast(session)
    client = create_app(Settings(database_url=url, state_dir=str(folder)), engine).test_client()
    with client.session_transaction() as kept:
        kept.update(session_of(people.users[cast.REGULATOR]))
    yield client
    engine.dispose()


@given(after=st.text() | st.binary().map(lambda raw: raw.hex()), text=st.text(), day=st.text(max_size=12))
def test_no_address_breaks_a_list(anybody: FlaskClient, after: str, text: str, day: str) -> None:
    for path in ("/manifests", "/findings", "/vehicles"):
        given_query = {"after": after, "q": text, "since": day}
        assert anybody.get(path, query_string=given_query).status_code in (200, 400)


@given(
    key=st.tuples(
        st.sampled_from(["time", "number", "text", "other"]), st.text() | st.integers(), st.integers()
    )
)
def test_no_forged_cursor_breaks_a_list(anybody: FlaskClient, key: tuple[str, object, int]) -> None:
    from base64 import urlsafe_b64encode
    from json import dumps

    after = urlsafe_b64encode(dumps(key).encode()).decode()
    for path in ("/manifests", "/findings", "/facilities"):
        assert anybody.get(path, query_string={"after": after}).status_code in (200, 400)
