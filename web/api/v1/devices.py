"""/api/v1/devices, device-models: which devices are registered, how do they do, what is changed of them?"""

from dataclasses import asdict
from typing import Any

from flask import current_app
from marshmallow import fields

from gps_ingest.store.device_changes import (
    DeviceDetails,
    change_device,
    clear_registration,
    revoke_token,
    set_service,
    unbind_device,
)
from gps_ingest.store.device_models import FieldLine, ModelLine, describe_field, forget_field, list_models
from gps_ingest.store.devices import bind_device, find_device, issue_token, register_device
from gps_ingest.store.platforms import tie_to_platform
from models.vocabulary import Datum, Doubt, Protocol, Role
from tracking.queries.data_day import calendar_day, day_of
from tracking.queries.device_day import device_day
from tracking.queries.device_list import DeviceFilter, DeviceRow, DeviceState, device_by_code, device_page
from tracking.queries.fleet_list import Bound, bindings
from web.api.v1.derived import told, told_list, told_pages
from web.api.v1.fields import Anything, Body, Chosen, Day, Flag, Moment, Number, Text, Whole
from web.api.v1.movement import present
from web.api.v1.operation import Call, NotFound, Reply, reads, resource, writes
from web.api.v1.paging import PageQuery, cursor_of, told_page
from web.api.v1.rules import Active, Coded

devices = resource("devices", "/devices")
models = resource("device_models", "/device-models")
NEWEST_FIXES = 60


class DeviceQuery(PageQuery):
    """Filters of the list of devices."""

    text = Text(100, load_default="")
    protocol = Chosen(Protocol, load_default=None)
    state = Chosen(DeviceState, load_default=None)


class DetailsGiven(Body):
    """How a device speaks and counts; `platform`: the only one of JT/T 809 that is believed about it."""

    protocol = Chosen(Protocol, required=True)
    datum = Chosen(Datum, load_default=Datum.WGS84)
    model = Text(load_default=None)
    utc_offset_minutes = Whole(-1440, 1440, load_default=None)
    platform = Text(load_default=None)


class DeviceGiven(DetailsGiven):
    """A device to be registered; on a vehicle from `since` on, where both are there."""

    code = Text(required=True)
    vehicle = Text(load_default=None)
    since = Moment(load_default=None)


class BindingGiven(Body):
    """On which vehicle, and from when on."""

    vehicle = Text(required=True)
    since = Moment(required=True)


class UnbindingGiven(Body):
    """Until when."""

    until = Moment(required=True)


class Changed(Body):
    """Whether the vehicles of the device will be analysed again."""

    code = fields.String(required=True)
    analysed_again = fields.Boolean(required=True)


class DeviceToken(Body):
    """The token in clear: shown this once."""

    code = fields.String(required=True)
    token = fields.String(required=True, allow_none=True)


class DayQuery(Body):
    """Which day in the city's calendar; blank: the newest of the data."""

    day = Day(load_default=None)


class DayTold(Body):
    """A device's day: fixes and doubted ones by hour, doubts by reason, the newest fixes."""

    day = fields.Date(required=True)
    hours = fields.List(Anything(), required=True)
    doubts = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    newest = fields.List(Anything(), required=True)


class FieldGiven(Body):
    """A quantity in a vendor's field of a model."""

    model = Text(required=True)
    quantity = Text(required=True)
    tlv_id = Whole(0, 255, required=True)
    offset_bytes = Whole(0, 253, load_default=0)
    width_bytes = Whole(1, 8, required=True)
    signed = Flag(load_default=False)
    scale = Number(-1e9, 1e9, required=True)


class FieldNamed(Body):
    """A quantity of a model."""

    model = Text(required=True)
    quantity = Text(required=True)


def device_of(call: Call, code: str) -> DeviceRow:
    """A device that the caller sees; raises NotFound."""
    row = device_by_code(call.session, code, call.viewer, call.setting.now)
    if row is None:
        raise NotFound
    return row


def changeable(call: Call, code: str) -> Any:
    """A device, for the administrator; raises NotYourSignature, NotFound."""
    call.only(Role.ADMINISTRATOR)
    device_of(call, code)
    return find_device(call.session, code)


def noted(call: Call, code: str, what: str) -> None:
    """Who changed what about which device; never a token."""
    current_app.logger.info("device %s: %s by %s", code, what, call.caller.account.username)


@devices.get("")
@reads("Devices that the caller may see, by code", told_pages(DeviceRow), query=DeviceQuery)
def device_listing(call: Call) -> Any:
    """With how they did in the last day of the data."""
    wanted = DeviceFilter(call.query["text"], call.query["protocol"], call.query["state"])
    after, limit = cursor_of(call.query, "text"), call.query["limit"]
    return told_page(device_page(call.session, call.viewer, wanted, present(call), after, limit))


@devices.get("/<path:code>")
@reads("One device", told(DeviceRow))
def device(call: Call, code: str) -> Any:
    """With how it did in the last day of the data."""
    found = device_by_code(call.session, code, call.viewer, present(call))
    if found is None:
        raise NotFound
    return found


@devices.get("/<path:code>/day")
@reads("What a device sent on a day", DayTold, query=DayQuery)
def day(call: Call, code: str) -> Any:
    """Degrees as sent."""
    row, zone, asked = device_of(call, code), call.setting.zone.key, call.query["day"]
    chosen = day_of(present(call), zone) if asked is None else calendar_day(asked, zone)
    found = device_day(call.session, call.viewer, row.id, chosen, NEWEST_FIXES)
    return {
        "day": chosen.date,
        "hours": found.hours,
        "doubts": {doubt_word(doubt): count for doubt, count in found.doubts.items()},
        "newest": [asdict(fix) | {"doubts": list(map(doubt_word, fix.doubts))} for fix in found.newest],
    }


def doubt_word(doubt: Doubt) -> str:
    return (doubt.name or "").lower()


@devices.get("/<path:code>/bindings")
@reads("On which vehicles a device was", told_list(Bound))
def binding_listing(call: Call, code: str) -> Any:
    """The newest first."""
    return {"items": bindings(call.session, call.viewer, device_id=device_of(call, code).id)}


@devices.post("")
@writes("Register a device", Coded, body=DeviceGiven, status=201)
def register(call: Call) -> Any:
    """By the administrator."""
    call.only(Role.ADMINISTRATOR)
    body, session = call.body, call.session
    clock = {"model": body["model"], "utc_offset_minutes": body["utc_offset_minutes"]}
    row = register_device(session, body["code"], body["protocol"], body["datum"], **clock)
    tie_to_platform(session, row, body["platform"])
    if body["vehicle"] is not None:
        bind_device(session, row, body["vehicle"], body["since"] or call.setting.now)
    noted(call, body["code"], "registered")
    return {"code": body["code"]}


@devices.put("/<path:code>")
@writes("State how a device speaks and counts", Changed, body=DetailsGiven)
def change(call: Call, code: str) -> Any:
    """Whole: what is not given is blank afterwards."""
    row, body = changeable(call, code), call.body
    details = DeviceDetails(body["protocol"], body["datum"], body["model"], body["utc_offset_minutes"])
    again = change_device(call.session, row, details)
    tie_to_platform(call.session, row, body["platform"])
    noted(call, code, "changed")
    return {"code": code, "analysed_again": again}


@devices.post("/<path:code>/bindings")
@writes("Put a device on a vehicle", Coded, body=BindingGiven, status=201)
def bind(call: Call, code: str) -> Any:
    """From a moment on."""
    bind_device(call.session, changeable(call, code), call.body["vehicle"], call.body["since"])
    noted(call, code, f"bound to {call.body['vehicle']}")
    return {"code": code}


@devices.post("/<path:code>/unbind")
@writes("Take a device off its vehicle", Coded, body=UnbindingGiven)
def unbind(call: Call, code: str) -> Any:
    """At a moment."""
    unbind_device(call.session, changeable(call, code), call.body["until"])
    noted(call, code, "taken off its vehicle")
    return {"code": code}


@devices.put("/<path:code>/service")
@writes("Take a device into service or out of it", Coded, body=Active)
def in_service(call: Call, code: str) -> Any:
    """What one out of service sends waits in quarantine."""
    set_service(call.session, changeable(call, code), call.body["active"])
    noted(call, code, "into service" if call.body["active"] else "out of service")
    return {"code": code}


@devices.post("/<path:code>/token")
@writes("Give a device a new token", DeviceToken, status=201)
def token(call: Call, code: str) -> Any:
    """The one before lets nobody in any more."""
    changeable(call, code)
    fresh = issue_token(call.session, code)
    noted(call, code, "given a new token")
    return Reply({"code": code, "token": fresh}, kept={"code": code, "token": None})


@devices.delete("/<path:code>/token")
@writes("Take a device's token away", None, status=204)
def token_revoked(call: Call, code: str) -> Any:
    """It lets nobody in any more."""
    revoke_token(call.session, changeable(call, code))
    noted(call, code, "token revoked")
    return Reply(None)


@devices.delete("/<path:code>/registration")
@writes("Forget which terminal registered itself under a number", None, status=204)
def forgotten(call: Call, code: str) -> Any:
    """The next one is taken for the device."""
    clear_registration(call.session, changeable(call, code))
    noted(call, code, "registration forgotten")
    return Reply(None)


@models.get("")
@reads("What the vendor's fields of each model mean", told_list(ModelLine))
def model_listing(call: Call) -> Any:
    """Those that are described, and those that a device is of."""
    call.only(Role.ADMINISTRATOR)
    return {"items": list_models(call.session)}


@models.post("")
@writes("State where a quantity stands in what a model sends", None, body=FieldGiven, status=204)
def described(call: Call) -> Any:
    """For messages from now on."""
    call.only(Role.ADMINISTRATOR)
    given = dict(call.body)
    name = given.pop("model")
    describe_field(call.session, name, FieldLine(**given))
    return Reply(None)


@models.post("/forget")
@writes("Take a quantity out of a model", None, body=FieldNamed, status=204)
def field_forgotten(call: Call) -> Any:
    """It is not read any more."""
    call.only(Role.ADMINISTRATOR)
    if not forget_field(call.session, call.body["model"], call.body["quantity"]):
        raise NotFound
    return Reply(None)
