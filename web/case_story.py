"""What is told of a case, in the order of time? Acts, findings and objections as lines of one story."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from models.custody_words import CaseAct, CaseOutcome
from tracking.queries.case_questions import FileName
from tracking.queries.cases import CaseEvent, CaseStory
from tracking.queries.finding_list import FindingRow
from tracking.queries.names import Name
from tracking.queries.objections import ObjectionRow
from web.display import aware, label, named


@dataclass(frozen=True, slots=True)
class Line:
    """One line: what, when, by whom, in which words, with which file; `finding` is linked."""

    at: datetime
    kind: str
    title: str
    by: str = ""
    organisation: Name | None = None
    text: str | None = None
    file: FileName | None = None
    finding: FindingRow | None = None


def story_lines(story: CaseStory, objections: Sequence[ObjectionRow]) -> list[Line]:
    """Everything about a case, the earliest first: what was found, what was objected, what was done."""
    found = [Line(aware(row.start_ms), "finding", label(row.kind), finding=row) for row in story.findings]
    said = [
        Line(one.at, "objection", _("Objection"), one.by, one.organisation, one.text, one.file)
        for one in objections
    ]
    done = [
        Line(event.at, event.act.value, title_of(event), event.by, event.organisation, event.text, event.file)
        for event in story.events
    ]
    return sorted([*found, *said, *done], key=lambda line: line.at)


def title_of(event: CaseEvent) -> str:
    """The act, with whom or what it was about."""
    act, details = label(event.act), event.details
    more: Any = None
    if event.act is CaseAct.ASKED:
        more = named(event.asked)
    elif event.act is CaseAct.ASSIGNED:
        more = details.get("name")
    elif event.act is CaseAct.DECIDED and details.get("outcome") in set(CaseOutcome):
        more = label(CaseOutcome(details["outcome"]))
    elif event.act is CaseAct.FINDING_ADDED:
        more = details.get("finding")
    return f"{act} · {more}" if more else act
