"""How does a page get the certificate of a manifest? The same way as the command line."""

from flask import current_app

from web.clock import now
from web.database import reading
from web.signed_in import viewer


def certificate_pdf(number: str, language: str) -> bytes:
    """The PDF; WeasyPrint is loaded only when somebody asks for one."""
    from reports.certificate.collect import collect
    from reports.certificate.render import render_pdf

    settings = current_app.extensions["settings"]
    facts = collect(reading(), number, viewer(), now=now(), settings=settings)
    return render_pdf(facts, language)
