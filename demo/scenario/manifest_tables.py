"""Which rows of which tables does one manifest become?"""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import object_session

from demo.scenario.known import Known, References
from demo.scenario.rows import LegRow, LiveRow, ManifestRow, WeighingRow
from models.base import Base
from models.lineage import ManifestLink
from models.manifests import Disposal, Leg, Manifest, MoistureTest, Receipt, Weighing
from models.vocabulary import WeighingRole
from models.weighbridge import GateArrival

Values = dict[str, Any]
Key = tuple[Any, ...]

PART_KEYS: dict[type[Base], tuple[str, ...]] = {
    Leg: ("seq",),
    Weighing: ("role", "leg_seq"),
    MoistureTest: ("role", "leg_seq"),
    Receipt: (),
    Disposal: (),
    GateArrival: (),
    ManifestLink: ("parent_id",),
}
"""The tables under a manifest, and what tells their rows apart within one."""


@dataclass(slots=True)
class ManifestTables:
    """Column values without row ids: the manifest's own, and by table and key those under it."""

    manifest: Values
    parts: dict[type[Base], dict[Key, Values]] = field(
        default_factory=lambda: {table: {} for table in PART_KEYS}
    )


def stored_parts(manifest: Manifest) -> dict[type[Base], dict[Key, Base]]:
    """The rows under a stored manifest, by table and key like `ManifestTables.parts`."""
    rows: dict[type[Base], list[Any]] = {
        Leg: list(manifest.legs),
        Weighing: list(manifest.weighings),
        MoistureTest: list(manifest.moisture_tests),
        Receipt: [] if manifest.receipt is None else [manifest.receipt],
        Disposal: [] if manifest.disposal is None else [manifest.disposal],
        GateArrival: stored_beside(manifest, GateArrival, GateArrival.manifest_id),
        ManifestLink: stored_beside(manifest, ManifestLink, ManifestLink.child_id),
    }
    return {
        table: {tuple(getattr(row, name) for name in PART_KEYS[table]): row for row in found}
        for table, found in rows.items()
    }


def part_path(table: type[Base], key: Key) -> str:
    """Where the folder's manifest says what this row holds."""
    if table is Leg:
        return f"legs[{key[0] - 1}]."
    if table in (Weighing, MoistureTest):
        role, leg_seq = key
        return (
            f"legs[{leg_seq - 1}].handover.weighing." if role is WeighingRole.HANDOVER else f"{role.value}."
        )
    named: dict[type[Base], str] = {
        Receipt: "received.",
        Disposal: "disposed.",
        GateArrival: "live.arrival.",
        ManifestLink: "live.parts.",
    }
    return named[table]


def stored_beside(manifest: Manifest, table: type[Base], column: Any) -> list[Any]:
    """Rows of a table that refers to the manifest without a relationship of its own."""
    session = object_session(manifest)
    return [] if session is None else list(session.scalars(select(table).where(column == manifest.id)))


def manifest_tables(row: ManifestRow, known: Known, references: References) -> ManifestTables:
    """The column values of a manifest; unknown references gather in `references`."""
    tables = ManifestTables(_manifest_values(row, known, references))
    for index, leg in enumerate(row.legs):
        tables.parts[Leg][(leg.seq,)] = _leg_values(leg, known, references, f"legs[{index}].")
        if leg.handover_weighing is not None:
            _add_weighing(tables, (WeighingRole.HANDOVER, leg.seq), leg.handover_weighing)
    if row.loaded is not None:
        _add_weighing(tables, (WeighingRole.LOADED, 0), row.loaded)
    if row.received is not None:
        _add_weighing(tables, (WeighingRole.RECEIVED, 0), row.received)
    if row.received is not None and row.receipt is not None:
        tables.parts[Receipt][()] = {
            "decision": row.receipt.decision,
            "accepted_kg": row.receipt.accepted_kg,
            "refused_kg": row.receipt.refused_kg,
            "reason": row.receipt.reason,
            "at": row.received.at,
        }
    if row.disposal is not None:
        disposal = row.disposal
        tables.parts[Disposal][()] = {
            "method": disposal.method,
            "at": disposal.at,
            "mass_kg": disposal.mass_kg,
        }
    if row.live is not None:
        add_live(tables, row.live, known, references)
    return tables


def add_live(tables: ManifestTables, live: LiveRow, known: Known, references: References) -> None:
    """What only live custody knows. Parents are named by number: the writer looks them up."""
    organisations, facilities = known.organisations, known.facilities
    tables.manifest |= {
        "source": live.source,
        "version": live.version,
        "leg_seq": live.leg_seq,
        "issuer_id": references.find("live.issuer", live.issuer, organisations, "organisation"),
        "custodian_id": references.find("live.custodian", live.custodian, organisations, "organisation"),
        "received_at_id": references.find("live.gate", live.gate, facilities, "facility"),
        "planned_kg": live.planned_kg,
        "approval": live.approval,
        "place_lat": live.place_lat,
        "place_lon": live.place_lon,
        "due_at": live.due_at,
        "overdue": live.overdue,
        "updated_at": live.updated_at,
    }
    for role, leg_seq, weighing in live.weighings:
        _add_weighing(tables, (role, leg_seq), weighing)
    if live.arrival is not None:
        gate = references.find("live.arrival.facility", live.arrival.facility, facilities, "facility")
        tables.parts[GateArrival][()] = {
            "facility_id": gate,
            "at": live.arrival.at,
            "gross_kg": live.arrival.gross_kg,
            "scale_code": live.arrival.scale,
            "ticket": live.arrival.ticket,
        }


def _manifest_values(row: ManifestRow, known: Known, references: References) -> Values:
    carrier = known.vehicles.get(row.legs[0].vehicle)
    return {
        "kind": row.kind,
        "origin_id": references.find("origin", row.origin, known.facilities, "facility"),
        "destination_id": references.find("destination", row.destination, known.facilities, "facility"),
        "hauler_id": None if carrier is None else carrier.organisation_id,
        "sludge_kind": row.sludge_kind,
        "plan": row.plan,
        "diversion": row.diversion,
        "issued_at": row.issued_at,
    }


def _leg_values(leg: LegRow, known: Known, references: References, path: str) -> Values:
    vehicle = known.vehicles.get(leg.vehicle)  # an unregistered one is a finding, not a refusal
    return {
        "mode": leg.mode,
        "vehicle_code": leg.vehicle,
        "vehicle_id": None if vehicle is None else vehicle.id,
        "from_id": references.find(f"{path}from", leg.origin, known.facilities, "facility"),
        "to_id": references.find(f"{path}to", leg.destination, known.facilities, "facility"),
        "route_id": references.find(f"{path}route", leg.route, known.routes, "route"),
        "driver": leg.driver,
        "voyage": leg.voyage,
        "handover_at": leg.handover_at,
        "carrier_id": references.find(f"{path}carrier", leg.carrier, known.organisations, "organisation"),
    }


def _add_weighing(tables: ManifestTables, key: Key, weighing: WeighingRow) -> None:
    if weighing.gross_kg is not None and weighing.tare_kg is not None:
        tables.parts[Weighing][key] = {
            "gross_kg": weighing.gross_kg,
            "tare_kg": weighing.tare_kg,
            "at": weighing.at,
            "scale_code": weighing.scale,
            "ticket": weighing.ticket,
        }
    if weighing.moisture_fraction is not None:
        tables.parts[MoistureTest][key] = {
            "moisture_fraction": weighing.moisture_fraction,
            "u_moisture_fraction": weighing.u_moisture_fraction,
            "method": weighing.moisture_method,
            "at": weighing.at,
        }
