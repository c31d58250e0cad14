"""With which statements is the custody of one manifest read? Built once: every step of every load asks them.

Whoever executes one gives its parameters; a statement that is built anew costs more than the rows it reads.
"""

from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Executable,
    Select,
    bindparam,
    exists,
    func,
    literal,
    null,
    select,
    union_all,
)

from models.corrections import Correction, Hold
from models.custody_words import CorrectionState
from models.lineage import ManifestLink, StockEntry
from models.manifests import CustodyEvent, Leg, Manifest, MoistureTest, Receipt, Weighing
from models.organisations import Organisation
from models.values import Viewer
from models.vocabulary import CustodyState
from models.weighbridge import GateArrival
from tracking.queries.visibility import manifests_visible

OPEN_CORRECTIONS = (CorrectionState.OPEN, CorrectionState.WITH_REGULATOR)
NOT_LIVE = (CustodyState.DRAFT, CustodyState.CANCELLED, CustodyState.EXPIRED)  # carry nothing
ONE: BindParameter[int] = bindparam("manifest_id")


M, L = Manifest.__table__.c, Leg.__table__.c
ISSUER = Organisation.__table__.alias("issuer")
CUSTODIAN = Organisation.__table__.alias("custodian")
CARRIER = Organisation.__table__.alias("carrier")


def standing(condition: ColumnElement[bool]) -> Select[Any]:
    """Manifests, with the codes of who issued them and who has them."""
    parties = (ISSUER.c.code.label("issuer"), CUSTODIAN.c.code.label("custodian"))
    return (
        select(*M, *parties)
        .outerjoin(ISSUER, ISSUER.c.id == M.issuer_id)
        .outerjoin(CUSTODIAN, CUSTODIAN.c.id == M.custodian_id)
        .where(condition)
    )


@lru_cache(maxsize=1_000)
def seen_by(viewer: Viewer, *, lock: bool = False) -> Select[Any]:
    """The manifest with the number `key`, if the viewer may see it; `lock`: its row is kept."""
    query = standing((M.number == bindparam("key")) & manifests_visible(viewer))
    return query.with_for_update(of=Manifest) if lock else query


BY_ID = standing(M.id == bindparam("key"))
BY_ID_KEPT = BY_ID.with_for_update(of=Manifest)


def beside() -> Select[Any]:
    """The legs, and in each row whether the manifest is held or disputed, and when it last changed hands.

    A statement of its own, after the one that may keep the manifest's row: that one may have waited for
    another signer, and would see beside the row what stood there before.
    """
    hold, dispute, event = Hold.__table__.c, Correction.__table__.c, CustodyEvent.__table__.c
    held = exists().where(hold.manifest_id == M.id, hold.lifted_at.is_(None))
    disputed = exists().where(dispute.manifest_id == M.id, dispute.state.in_(OPEN_CORRECTIONS))
    newest = select(func.max(event.at)).where(event.manifest_id == M.id).scalar_subquery()
    legs: tuple[Any, ...] = (
        L.id,
        L.seq,
        L.mode,
        L.carrier_id,
        L.vehicle_id,
        L.vehicle_code,
        L.from_id,
        L.to_id,
    )
    legs += (L.route_id, L.driver_id, L.driver, L.voyage, CARRIER.c.code.label("carrier"))
    return (
        select(held.label("on_hold"), disputed.label("correction_open"), newest.label("last_event_at"))
        .add_columns(*legs)
        .select_from(
            Manifest.__table__.outerjoin(Leg.__table__, L.manifest_id == M.id).outerjoin(
                CARRIER, CARRIER.c.id == L.carrier_id
            )
        )
        .where(M.id == ONE)
        .order_by(L.seq)
    )


BESIDE = beside()

RECEPTION = (
    select(Receipt.decision, Receipt.accepted_kg, Receipt.refused_kg)
    .add_columns(*(column.label(f"gate_{column.name}") for column in GateArrival.__table__.c))
    .select_from(Manifest)
    .outerjoin(Receipt, Receipt.manifest_id == Manifest.id)
    .outerjoin(GateArrival, GateArrival.manifest_id == Manifest.id)
    .where(Manifest.id == ONE)
)
"""What the receiver decided and what the gate wrote down, `gate_` before each of its columns."""

WEIGHINGS: Executable = union_all(
    select(
        literal(True).label("scale"),
        *(Weighing.role, Weighing.leg_seq, Weighing.at, Weighing.gross_kg, Weighing.tare_kg),
        *(Weighing.scale_code, Weighing.ticket, Weighing.scale_ticket_id),
        literal(None, MoistureTest.moisture_fraction.type).label("moisture_fraction"),
        literal(None, MoistureTest.u_moisture_fraction.type).label("u_moisture_fraction"),
        literal(None, MoistureTest.method.type).label("method"),
    ).where(Weighing.manifest_id == ONE),
    select(
        literal(False),
        *(MoistureTest.role, MoistureTest.leg_seq, MoistureTest.at),
        *(null(), null(), null(), null(), null()),
        *(MoistureTest.moisture_fraction, MoistureTest.u_moisture_fraction, MoistureTest.method),
    ).where(MoistureTest.manifest_id == ONE),
)
"""What scales said (`scale`) and what tests of moisture said, each with the place it belongs to."""

STOCK = (
    select(StockEntry.move, StockEntry.wet_kg, StockEntry.dry_kg, StockEntry.pile)
    .where(StockEntry.manifest_id == ONE, StockEntry.move.in_(bindparam("moves", expanding=True)))
    .order_by(StockEntry.id)
)


def parts(other: Any, own: Any, *, live: bool) -> Executable:
    """The manifests at the other end of links; `live`: without those that carry nothing."""
    query = (
        select(Manifest.id, Manifest.number, Manifest.custody_state, ManifestLink.wet_kg, ManifestLink.dry_kg)
        .join(Manifest, Manifest.id == other)
        .where(own == ONE)
        .order_by(ManifestLink.id)
    )
    return query.where(Manifest.custody_state.not_in(NOT_LIVE)) if live else query


PARTS_OUT = parts(ManifestLink.child_id, ManifestLink.parent_id, live=True)
PARTS_IN = parts(ManifestLink.parent_id, ManifestLink.child_id, live=False)
