"""What must a token be allowed, to call an endpoint? One table; what is not in it stops the service.

What the token's user may see and do besides is decided by queries and operations, as for pages.
"""

from collections.abc import Set

from flask import Flask

from models.custody_words import Scope

PREFIX = "api_"
READ, MANIFESTS, SIGN = Scope.READ, Scope.MANIFESTS, Scope.SIGN
WEIGHBRIDGE, CASES, ADMINISTER = Scope.WEIGHBRIDGE, Scope.CASES, Scope.ADMINISTER

SCOPES: dict[str, Scope] = {
    "api_manifests.listing": READ,
    "api_manifests.one": READ,
    "api_manifests.judgement": READ,
    "api_manifests.places": READ,
    "api_manifests.certificate": READ,
    "api_manifests.steps": READ,
    "api_manifests.files": READ,
    "api_manifests.correctable_fields": READ,
    "api_manifests.draw": MANIFESTS,
    "api_manifests.replace_draft": MANIFESTS,
    "api_manifests.discard": MANIFESTS,
    "api_manifests.issue": MANIFESTS,
    "api_manifests.step": SIGN,
    "api_voyages.voyage_listing": READ,
    "api_voyages.voyage": READ,
    "api_voyages.opened": MANIFESTS,
    "api_voyages.sailed": SIGN,
    "api_voyages.step": SIGN,
    "api_codes.give": SIGN,
    "api_stock.listing": READ,
    "api_stock.ledger": READ,
    "api_stock.movement": READ,
    "api_stock.survey": SIGN,
    "api_dispatches.dispatch_listing": READ,
    "api_dispatches.one_dispatch": READ,
    "api_dispatches.dispatched": SIGN,
    "api_windows.window_listing": READ,
    "api_windows.one_window": READ,
    "api_windows.window": ADMINISTER,
    "api_windows.closed": ADMINISTER,
    "api_paper.entered": SIGN,
    "api_paper.continued": SIGN,
    "api_paper_signatures.listing": READ,
    "api_paper_signatures.one": READ,
    "api_paper_signatures.answer": SIGN,
    "api_paper_signatures.decide": MANIFESTS,
    "api_paper_signatures.code": SIGN,
    "api_limits.listing": READ,
    "api_limits.limit": READ,
    "api_limits.enter": ADMINISTER,
    "api_limits.confirm": ADMINISTER,
    "api_permits.permit_listing": READ,
    "api_permits.one_permit": READ,
    "api_permits.permit": ADMINISTER,
    "api_permits.revoke": ADMINISTER,
    "api_licences.licence_listing": READ,
    "api_licences.one_licence": READ,
    "api_licences.licence": ADMINISTER,
    "api_approvals.approval_listing": READ,
    "api_approvals.one_approval": READ,
    "api_approvals.approval": ADMINISTER,
    "api_plans.plan_listing": READ,
    "api_plans.plan": READ,
    "api_plans.enter_new_plan": ADMINISTER,
    "api_plans.put_plan": ADMINISTER,
    "api_plans.activate": ADMINISTER,
    "api_diversions.diversion_listing": READ,
    "api_diversions.one_diversion": READ,
    "api_diversions.divert": ADMINISTER,
    "api_diversions.end": ADMINISTER,
    "api_facilities.listing": READ,
    "api_facilities.facility": READ,
    "api_vehicles.vehicle_listing": READ,
    "api_vehicles.vehicle": READ,
    "api_vehicles.track": READ,
    "api_vehicles.add_vehicle": ADMINISTER,
    "api_vehicles.change_vehicle": ADMINISTER,
    "api_vehicles.out_of_service": ADMINISTER,
    "api_vehicles.vehicle_active": ADMINISTER,
    "api_routes.route_listing": READ,
    "api_routes.route": READ,
    "api_organisations.organisation_listing": READ,
    "api_organisations.organisation": READ,
    "api_organisations.add_organisation": ADMINISTER,
    "api_organisations.change_organisation": ADMINISTER,
    "api_organisations.organisation_active": ADMINISTER,
    "api_scales.scale_listing": READ,
    "api_scales.scale": READ,
    "api_scales.add_scale": ADMINISTER,
    "api_scales.change_scale": ADMINISTER,
    "api_users.people": ADMINISTER,
    "api_users.login": ADMINISTER,
    "api_users.password_link": ADMINISTER,
    "api_users.add": ADMINISTER,
    "api_users.change": ADMINISTER,
    "api_cases.listing": READ,
    "api_cases.one": READ,
    "api_cases.opened": CASES,
    "api_cases.add": CASES,
    "api_cases.assign": CASES,
    "api_cases.comment": CASES,
    "api_cases.attached": CASES,
    "api_cases.ask": CASES,
    "api_cases.decide": CASES,
    "api_cases.close": CASES,
    "api_cases.reopen": CASES,
    "api_questions.asked": READ,
    "api_questions.one_question": READ,
    "api_questions.answered": CASES,
    "api_findings.finding_listing": READ,
    "api_findings.finding": READ,
    "api_findings.finding_places": READ,
    "api_findings.decide_on": CASES,
    "api_findings.objections": READ,
    "api_findings.object_to": CASES,
    "api_attachments.send": READ,
    "api_attachments.download": READ,
    "api_corrections.listing": READ,
    "api_corrections.one": READ,
    "api_corrections.ask": MANIFESTS,
    "api_corrections.answer": SIGN,
    "api_corrections.decide": MANIFESTS,
    "api_corrections.withdraw": MANIFESTS,
    "api_correction_questions.asked": READ,
    "api_correction_questions.one_question": READ,
    "api_correction_questions.question": MANIFESTS,
    "api_correction_questions.explained": MANIFESTS,
    "api_holds.standing": READ,
    "api_holds.one_hold": READ,
    "api_holds.place": MANIFESTS,
    "api_holds.lift": MANIFESTS,
    "api_weighbridge.ticket_listing": READ,
    "api_weighbridge.one_ticket": READ,
    "api_weighbridge.certificate_listing": READ,
    "api_weighbridge.one_certificate": READ,
    "api_weighbridge.lab_listing": READ,
    "api_weighbridge.one_lab_result": READ,
    "api_weighbridge.test_listing": READ,
    "api_weighbridge.one_test": READ,
    "api_weighbridge.ticket": WEIGHBRIDGE,
    "api_weighbridge.void": WEIGHBRIDGE,
    "api_weighbridge.certificate": WEIGHBRIDGE,
    "api_weighbridge.lab_result": WEIGHBRIDGE,
    "api_tokens.listing": READ,
    "api_tokens.one": READ,
    "api_tokens.give": ADMINISTER,
    "api_gate.soon": READ,
    "api_gate.later": READ,
    "api_gate.standing": READ,
    "api_gate.here": READ,
    "api_trips.aboard": READ,
    "api_trips.to_come": READ,
    "api_hauls.haul_listing": READ,
    "api_hauls.drivers": READ,
    "api_hauls.one_haul": READ,
    "api_hauls.driver": MANIFESTS,
    "api_today.yard": READ,
    "api_today.draft_listing": READ,
    "api_today.loads": READ,
    "api_today.figures": READ,
    "api_disposals.waiting": READ,
    "api_group_offers.offers": READ,
    "api_positions.listing": READ,
    "api_network.places": READ,
    "api_network.roads": READ,
    "api_overview.day_in_figures": READ,
    "api_fleet_service.fleet": READ,
    "api_devices.device_listing": READ,
    "api_devices.device": READ,
    "api_devices.day": READ,
    "api_devices.binding_listing": READ,
    "api_devices.register": ADMINISTER,
    "api_devices.change": ADMINISTER,
    "api_devices.bind": ADMINISTER,
    "api_devices.unbind": ADMINISTER,
    "api_devices.in_service": ADMINISTER,
    "api_devices.token": ADMINISTER,
    "api_devices.token_revoked": ADMINISTER,
    "api_devices.forgotten": ADMINISTER,
    "api_devices.filed": WEIGHBRIDGE,  # measurements that came by hand
    "api_device_models.model_listing": READ,
    "api_device_models.described": ADMINISTER,
    "api_device_models.field_forgotten": ADMINISTER,
    "api_messages.message_listing": READ,
    "api_messages.message": READ,
    "api_messages.body_of": READ,
    "api_quarantine.waiting": READ,
    "api_quarantine.releases": READ,
    "api_quarantine.let_out": ADMINISTER,
    "api_quarantine.turned_down": ADMINISTER,
    "api_tokens.revoke": READ,  # the own one; others' only by the administrator
}

ALSO: dict[str, Scope] = {"api_manifests.issue": SIGN}
"""What an endpoint asks for besides: to issue is to sign."""

ONE_OF: dict[str, tuple[Scope, ...]] = {"api_attachments.send": (MANIFESTS, SIGN, WEIGHBRIDGE, CASES)}
"""Of which scopes an endpoint asks for any one besides: a file is sent for a later act."""

WITHOUT_TOKEN = frozenset({"api_document.document"})
"""What anybody may read: the document of the interface."""


def allows(endpoint: str, held: Set[Scope]) -> bool:
    """Whether a token with these scopes may call the endpoint. KeyError: the endpoint has no scope."""
    needed = {SCOPES[endpoint]} | ({ALSO[endpoint]} if endpoint in ALSO else set())
    return needed <= held and (endpoint not in ONE_OF or not held.isdisjoint(ONE_OF[endpoint]))


def scopes_told(endpoint: str) -> str:
    """What the document says of the scopes of an endpoint."""
    needed = [f"`{SCOPES[endpoint].value}`"]
    if endpoint in ALSO:
        needed.append(f"`{ALSO[endpoint].value}`")
    if endpoint in ONE_OF:
        needed.append("one of " + ", ".join(f"`{each.value}`" for each in ONE_OF[endpoint]))
    return "Scope: " + " and ".join(needed) + "."


def check(app: Flask) -> None:
    """Raises LookupError when table and routes differ."""
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules() if rule.endpoint.startswith(PREFIX)}
    endpoints -= WITHOUT_TOKEN
    if endpoints != SCOPES.keys():
        missing, unknown = sorted(endpoints - SCOPES.keys()), sorted(SCOPES.keys() - endpoints)
        raise LookupError(
            f"web/api/v1/scopes.py: endpoints without scope {missing}, scopes without endpoint {unknown}"
        )
