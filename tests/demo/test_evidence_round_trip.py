"""Do photos of steps and signatures of emergency paper go in and out with a folder, as they were?"""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from models.cases import Attachment
from models.custody_words import Act, PaperState
from models.emergency import PaperSignature
from models.signatures import Signature, SignedDocument
from models.step_files import StepFile
from tests.demo.test_export import contents, export, load
from tests.tracking.custody.haulage import Haulage, haulage
from tests.tracking.custody.test_emergency import paper, window
from tracking.operations.attach import attach
from tracking.operations.custody.attach_to_step import attach_to_step
from tracking.operations.custody.confirm_paper import PaperAnswer, answer_paper
from tracking.operations.custody.emergency import PaperStep, enter_paper
from tracking.queries.paper_signatures import paper_of
from tracking.queries.step_files import files_of_steps
from tracking.rules.custody.content import digest_of

PHOTO = b"\xff\xd8\xff\xe0 the wheel by the road"
SCAN = b"%PDF-1.7 the paper itself"
Change = Callable[[Path], None]


def eventful_day(town: Haulage) -> tuple[str, str]:
    """A breakdown with a photo, and yesterday's paper of which one signature is refused. Both numbers."""
    broken = town.on_the_road()
    taken = town.sign(broken, Act.ABORT, "driver", reason="the axle")
    driver, plant = town.viewer("driver"), town.viewer("plant")
    assert taken.event_id is not None
    attach_to_step(
        town.session, taken.event_id, attach(town.session, "轴.jpg", PHOTO, driver, town.now), driver
    )
    window(town)
    scan = attach(town.session, "paper.pdf", SCAN, plant, town.now)
    steps = [PaperStep(each.act, each.given, each.signer, scan) for each in paper(town)]
    number = enter_paper(town.session, town.draft(), steps, plant, town.setting())
    town.later(60)
    for act, who, yes in ((Act.DEPART, "dispatcher", False), (Act.ARRIVE, "gate", True)):
        rows = paper_of(town.session, number, town.viewer("regulator"), 0.0)
        waiting = next(row for row in rows if row.act is act)
        said = PaperAnswer(yes, "" if yes else "our truck stood in the yard")
        answer_paper(town.session, waiting.id, said, town.viewer(who), town.signer(who), town.setting())
    return broken, number


@pytest.fixture
def town(session: Session) -> Haulage:
    return haulage(session)


def told(session: Session, town: Haulage, number: str) -> list[tuple[Any, ...]]:
    """What pages say of the paper of a manifest, but for the logins of the server."""
    rows = paper_of(session, number, town.viewer("regulator"), 0.0)
    return [
        (
            *(row.act, row.capacity, row.signer, row.organisation.code, row.happened_at, row.entered_at),
            *(row.state, row.reason, row.answered_by, row.answered_at, row.evidence and row.evidence.name),
        )
        for row in rows
    ]


def test_evidence_survives_a_round_trip_to_the_byte(
    town: Haulage, engine: Engine, elsewhere: Engine, tmp_path: Path
) -> None:
    broken, number = eventful_day(town)
    town.session.commit()
    counts = export(engine, tmp_path / "first")
    assert (counts["step_files"], counts["paper_signatures"]) == (1, 4)
    assert not load(elsewhere, tmp_path / "first").refusals
    export(elsewhere, tmp_path / "second")
    assert contents(tmp_path / "second") == contents(tmp_path / "first")
    with Session(elsewhere) as there:
        assert told(there, town, number) == told(town.session, town, number)
        (file,) = files_of_steps(there, broken, town.viewer("regulator"))
        assert (file.name, file.size_bytes) == ("轴.jpg", len(PHOTO))
        assert set(there.scalars(select(Attachment.content))) == {PHOTO, SCAN}
        assert set(there.scalars(select(Attachment.user_id))) == {None}
        for document in there.scalars(select(SignedDocument)):
            assert document.digest == digest_of(document.content)


def test_loaded_where_it_came_from_it_changes_nothing(town: Haulage, engine: Engine, tmp_path: Path) -> None:
    eventful_day(town)
    town.session.commit()
    tables = (Attachment, StepFile, PaperSignature, Signature, SignedDocument)

    def how_many() -> list[int]:
        with Session(engine) as session:
            return [session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]

    before = how_many()
    export(engine, tmp_path / "out")
    result = load(engine, tmp_path / "out")
    assert (result.refusals, result.changed) == ([], False)
    assert how_many() == before


def test_what_parties_answered_here_stands_against_an_older_folder(
    town: Haulage, engine: Engine, tmp_path: Path
) -> None:
    window(town)
    number = enter_paper(town.session, town.draft(), paper(town), town.viewer("plant"), town.setting())
    town.session.commit()
    export(engine, tmp_path / "out")
    rows = paper_of(town.session, number, town.viewer("regulator"), 0.0)
    late = next(row for row in rows if row.act is Act.ARRIVE)
    town.now += timedelta(hours=1)
    gate = (town.viewer("gate"), town.signer("gate"), town.setting())
    answer_paper(town.session, late.id, PaperAnswer(True), *gate)
    town.session.commit()
    result = load(engine, tmp_path / "out")
    assert (result.refusals, result.changed) == ([], False)
    town.session.expire_all()
    assert town.session.get_one(PaperSignature, late.id).state is PaperState.CONFIRMED


def forged_bytes(folder: Path) -> None:
    next(iter(sorted((folder / "files").iterdir()))).write_bytes(b"\xff\xd8\xff another photo")


def no_bytes(folder: Path) -> None:
    for path in (folder / "files").iterdir():
        path.unlink()


def out_of_the_folder(folder: Path) -> None:
    rewrite(folder, "step_files.jsonl", lambda line: line["file"].update(digest="../scenario.json"))


def another_step(folder: Path) -> None:
    rewrite(folder, "step_files.jsonl", lambda line: line.update(to="disposed"))


def another_paper(folder: Path) -> None:
    rewrite(folder, "paper_signatures.jsonl", lambda line: line["document"]["content"].update(number="other"))


def rewrite(folder: Path, name: str, change: Callable[[dict[str, Any]], None]) -> None:
    lines = [json.loads(line) for line in (folder / name).read_text("utf-8").splitlines()]
    for line in lines:
        change(line)
    (folder / name).write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        (forged_bytes, {"file.digest"}),
        (no_bytes, {"file.digest"}),
        (out_of_the_folder, {"file.digest"}),
        (another_step, {"to"}),
        (another_paper, {"document.content"}),
    ],
)
def test_what_is_not_what_it_says_is_refused(
    town: Haulage, engine: Engine, elsewhere: Engine, tmp_path: Path, change: Change, refused: set[str]
) -> None:
    eventful_day(town)
    town.session.commit()
    export(engine, tmp_path / "out")
    change(tmp_path / "out")
    assert {each.field for each in load(elsewhere, tmp_path / "out").refusals} == refused
