"""/api/v1/messages, quarantine: what exactly came in, what waits, and what becomes of it?"""

from collections.abc import Mapping
from typing import Any

from flask import Response, current_app
from marshmallow import fields

from gps_ingest.store.look import Look, look_at
from gps_ingest.store.quarantine import (
    Release,
    count_of_group,
    decode_before,
    group_of,
    reject,
    release,
)
from gps_ingest.store.raw_messages import Message
from gps_ingest.store.waiting_messages import ReleaseLine, WaitingGroup, newest_releases, waiting_groups
from models.values import not_taken
from models.vocabulary import RawStatus, Role
from tracking.operations.custody.refusals import NotYourSignature
from tracking.queries.raw_messages import (
    MessageFilter,
    MessageRelease,
    MessageRow,
    message_body,
    message_by_id,
    message_page,
    releases_of,
)
from web.api.v1.caller import Caller
from web.api.v1.derived import told, told_list, told_pages
from web.api.v1.fields import Body, Chosen, Flag, Text, Whole
from web.api.v1.operation import Call, NotFound, reads, resource, writes
from web.api.v1.paging import PageQuery, cursor_of, told_page
from web.clock import now
from web.database import reading

messages = resource("messages", "/messages")
quarantine = resource("quarantine", "/quarantine")
MESSAGE = "<int:message_id>"
WATCHERS = (Role.REGULATOR, Role.ADMINISTRATOR)
AT_ONCE = 200  # taken in one transaction; more wait for the next call


class MessageQuery(PageQuery):
    """Of which device, in which state."""

    device = Text(load_default="")
    status = Chosen(RawStatus, load_default=None)


class MessageTold(Body):
    """A message with what it decodes to now, and what was let out of it."""

    row = fields.Nested(told(MessageRow), required=True)
    look = fields.Nested(told(Look), required=True)
    releases = fields.List(fields.Nested(told(MessageRelease)), required=True)


class GroupNamed(Body):
    """A group of a sender as it was listed: up to which message."""

    sender = Text(required=True)
    up_to = Whole(1, 2**53, required=True)


class GroupGiven(GroupNamed):
    """What was confirmed of it: that senders that proved nothing are the device, that another protocol is."""

    distrusted = Flag(load_default=False)
    other_protocol = Flag(load_default=False)


class ReleasedTold(Body):
    """What became of the messages, and how many of the group wait still."""

    messages = fields.Integer(required=True)
    accepted = fields.Integer(required=True)
    repeated = fields.Integer(required=True)
    not_taken = fields.Integer(required=True)
    left = fields.Integer(required=True)


class RejectedTold(Body):
    """How many messages were taken off the list; their bytes stay."""

    messages = fields.Integer(required=True)


def message_of(call: Call, message_id: int) -> MessageRow:
    """A message, for regulator and administrator; raises NotYourSignature, NotFound."""
    call.only(*WATCHERS)
    row = message_by_id(call.session, call.viewer, message_id)
    if row is None:
        raise NotFound
    return row


@messages.get("")
@reads("Raw messages, the newest first", told_pages(MessageRow), query=MessageQuery)
def message_listing(call: Call) -> Any:
    """Of every protocol."""
    call.only(*WATCHERS)
    wanted = MessageFilter(call.query["device"], call.query["status"])
    after, limit = cursor_of(call.query, "number"), call.query["limit"]
    return told_page(message_page(call.session, call.viewer, wanted, after, limit))


@messages.get(f"/{MESSAGE}")
@reads("One message with what it decodes to", MessageTold)
def message(call: Call, message_id: int) -> Any:
    """With what is known of the device now."""
    row = message_of(call, message_id)
    body = message_body(call.session, message_id)
    look = look_at(call.session, Message(row.code, row.protocol, body, row.source, row.received_at))
    return {"row": row, "look": look, "releases": releases_of(call.session, message_id)}


@messages.get(f"/{MESSAGE}/body")
@reads("The bytes as they came", None, media_type="application/octet-stream")
def body_of(call: Call, message_id: int) -> Any:
    """Never shown in place: the answer is a download."""
    row = message_of(call, message_id)
    answer = Response(message_body(call.session, message_id), content_type="application/octet-stream")
    answer.headers["Content-Disposition"] = f'attachment; filename="message-{row.id}.bin"'
    return answer


@quarantine.get("")
@reads("Every sender whose messages wait, by reason", told_list(WaitingGroup))
def waiting(call: Call) -> Any:
    """`up_to_id` is what a decision about the group names."""
    call.only(*WATCHERS)
    return {"items": waiting_groups(call.session, call.viewer)}


@quarantine.get("/releases")
@reads("What was let out or rejected lately", told_list(ReleaseLine))
def releases(call: Call) -> Any:
    """The newest first."""
    call.only(*WATCHERS)
    return {"items": newest_releases(call.session, call.viewer)}


def decoded_before(caller: Caller, _path: Mapping[str, Any], body: Mapping[str, Any]) -> Any:
    """What decoding takes long for is done before the transaction; raises DeviceRefused."""
    if caller.viewer.role is not Role.ADMINISTRATOR:
        raise NotYourSignature
    group = group_of(reading(), body["sender"], body["up_to"])
    return decode_before(reading(), body["sender"], decision(caller, body), group=group, most=AT_ONCE)


def decision(caller: Caller, body: Mapping[str, Any]) -> Release:
    """By the caller, now, with what was confirmed."""
    confirmed = {name: body.get(name, False) for name in ("distrusted", "other_protocol")}
    return Release(caller.account.username, now(), **confirmed)


@quarantine.post("/release")
@writes(
    "Let a group out: take what waits of a registered device",
    ReleasedTold,
    body=GroupGiven,
    prepare=decoded_before,
    prompt=False,
)
def let_out(call: Call) -> Any:
    """At most 200 messages at once; `left` of the group wait for the next call."""
    call.only(Role.ADMINISTRATOR)
    code, how, session = call.body["sender"], decision(call.caller, call.body), call.session
    group, limits = group_of(session, code, call.body["up_to"]), current_app.extensions["thresholds"].doubt
    taken = list(release(session, code, limits, how, group=group, most=AT_ONCE, before=call.prepared))
    accepted = [each.acceptance for each in taken]
    return {
        "messages": len(taken),
        "accepted": sum(each.accepted for each in accepted),
        "repeated": sum(each.repeated for each in accepted),
        "not_taken": not_taken([fault for each in accepted for fault in (*each.refused, *each.quarantined)]),
        "left": count_of_group(session, group),
    }


@quarantine.post("/reject")
@writes("Take a group off the list", RejectedTold, body=GroupNamed, prompt=False)
def turned_down(call: Call) -> Any:
    """Its bytes stay."""
    call.only(Role.ADMINISTRATOR)
    group = group_of(call.session, call.body["sender"], call.body["up_to"])
    return {"messages": reject(call.session, decision(call.caller, call.body), group)}
