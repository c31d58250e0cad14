"""Which pages does the header offer to whom? Those that the table of rights lets the role open."""

from dataclasses import dataclass

from flask import request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from web.rights import RIGHTS

PART_OF = {"manifest": "manifests"}
"""Blueprints that belong under another one's link."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A link of the header."""

    title: str
    url: str
    here: bool


def navigation() -> list[Entry]:
    """The links for the signed-in person, in the order of the day's work."""
    if not current_user.is_authenticated:
        return []
    titles = {
        "overview.overview": _("Overview"),
        "findings.listing": _("Findings"),
        "manifests.listing": _("Manifests"),
        "facilities.listing": _("Facilities"),
        "vehicles.listing": _("Vehicles"),
        "devices.listing": _("Devices"),
        "users.listing": _("Users"),
    }
    role = current_user.account.role
    blueprint = (request.endpoint or "").partition(".")[0]
    blueprint = PART_OF.get(blueprint, blueprint)
    return [
        Entry(title, url_for(endpoint), endpoint.partition(".")[0] == blueprint)
        for endpoint, title in titles.items()
        if role in (RIGHTS[endpoint] or ())
    ]
