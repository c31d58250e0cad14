"""Which further files does version 2 of the format have, column by column?

One table for reading and for writing: each sheet is a JSON-lines file whose lines are rows of one table,
with codes instead of row ids.
"""

from dataclasses import dataclass
from enum import StrEnum

from models.base import Base
from models.custody_words import LicenceKind, StockMove
from models.facilities import Facility, Route
from models.fleet import Scale, Vehicle
from models.lineage import ProductDispatch, StockEntry, Voyage
from models.manifests import Manifest
from models.organisations import Organisation
from models.permits import FacilityPermit, Plan, PlanLeg, TransferApproval, VehicleLicence
from models.vocabulary import DisposalMethod, Mode, SludgeKind
from models.weighbridge import LabResult, ScaleCertificate


class As(StrEnum):
    """How a column is written."""

    TEXT = "text"
    NUMBER = "number"
    WHOLE = "whole"
    TIME = "time"
    DAY = "day"
    FLAG = "flag"
    LIST = "list"
    WORD = "word"
    CODE = "code"  # of a row of another table


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file: `name` there, `attribute` in the table."""

    name: str
    attribute: str
    kind: As
    required: bool = True
    words: type[StrEnum] | None = None
    refers: type[Base] | None = None
    limit: int = 200


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file. `key`: the attributes that tell its rows apart."""

    kind: str
    table: type[Base]
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def file(self) -> str:
        return f"{self.kind}.jsonl"


def text(name: str, required: bool = True, attribute: str | None = None, limit: int = 200) -> Column:
    return Column(name, attribute or name, As.TEXT, required, limit=limit)


def number(name: str, required: bool = False, attribute: str | None = None) -> Column:
    return Column(name, attribute or name, As.NUMBER, required)


def at(name: str, required: bool = True) -> Column:
    return Column(name, name, As.TIME, required)


def day(name: str, required: bool = True) -> Column:
    return Column(name, name, As.DAY, required)


def word(name: str, words: type[StrEnum], required: bool = True) -> Column:
    return Column(name, name, As.WORD, required, words=words)


def code(name: str, attribute: str, refers: type[Base], required: bool = True) -> Column:
    return Column(name, attribute, As.CODE, required, refers=refers)


FACILITY = code("facility", "facility_id", Facility)
ENDS = (code("from", "from_id", Facility), code("to", "to_id", Facility))
PLACES = (code("origin", "origin_id", Facility), code("destination", "destination_id", Facility))
VALID = (day("valid_from"), day("valid_to", required=False))

BEFORE_MANIFESTS: tuple[Sheet, ...] = (
    Sheet(
        "facility_permits",
        FacilityPermit,
        ("facility_id", "number"),
        (
            FACILITY,
            text("number", limit=100),
            Column("sludge_kinds", "sludge_kinds", As.LIST, required=False, words=SludgeKind),
            Column("methods", "methods", As.LIST, required=False, words=DisposalMethod),
            number("t_per_day"),
            number("t_per_year"),
            number("storage_t"),
            number("max_moisture", attribute="max_moisture_fraction"),
            *VALID,
            day("revoked_on", required=False),
        ),
    ),
    Sheet(
        "vehicle_licences",
        VehicleLicence,
        ("vehicle_id", "number"),
        (
            code("vehicle", "vehicle_id", Vehicle),
            word("kind", LicenceKind),
            text("number", limit=100),
            *VALID,
        ),
    ),
    Sheet(
        "transfer_approvals",
        TransferApproval,
        ("number",),
        (text("number", limit=100), *PLACES, number("quota_t"), *VALID),
    ),
    Sheet(
        "plans",
        Plan,
        ("code",),
        (
            text("code", limit=64),
            text("name"),
            *PLACES,
            word("sludge_kind", SludgeKind),
            number("quota_t"),
            *VALID,
            Column("active", "active", As.FLAG),
        ),
    ),
    Sheet(
        "plan_legs",
        PlanLeg,
        ("plan_id", "seq"),
        (
            code("plan", "plan_id", Plan),
            Column("seq", "seq", As.WHOLE),
            word("mode", Mode),
            code("carrier", "carrier_id", Organisation),
            *ENDS,
            code("route", "route_id", Route, required=False),
            code("vehicle", "vehicle_id", Vehicle, required=False),
        ),
    ),
    Sheet(
        "scale_certificates",
        ScaleCertificate,
        ("scale_id", "number"),
        (
            code("scale", "scale_id", Scale),
            text("number", limit=100),
            text("issuer"),
            day("valid_from"),
            day("valid_to"),
        ),
    ),
    Sheet(
        "lab_results",
        LabResult,
        ("facility_id", "report_number", "analyte"),
        (
            FACILITY,
            day("period_from"),
            day("period_to"),
            day("sampled_on", required=False),
            text("laboratory"),
            text("report_number", limit=100),
            text("analyte", limit=64),
            number("value", required=True),
            text("unit", limit=16),
            number("u"),
            text("method", required=False, limit=100),
            at("entered_at"),
        ),
    ),
    Sheet(
        "voyages",
        Voyage,
        ("code",),
        (
            text("code", limit=64),
            word("mode", Mode),
            code("vehicle", "vehicle_id", Vehicle),
            *ENDS,
            at("opened_at"),
            at("departed_at", required=False),
            at("arrived_at", required=False),
        ),
    ),
)
"""Files that manifests may refer to, in the order of reference."""

AFTER_MANIFESTS: tuple[Sheet, ...] = (
    Sheet(
        "stock",
        StockEntry,
        ("facility_id", "pile", "move", "manifest_id", "wet_kg", "at", "entered_at"),
        (
            FACILITY,
            text("pile", limit=64),
            word("move", StockMove),
            code("manifest", "manifest_id", Manifest, required=False),
            number("wet_kg", required=True),
            number("dry_kg"),
            at("at"),
            at("entered_at"),
            text("note", required=False, limit=500),
        ),
    ),
    Sheet(
        "product_dispatches",
        ProductDispatch,
        ("number",),
        (
            text("number", limit=64),
            FACILITY,
            text("product", limit=100),
            word("method", DisposalMethod, required=False),
            number("mass_kg", required=True),
            number("moisture", attribute="moisture_fraction"),
            text("use"),
            text("receiver"),
            code("receiver_org", "receiver_id", Organisation, required=False),
            text("vehicle", required=False, limit=64),
            text("ticket", required=False, limit=64),
            at("at"),
            at("entered_at"),
        ),
    ),
)
"""Files that refer to manifests."""
