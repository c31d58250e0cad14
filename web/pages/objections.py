"""How does a party object to a finding, and who may open a file that was sent?"""

from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from tracking.operations.cases.object_to_finding import OBJECTORS, object_to_finding
from tracking.queries.attachments import attachment_by_id
from tracking.queries.cases import CaseRow, cases_of_findings
from tracking.queries.finding_page import finding_evidence
from tracking.queries.objections import ObjectionRow, objections_to
from web.clock import now
from web.database import reading
from web.display import label
from web.form_acts import DONE, FormPage, asking, carried_out
from web.forms.case import ObjectForm
from web.sent_files import kept_file
from web.signed_in import account, viewer

bp = Blueprint("objections", __name__)


@bp.route("/findings/<key>/objection", methods=["GET", "POST"])
def give(key: str) -> Any:
    """Say what really happened, with a photo where there is one."""
    story = finding_evidence(reading(), key, viewer())
    if story is None:
        abort(404)
    form = ObjectForm()
    page = FormPage(
        _("Object to: %(finding)s", finding=label(story.row.kind)),
        _("The regulator reads it beside the finding. It changes nothing by itself."),
        _("Send the objection"),
        _("The objection was not sent:"),
        url_for("findings.page", key=key),
        _("Finding"),
        files=True,
    )
    if not form.is_submitted():
        return asking(form, page)

    def act(session: Session) -> None:
        kept = kept_file(session, form.file.sent, viewer())
        object_to_finding(session, key, form.text.data, viewer(), now(), kept)

    status = carried_out(form, act, {"attachment": "file"})
    if status != DONE:
        return asking(form, page), status
    flash(_("Objection sent."))
    return redirect(url_for("findings.page", key=key))


@bp.get("/files/<int:attachment_id>")
def file(attachment_id: int) -> Response:
    """The file as it was sent; never run in the browser."""
    found = attachment_by_id(reading(), attachment_id, viewer())
    if found is None:
        abort(404)
    answer = Response(found.content, mimetype=found.media_type)
    answer.headers.set("Content-Disposition", "attachment", filename=found.name)
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "private, no-store"
    answer.set_etag(found.digest)
    return answer


@bp.app_template_global()
def objections_about(key: str) -> list[ObjectionRow]:
    """What parties say against a finding, as far as the reader may read it."""
    return objections_to(reading(), [key], viewer())


@bp.app_template_global()
def case_about(key: str) -> CaseRow | None:
    """The newest case about a finding, for whoever sees cases."""
    return cases_of_findings(reading(), [key], viewer()).get(key)


@bp.app_template_global()
def may_object() -> bool:
    """Is the reader a party that may object?"""
    return account().role in OBJECTORS and account().organisation_id is not None
