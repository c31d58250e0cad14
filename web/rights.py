"""Who may open what? One table: endpoint → roles. What is not in it keeps the service from starting."""

from flask import Flask, abort, make_response, redirect, request, url_for
from flask_login import current_user
from werkzeug import Response

from models.vocabulary import Role
from web.api.v1 import scopes

WITHOUT_SIGN_IN = None
EVERYONE = frozenset(Role)
REGULATOR = frozenset({Role.REGULATOR})
ADMINISTRATOR = frozenset({Role.ADMINISTRATOR})
WATCHERS = REGULATOR | ADMINISTRATOR
HAULER = frozenset({Role.HAULER})
FLEET = WATCHERS | HAULER
SENDERS = frozenset({Role.PLANT})
RECEIVERS = frozenset({Role.SITE, Role.PLANT})  # a plant takes back what was refused
AUTHORS = frozenset({Role.PLANT, Role.SITE, Role.HAULER})
DRIVERS = frozenset({Role.DRIVER})
SIGNERS = AUTHORS | DRIVERS
DRIVER = frozenset({Role.DRIVER})
SCALE_OPERATORS = frozenset({Role.PLANT, Role.SITE})
PARTIES = frozenset({Role.PLANT, Role.HAULER, Role.SITE})

# Which objects a role sees on a page is decided by tracking/queries/visibility.py: anyone else's is 404.
RIGHTS: dict[str, frozenset[Role] | None] = {
    "static": WITHOUT_SIGN_IN,
    "health.alive": WITHOUT_SIGN_IN,
    "metrics.figures": WITHOUT_SIGN_IN,  # asks for a token of its own
    "login.sign_in": WITHOUT_SIGN_IN,
    "offline.worker": WITHOUT_SIGN_IN,
    "offline.page": WITHOUT_SIGN_IN,
    "offline.session": WITHOUT_SIGN_IN,  # says that nobody is signed in
    "password_link.choose": WITHOUT_SIGN_IN,  # whoever holds the link
    "login.switch_language": WITHOUT_SIGN_IN,
    "login.sign_out": EVERYONE,
    "overview.overview": EVERYONE,
    "overview.figures": EVERYONE,
    "map.basemap": EVERYONE,
    "map.network": EVERYONE,
    "map.positions": EVERYONE,
    "manifests.listing": EVERYONE,
    "manifests.table": EVERYONE,
    "manifest.page": EVERYONE,
    "verify.document": EVERYONE,
    "manifest.map": EVERYONE,
    "manifest.certificate": EVERYONE,
    "findings.listing": EVERYONE,
    "findings.table": EVERYONE,
    "findings.page": EVERYONE,
    "findings.map": EVERYONE,
    "findings.decide": REGULATOR,
    "facilities.listing": EVERYONE,
    "facilities.table": EVERYONE,
    "facilities.page": EVERYONE,
    "vehicles.listing": EVERYONE,
    "vehicles.table": EVERYONE,
    "vehicles.page": EVERYONE,
    "vehicles.map": EVERYONE,
    "devices.listing": EVERYONE,
    "devices.table": EVERYONE,
    "devices.page": EVERYONE,
    "device_forms.register": ADMINISTRATOR,
    "device_forms.manage": ADMINISTRATOR,
    "device_forms.change": ADMINISTRATOR,
    "device_forms.bind": ADMINISTRATOR,
    "device_forms.unbind": ADMINISTRATOR,
    "device_forms.out_of_service": ADMINISTRATOR,
    "device_forms.in_service": ADMINISTRATOR,
    "device_forms.token": ADMINISTRATOR,
    "device_forms.revoke": ADMINISTRATOR,
    "device_forms.forget": ADMINISTRATOR,
    "device_models.listing": ADMINISTRATOR,
    "device_models.describe": ADMINISTRATOR,
    "device_models.forget": ADMINISTRATOR,
    "messages.listing": WATCHERS,
    "messages.page": WATCHERS,
    "messages.body": WATCHERS,
    "quarantine.listing": WATCHERS,
    "quarantine.sender": WATCHERS,
    "quarantine.let_out": ADMINISTRATOR,
    "quarantine.turn_down": ADMINISTRATOR,
    "quarantine.register": ADMINISTRATOR,
    "service.listing": FLEET,
    "service.table": FLEET,
    "upload.page": ADMINISTRATOR | HAULER,
    "users.listing": ADMINISTRATOR,
    "cases.listing": WATCHERS,
    "cases.page": WATCHERS,
    "cases.open_": REGULATOR,
    "cases.add": REGULATOR,
    "cases.assign": REGULATOR,
    "cases.comment": REGULATOR,
    "cases.ask": REGULATOR,
    "cases.decide": REGULATOR,
    "cases.close": REGULATOR,
    "cases.reopen": REGULATOR,
    "cases.questions": PARTIES,
    "cases.answer": PARTIES,
    "objections.give": PARTIES | DRIVER,
    "objections.file": EVERYONE,
    "holds.queue": WATCHERS,
    "holds.change": REGULATOR,
    "corrections.listing": PARTIES,
    "corrections.choose": PARTIES | REGULATOR,
    "corrections.ask_for": PARTIES,
    "corrections.ask": REGULATOR,
    "corrections.page": EVERYONE,
    "corrections.answer": PARTIES | REGULATOR,
    "corrections.withdraw": PARTIES,
    "corrections.reply": PARTIES,
    "hauls.listing": HAULER,
    "hauls.driver": HAULER,
    "rules.listing": WATCHERS,
    "rules.enter": REGULATOR,
    "rules.confirm": ADMINISTRATOR,
    "permits.listing": WATCHERS,
    "permits.permit": WATCHERS,
    "permits.revoke": WATCHERS,
    "permits.licence": WATCHERS,
    "permits.approval": WATCHERS,
    "plans.listing": WATCHERS | PARTIES,
    "plans.enter": WATCHERS,
    "plans.change": WATCHERS,
    "plans.service": WATCHERS,
    "windows.listing": WATCHERS,
    "windows.divert": REGULATOR,
    "windows.end": REGULATOR,
    "windows.open_": REGULATOR,
    "windows.close": REGULATOR,
    "paper.enter": AUTHORS,
    "paper.proceed": SIGNERS,
    "paper.page": EVERYONE,
    "paper.answer": SIGNERS,
    "paper.code": SIGNERS,
    "paper.decide": REGULATOR,
    "measurements.listing": WATCHERS | SCALE_OPERATORS,
    "measurements.certificate": SCALE_OPERATORS,
    "measurements.result": SCALE_OPERATORS,
    "tokens.listing": ADMINISTRATOR,
    "tokens.give": ADMINISTRATOR,
    "tokens.revoke": ADMINISTRATOR,
    "people.add": ADMINISTRATOR,
    "people.change": ADMINISTRATOR,
    "people.password": ADMINISTRATOR,
    "people.service": ADMINISTRATOR,
    "people.organisation_list": ADMINISTRATOR,
    "people.organisation": ADMINISTRATOR,
    "people.vehicle": ADMINISTRATOR,
    "people.vehicle_service": ADMINISTRATOR,
    "people.scale_list": ADMINISTRATOR,
    "people.scale": ADMINISTRATOR,
    "today.page": SENDERS,
    "issue.form": AUTHORS,  # sites and carriers send on what was refused or broke down
    "issue.child": AUTHORS,
    "issue.edit": AUTHORS,
    "issue.group": AUTHORS,
    "gate.queue": RECEIVERS,
    "stock.page": RECEIVERS | WATCHERS,
    "stock.dispose": RECEIVERS,
    "dispatches.page": frozenset({Role.SITE}),
    "trips.listing": DRIVERS,
    "trips.voyage": DRIVERS,
    "tables.cases": WATCHERS,
    "tables.questions": PARTIES,
    "tables.corrections": PARTIES,
    "tables.overdue": WATCHERS,
    "tables.holds": WATCHERS,
    "tables.limits": WATCHERS,
    "tables.permits": WATCHERS,
    "tables.licences": WATCHERS,
    "tables.approvals": WATCHERS,
    "tables.plans": WATCHERS | PARTIES,
    "tables.diversions": WATCHERS,
    "tables.windows": WATCHERS,
    "tables.certificates": WATCHERS | SCALE_OPERATORS,
    "tables.results": WATCHERS | SCALE_OPERATORS,
    "tables.dispatches": frozenset({Role.SITE}),
    "tables.piles": RECEIVERS | WATCHERS,
    "tables.ledger": RECEIVERS | WATCHERS,
    "tables.hauls": HAULER,
    "tables.users": ADMINISTRATOR,
    "tables.organisations": ADMINISTRATOR,
    "tables.scales": ADMINISTRATOR,
    "tables.tokens": ADMINISTRATOR,
    "steps.page": SIGNERS,
    "steps.signed": SIGNERS,
    "steps.code": SIGNERS,
    "files.post_file": WITHOUT_SIGN_IN,  # checks the token of the device
    "fixes.post_fixes": WITHOUT_SIGN_IN,  # checks the token of the device
    "osmand.take_report": WITHOUT_SIGN_IN,  # what no token proves waits in quarantine
    "owntracks.take_message": WITHOUT_SIGN_IN,  # the same
    **dict.fromkeys(scopes.WITHOUT_TOKEN, WITHOUT_SIGN_IN),
    **dict.fromkeys(scopes.SCOPES, WITHOUT_SIGN_IN),  # ask for a token with the scope of their table
}


def install(app: Flask) -> None:
    """Guard every request; raises LookupError when table and routes differ."""
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    if endpoints != RIGHTS.keys():
        missing, unknown = sorted(endpoints - RIGHTS.keys()), sorted(RIGHTS.keys() - endpoints)
        raise LookupError(
            f"web/rights.py: endpoints without rights {missing}, rights without endpoint {unknown}"
        )
    scopes.check(app)
    app.before_request(guard)


def guard() -> Response | None:
    """Let pass whom the table lets pass; others are asked to sign in, or refused."""
    if request.endpoint is None:
        return None  # no such page: the router answers 404 or 405
    roles = RIGHTS[request.endpoint]
    if roles is WITHOUT_SIGN_IN:
        return None
    if not current_user.is_authenticated:
        return ask_to_sign_in()
    if current_user.account.role not in roles:
        abort(403)
    return None


def ask_to_sign_in() -> Response:
    """To the sign-in page and back; a part of a page reloads the whole page instead."""
    if request.headers.get("HX-Request"):
        answer = make_response("", 401)
        answer.headers["HX-Refresh"] = "true"
        return answer
    target = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("login.sign_in", next=target))
