"""/api/v1/facilities, vehicles, organisations, scales, users: what and who takes part?"""

from typing import Any

from marshmallow import fields

from models.vocabulary import FacilityKind, Mode, Role
from tracking.operations.administer.fleet import (
    OrganisationDraft,
    ScaleDraft,
    VehicleDraft,
    keep_organisation,
    keep_organisation_active,
    keep_scale,
    keep_vehicle,
    keep_vehicle_active,
    take_out_of_service,
)
from tracking.operations.administer.password_links import give_link
from tracking.operations.administer.people import add_person, change_person, give_password, set_active
from tracking.queries.api_registers import (
    OrganisationTold,
    RouteTold,
    organisation_by_code,
    organisation_rows,
    route_by_code,
    route_rows,
)
from tracking.queries.facility_list import FacilityFilter, FacilityRow, facility_by_code, facility_page
from tracking.queries.fleet_list import VehicleFilter, VehicleRow, vehicle_by_code, vehicle_page
from tracking.queries.registered import RegisteredScale, scale_rows
from tracking.queries.users import Account, all_accounts
from web.api.v1.derived import filled, given, told, told_pages
from web.api.v1.fields import MAX_NAME, Body, Chosen, Day, Flag, Moment, Text
from web.api.v1.operation import Call, NotFound, Reply, reads, resource, writes
from web.api.v1.paging import PageQuery, cursor_of, only_one, told_page, told_register
from web.api.v1.rules import Coded

facilities = resource("facilities", "/facilities")
vehicles = resource("vehicles", "/vehicles")
routes = resource("routes", "/routes")
organisations = resource("organisations", "/organisations")
scales = resource("scales", "/scales")
users = resource("users", "/users")


class FacilityQuery(PageQuery):
    """Filters of the list of facilities."""

    kind = Chosen(FacilityKind, load_default=None)
    text = Text(100, load_default="")


class VehicleQuery(PageQuery):
    """Filters of the list of vehicles."""

    mode = Chosen(Mode, load_default=None)
    carrier = Text(load_default="")
    text = Text(100, load_default="")


class OutOfService(Body):
    """From which day on."""

    on = Day(required=True)


class ActiveDays(Body):
    """The first and the last day; blank: without begin or end."""

    active_from = Day(load_default=None, allow_none=True)
    active_to = Day(load_default=None, allow_none=True)


class PersonGiven(Body):
    """A login to be added."""

    username = Text(required=True)
    display_name = Text(100, required=True)
    role = Chosen(Role, required=True)
    organisation = Text(load_default=None)
    password = Text(MAX_NAME, required=True)


class PersonChanged(Body):
    """What of a login is changed; blanks stay."""

    display_name = Text(100, required=True)
    role = Chosen(Role, required=True)
    organisation = Text(load_default=None)
    active = Flag(load_default=None)
    password = Text(MAX_NAME, load_default=None)


class LinkTold(Body):
    """A link that holds once; the token is told this once."""

    username = fields.String(required=True)
    token = fields.String(required=True, allow_none=True)
    expires_at = Moment(required=True)


class NamedPerson(Body):
    """Whose login it is."""

    username = fields.String(required=True)


@facilities.get("")
@reads("Facilities that the caller knows, by code", told_pages(FacilityRow), query=FacilityQuery)
def listing(call: Call) -> Any:
    """Plants, works, wharves, stores and sites."""
    wanted = FacilityFilter(call.query["text"], call.query["kind"])
    after, limit = cursor_of(call.query, "text"), call.query["limit"]
    return told_page(facility_page(call.session, call.viewer, wanted, after, limit))


@facilities.get("/<path:code>")
@reads("One facility", told(FacilityRow))
def facility(call: Call, code: str) -> Any:
    """Its scales stand under /scales, its permits under /permits."""
    found = facility_by_code(call.session, code, call.viewer)
    if found is None:
        raise NotFound
    return found


@vehicles.get("")
@reads("Vehicles that the caller may see, by code", told_pages(VehicleRow), query=VehicleQuery)
def vehicle_listing(call: Call) -> Any:
    """Trucks and vessels."""
    wanted = VehicleFilter(call.query["text"], call.query["mode"], call.query["carrier"])
    after, limit = cursor_of(call.query, "text"), call.query["limit"]
    return told_page(vehicle_page(call.session, call.viewer, wanted, after, limit))


@vehicles.get("/<path:code>")
@reads("One vehicle", told(VehicleRow))
def vehicle(call: Call, code: str) -> Any:
    """Where it is stands under /positions, its devices under /devices."""
    found = vehicle_by_code(call.session, code, call.viewer)
    if found is None:
        raise NotFound
    return found


@vehicles.post("")
@writes("Add a vehicle", Coded, body=given(VehicleDraft), status=201)
def add_vehicle(call: Call) -> Any:
    """By the administrator."""
    keep_vehicle(call.session, filled(VehicleDraft, call.body), call.viewer, new=True)
    return {"code": call.body["code"]}


@vehicles.put("")
@writes("Change a vehicle, by its code", Coded, body=given(VehicleDraft))
def change_vehicle(call: Call) -> Any:
    """By the administrator."""
    keep_vehicle(call.session, filled(VehicleDraft, call.body), call.viewer)
    return {"code": call.body["code"]}


@vehicles.post("/<path:code>/out-of-service")
@writes("Take a vehicle out of service", Coded, body=OutOfService)
def out_of_service(call: Call, code: str) -> Any:
    """Its licences end that day."""
    take_out_of_service(call.session, code, call.body["on"], call.viewer)
    return {"code": code}


@vehicles.put("/<path:code>/active")
@writes("Say from when to when a vehicle is in service", Coded, body=ActiveDays)
def vehicle_active(call: Call, code: str) -> Any:
    """By the administrator."""
    days = (call.body["active_from"], call.body["active_to"])
    keep_vehicle_active(call.session, code, *days, call.viewer)
    return {"code": code}


@organisations.put("/<path:code>/active")
@writes("Say from when to when an organisation is active", Coded, body=ActiveDays)
def organisation_active(call: Call, code: str) -> Any:
    """By the administrator."""
    days = (call.body["active_from"], call.body["active_to"])
    keep_organisation_active(call.session, code, *days, call.viewer)
    return {"code": code}


@routes.get("")
@reads("Approved routes between facilities that the caller knows", told_pages(RouteTold), query=PageQuery)
def route_listing(call: Call) -> Any:
    """By code."""
    after = cursor_of(call.query, "text")
    return told_page(route_rows(call.session, call.viewer, after, call.query["limit"]))


@routes.get("/<path:code>")
@reads("One route", told(RouteTold))
def route(call: Call, code: str) -> Any:
    """With its line and the half-width of its corridor."""
    found = route_by_code(call.session, code, call.viewer)
    if found is None:
        raise NotFound
    return found


@organisations.get("")
@reads("Organisations, by code", told_pages(OrganisationTold), query=PageQuery)
def organisation_listing(call: Call) -> Any:
    """The public part of the register: everybody names parties on manifests."""
    return told_page(organisation_rows(call.session, cursor_of(call.query, "text"), call.query["limit"]))


@organisations.get("/<path:code>")
@reads("One organisation", told(OrganisationTold))
def organisation(call: Call, code: str) -> Any:
    """The public part of the register."""
    found = organisation_by_code(call.session, code)
    if found is None:
        raise NotFound
    return found


@organisations.post("")
@writes("Add an organisation", Coded, body=given(OrganisationDraft), status=201)
def add_organisation(call: Call) -> Any:
    """By the administrator."""
    keep_organisation(call.session, filled(OrganisationDraft, call.body), call.viewer, new=True)
    return {"code": call.body["code"]}


@organisations.put("")
@writes("Change an organisation, by its code", Coded, body=given(OrganisationDraft))
def change_organisation(call: Call) -> Any:
    """By the administrator."""
    keep_organisation(call.session, filled(OrganisationDraft, call.body), call.viewer)
    return {"code": call.body["code"]}


@scales.get("")
@reads("The weighbridges of places that the caller sees", told_pages(RegisteredScale), query=PageQuery)
def scale_listing(call: Call) -> Any:
    """By code."""
    rows = scale_rows(call.session, call.viewer)
    return told_register(rows, lambda row: row.code, call.query, "text")


@scales.get("/<path:code>")
@reads("One weighbridge", told(RegisteredScale))
def scale(call: Call, code: str) -> Any:
    """Of a place that the caller sees."""
    return only_one(scale_rows(call.session, call.viewer), lambda row: row.code == code)


@scales.post("")
@writes("Add a scale", Coded, body=given(ScaleDraft), status=201)
def add_scale(call: Call) -> Any:
    """By the administrator."""
    keep_scale(call.session, filled(ScaleDraft, call.body), call.viewer, new=True)
    return {"code": call.body["code"]}


@scales.put("")
@writes("Change a scale, by its code", Coded, body=given(ScaleDraft))
def change_scale(call: Call) -> Any:
    """By the administrator."""
    keep_scale(call.session, filled(ScaleDraft, call.body), call.viewer)
    return {"code": call.body["code"]}


@users.get("")
@reads("Logins by user name, for the administrator", told_pages(Account), query=PageQuery)
def people(call: Call) -> Any:
    """Those that have ended too."""
    return told_register(accounts(call), lambda row: row.username, call.query, "text")


@users.get("/<path:username>")
@reads("One login, for the administrator", told(Account))
def login(call: Call, username: str) -> Any:
    """Without its password."""
    return only_one(accounts(call), lambda row: row.username == username)


def accounts(call: Call) -> list[Account]:
    """Every login; they do not exist for anybody but the administrator."""
    if call.viewer.role is not Role.ADMINISTRATOR:
        raise NotFound
    return all_accounts(call.session)


@users.post("/<path:username>/password-link")
@writes("Give a link by which the person chooses a password", LinkTold, status=201)
def password_link(call: Call, username: str) -> Any:
    """The token of the link is told this once: /password/TOKEN leads to the page."""
    link = give_link(call.session, username, call.viewer, call.setting.now)
    told_once = {"username": link.username, "token": link.token, "expires_at": link.expires_at}
    return Reply(told_once, kept=told_once | {"token": None})


@users.post("")
@writes("Add a login", NamedPerson, body=PersonGiven, status=201)
def add(call: Call) -> Any:
    """By the administrator."""
    body = call.body
    named = (body["username"], body["display_name"], body["role"], body["organisation"], body["password"])
    add_person(call.session, *named, call.viewer, call.setting.now)
    return {"username": body["username"]}


@users.patch("/<path:username>")
@writes("Change a login", NamedPerson, body=PersonChanged)
def change(call: Call, username: str) -> Any:
    """By the administrator; a new password ends its sessions."""
    body = call.body
    named = (body["display_name"], body["role"], body["organisation"])
    change_person(call.session, username, *named, call.viewer)
    if body["active"] is not None:
        set_active(call.session, username, body["active"], call.viewer)
    if body["password"] is not None:
        give_password(call.session, username, body["password"], call.viewer)
    return {"username": username}
