"""How does a page get the certificate of a manifest? The same way as the command line."""

from flask import current_app

from web.clock import now
from web.database import reading
from web.signed_in import viewer


def certificate_pdf(number: str, language: str) -> tuple[str, bytes]:
    """File name and PDF of a manifest that the viewer sees; raises UnknownManifest, PdfError.

    WeasyPrint is loaded only when somebody asks for a certificate.
    """
    from reports.certificate.collect import collect
    from reports.certificate.render import certificate_pdf as render
    from reports.certificate.render import file_stem

    known = current_app.extensions
    facts = collect(
        reading(), number, viewer(), now=now(), settings=known["settings"], thresholds=known["thresholds"]
    )
    return f"{file_stem(facts)}-{language}.pdf", render(facts, language)
