"""What does paper look like in a folder? The lines of manifests.jsonl, in the order of their numbers."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from demo.scenario.custody import PAPER
from demo.scenario.sheet_rows import written
from models.custody_words import ManifestSource
from models.facilities import Facility, Route
from models.lineage import ManifestLink
from models.manifests import CustodyEvent, Leg, Manifest, MoistureTest, Weighing
from models.organisations import Organisation
from models.vocabulary import ManifestKind, WeighingRole
from models.weighbridge import GateArrival

PIECE = 500
Line = dict[str, Any]
PLAIN = ((WeighingRole.LOADED, 0), (WeighingRole.RECEIVED, 0))
PARTS = (
    selectinload(Manifest.legs),
    selectinload(Manifest.weighings),
    selectinload(Manifest.moisture_tests),
    selectinload(Manifest.events),
    joinedload(Manifest.receipt),
    joinedload(Manifest.disposal),
    joinedload(Manifest.parent),
)


class Codes:
    """Codes by row id of what manifests name."""

    def __init__(self, session: Session) -> None:
        self.facilities = dict(session.execute(select(Facility.id, Facility.code)).all())
        self.organisations = dict(session.execute(select(Organisation.id, Organisation.code)).all())
        self.routes = dict(session.execute(select(Route.id, Route.code)).all())


def manifests(session: Session) -> Iterator[Line]:
    """All manifests, a piece of memory at a time."""
    codes = Codes(session)
    after = ""
    while True:
        query = select(Manifest).where(Manifest.number > after).order_by(Manifest.number).limit(PIECE)
        rows = session.scalars(query.options(*PARTS)).unique().all()
        if not rows:
            return
        beside = Beside(session, [row.id for row in rows])
        for row in rows:
            yield without_blanks(manifest_line(row, codes, beside))
        after = rows[-1].number
        session.expunge_all()


class Beside:
    """What stands beside a piece of manifests in tables of its own."""

    def __init__(self, session: Session, ids: list[int]) -> None:
        arrivals = session.scalars(select(GateArrival).where(GateArrival.manifest_id.in_(ids)))
        self.arrivals = {row.manifest_id: row for row in arrivals}
        self.parts: dict[int, list[Line]] = {}
        links = (
            select(ManifestLink, Manifest.number)
            .join(Manifest, Manifest.id == ManifestLink.parent_id)
            .where(ManifestLink.child_id.in_(ids))
            .order_by(ManifestLink.id)
        )
        for link, number in session.execute(links):
            part = {
                "number": number,
                "wet_kg": written(link.wet_kg),
                "dry_kg": written(link.dry_kg),
                "at": written(link.at),
            }
            self.parts.setdefault(link.child_id, []).append(part)


def manifest_line(row: Manifest, codes: Codes, beside: Beside) -> Line:
    weighings = {(each.role, each.leg_seq): each for each in row.weighings}
    tests = {(each.role, each.leg_seq): each for each in row.moisture_tests}

    def block(role: WeighingRole, leg_seq: int = 0) -> Line | None:
        return weighing_block(weighings.get((role, leg_seq)), tests.get((role, leg_seq)))

    return {
        "number": row.number,
        "kind": None if row.kind is ManifestKind.NORMAL else row.kind.value,
        "parent": row.parent.number if row.parent else None,
        "origin": codes.facilities[row.origin_id],
        "destination": codes.facilities[row.destination_id],
        "sludge_kind": row.sludge_kind.value,
        "plan": row.plan,
        "diversion": row.diversion,
        "issued_at": written(row.issued_at),
        "legs": [leg_line(leg, codes, block(WeighingRole.HANDOVER, leg.seq)) for leg in row.legs],
        "loaded": block(WeighingRole.LOADED),
        "received": received_block(row, block(WeighingRole.RECEIVED)),
        "disposed": disposed_block(row),
        "live": live_block(row, codes, beside, weighings, tests) if needs_live(row, beside) else None,
    }


def needs_live(row: Manifest, beside: Beside) -> bool:
    """Does it hold anything that the blocks of paper do not say?"""
    moved = any(event.actor != PAPER or event.recorded_at is not None for event in row.events)
    return moved or row.source is not ManifestSource.PAPER or row.id in beside.parts


def leg_line(leg: Leg, codes: Codes, weighing: Line | None) -> Line:
    handover = None
    if leg.handover_at is not None:
        handover = {"at": written(leg.handover_at), "weighing": weighing}
    return {
        "seq": leg.seq,
        "mode": leg.mode.value,
        "vehicle": leg.vehicle_code,
        "from": codes.facilities[leg.from_id],
        "to": codes.facilities[leg.to_id],
        "route": codes.routes.get(leg.route_id or 0),
        "driver": leg.driver,
        "voyage": leg.voyage,
        "carrier": codes.organisations.get(leg.carrier_id or 0),
        "handover": handover,
    }


def weighing_block(weighing: Weighing | None, test: MoistureTest | None) -> Line | None:
    """Masses and moisture as one block, where there is either."""
    if weighing is None and test is None:
        return None
    scale = (
        {}
        if weighing is None
        else {
            "gross_kg": written(weighing.gross_kg),
            "tare_kg": written(weighing.tare_kg),
            "at": written(weighing.at),
            "scale": weighing.scale_code,
            "ticket": weighing.ticket,
        }
    )
    moisture = (
        {}
        if test is None
        else {
            "moisture": written(test.moisture_fraction),
            "u_moisture": written(test.u_moisture_fraction),
            "moisture_method": test.method.value if test.method else None,
        }
    )
    return {"at": None if test is None else written(test.at)} | scale | moisture


def received_block(row: Manifest, weighing: Line | None) -> Line | None:
    """The weighing with the decision; a load that left unweighed has the decision's time."""
    receipt = row.receipt
    if receipt is None:
        return weighing
    decided = {
        "decision": receipt.decision.value,
        "accepted_kg": written(receipt.accepted_kg),
        "refused_kg": written(receipt.refused_kg),
        "reason": receipt.reason,
    }
    return {"at": written(receipt.at)} | (weighing or {}) | decided


def disposed_block(row: Manifest) -> Line | None:
    if row.disposal is None:
        return None
    disposal = row.disposal
    return {
        "method": disposal.method.value,
        "at": written(disposal.at),
        "mass_kg": written(disposal.mass_kg),
    }


def live_block(
    row: Manifest,
    codes: Codes,
    beside: Beside,
    weighings: dict[tuple[WeighingRole, int], Weighing],
    tests: dict[tuple[WeighingRole, int], MoistureTest],
) -> Line:
    """The object `live`: what only step by step custody knows."""
    handed = {(WeighingRole.HANDOVER, leg.seq) for leg in row.legs if leg.handover_at is not None}
    further = sorted((weighings.keys() | tests.keys()) - set(PLAIN) - handed)
    arrival = beside.arrivals.get(row.id)
    return {
        "source": row.source.value,
        "version": row.version,
        "leg_seq": row.leg_seq,
        "issuer": codes.organisations.get(row.issuer_id or 0),
        "custodian": codes.organisations.get(row.custodian_id or 0),
        "gate": codes.facilities.get(row.received_at_id or 0),
        "planned_kg": written(row.planned_kg),
        "approval": row.approval,
        "place_lat": row.place_lat,
        "place_lon": row.place_lon,
        "due_at": written(row.due_at),
        "overdue": row.overdue or None,
        "updated_at": written(row.updated_at),
        "custody": [change_line(event) for event in sorted(row.events, key=lambda event: event.id)],
        "parts": beside.parts.get(row.id),
        "arrival": None
        if arrival is None
        else {
            "at": written(arrival.at),
            "facility": codes.facilities[arrival.facility_id],
            "gross_kg": written(arrival.gross_kg),
            "scale": arrival.scale_code,
            "ticket": arrival.ticket,
        },
        "weighings": [
            {"role": role.value, "leg": leg_seq or None}
            | (weighing_block(weighings.get((role, leg_seq)), tests.get((role, leg_seq))) or {})
            for role, leg_seq in further
        ],
    }


def change_line(event: CustodyEvent) -> Line:
    """One change of custody."""
    return {
        "to": event.to_state.value,
        "leg": event.leg_seq or None,
        "at": written(event.at),
        "actor": event.actor,
        "reason": event.reason,
        "recorded_at": written(event.recorded_at),
    }


def without_blanks(value: Any) -> Any:
    """The same without keys that say nothing; `false` and 0 say something."""
    if isinstance(value, dict):
        kept = {key: without_blanks(each) for key, each in value.items()}
        return {key: each for key, each in kept.items() if each is not None and each != []}
    return [without_blanks(each) for each in value] if isinstance(value, list) else value
