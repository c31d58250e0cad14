"""Which parts answer requests? Pages for people, the programming interface for machines."""

from flask import Blueprint

from web import device_metrics, login
from web.api import files, fixes, osmand, owntracks
from web.api.v1 import resources
from web.pages import (
    cases,
    city,
    device_forms,
    device_models,
    devices,
    facilities,
    findings,
    hauls,
    health,
    manifest,
    manifests,
    messages,
    objections,
    overview,
    people,
    permits,
    plans,
    quarantine,
    rules,
    service,
    tokens,
    upload,
    users,
    vehicles,
    verify,
    windows,
)

WITHOUT_COOKIES: tuple[Blueprint, ...] = (
    files.bp,
    fixes.bp,
    osmand.bp,
    owntracks.bp,
    *resources.BLUEPRINTS,
)
"""Parts that know their callers by a token: a forged form cannot reach them, so they need no CSRF token."""

PAGES = (
    health,
    device_metrics,
    login,
    overview,
    findings,
    manifests,
    manifest,
    verify,
    facilities,
    vehicles,
    devices,
    device_forms,
    device_models,
    messages,
    quarantine,
    service,
    upload,
    users,
    city,
    cases,
    hauls,
    objections,
    people,
    permits,
    plans,
    rules,
    tokens,
    windows,
)
BLUEPRINTS: tuple[Blueprint, ...] = (*(page.bp for page in PAGES), *WITHOUT_COOKIES)
