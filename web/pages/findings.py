"""Which findings wait, what does one rest on, and what does the inspector decide?"""

from collections.abc import Iterator
from functools import partial
from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug import Response

from models.vocabulary import DecisionOutcome, FindingKind, Severity
from reports import wording
from reports.explanation import explain
from tracking.operations.decide_finding import MAX_REASON, DecisionRefused, decide_finding
from tracking.queries.finding_list import (
    Decided,
    FindingFilter,
    FindingOrder,
    FindingRow,
    finding_page_of_queue,
)
from tracking.queries.finding_map import finding_map
from tracking.queries.finding_page import FindingStory, finding_evidence, finding_story
from web.clock import now
from web.csv_answers import csv_answer, every
from web.database import reading, writing
from web.display import timezone
from web.geojson import geojson
from web.languages import language
from web.place_words import words_for, words_for_rows
from web.query_string import after_arg, day_arg, text_arg, word_arg, written_after
from web.refusal_words import worded
from web.signed_in import viewer

PAGE = 30

bp = Blueprint("findings", __name__)


@bp.get("/findings")
def listing() -> str:
    """The work queue, ranked."""
    session, who = reading(), viewer()
    wanted, order = asked(), word_arg("sort", FindingOrder) or FindingOrder.RANK
    page = finding_page_of_queue(session, who, wanted, order, after_arg("number"), PAGE)
    return render_template(
        "findings.html",
        page=page,
        after=written_after(page.after),
        wanted=wanted,
        order=order,
        orders=FindingOrder,
        kinds=FindingKind,
        severities=Severity,
        decided_words=decided_words(),
        names=words_for_rows(session, page.rows),
    )


@bp.get("/findings.csv")
def table() -> Response:
    """The same list as a file."""
    session, who = reading(), viewer()
    wanted, order = asked(), word_arg("sort", FindingOrder) or FindingOrder.RANK
    header = [_("Finding"), _("Kind"), _("Severity"), _("Score"), _("Begin"), _("End"), _("Manifests")]
    header += [_("Vehicles"), _("Decision"), _("Reasons")]
    rows = every(lambda after, limit: finding_page_of_queue(session, who, wanted, order, after, limit))
    return csv_answer("findings", header, _csv_rows(session, list(rows)))


def _csv_rows(session: Session, rows: list[FindingRow]) -> Iterator[list[Any]]:
    names = words_for_rows(session, rows)
    for row in rows:
        said = " ".join(wording.say(reason, language(), names, timezone()) for reason in row.reasons)
        times = [wording.moment(at, timezone()) for at in (row.start_ms, row.end_ms)]
        words = [wording.label(row.kind, language()), wording.label(row.severity, language())]
        outcome = wording.label(row.outcome, language()) if row.outcome else ""
        vehicles = " ".join(name.zh for name in row.vehicles)
        yield [row.key, *words, round(row.score, 3), *times, " ".join(row.manifests), vehicles, outcome, said]


def asked() -> FindingFilter:
    """The filter in the address."""
    since, until = day_arg("since"), day_arg("until")
    return FindingFilter(
        text=text_arg("q"),
        kind=word_arg("kind", FindingKind),
        severity=word_arg("severity", Severity),
        decided=word_arg("decided", Decided) or Decided.OPEN,
        manifest=text_arg("manifest"),
        vehicle=text_arg("vehicle"),
        since=since.start if since else None,
        until=until.end if until else None,
    )


def decided_words() -> dict[Decided, str]:
    """The choices of the filter on decisions."""
    words = {Decided.OPEN: _("Undecided"), Decided.ALL: _("All")}
    outcomes = {Decided(outcome.value): wording.label(outcome, language()) for outcome in DecisionOutcome}
    return {one: (words | outcomes)[one] for one in Decided}


@bp.get("/findings/<key>")
def page(key: str) -> str:
    """Evidence in words and on the map, earlier versions, decisions, and the form to decide."""
    return finding_html(story_or_404(key))


def story_or_404(key: str) -> FindingStory:
    """The finding; 404 when there is none or it is somebody else's."""
    story = finding_story(reading(), key, viewer())
    if story is None:
        abort(404)
    return story


def finding_html(story: FindingStory, **form: Any) -> str:
    """The page; `form` keeps what was typed and says what was wrong."""
    session, who = reading(), viewer()
    following = finding_page_of_queue(session, who, FindingFilter(), limit=2).rows
    row, names = story.row, words_for(session, story.row.reasons, [story.evidence])
    told = explain(row.kind, row.reasons, story.evidence, story.rule_version, language(), names, timezone())
    return render_template(
        "finding.html",
        story=story,
        row=row,
        names=names,
        told=told,
        outcomes=DecisionOutcome,
        max_reason=MAX_REASON,
        following=next((one for one in following if one.key != story.row.key), None),
        form={"outcome": None, "reason": "", "errors": {}} | form,
    )


@bp.get("/findings/<key>/map.geojson")
def map(key: str) -> Response:
    """The places of the evidence, with the track around them."""
    story = finding_evidence(reading(), key, viewer())
    if story is None:
        abort(404)
    return geojson(finding_map(reading(), story, viewer()))


@bp.post("/findings/<key>/decision")
def decide(key: str) -> Response | tuple[str, int]:
    """Confirm, explain or dismiss, with a reason."""
    story = story_or_404(key)
    typed, reason = request.form.get("outcome", ""), request.form.get("reason", "")
    again = partial(finding_html, story, outcome=typed, reason=reason)
    if typed not in set(DecisionOutcome):
        return again(errors={"outcome": _("Choose what you decide.")}), 422
    try:
        with writing() as session:
            decide_finding(
                session,
                key,
                DecisionOutcome(typed),
                reason,
                viewer(),
                seen_version=request.form.get("seen_version", -1, type=int),
                seen_decision_id=request.form.get("seen_decision", -1, type=int),
                now=now(),
                contradicted_score=current_app.extensions["settings"].contradicted_score,
            )
    except DecisionRefused as refusal:
        said = worded(refusal)
        if said.status in (403, 404):
            abort(said.status)
        return again(errors=dict(said.errors) or {"page": said.sentence}), said.status
    flash(_("Decision recorded."))
    return redirect(url_for("findings.page", key=key))
