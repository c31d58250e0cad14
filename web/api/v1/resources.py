"""Which resources has the interface?"""

from flask import Blueprint

from web.api.v1 import (
    cases,
    disputes,
    document,
    emergency,
    loads,
    manifests,
    registers,
    rules,
    tokens,
    weighbridge,
)

BLUEPRINTS: tuple[Blueprint, ...] = (
    document.bp,
    manifests.bp,
    *(loads.voyages, loads.codes, loads.stock, loads.dispatches, loads.windows, loads.paper),
    *(rules.limits, rules.permits, rules.licences, rules.approvals, rules.plans, rules.diverted),
    *(registers.facilities, registers.vehicles, registers.routes, registers.organisations),
    *(registers.scales, registers.users),
    *(cases.cases, cases.questions, cases.findings, cases.attachments),
    *(disputes.corrections, disputes.questions, disputes.holds),
    emergency.papers,
    tokens.bp,
    weighbridge.bp,
)
