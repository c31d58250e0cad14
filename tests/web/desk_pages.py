"""Which pages stand at which desk, and under which address does each name a thing of ours?"""

from web.pages.tables import TABLES

GROSS = "weighings.loaded.gross_kg"

OBJECTS = {
    "cases.answer": "/cases/questions/{case_question}",
    "corrections.choose": "/corrections/of/{number}",
    "corrections.ask_for": "/corrections/request/{number}?field=" + GROSS,
    "corrections.page": "/corrections/{correction}",
    "corrections.answer": "/corrections/{correction}/answer",
    "corrections.withdraw": "/corrections/{correction}/withdraw",
    "corrections.reply": "/corrections/questions/{correction_question}",
    "hauls.driver": "/hauls/1/{number}/driver",
    "objections.give": "/findings/{finding}/objection",
    "objections.file": "/files/{file}",
    "issue.child": "/issue/child/return/{number}",
    "issue.edit": "/issue/draft/{draft}",
    "paper.proceed": "/paper/continue/{number}",
    "paper.page": "/paper/signatures/{paper}",
    "paper.answer": "/paper/signatures/{paper}/answer",
    "paper.code": "/paper/signatures/{paper}/code",
    "steps.page": "/sign/load/{number}",
    "steps.signed": "/signed/load/{number}",
    "steps.code": "/codes/load/{number}",
}
"""Things of some organisations: for a rival they do not exist."""

OF_THE_OFFICE = {
    *("cases.page", "cases.add", "cases.assign", "cases.comment", "cases.ask"),
    *("cases.decide", "cases.close", "cases.reopen", "holds.change", "corrections.ask"),
    *("people.change", "people.password", "people.service", "people.organisation", "people.vehicle"),
    *("people.vehicle_service", "people.scale", "permits.revoke", "plans.change", "plans.service"),
    *("rules.confirm", "tokens.revoke", "windows.end", "windows.close", "paper.decide"),
}
"""Name a thing, and are for regulator and administrator alone."""

WITHOUT_OBJECT = {
    *("cases.listing", "cases.open_", "cases.questions", "holds.queue", "corrections.listing"),
    *("hauls.listing", "rules.listing", "rules.enter"),
    *("permits.listing", "permits.permit", "permits.licence", "permits.approval"),
    *("plans.listing", "plans.enter", "windows.listing", "windows.divert", "windows.open_"),
    *("measurements.listing", "measurements.certificate", "measurements.result"),
    *("tokens.listing", "tokens.give", "people.add", "people.organisation_list", "people.scale_list"),
    *("today.page", "issue.form", "gate.queue", "stock.page", "stock.dispose", "dispatches.page"),
    *("trips.listing", "trips.voyage", "issue.group", "paper.enter"),
}
"""Address no thing of anybody: what they show is one's own."""

LISTS_AS_FILES = {f"tables.{name}" for name in TABLES}
WITHOUT_OBJECT |= LISTS_AS_FILES

ALL = {*OBJECTS, *OF_THE_OFFICE, *WITHOUT_OBJECT}
