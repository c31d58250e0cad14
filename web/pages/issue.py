"""How is a manifest drawn up, changed while it is a draft, and issued? From a plan it takes one click."""

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug import Response

from models.custody_words import Act
from models.vocabulary import ManifestKind
from tracking.operations.custody.draw_up import change_draft, draw_up
from tracking.operations.custody.refusals import CustodyRefused
from tracking.queries.data_day import day_of
from tracking.queries.group_offers import MOST_PARENTS, groupable, paper_of_group, standing
from tracking.queries.issue_offers import (
    Paper,
    offers,
    paper_of_child,
    paper_of_manifest,
    paper_of_plan,
)
from tracking.rules.custody.facts import Given
from web.clock import now
from web.database import reading, writing
from web.forms.issue import MOST_LEGS, IssueForm
from web.query_string import after_arg, text_arg, written_after
from web.refusal_words import worded
from web.signed_in import viewer
from web.signing import prove, recently_proved, setting, take

Answer = str | Response | tuple[str, int]

bp = Blueprint("issue", __name__, url_prefix="/issue")


@bp.route("", methods=["GET", "POST"])
def form() -> Answer:
    """A new manifest: blank, from a plan (?plan=), or like an earlier one (?like=)."""
    if request.method == "POST":
        return sent(None)
    return asking(IssueForm(formdata=None, paper=wanted_paper()), None)


def wanted_paper() -> Paper | None:
    """What the address asks to fill in; 404 for what is not the viewer's."""
    plan, like = text_arg("plan"), text_arg("like")
    if not plan and not like:
        return None
    session, who = reading(), viewer()
    paper = paper_of_plan(session, plan, who) if plan else paper_of_manifest(session, like, who)
    if paper is None:
        abort(404)
    return paper


@bp.get("/child/<kind>/<path:number>")
def child(kind: str, number: str) -> str:
    """The way on of a load that was refused, broke down or is passed on: all of it, filled in."""
    if kind not in set(ManifestKind) - {ManifestKind.NORMAL}:
        abort(404)
    paper = paper_of_child(reading(), number, ManifestKind(kind), viewer())
    if paper is None:
        abort(404)
    return asking(IssueForm(formdata=None, paper=paper), None)


@bp.get("/group")
def group() -> str:
    """Several loads that stand at one place go on as one: which (?parent=…), or the form for those chosen."""
    chosen = list(dict.fromkeys(each[:64] for each in request.args.getlist("parent")))
    still = "choose" in request.args or "after" in request.args
    if still or not 2 <= len(chosen) <= MOST_PARENTS:
        return choosing(chosen)
    paper = paper_of_group(reading(), chosen, viewer())
    if paper is None:
        abort(404)
    return asking(IssueForm(formdata=None, paper=paper), None)


def choosing(chosen: list[str]) -> str:
    """The loads that may be put together; those named already are ticked."""
    page = groupable(reading(), viewer(), after_arg("time"))
    return render_template(
        "group.html",
        page=page,
        after=written_after(page.after),
        chosen=chosen,
        elsewhere=[each for each in chosen if each not in {row.number for row in page.rows}],
        too_few="go" in request.args and "after" not in request.args and len(chosen) < 2,
        too_many=len(chosen) > MOST_PARENTS,
        most=MOST_PARENTS,
    )


@bp.route("/draft/<path:number>", methods=["GET", "POST"])
def edit(number: str) -> Answer:
    """A draft that nobody has signed yet."""
    paper = paper_of_manifest(reading(), number, viewer())
    if paper is None:
        abort(404)
    if request.method == "POST":
        return sent(number)
    return asking(IssueForm(formdata=None, paper=paper), number)


def sent(number: str | None) -> Answer:
    """A button of the form: one leg more or fewer, keep as a draft, or issue."""
    typed, button = IssueForm(), request.form.get("do", "keep")
    if button in ("more", "fewer"):
        change = 1 if button == "more" else -1
        typed.legs.data = str(min(max(typed.leg_count + change, 1), MOST_LEGS))
        return asking(typed, number)
    if not typed.validate():
        return asking(typed, number), 422
    try:
        kept = kept_or_issued(typed, number, issuing=button == "issue")
    except CustodyRefused as refusal:
        return refused(typed, number, refusal)
    if button == "issue":
        return redirect(url_for("steps.signed", act=Act.ISSUE.value, number=kept))
    flash(_("Draft kept. It counts only when it is issued."))
    return redirect(url_for("issue.edit", number=kept))


def kept_or_issued(typed: IssueForm, number: str | None, issuing: bool) -> str:
    """The number of the draft; issuing it happens in the same transaction, so that all or nothing is kept."""
    proven = prove(number or "", Act.ISSUE, typed.proof()) if issuing else None
    who, place = viewer(), setting()
    with writing() as writer:
        if number is None:
            number = draw_up(writer, typed.draft(), who, place)
        else:
            change_draft(writer, number, typed.draft(), who, place)
        if proven is not None:
            take(writer, number, Act.ISSUE, Given(at=now()), proven)
    return number


def refused(typed: IssueForm, number: str | None, refusal: CustodyRefused) -> Answer:
    """The form again with what stands against it beside the fields."""
    said = worded(refusal)
    if said.status == 404:
        abort(404)
    for field, sentence in said.errors or [("", said.sentence)]:
        typed.refuse(typed.field_of(field), sentence)
    return asking(typed, number), said.status


def asking(typed: IssueForm, number: str | None) -> str:
    """The page with the form; `number` of the draft that is changed."""
    day = day_of(now(), current_app.extensions["settings"].timezone).date
    return render_template(
        "issue.html",
        form=typed,
        number=number,
        offers=offers(reading(), viewer(), day),
        standing=standing(reading(), [each for each, _amount in typed.parts], viewer()),
        most_legs=MOST_LEGS,
        needs_password=not recently_proved(),
    )
