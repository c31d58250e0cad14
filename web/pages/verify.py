"""Where does the code printed on a certificate lead? To what the system says about the load today."""

from flask import Blueprint, redirect, url_for
from werkzeug import Response

from reports.certificate.facts import PREFIX

bp = Blueprint("verify", __name__)


@bp.get("/verify/<path:document>")
def document(document: str) -> Response:
    """From a document number to its manifest; who may not see that is told so there."""
    return redirect(url_for("manifest.page", number=document.removeprefix(PREFIX)))
