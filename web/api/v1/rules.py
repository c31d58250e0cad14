"""/api/v1/limits, permits, licences, approvals, plans, diversions: under which rules does sludge travel?"""

from datetime import date
from typing import Any

from marshmallow import fields

from tracking.operations.administer.diversions import authorise_diversion, end_diversion
from tracking.operations.administer.limits import LimitDraft, confirm_limit, enter_limit
from tracking.operations.administer.permits import (
    ApprovalDraft,
    LicenceDraft,
    PermitDraft,
    keep_approval,
    keep_licence,
    keep_permit,
    revoke_permit,
)
from tracking.operations.administer.plans import PlanDraft, change_plan, enter_plan, set_plan_active
from tracking.queries.permits import (
    ApprovalRow,
    DiversionRow,
    LicenceRow,
    PermitRow,
    diversions,
    facility_permits,
    transfer_approvals,
    vehicle_licences,
)
from tracking.queries.plans import PlanRow, plan_by_code, plan_list
from tracking.queries.rule_table import LimitRow, rule_table
from web.api.v1.derived import filled, given, told, told_pages
from web.api.v1.fields import Body, Day, Flag, Moment, Text
from web.api.v1.operation import Call, NotFound, Reply, reads, resource, writes
from web.api.v1.paging import PageQuery, only_one, told_register

limits = resource("limits", "/limits")
permits = resource("permits", "/permits")
licences = resource("licences", "/licences")
approvals = resource("approvals", "/approvals")
plans = resource("plans", "/plans")
diverted = resource("diversions", "/diversions")
ROW = "<int:row_id>"


class Kept(Body):
    """The row id of what was entered."""

    id = fields.Integer(required=True)


class Coded(Body):
    """The code of what was entered."""

    code = fields.String(required=True)


class OnDay(Body):
    """On which day is it asked? Blank: today."""

    on = Day(load_default=None)


class OnDayPage(PageQuery):
    """A list as of a day; blank: today."""

    on = Day(load_default=None)


class Noted(Body):
    """A remark beside it."""

    note = Text(500, load_default=None)


class RevokedOn(Body):
    """From which day on a permit holds no more."""

    on = Day(required=True)


class Active(Body):
    """Is the plan to be used?"""

    active = Flag(required=True)


class DiversionGiven(Body):
    """An authorised temporary change of destination."""

    from_site = Text(required=True)
    to_site = Text(required=True)
    valid_from = Moment(required=True)
    valid_to = Moment(required=True)
    reason = Text(500, required=True)


def day_of(call: Call) -> date:
    """The day that was asked for."""
    asked: date | None = call.query.get("on")
    return asked or call.setting.now.astimezone(call.setting.zone).date()


@limits.get("")
@reads(
    "The rule table: every dated limit with who entered and confirmed it",
    told_pages(LimitRow),
    query=OnDayPage,
)
def listing(call: Call) -> Any:
    """Those that were entered last first."""
    return told_register(rule_table(call.session, day_of(call)), lambda row: row.id, call.query)


@limits.get(f"/{ROW}")
@reads("One limit", told(LimitRow), query=OnDay)
def limit(call: Call, row_id: int) -> Any:
    """As it stands on a day."""
    return only_one(rule_table(call.session, day_of(call)), lambda row: row.id == row_id)


@limits.post("")
@writes("Enter a limit, unconfirmed", Kept, body=given(LimitDraft), status=201)
def enter(call: Call) -> Any:
    """By the regulator."""
    draft = filled(LimitDraft, call.body)
    return {"id": enter_limit(call.session, draft, call.viewer, call.setting.now, call.setting.zone)}


@limits.post(f"/{ROW}/confirm")
@writes("Confirm a limit against the official text", Kept, body=Noted)
def confirm(call: Call, row_id: int) -> Any:
    """By the administrator."""
    confirm_limit(call.session, row_id, call.viewer, call.setting.now, call.body["note"])
    return {"id": row_id}


@permits.get("")
@reads("Permits of facilities, those entered last first", told_pages(PermitRow), query=OnDayPage)
def permit_listing(call: Call) -> Any:
    """Those that the caller may see."""
    rows = facility_permits(call.session, call.viewer, day_of(call))
    return told_register(rows, lambda row: row.id, call.query)


@permits.get(f"/{ROW}")
@reads("One permit", told(PermitRow), query=OnDay)
def one_permit(call: Call, row_id: int) -> Any:
    """With whether it holds on the day."""
    rows = facility_permits(call.session, call.viewer, day_of(call))
    return only_one(rows, lambda row: row.id == row_id)


@permits.post("")
@writes("Enter or change a permit, by facility and number", Kept, body=given(PermitDraft))
def permit(call: Call) -> Any:
    """By regulator or administrator."""
    return {"id": keep_permit(call.session, filled(PermitDraft, call.body), call.viewer)}


@permits.post(f"/{ROW}/revoke")
@writes("End a permit before its time", Kept, body=RevokedOn)
def revoke(call: Call, row_id: int) -> Any:
    """From a day on."""
    revoke_permit(call.session, row_id, call.body["on"], call.viewer)
    return {"id": row_id}


@licences.get("")
@reads("Licences of vehicles, those entered last first", told_pages(LicenceRow), query=OnDayPage)
def licence_listing(call: Call) -> Any:
    """Those that the caller may see."""
    rows = vehicle_licences(call.session, call.viewer, day_of(call))
    return told_register(rows, lambda row: row.id, call.query)


@licences.get(f"/{ROW}")
@reads("One licence", told(LicenceRow), query=OnDay)
def one_licence(call: Call, row_id: int) -> Any:
    """With whether it holds on the day."""
    rows = vehicle_licences(call.session, call.viewer, day_of(call))
    return only_one(rows, lambda row: row.id == row_id)


@licences.post("")
@writes("Enter or change a licence, by vehicle and number", Kept, body=given(LicenceDraft))
def licence(call: Call) -> Any:
    """By regulator or administrator."""
    return {"id": keep_licence(call.session, filled(LicenceDraft, call.body), call.viewer)}


@approvals.get("")
@reads("Approvals to leave the province, the last first", told_pages(ApprovalRow), query=OnDayPage)
def approval_listing(call: Call) -> Any:
    """Those that the caller may see."""
    rows = transfer_approvals(call.session, call.viewer, day_of(call))
    return told_register(rows, lambda row: row.id, call.query)


@approvals.get(f"/{ROW}")
@reads("One approval", told(ApprovalRow), query=OnDay)
def one_approval(call: Call, row_id: int) -> Any:
    """With whether it holds on the day."""
    rows = transfer_approvals(call.session, call.viewer, day_of(call))
    return only_one(rows, lambda row: row.id == row_id)


@approvals.post("")
@writes("Enter or change an approval, by its number", Kept, body=given(ApprovalDraft))
def approval(call: Call) -> Any:
    """By regulator or administrator."""
    return {"id": keep_approval(call.session, filled(ApprovalDraft, call.body), call.viewer)}


@plans.get("")
@reads("Standing plans with what is left of their quota, by code", told_pages(PlanRow), query=OnDayPage)
def plan_listing(call: Call) -> Any:
    """Those that the caller may see."""
    rows = plan_list(call.session, call.viewer, day_of(call))
    return told_register(rows, lambda row: row.code, call.query, "text")


@plans.get("/<path:code>")
@reads("One plan", told(PlanRow), query=OnDay)
def plan(call: Call, code: str) -> Any:
    """With its legs."""
    found = plan_by_code(call.session, code, call.viewer, day_of(call))
    if found is None:
        raise NotFound
    return found


@plans.post("")
@writes("Enter a plan", Coded, body=given(PlanDraft), status=201)
def enter_new_plan(call: Call) -> Any:
    """By regulator or administrator."""
    return {"code": enter_plan(call.session, filled(PlanDraft, call.body), call.viewer)}


@plans.put("/<path:code>")
@writes("Change a plan", Coded, body=given(PlanDraft))
def put_plan(call: Call, code: str) -> Any:
    """Whole."""
    change_plan(call.session, code, filled(PlanDraft, call.body), call.viewer)
    return {"code": code}


@plans.post("/<path:code>/active")
@writes("Take a plan into use or out of it", Coded, body=Active)
def activate(call: Call, code: str) -> Any:
    """Manifests that were issued under it stay as they are."""
    set_plan_active(call.session, code, call.body["active"], call.viewer)
    return {"code": code}


@diverted.get("")
@reads("Authorised changes of destination, by code", told_pages(DiversionRow), query=PageQuery)
def diversion_listing(call: Call) -> Any:
    """Those that the caller may see."""
    rows = diversions(call.session, call.viewer, call.setting.now)
    return told_register(rows, lambda row: row.code, call.query, "text")


@diverted.get("/<path:code>")
@reads("One change of destination", told(DiversionRow))
def one_diversion(call: Call, code: str) -> Any:
    """With whether it holds now."""
    rows = diversions(call.session, call.viewer, call.setting.now)
    return only_one(rows, lambda row: row.code == code)


@diverted.post("")
@writes("Authorise a change of destination", Coded, body=DiversionGiven, status=201)
def divert(call: Call) -> Any:
    """By the regulator."""
    body, setting = call.body, call.setting
    window = (body["valid_from"], body["valid_to"], body["reason"])
    ends = (body["from_site"], body["to_site"])
    return {"code": authorise_diversion(call.session, *ends, *window, call.viewer, setting.now, setting.zone)}


@diverted.delete("/<path:code>")
@writes("End a change of destination now", None, status=204)
def end(call: Call, code: str) -> Any:
    """What was received under it stays lawful."""
    end_diversion(call.session, code, call.viewer, call.setting.now)
    return Reply(None)
