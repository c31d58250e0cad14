"""What do requests and answers about manifests hold?"""

from marshmallow import fields

from models.custody_words import (
    Act,
    Assurance,
    Capacity,
    ManifestSource,
    MoistureMethod,
    PaperState,
    SigningMethod,
)
from models.vocabulary import CustodyState, DisposalMethod, ManifestKind, Mode, SludgeKind
from web.api.v1.fields import (
    MAX_NAME,
    Anything,
    Body,
    Chosen,
    Flag,
    Many,
    Moment,
    Number,
    Part,
    Text,
    Whole,
)
from web.api.v1.paging import PageQuery, page_schema


class LegGiven(Body):
    """A leg by codes; `carrier` blank: the vehicle's own."""

    mode = Chosen(Mode, required=True)
    vehicle = Text(required=True)
    origin = Text(required=True, data_key="from")
    destination = Text(required=True, data_key="to")
    carrier = Text(load_default=None)
    route = Text(load_default=None)
    driver = Text(100, load_default=None)
    voyage = Text(load_default=None)


class PartGiven(Body):
    """How much of a parent's load a child takes."""

    number = Text(required=True)
    wet_kg = Number(required=True)


class DraftGiven(Body):
    """A manifest as somebody draws it up; what it lacks keeps it from being issued, not from being kept."""

    origin = Text(required=True)
    destination = Text(required=True)
    sludge_kind = Chosen(SludgeKind, required=True)
    legs = Many(Part(LegGiven), 20, load_default=list)
    planned_kg = Number(load_default=None)
    plan = Text(load_default=None)
    approval = Text(100, load_default=None)
    kind = Chosen(ManifestKind, load_default=ManifestKind.NORMAL)
    parents = Many(Part(PartGiven), load_default=list)
    place = Many(Number(-180, 180), 2, load_default=None, allow_none=True)


class WeighedGiven(Body):
    """A weighing with its moisture test; either half may be missing. `at` blank: the moment of the step."""

    at = Moment(load_default=None)
    gross_kg = Number(load_default=None)
    tare_kg = Number(load_default=None)
    scale = Text(load_default=None)
    ticket = Text(load_default=None)
    scale_ticket = Whole(1, load_default=None)
    moisture_fraction = Number(0, 1, load_default=None)
    u_moisture_fraction = Number(0, 1, load_default=None)
    moisture_method = Chosen(MoistureMethod, load_default=None)


class SeenGiven(Body):
    """The state that the signer saw; another one is 409."""

    state = Chosen(CustodyState, required=True)
    version = Whole(1, required=True)


class ProofGiven(Body):
    """How the signer proves who it is; blank: the token itself."""

    method = Chosen(SigningMethod, load_default=SigningMethod.API_TOKEN)
    password = Text(MAX_NAME, load_default=None)
    code = Text(16, load_default=None)
    device_at = Moment(load_default=None)
    lat = Number(-90, 90, load_default=None)
    lon = Number(-180, 180, load_default=None)
    accuracy_m = Number(0, 1e7, load_default=None)


class GivenWithStep(Body):
    """What goes with a step; blanks where the act has no such thing. `at` blank: now."""

    at = Moment(load_default=None)
    weighed = Part(WeighedGiven, load_default=None)
    accepted_kg = Number(load_default=None)
    refused_kg = Number(load_default=None)
    reason = Text(500, load_default=None)
    method = Chosen(DisposalMethod, load_default=None)
    mass_kg = Number(load_default=None)
    pile = Text(load_default=None)
    place = Text(load_default=None)
    seen = Part(SeenGiven, load_default=None)
    proof = Part(ProofGiven, load_default=None)


class StepGiven(GivenWithStep):
    """An act with what goes with it. `attachment`: a file of the caller's that shows what happened."""

    act = Chosen(Act, required=True)
    attachment = Whole(1, load_default=None)


class IssueGiven(Body):
    """A manifest that is drawn up and issued by one call."""

    draft = Part(DraftGiven, required=True)


class ManifestQuery(PageQuery):
    """Filters of the list of manifests."""

    state = Chosen(CustodyState, load_default=None)
    kind = Chosen(ManifestKind, load_default=None)
    origin = Text(load_default=None)
    destination = Text(load_default=None)
    carrier = Text(load_default=None)
    vehicle = Text(load_default=None)
    plan = Text(load_default=None)
    voyage = Text(load_default=None)
    overdue = Flag(load_default=None)
    updated_since = Moment(load_default=None)


class ManifestLine(Body):
    """A manifest in a list."""

    number = fields.String(required=True)
    kind = Chosen(ManifestKind, required=True)
    state = Chosen(CustodyState, required=True)
    version = fields.Integer(required=True)
    leg_seq = fields.Integer(required=True)
    source = Chosen(ManifestSource, required=True)
    origin = fields.String(required=True)
    destination = fields.String(required=True)
    carrier = fields.String(required=True, allow_none=True)
    sludge_kind = Chosen(SludgeKind, required=True)
    planned_kg = fields.Float(required=True, allow_none=True)
    plan = fields.String(required=True, allow_none=True)
    issued_at = Moment(required=True)
    updated_at = Moment(required=True)
    due_at = Moment(required=True, allow_none=True)
    overdue = fields.Boolean(required=True)


ManifestPage = page_schema("ManifestPage", ManifestLine)


class Standing(Body):
    """Where a manifest stands."""

    number = fields.String(required=True)
    state = Chosen(CustodyState, required=True)
    version = fields.Integer(required=True)
    leg_seq = fields.Integer(required=True)
    custodian = fields.String(required=True, allow_none=True)
    on_hold = fields.Boolean(required=True)
    correction_open = fields.Boolean(required=True)
    next_acts = fields.List(Chosen(Act), required=True)


class Child(Body):
    """What travels on under another manifest."""

    number = fields.String(required=True)
    state = Chosen(CustodyState, required=True)
    wet_kg = fields.Float(required=True)
    dry_kg = fields.Float(required=True, allow_none=True)


class DisposalTold(Body):
    """What was finally done with a load."""

    method = Chosen(DisposalMethod, required=True)
    mass_kg = fields.Float(required=True, allow_none=True)
    at = Moment(required=True)


class EventTold(Body):
    """A change of state."""

    from_state = Chosen(CustodyState, required=True, allow_none=True)
    to_state = Chosen(CustodyState, required=True)
    leg_seq = fields.Integer(required=True)
    at = Moment(required=True)
    recorded_at = Moment(required=True, allow_none=True)
    actor = fields.String(required=True)
    reason = fields.String(required=True, allow_none=True)


class SignatureTold(Body):
    """A signature with the SHA-256 of what it signs."""

    act = Chosen(Act, required=True)
    capacity = Chosen(Capacity, required=True)
    leg_seq = fields.Integer(required=True)
    organisation = fields.String(required=True)
    signer = fields.String(required=True)
    method = Chosen(SigningMethod, required=True)
    assurance = Chosen(Assurance, required=True)
    server_at = Moment(required=True)
    device_at = Moment(required=True, allow_none=True)
    place = fields.List(fields.Float(), required=True, allow_none=True)
    document_digest = fields.String(required=True)
    document_version = fields.Integer(required=True)
    paper = Chosen(PaperState, required=True, allow_none=True)


class ManifestTold(Standing):
    """A manifest with its content as it is signed, and how it came where it is."""

    due_at = Moment(required=True, allow_none=True)
    overdue = fields.Boolean(required=True)
    updated_at = Moment(required=True)
    content = fields.Dict(keys=fields.String(), values=Anything(), required=True)
    children = fields.List(fields.Nested(Child), required=True)
    disposal = fields.Nested(DisposalTold, required=True, allow_none=True)
    events = fields.List(fields.Nested(EventTold), required=True)
    signatures = fields.List(fields.Nested(SignatureTold), required=True)


class WarningTold(Body):
    """What looks wrong without standing against the step."""

    code = fields.String(required=True)
    sentence = fields.String(required=True)


class StepTold(Standing):
    """What came of a step. `waits_for`: who else must sign before the state changes."""

    signature = fields.Integer(required=True, allow_none=True)
    waits_for = fields.List(Chosen(Capacity), required=True)
    warnings = fields.List(fields.Nested(WarningTold), required=True)


class Named(Body):
    """The number that a draft got."""

    number = fields.String(required=True)
