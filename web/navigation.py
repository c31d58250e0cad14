"""Which pages does the header offer to whom? Those that the table of rights lets the role open."""

from dataclasses import dataclass

from flask import request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from web.rights import RIGHTS

PART_OF = {
    "manifest": "manifests",
    "device_forms": "devices",
    "device_models": "devices",
    "messages": "devices",
    "quarantine": "devices",
    "service": "devices",
    "upload": "devices",
    "permits": "rules",
    "plans": "rules",
    "windows": "rules",
    "measurements": "rules",
    "people": "users",
    "tokens": "users",
    "issue": "today",
    "paper": "manifests",
}
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
    blueprint = (request.endpoint or "").partition(".")[0]
    return _entries(titles_of_pages(), PART_OF.get(blueprint, blueprint))


def device_links() -> list[Entry]:
    """The pages about devices, for whoever may open them: shown together at the head of each."""
    titles = {
        "devices.listing": _("Terminals"),
        "service.listing": _("Service figures"),
        "quarantine.listing": _("Quarantine"),
        "messages.listing": _("Raw messages"),
        "upload.page": _("Upload a file"),
        "device_models.listing": _("Models"),
    }
    blueprint = (request.endpoint or "").partition(".")[0]
    return _entries(titles, {"device_forms": "devices"}.get(blueprint, blueprint))


def group_links(group: str) -> list[Entry]:
    """The pages of a group, for whoever may open them: shown together at the head of each."""
    groups = {
        "people": {
            "users.listing": _("Users"),
            "people.organisation_list": _("Organisations"),
            "people.scale_list": _("Weighbridges"),
            "tokens.listing": _("Tokens"),
        },
        "rules": {
            "rules.listing": _("Rule table"),
            "permits.listing": _("Permits"),
            "plans.listing": _("Plans"),
            "measurements.listing": _("Certificates and results"),
            "windows.listing": _("Emergency"),
        },
    }
    here = request.endpoint or ""
    return [
        Entry(title, url_for(endpoint), endpoint == here)
        for endpoint, title in groups[group].items()
        if may_open(endpoint)
    ]


def _entries(titles: dict[str, str], here: str) -> list[Entry]:
    """Those of the pages that the role may open."""
    role = current_user.account.role
    return [
        Entry(title, url_for(endpoint), endpoint.partition(".")[0] == here)
        for endpoint, title in titles.items()
        if role in (RIGHTS[endpoint] or ())
    ]


def may_open(endpoint: str) -> bool:
    """Does the table of rights let the signed-in person open this?"""
    return current_user.account.role in (RIGHTS[endpoint] or ())


def titles_of_pages() -> dict[str, str]:
    """What the header offers."""
    titles = {
        "trips.listing": _("My trips"),
        "today.page": _("Loads of the day"),
        "gate.queue": _("Gate"),
        "overview.overview": _("Overview"),
        "holds.queue": _("To do"),
        "findings.listing": _("Findings"),
        "cases.listing": _("Cases"),
        "cases.questions": _("Questions"),
        "manifests.listing": _("Manifests"),
        "corrections.listing": _("Corrections"),
        "hauls.listing": _("Trips"),
        "stock.page": _("Stock"),
        "dispatches.page": _("Products"),
        "facilities.listing": _("Facilities"),
        "vehicles.listing": _("Vehicles"),
        "devices.listing": _("Devices"),
        "rules.listing": _("Rules and permits"),
        "plans.listing": _("Plans"),
        "measurements.listing": _("Certificates and results"),
        "users.listing": _("Administration"),
    }
    if may_open("rules.listing"):
        del titles["plans.listing"], titles["measurements.listing"]  # stand among the rules
    return titles
