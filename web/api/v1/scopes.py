"""What must a token be allowed, to call an endpoint? One table; what is not in it stops the service.

What the token's user may see and do besides is decided by queries and operations, as for pages.
"""

from flask import Flask

from models.custody_words import Scope

PREFIX = "api_"
READ, MANIFESTS, SIGN = Scope.READ, Scope.MANIFESTS, Scope.SIGN
WEIGHBRIDGE, CASES, ADMINISTER = Scope.WEIGHBRIDGE, Scope.CASES, Scope.ADMINISTER

SCOPES: dict[str, Scope] = {
    "api_manifests.listing": READ,
    "api_manifests.one": READ,
    "api_manifests.draw": MANIFESTS,
    "api_manifests.replace_draft": MANIFESTS,
    "api_manifests.discard": MANIFESTS,
    "api_manifests.issue": MANIFESTS,
    "api_manifests.step": SIGN,
    "api_tokens.listing": READ,
    "api_tokens.give": ADMINISTER,
    "api_tokens.revoke": READ,  # the own one; others' only by the administrator
}

WITHOUT_TOKEN = frozenset({"api_document.document"})
"""What anybody may read: the document of the interface."""


def check(app: Flask) -> None:
    """Raises LookupError when table and routes differ."""
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules() if rule.endpoint.startswith(PREFIX)}
    endpoints -= WITHOUT_TOKEN
    if endpoints != SCOPES.keys():
        missing, unknown = sorted(endpoints - SCOPES.keys()), sorted(SCOPES.keys() - endpoints)
        raise LookupError(
            f"web/api/v1/scopes.py: endpoints without scope {missing}, scopes without endpoint {unknown}"
        )
