"""Which resources has the interface?"""

from flask import Blueprint

from web.api.v1 import (
    attachments,
    cases,
    desks,
    devices,
    disputes,
    document,
    emergency,
    evidence,
    findings,
    loads,
    manifests,
    messages,
    movement,
    position_files,
    registers,
    rules,
    tokens,
    weighbridge,
)

ADDED = (evidence, position_files)
"""Parts that add endpoints to the resources of others."""

BLUEPRINTS: tuple[Blueprint, ...] = (
    document.bp,
    manifests.bp,
    *(loads.voyages, loads.codes, loads.stock, loads.dispatches, loads.windows, loads.paper),
    *(rules.limits, rules.permits, rules.licences, rules.approvals, rules.plans, rules.diverted),
    *(registers.facilities, registers.vehicles, registers.routes, registers.organisations),
    *(registers.scales, registers.users),
    *(cases.cases, cases.questions, findings.findings, attachments.attachments),
    *(disputes.corrections, disputes.questions, disputes.holds),
    emergency.papers,
    *(desks.gate, desks.trips, desks.hauls, desks.today, desks.disposals, desks.groups),
    *(movement.positions, movement.network_map, movement.overview, movement.service),
    *(devices.devices, devices.models, messages.messages, messages.quarantine),
    tokens.bp,
    weighbridge.bp,
)
