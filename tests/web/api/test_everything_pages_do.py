"""Can another system do everything that the pages do? Made from the list of routes.

A new page route fails here until it names the operations that do the same, or says why there are none.
"""

from collections.abc import Iterable

from tests.web.api.conftest import Interface
from web.api.v1.scopes import PREFIX, SCOPES
from web.rights import RIGHTS

OF_DEVICES = {"files.post_file", "fixes.post_fixes", "osmand.take_report", "owntracks.take_message"}
"""Endpoints of the interface already, with tokens of devices."""

OPERATIONS: dict[str, tuple[str, ...]] = {
    "overview.overview": ("overview.day_in_figures", "findings.finding_listing", "positions.listing"),
    "overview.figures": ("overview.day_in_figures",),
    "map.basemap": ("network.roads",),
    "map.network": ("network.places",),
    "map.positions": ("positions.listing",),
    "manifests.listing": ("manifests.listing",),
    "manifests.table": ("manifests.listing",),
    "manifest.page": ("manifests.one", "manifests.judgement", "manifests.files"),
    "manifest.map": ("manifests.places",),
    "manifest.certificate": ("manifests.certificate",),
    "findings.listing": ("findings.finding_listing",),
    "findings.table": ("findings.finding_listing",),
    "findings.page": ("findings.finding", "findings.objections"),
    "findings.map": ("findings.finding_places",),
    "findings.decide": ("findings.decide_on",),
    "facilities.listing": ("facilities.listing",),
    "facilities.table": ("facilities.listing",),
    "facilities.page": ("facilities.facility", "scales.scale_listing", "permits.permit_listing"),
    "vehicles.listing": ("vehicles.vehicle_listing", "positions.listing"),
    "vehicles.table": ("vehicles.vehicle_listing",),
    "vehicles.page": ("vehicles.vehicle", "licences.licence_listing"),
    "vehicles.map": ("vehicles.track",),
    "devices.listing": ("devices.device_listing",),
    "devices.table": ("devices.device_listing",),
    "devices.page": ("devices.device", "devices.day", "devices.binding_listing"),
    "device_forms.register": ("devices.register",),
    "device_forms.manage": ("devices.device", "devices.binding_listing"),
    "device_forms.change": ("devices.change",),
    "device_forms.bind": ("devices.bind",),
    "device_forms.unbind": ("devices.unbind",),
    "device_forms.out_of_service": ("devices.in_service",),
    "device_forms.in_service": ("devices.in_service",),
    "device_forms.token": ("devices.token",),
    "device_forms.revoke": ("devices.token_revoked",),
    "device_forms.forget": ("devices.forgotten",),
    "device_models.listing": ("device_models.model_listing",),
    "device_models.describe": ("device_models.described",),
    "device_models.forget": ("device_models.field_forgotten",),
    "messages.listing": ("messages.message_listing",),
    "messages.page": ("messages.message",),
    "messages.body": ("messages.body_of",),
    "quarantine.listing": ("quarantine.waiting", "quarantine.releases"),
    "quarantine.sender": ("quarantine.waiting", "messages.message_listing"),
    "quarantine.let_out": ("quarantine.let_out",),
    "quarantine.turn_down": ("quarantine.turned_down",),
    "quarantine.register": ("devices.register", "quarantine.let_out"),
    "service.listing": ("fleet_service.fleet",),
    "service.table": ("fleet_service.fleet",),
    "upload.page": ("devices.filed",),
    "users.listing": ("users.people",),
    "cases.listing": ("cases.listing",),
    "cases.page": ("cases.one",),
    "cases.open_": ("cases.opened",),
    "cases.add": ("cases.add",),
    "cases.assign": ("cases.assign",),
    "cases.comment": ("cases.comment", "cases.attached"),
    "cases.ask": ("cases.ask",),
    "cases.decide": ("cases.decide",),
    "cases.close": ("cases.close",),
    "cases.reopen": ("cases.reopen",),
    "cases.questions": ("questions.asked",),
    "cases.answer": ("questions.answered", "questions.one_question"),
    "objections.give": ("findings.object_to",),
    "objections.file": ("attachments.download",),
    "holds.queue": ("holds.standing", "corrections.listing", "correction_questions.asked"),
    "holds.change": ("holds.place", "holds.lift", "holds.one_hold"),
    "corrections.listing": ("corrections.listing", "correction_questions.asked"),
    "corrections.choose": ("manifests.correctable_fields",),
    "corrections.ask_for": ("corrections.ask", "attachments.send"),
    "corrections.ask": ("correction_questions.question",),
    "corrections.page": ("corrections.one",),
    "corrections.answer": ("corrections.answer", "corrections.decide"),
    "corrections.withdraw": ("corrections.withdraw",),
    "corrections.reply": ("correction_questions.explained", "correction_questions.one_question"),
    "hauls.listing": ("hauls.haul_listing",),
    "hauls.driver": ("hauls.driver", "hauls.drivers", "hauls.one_haul"),
    "rules.listing": ("limits.listing",),
    "rules.enter": ("limits.enter",),
    "rules.confirm": ("limits.confirm",),
    "permits.listing": ("permits.permit_listing", "licences.licence_listing", "approvals.approval_listing"),
    "permits.permit": ("permits.permit", "permits.one_permit"),
    "permits.revoke": ("permits.revoke",),
    "permits.licence": ("licences.licence", "licences.one_licence"),
    "permits.approval": ("approvals.approval", "approvals.one_approval"),
    "plans.listing": ("plans.plan_listing",),
    "plans.enter": ("plans.enter_new_plan",),
    "plans.change": ("plans.put_plan", "plans.plan"),
    "plans.service": ("plans.activate",),
    "windows.listing": ("windows.window_listing", "diversions.diversion_listing"),
    "windows.divert": ("diversions.divert",),
    "windows.end": ("diversions.end", "diversions.one_diversion"),
    "windows.open_": ("windows.window",),
    "windows.close": ("windows.closed", "windows.one_window"),
    "paper.enter": ("paper.entered", "attachments.send"),
    "paper.proceed": ("paper.continued",),
    "paper.page": ("paper_signatures.one", "paper_signatures.listing"),
    "paper.answer": ("paper_signatures.answer",),
    "paper.code": ("paper_signatures.code",),
    "paper.decide": ("paper_signatures.decide",),
    "measurements.listing": ("weighbridge.certificate_listing", "weighbridge.lab_listing"),
    "measurements.certificate": ("weighbridge.certificate",),
    "measurements.result": ("weighbridge.lab_result",),
    "tokens.listing": ("tokens.listing",),
    "tokens.give": ("tokens.give",),
    "tokens.revoke": ("tokens.revoke",),
    "people.add": ("users.add",),
    "people.change": ("users.change",),
    "people.password": ("users.password_link",),
    "people.service": ("users.change",),
    "people.organisation_list": ("organisations.organisation_listing",),
    "people.organisation": ("organisations.add_organisation", "organisations.change_organisation"),
    "people.vehicle": ("vehicles.add_vehicle", "vehicles.change_vehicle"),
    "people.vehicle_service": ("vehicles.out_of_service", "vehicles.vehicle_active"),
    "people.scale_list": ("scales.scale_listing",),
    "people.scale": ("scales.add_scale", "scales.change_scale"),
    "today.page": ("today.yard", "today.draft_listing", "today.loads", "today.figures"),
    "issue.form": ("manifests.draw", "manifests.issue"),
    "issue.child": ("manifests.draw", "manifests.issue"),
    "issue.edit": ("manifests.replace_draft", "manifests.discard"),
    "issue.group": ("group_offers.offers", "manifests.issue"),
    "gate.queue": ("gate.soon", "gate.later", "gate.standing", "gate.here"),
    "stock.page": ("stock.listing", "stock.ledger", "disposals.waiting"),
    "stock.dispose": ("manifests.step",),
    "dispatches.page": ("dispatches.dispatched", "dispatches.dispatch_listing"),
    "trips.listing": ("trips.aboard", "trips.to_come"),
    "trips.voyage": ("voyages.step",),
    "steps.page": ("manifests.step", "manifests.steps", "weighbridge.ticket_listing"),
    "steps.signed": ("manifests.steps",),
    "steps.code": ("codes.give",),
    "tables.approvals": ("approvals.approval_listing",),
    "tables.cases": ("cases.listing",),
    "tables.certificates": ("weighbridge.certificate_listing",),
    "tables.corrections": ("corrections.listing",),
    "tables.dispatches": ("dispatches.dispatch_listing",),
    "tables.diversions": ("diversions.diversion_listing",),
    "tables.hauls": ("hauls.haul_listing",),
    "tables.holds": ("holds.standing",),
    "tables.ledger": ("stock.ledger",),
    "tables.licences": ("licences.licence_listing",),
    "tables.limits": ("limits.listing",),
    "tables.organisations": ("organisations.organisation_listing",),
    "tables.overdue": ("manifests.listing",),
    "tables.permits": ("permits.permit_listing",),
    "tables.piles": ("stock.listing",),
    "tables.plans": ("plans.plan_listing",),
    "tables.questions": ("questions.asked",),
    "tables.results": ("weighbridge.lab_listing",),
    "tables.scales": ("scales.scale_listing",),
    "tables.tokens": ("tokens.listing",),
    "tables.users": ("users.people",),
    "tables.windows": ("windows.window_listing",),
}
"""Page → operations that do or tell the same."""

WITHOUT: dict[str, str] = {
    "static": "what pages are drawn with",
    "health.alive": "for machines already",
    "metrics.figures": "for machines already, with a token of its own",
    "login.sign_in": "a token takes the place of a session",
    "login.sign_out": "a token takes the place of a session",
    "login.switch_language": "Accept-Language of each call",
    "password_link.choose": "a person chooses the own password; no machine is to know it",
    "offline.worker": "keeps pages on a phone; another system queues its own calls",
    "offline.page": "keeps pages on a phone",
    "offline.session": "tells a page of a phone who is signed in",
    "verify.document": "leads from a printed number to the manifest, which the number names too",
}
"""Page → why no operation does the same."""


def unnamed(endpoints: Iterable[str]) -> set[str]:
    """Pages that neither table names."""
    pages = {each for each in endpoints if not each.startswith(PREFIX)} - OF_DEVICES
    return pages - OPERATIONS.keys() - WITHOUT.keys()


def test_every_page_has_its_operations_or_says_why_not(interface: Interface) -> None:
    routed = {rule.endpoint for rule in interface.app.url_map.iter_rules()}
    assert unnamed(routed) == set()
    assert (OPERATIONS.keys() | WITHOUT.keys() | OF_DEVICES) - routed == set()
    assert OPERATIONS.keys() & WITHOUT.keys() == set()
    assert routed == RIGHTS.keys()


def test_a_new_page_would_be_missed() -> None:
    assert unnamed(["tides.listing", "api_tides.listing", "cases.page"]) == {"tides.listing"}


def test_every_operation_that_is_named_is_there() -> None:
    named = {PREFIX + each for operations in OPERATIONS.values() for each in operations}
    assert named - SCOPES.keys() == set()


def test_every_page_that_writes_has_an_operation_that_writes(interface: Interface) -> None:
    """A list that can be read makes up for no form."""
    writing = {
        rule.endpoint
        for rule in interface.app.url_map.iter_rules()
        if {"POST", "PUT", "PATCH", "DELETE"} & (rule.methods or set())
    }
    lacking = [
        page
        for page, operations in OPERATIONS.items()
        if page in writing and not any(PREFIX + each in writing for each in operations)
    ]
    assert lacking == []
