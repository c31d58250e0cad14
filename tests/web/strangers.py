"""With which calls does a stranger try every endpoint of the interface? {names} are filled with ours."""

from typing import Any

HOLDS = {"number": "{number}", "reason": "of no concern"}
ANSWER = {"accepted": True, "reason": "of no concern"}
PERIOD = {"valid_from": "2026-01-01", "valid_to": "2026-12-31"}
ENDS = {"origin": "{plant}", "destination": "{site}"}
LEG = {"mode": "road", "vehicle": "{truck}", "from": "{plant}", "to": "{site}"}
DRAFT = ENDS | {"sludge_kind": "dewatered", "planned_kg": 17_000, "legs": [LEG]}
PLAN = ENDS | PERIOD | {"code": "PL", "name": "PL", "sludge_kind": "dewatered"}
VEHICLE = {"code": "{truck}", "name": "x", "mode": "road", "organisation": "{carrier}"}
PERSON = {"username": "new", "display_name": "new", "role": "plant", "password": "correct horse battery"}
LIMIT = {"subject": "cd", "value": 1, "inclusive": True, "unit": "mg/kg", "standard": "x"}
SURVEY = {"facility": "{site}", "pile": "main", "at": "{now}", "wet_kg": 1}
PRODUCT = {"facility": "{site}", "product": "x", "mass_kg": 1, "use": "x", "receiver": "x", "at": "{now}"}
WINDOW = {"covers_from": "2026-03-01T00:00Z", "covers_to": "{now}", "enter_until": "2026-04-01T00:00Z"}
DIVERSION = {"from_site": "{site}", "to_site": "{site}", "valid_from": "{now}", "reason": "x"}
LAB: dict[str, Any] = {
    "facility": "{plant}",
    "period_from": "2026-01-01",
    "period_to": "2026-01-31",
    "laboratory": "x",
}
LAB |= {"report_number": "x", "analyte": "cd", "value": 1, "unit": "mg/kg"}

OBJECTS: dict[str, tuple[str, str, Any]] = {
    "api_manifests.one": ("GET", "/manifests/{number}", None),
    "api_manifests.judgement": ("GET", "/manifests/{number}/judgement", None),
    "api_manifests.places": ("GET", "/manifests/{number}/map", None),
    "api_manifests.certificate": ("GET", "/manifests/{number}/certificate", None),
    "api_manifests.steps": ("GET", "/manifests/{number}/steps", None),
    "api_manifests.files": ("GET", "/manifests/{number}/files", None),
    "api_manifests.correctable_fields": ("GET", "/manifests/{number}/correctable", None),
    "api_facilities.facility": ("GET", "/facilities/{plant}", None),
    "api_vehicles.vehicle": ("GET", "/vehicles/{truck}", None),
    "api_vehicles.track": ("GET", "/vehicles/{truck}/track", None),
    "api_devices.device": ("GET", "/devices/{device}", None),
    "api_devices.day": ("GET", "/devices/{device}/day", None),
    "api_devices.binding_listing": ("GET", "/devices/{device}/bindings", None),
    "api_holds.one_hold": ("GET", "/holds/{number}", None),
    "api_weighbridge.test_listing": ("GET", "/weighbridge/moisture-tests?manifest={number}", None),
    "api_weighbridge.one_test": ("GET", "/weighbridge/moisture-tests/{test}", None),
    "api_weighbridge.one_ticket": ("GET", "/weighbridge/tickets/1", None),
    "api_weighbridge.one_certificate": ("GET", "/weighbridge/certificates/1", None),
    "api_weighbridge.one_lab_result": ("GET", "/weighbridge/lab-results/1", None),
    "api_stock.movement": ("GET", "/stock/movements/1", None),
    "api_dispatches.one_dispatch": ("GET", "/dispatches/nothing-of-this-name", None),
    "api_permits.one_permit": ("GET", "/permits/1", None),
    "api_licences.one_licence": ("GET", "/licences/1", None),
    "api_approvals.one_approval": ("GET", "/approvals/1", None),
    "api_diversions.one_diversion": ("GET", "/diversions/nothing-of-this-name", None),
    "api_routes.route": ("GET", "/routes/nothing-of-this-name", None),
    "api_scales.scale": ("GET", "/scales/nothing-of-this-name", None),
    "api_questions.one_question": ("GET", "/questions/1", None),
    "api_findings.finding_places": ("GET", "/findings/{finding}/map", None),
    "api_corrections.one": ("GET", "/corrections/1", None),
    "api_correction_questions.one_question": ("GET", "/correction-questions/1", None),
    "api_tokens.one": ("GET", "/tokens/1", None),
    "api_users.login": ("GET", "/users/{user}", None),
    "api_manifests.replace_draft": ("PUT", "/manifests/{number}", DRAFT),
    "api_manifests.discard": ("DELETE", "/manifests/{number}", None),
    "api_manifests.step": ("POST", "/manifests/{number}/steps", {"act": "cancel", "reason": "x"}),
    "api_codes.give": ("POST", "/codes", {"number": "{number}", "act": "load"}),
    "api_corrections.ask": (
        "POST",
        "/corrections",
        {"number": "{number}", "field": "planned_kg", "old": 17_000, "new": 1, "reason": "x"},
    ),
    "api_findings.finding": ("GET", "/findings/{finding}", None),
    "api_findings.objections": ("GET", "/findings/{finding}/objections", None),
    "api_findings.object_to": ("POST", "/findings/{finding}/objections", {"text": "x"}),
    "api_paper.continued": (
        "POST",
        "/paper/{written}/steps",
        {"steps": [{"act": "accept", "signer": "x", "at": "{now}"}]},
    ),
    "api_paper_signatures.one": ("GET", "/paper-signatures/{paper}", None),
    "api_paper_signatures.listing": ("GET", "/paper-signatures?number={written}", None),
    "api_paper_signatures.answer": ("POST", "/paper-signatures/{paper}/answer", {"confirmed": True}),
    "api_paper_signatures.code": ("POST", "/paper-signatures/{paper}/codes", {}),
    "api_corrections.listing": ("GET", "/corrections?number={number}", None),
    "api_correction_questions.asked": ("GET", "/correction-questions?number={number}", None),
    "api_voyages.voyage": ("GET", "/voyages/nothing-of-this-name", None),
    "api_plans.plan": ("GET", "/plans/nothing-of-this-name", None),
    "api_cases.one": ("GET", "/cases/nothing-of-this-name", None),
    "api_attachments.download": ("GET", "/attachments/1", None),
    "api_tokens.revoke": ("DELETE", "/tokens/1", None),
    "api_corrections.answer": ("POST", "/corrections/1/answer", ANSWER),
    "api_corrections.withdraw": ("DELETE", "/corrections/1", None),
    "api_correction_questions.explained": ("POST", "/correction-questions/1/answer", {"answer": "x"}),
    "api_questions.answered": ("POST", "/questions/1/answer", {"text": "x"}),
}
"""Things of others: they do not exist for a rival."""

REFUSALS: dict[str, tuple[str, str, Any]] = {
    "api_manifests.draw": ("POST", "/manifests", DRAFT),
    "api_manifests.issue": ("POST", "/manifests/issue", {"draft": DRAFT}),
    "api_voyages.opened": ("POST", "/voyages", ENDS | {"vehicle": "{truck}"}),
    "api_voyages.sailed": ("POST", "/voyages/nothing-of-this-name/sail", {}),
    "api_voyages.step": ("POST", "/voyages/nothing-of-this-name/steps", {"act": "hand_over"}),
    "api_stock.survey": ("POST", "/stock/surveys", SURVEY),
    "api_dispatches.dispatched": ("POST", "/dispatches", PRODUCT),
    "api_weighbridge.ticket": (
        "POST",
        "/weighbridge/tickets",
        {"scale": "s", "gross_kg": 2, "weighed_at": "{now}"},
    ),
    "api_weighbridge.void": ("POST", "/weighbridge/tickets/1/void", {"reason": "x"}),
    "api_weighbridge.certificate": (
        "POST",
        "/weighbridge/certificates",
        PERIOD | {"scale": "s", "number": "x", "issuer": "x"},
    ),
    "api_weighbridge.lab_result": ("POST", "/weighbridge/lab-results", LAB),
    "api_windows.window": ("POST", "/windows", WINDOW | {"reason": "x"}),
    "api_windows.closed": ("DELETE", "/windows/1", None),
    "api_paper.entered": ("POST", "/paper", {"draft": DRAFT}),
    "api_paper_signatures.decide": (
        "POST",
        "/paper-signatures/{paper}/decision",
        {"upheld": True, "reason": "x"},
    ),
    "api_holds.place": ("POST", "/holds", HOLDS),
    "api_holds.lift": ("POST", "/holds/lift", HOLDS),
    "api_correction_questions.question": (
        "POST",
        "/correction-questions",
        {"number": "{number}", "field": "planned_kg", "comment": "x", "organisation": "{carrier}"},
    ),
    "api_corrections.decide": ("POST", "/corrections/1/decision", ANSWER),
    "api_limits.enter": ("POST", "/limits", LIMIT | {"valid_from": "2026-01-01"}),
    "api_limits.confirm": ("POST", "/limits/1/confirm", {}),
    "api_permits.permit": ("POST", "/permits", PERIOD | {"facility": "{site}", "number": "x"}),
    "api_permits.revoke": ("POST", "/permits/1/revoke", {"on": "2026-03-02"}),
    "api_licences.licence": ("POST", "/licences", PERIOD | {"vehicle": "{truck}", "number": "x"}),
    "api_approvals.approval": ("POST", "/approvals", ENDS | PERIOD | {"number": "x"}),
    "api_plans.enter_new_plan": ("POST", "/plans", PLAN),
    "api_plans.put_plan": ("PUT", "/plans/PL", PLAN),
    "api_plans.activate": ("POST", "/plans/PL/active", {"active": False}),
    "api_diversions.divert": ("POST", "/diversions", DIVERSION | {"valid_to": "2026-04-01T00:00Z"}),
    "api_diversions.end": ("DELETE", "/diversions/x", None),
    "api_vehicles.add_vehicle": ("POST", "/vehicles", VEHICLE),
    "api_vehicles.change_vehicle": ("PUT", "/vehicles", VEHICLE),
    "api_vehicles.out_of_service": ("POST", "/vehicles/{truck}/out-of-service", {"on": "2026-03-02"}),
    "api_vehicles.vehicle_active": ("PUT", "/vehicles/{truck}/active", {"active_to": "2026-03-02"}),
    "api_organisations.organisation_active": (
        "PUT",
        "/organisations/{carrier}/active",
        {"active_to": "2026-03-02"},
    ),
    "api_organisations.add_organisation": (
        "POST",
        "/organisations",
        {"code": "n", "name": "n", "kind": "hauler"},
    ),
    "api_organisations.change_organisation": (
        "PUT",
        "/organisations",
        {"code": "{carrier}", "name": "n", "kind": "hauler"},
    ),
    "api_scales.add_scale": ("POST", "/scales", {"code": "s", "facility": "{site}"}),
    "api_scales.change_scale": ("PUT", "/scales", {"code": "s", "facility": "{site}"}),
    "api_users.people": ("GET", "/users", None),
    "api_users.password_link": ("POST", "/users/{user}/password-link", {}),
    "api_hauls.one_haul": ("GET", "/hauls/1/{number}", None),
    "api_hauls.driver": ("PUT", "/hauls/1/{number}", {"driver": None}),
    "api_devices.register": ("POST", "/devices", {"code": "D-NEW", "protocol": "jt808"}),
    "api_devices.change": ("PUT", "/devices/{device}", {"protocol": "jt808"}),
    "api_devices.bind": ("POST", "/devices/{device}/bindings", {"vehicle": "{truck}", "since": "{now}"}),
    "api_devices.unbind": ("POST", "/devices/{device}/unbind", {"until": "{now}"}),
    "api_devices.in_service": ("PUT", "/devices/{device}/service", {"active": False}),
    "api_devices.token": ("POST", "/devices/{device}/token", {}),
    "api_devices.token_revoked": ("DELETE", "/devices/{device}/token", None),
    "api_devices.forgotten": ("DELETE", "/devices/{device}/registration", None),
    "api_devices.filed": ("POST", "/devices/{device}/files?name=a.gpx", None),
    "api_device_models.model_listing": ("GET", "/device-models", None),
    "api_device_models.described": (
        "POST",
        "/device-models",
        {"model": "x", "quantity": "load_kg", "tlv_id": 1, "width_bytes": 2, "scale": 1},
    ),
    "api_device_models.field_forgotten": ("POST", "/device-models/forget", {"model": "x", "quantity": "x"}),
    "api_messages.message_listing": ("GET", "/messages", None),
    "api_messages.message": ("GET", "/messages/1", None),
    "api_messages.body_of": ("GET", "/messages/1/body", None),
    "api_quarantine.waiting": ("GET", "/quarantine", None),
    "api_quarantine.releases": ("GET", "/quarantine/releases", None),
    "api_quarantine.let_out": ("POST", "/quarantine/release", {"sender": "{device}", "up_to": 1}),
    "api_quarantine.turned_down": ("POST", "/quarantine/reject", {"sender": "{device}", "up_to": 1}),
    "api_users.add": ("POST", "/users", PERSON),
    "api_users.change": ("PATCH", "/users/{user}", {"display_name": "x", "role": "plant"}),
    "api_cases.opened": ("POST", "/cases", {"title": "x", "findings": ["{finding}"]}),
    "api_cases.add": ("POST", "/cases/x/findings", {"finding": "{finding}"}),
    "api_cases.assign": ("POST", "/cases/x/assign", {"username": "{user}"}),
    "api_cases.comment": ("POST", "/cases/x/comments", {"text": "x"}),
    "api_cases.attached": ("POST", "/cases/x/attachments", {"attachment": 1}),
    "api_cases.ask": ("POST", "/cases/x/questions", {"organisation": "{carrier}", "text": "x"}),
    "api_cases.decide": ("POST", "/cases/x/decision", {"outcome": "violation", "reason": "x"}),
    "api_cases.close": ("POST", "/cases/x/close", {}),
    "api_cases.reopen": ("POST", "/cases/x/reopen", {"reason": "x"}),
    "api_findings.decide_on": (
        "POST",
        "/findings/{finding}/decision",
        {"outcome": "dismiss", "reason": "x", "seen_version": 1},
    ),
    "api_tokens.give": ("POST", "/tokens", {"name": "x", "user": "{user}", "scopes": ["read"]}),
}
"""Acts of others: refused, whether or not the thing exists for a rival."""

LISTS: dict[str, str] = {
    "api_manifests.listing": "/manifests",
    "api_stock.listing": "/stock",
    "api_stock.ledger": "/stock/movements",
    "api_permits.permit_listing": "/permits",
    "api_licences.licence_listing": "/licences",
    "api_approvals.approval_listing": "/approvals",
    "api_plans.plan_listing": "/plans",
    "api_diversions.diversion_listing": "/diversions",
    "api_facilities.listing": "/facilities",
    "api_vehicles.vehicle_listing": "/vehicles",
    "api_routes.route_listing": "/routes",
    "api_cases.listing": "/cases",
    "api_questions.asked": "/questions",
    "api_findings.finding_listing": "/findings",
    "api_voyages.voyage_listing": "/voyages",
    "api_dispatches.dispatch_listing": "/dispatches",
    "api_holds.standing": "/holds",
    "api_scales.scale_listing": "/scales",
    "api_positions.listing": "/positions",
    "api_network.places": "/network/places",
    "api_devices.device_listing": "/devices",
    "api_overview.day_in_figures": "/overview",
    "api_weighbridge.ticket_listing": "/weighbridge/tickets",
    "api_weighbridge.certificate_listing": "/weighbridge/certificates",
    "api_weighbridge.lab_listing": "/weighbridge/lab-results",
}
"""Lists: they name nothing of ours to a rival."""

DESKS: dict[str, str] = {
    "api_gate.soon": "/gate/soon",
    "api_gate.later": "/gate/later",
    "api_gate.standing": "/gate/standing",
    "api_gate.here": "/gate/here",
    "api_trips.aboard": "/trips/aboard",
    "api_trips.to_come": "/trips/to-come",
    "api_hauls.haul_listing": "/hauls?part=all",
    "api_hauls.drivers": "/hauls/drivers",
    "api_today.yard": "/today/yard",
    "api_today.draft_listing": "/today/drafts",
    "api_today.loads": "/today/loads",
    "api_today.figures": "/today/figures",
    "api_disposals.waiting": "/disposals/waiting",
    "api_group_offers.offers": "/group-offers",
    "api_fleet_service.fleet": "/fleet-service",
}
"""Lists of work: nothing of ours stands on a rival's desk, and another's desk is refused."""

FOR_ALL = {
    "api_windows.window_listing",  # one's own and those for everybody
    "api_windows.one_window",
    "api_network.roads",  # the map of the city
    "api_limits.limit",
    "api_limits.listing",  # the rule table is public to everybody who signs in
    "api_organisations.organisation",
    "api_organisations.organisation_listing",  # manifests name any party
    "api_tokens.listing",  # one's own
    "api_attachments.send",  # a file of one's own
}
