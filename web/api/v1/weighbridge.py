"""/api/v1/weighbridge: what scales and laboratories say, by the agent or another system."""

from typing import Any, TypeVar

from marshmallow import fields

from models.custody_words import TicketSource
from tracking.operations.weighbridge.keep_certificate import CertificateGiven, keep_certificate
from tracking.operations.weighbridge.keep_lab_result import LabGiven, keep_lab_result
from tracking.operations.weighbridge.take_ticket import take_ticket, void_ticket
from tracking.queries.custody_facts import is_seen
from tracking.queries.measurements import (
    CertificateRow,
    LabRow,
    certificate_by_id,
    certificate_page,
    lab_by_id,
    lab_page,
)
from tracking.queries.moisture_tests import MoistureRow, moisture_by_id, moisture_page
from tracking.queries.scale_tickets import TicketRow, ticket_by_id, ticket_page
from tracking.rules.custody.tickets import LONGEST_LINE, TicketGiven
from web.api.v1.derived import filled, given, told, told_pages
from web.api.v1.fields import MAX_SENTENCE, Body, Moment, Number, Text
from web.api.v1.operation import Call, NotFound, Reply, reads, resource, writes
from web.api.v1.paging import PageQuery, cursor_of, told_page
from web.api.v1.rules import ROW, Kept, OnDay, OnDayPage, day_of

bp = resource("weighbridge", "/weighbridge")
T = TypeVar("T")


class TicketSent(Body):
    """A ticket as the scale gave it."""

    scale = Text(required=True)
    gross_kg = Number(required=True)
    weighed_at = Moment(required=True)
    tare_kg = Number(load_default=None)
    number = Text(load_default=None)
    plate = Text(load_default=None)
    raw_line = Text(LONGEST_LINE, load_default=None)


class TicketTold(Body):
    """What became of it; `again`: it was there already."""

    id = fields.Integer(required=True)
    digest = fields.String(required=True)
    again = fields.Boolean(required=True)
    calibration_lapsed = fields.Boolean(required=True)


class VoidGiven(Body):
    """Why a ticket does not count."""

    reason = Text(MAX_SENTENCE, required=True)


class TicketQuery(PageQuery):
    """Which tickets."""

    since = Moment(load_default=None)


class TestQuery(PageQuery):
    """Of which manifest; blank: of all that the caller sees."""

    manifest = Text(load_default=None)


def found(row: T | None) -> T:
    """What there is; raises NotFound."""
    if row is None:
        raise NotFound
    return row


@bp.get("/tickets")
@reads("Tickets of the caller's scales, the newest first", told_pages(TicketRow), query=TicketQuery)
def ticket_listing(call: Call) -> Any:
    """The void ones too, with the reason."""
    asked = (call.query["since"], cursor_of(call.query), call.query["limit"])
    return told_page(ticket_page(call.session, call.viewer, *asked))


@bp.get(f"/tickets/{ROW}")
@reads("One ticket", told(TicketRow))
def one_ticket(call: Call, row_id: int) -> Any:
    """With the raw line where it was sent."""
    return found(ticket_by_id(call.session, row_id, call.viewer))


@bp.get("/certificates")
@reads("Calibration certificates, the newest first", told_pages(CertificateRow), query=OnDayPage)
def certificate_listing(call: Call) -> Any:
    """Of the scales of the caller's own places."""
    asked = (day_of(call), cursor_of(call.query, "number"), call.query["limit"])
    return told_page(certificate_page(call.session, call.viewer, *asked))


@bp.get(f"/certificates/{ROW}")
@reads("One calibration certificate", told(CertificateRow), query=OnDay)
def one_certificate(call: Call, row_id: int) -> Any:
    """With whether it holds on the day."""
    return found(certificate_by_id(call.session, row_id, call.viewer, day_of(call)))


@bp.get("/lab-results")
@reads("Laboratory results, the newest first", told_pages(LabRow), query=PageQuery)
def lab_listing(call: Call) -> Any:
    """Of the caller's own places."""
    after = cursor_of(call.query, "number")
    return told_page(lab_page(call.session, call.viewer, after, call.query["limit"]))


@bp.get(f"/lab-results/{ROW}")
@reads("One laboratory result", told(LabRow))
def one_lab_result(call: Call, row_id: int) -> Any:
    """Of a place of the caller's own."""
    return found(lab_by_id(call.session, row_id, call.viewer))


@bp.get("/moisture-tests")
@reads("Moisture tests of loads, those issued last first", told_pages(MoistureRow), query=TestQuery)
def test_listing(call: Call) -> Any:
    """They come with weighings; here they can be read by themselves."""
    number, after = call.query["manifest"], cursor_of(call.query)
    if number is not None and not is_seen(call.session, number, call.viewer):
        raise NotFound
    return told_page(moisture_page(call.session, call.viewer, number, after, call.query["limit"]))


@bp.get(f"/moisture-tests/{ROW}")
@reads("One moisture test", told(MoistureRow))
def one_test(call: Call, row_id: int) -> Any:
    """With method and uncertainty as stated."""
    return found(moisture_by_id(call.session, row_id, call.viewer))


@bp.post("/tickets")
@writes("Send a ticket of a scale", TicketTold, body=TicketSent)
def ticket(call: Call) -> Any:
    """The same ticket sent again changes nothing."""
    sent = TicketGiven(**call.body)
    return take_ticket(call.session, sent, TicketSource.HTTP, call.viewer, call.setting)


@bp.post(f"/tickets/{ROW}/void")
@writes("Void a ticket", None, body=VoidGiven, status=204)
def void(call: Call, row_id: int) -> Any:
    """It stays on record with the reason."""
    void_ticket(call.session, row_id, call.body["reason"], call.viewer, call.setting)
    return Reply(None)


@bp.post("/certificates")
@writes("Enter a calibration certificate", Kept, body=given(CertificateGiven))
def certificate(call: Call) -> Any:
    """By scale and number."""
    kept = keep_certificate(call.session, filled(CertificateGiven, call.body), call.viewer, call.setting)
    return {"id": kept}


@bp.post("/lab-results")
@writes("Enter a laboratory result", Kept, body=given(LabGiven))
def lab_result(call: Call) -> Any:
    """One analyte of an origin's sludge over a period."""
    return {"id": keep_lab_result(call.session, filled(LabGiven, call.body), call.viewer, call.setting)}
