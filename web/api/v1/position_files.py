"""/api/v1/devices/…/files: how does a file of positions come in by hand? As a message of its device.

Whoever may file for a device on the page may do it here, for the same time.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from flask import current_app, request
from marshmallow import ValidationError, fields

from gps_ingest.decoders import ais
from gps_ingest.store.acceptance import accept
from gps_ingest.store.devices import DeviceRefused
from gps_ingest.store.raw_messages import Message
from gps_ingest.store.receive import decode_message
from models.values import not_taken
from models.vocabulary import Protocol
from tracking.queries.binding_times import own_stays
from tracking.queries.device_list import device_by_code
from web.api.v1.caller import Caller
from web.api.v1.devices import devices
from web.api.v1.fields import MAX_NAME, Body, Chosen, Text
from web.api.v1.operation import Call, NotFound, loaded, writes
from web.clock import now
from web.database import reading
from web.upload_formats import file_formats, format_of_media_type, format_of_name, may_fill

SHOWN_FAULTS = 200


class FileGiven(Body):
    """What the file is called, and its format where neither name nor Content-Type says it."""

    name = Text(MAX_NAME, load_default="file")
    protocol = Chosen(Protocol, load_default=None)


class FaultTold(Body):
    """What of the file was not taken, and why."""

    place = fields.String(required=True)
    field = fields.String(required=True)
    reason = fields.String(required=True)


class FileTaken(Body):
    """What became of the file; `faults` tells the first 200."""

    accepted = fields.Integer(required=True)
    repeated = fields.Integer(required=True)
    doubted = fields.Integer(required=True)
    not_taken = fields.Integer(required=True)
    faults = fields.List(fields.Nested(FaultTold), required=True)


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A file that was decoded before its transaction."""

    message: Message
    decoded: Any
    stays: Any


def read_file(caller: Caller, path: Mapping[str, Any], _body: Mapping[str, Any]) -> ReadFile:
    """The file of the request; raises NotFound, DeviceRefused, ValidationError."""
    asked = loaded(FileGiven, request.args.to_dict())
    row = device_by_code(reading(), path["code"], caller.viewer, now())
    if row is None or not may_fill(row, caller.viewer):
        raise NotFound
    if not row.active:
        raise DeviceRefused(f"device '{row.code}' is out of service", "out_of_service")
    named = format_of_media_type(request.mimetype) or format_of_name(asked["name"])
    protocol = asked["protocol"] or named
    if protocol not in file_formats():
        raise ValidationError({"protocol": ["missing" if protocol is None else "not_a_word_of_the_list"]})
    body = own_bytes(protocol, row.code, request.get_data(cache=True))
    message = Message(row.code, protocol, body, f"{caller.account.username}: {asked['name']}", now())
    stays = own_stays(reading(), row.code, caller.viewer)
    return ReadFile(message, decode_message(reading(), message), stays)


def own_bytes(protocol: Protocol, code: str, body: bytes) -> bytes:
    """Of an AIS log the sentences of the one vessel: a receiver hears everybody."""
    if protocol is not Protocol.AIS:
        return body
    own = ais.own_lines(body, code, 0)
    if own.stop is not None:
        raise ValidationError({"file": ["unreadable_file"]})
    if own.others and not own.own:
        raise ValidationError({"file": ["other_vessels_only"]})
    if own.undated:
        raise ValidationError({"file": ["undated_sentences"]})
    return own.body


@devices.post("/<path:code>/files")
@writes(
    "File positions of a device by hand",
    FileTaken,
    query=FileGiven,
    raw_body=True,
    prepare=read_file,
    prompt=False,
)
def filed(call: Call, code: str) -> Any:
    """The administrator for every device, a carrier for its loggers while they are on its own vehicles."""
    read: ReadFile = call.prepared
    limits = current_app.extensions["thresholds"].doubt
    found = accept(call.session, read.message, read.decoded, limits, stays=read.stays)
    faults = [*found.refused, *found.quarantined]
    return {
        "accepted": found.accepted,
        "repeated": found.repeated,
        "doubted": int(np.count_nonzero(found.doubts)),
        "not_taken": not_taken(faults),
        "faults": [
            {"place": each.place, "field": each.field, "reason": each.reason}
            for each in faults[:SHOWN_FAULTS]
        ],
    }
