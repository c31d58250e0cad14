"""How does an accepted correction get into the rows? The new value, version n + 1, a new document.

The old value stays in the correction and in the documents that were signed before; signatures stay theirs.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from models.custody_words import StockMove
from models.facilities import Route
from models.fleet import Vehicle
from models.lineage import StockEntry
from models.manifests import Leg, Manifest, MoistureTest, Receipt, Weighing
from models.organisations import User
from models.vocabulary import CustodyState, Role
from tracking.operations.custody.sign import codes_of, keep_document
from tracking.operations.custody.take_step import Setting, taken_meanwhile
from tracking.operations.mark_manifests import mark_followers, mark_manifest_ids
from tracking.queries.custody_facts import custody_by_id
from tracking.rules.custody.corrected import Named
from tracking.rules.custody.facts import Custody, Weighed
from tracking.rules.custody.fields import Aim, Shape
from tracking.rules.custody.quantities import dry_fraction, wet_kg

BOOKED = {
    CustodyState.IN_STORE: StockMove.STORED,
    CustodyState.ACCEPTED: StockMove.ACCEPTED,
    CustodyState.PART_ACCEPTED: StockMove.ACCEPTED,
}
"""In which states a load lies on a pile, and as what it was booked there."""


def names_of(session: Session, aim: Aim, custody: Custody, new: object) -> Named:
    """What a code in the new value names."""
    code = str(new).strip()
    if aim.leg is None or new is None or aim.leg >= len(custody.legs):
        return Named()
    if aim.rule.shape is Shape.VEHICLE:
        columns = select(Vehicle.id, Vehicle.mode, Vehicle.organisation_id)
        vehicle = session.execute(columns.where(Vehicle.code == code)).first()
        return Named() if vehicle is None else Named(*vehicle)
    if aim.rule.shape is Shape.ROUTE:
        return Named(route_id=session.scalar(select(Route.id).where(Route.code == code)))
    if aim.name != "driver":
        return Named()
    carrier_id = custody.legs[aim.leg].carrier_id
    known = select(User.id, User.display_name).where(
        User.username == code, User.role == Role.DRIVER, User.active, User.organisation_id == carrier_id
    )
    driver = session.execute(known).first()
    return Named() if driver is None else Named(driver_id=driver.id, driver=driver.display_name)


def put_right(
    session: Session, aim: Aim, before: Custody, after: Custody, user_id: int | None, setting: Setting
) -> int:
    """Write `after` where the manifest is still as in `before`; the new version. Raises TakenMeanwhile."""
    raise_version(session, before, after, setting)
    if aim.leg is not None:
        write_leg(session, before, after, aim.leg)
    elif aim.weighing is not None:
        write_weighing(session, after, aim)
    if (before.accepted_kg, before.refused_kg) != (after.accepted_kg, after.refused_kg):
        session.execute(
            update(Receipt)
            .where(Receipt.manifest_id == after.id)
            .values(accepted_kg=after.accepted_kg, refused_kg=after.refused_kg)
            .execution_options(synchronize_session=False)
        )
    balance_piles(session, before, after, user_id, setting)
    session.flush()
    corrected = custody_by_id(session, before.id)
    if corrected is None:
        raise LookupError(f"manifest {before.id} is gone")
    keep_document(session, corrected, codes_of(session, corrected), setting.now)
    mark_manifest_ids(session, [before.id])
    if before.weighed != after.weighed:
        mark_followers(session, [before.id])
    return corrected.version


def raise_version(session: Session, before: Custody, after: Custody, setting: Setting) -> None:
    """The UPDATE that carries the version it saw, with the fields of the manifest's own row."""
    done = session.execute(
        update(Manifest)
        .where(Manifest.id == before.id, Manifest.version == before.version)
        .where(Manifest.custody_state == before.state)
        .values(
            version=before.version + 1,
            sludge_kind=after.sludge_kind,
            planned_kg=after.planned_kg,
            plan=after.plan,
            approval=after.approval,
            updated_at=setting.now,
        )
        .execution_options(synchronize_session=False)
    )
    if done.rowcount != 1:  # type: ignore[attr-defined]  # an UPDATE has one
        raise taken_meanwhile(session, custody_by_id(session, before.id) or before)


def write_leg(session: Session, before: Custody, after: Custody, index: int) -> None:
    leg = after.legs[index]
    session.execute(
        update(Leg)
        .where(Leg.manifest_id == before.id, Leg.seq == leg.seq)
        .values(
            vehicle_code=leg.vehicle_code,
            vehicle_id=leg.vehicle_id,
            route_id=leg.route_id,
            driver=leg.driver,
            driver_id=leg.driver_id,
            voyage=leg.voyage,
        )
        .execution_options(synchronize_session=False)
    )


def write_weighing(session: Session, after: Custody, aim: Aim) -> None:
    """The row of the scale or of the moisture test, whichever holds the field."""
    if aim.weighing is None:
        return
    role, leg_seq = aim.weighing
    weighed = after.weighed[aim.weighing]
    tested = aim.name in ("moisture", "u_moisture", "moisture_method")
    table = MoistureTest if tested else Weighing
    session.execute(
        update(table)
        .where(table.manifest_id == after.id, table.role == role, table.leg_seq == leg_seq)
        .values(moisture_columns(weighed) if tested else scale_columns(weighed))
        .execution_options(synchronize_session=False)
    )


def moisture_columns(weighed: Weighed) -> Mapping[str, Any]:
    return {
        "moisture_fraction": weighed.moisture_fraction,
        "u_moisture_fraction": weighed.u_moisture_fraction,
        "method": weighed.moisture_method,
    }


def scale_columns(weighed: Weighed) -> Mapping[str, Any]:
    return {
        "gross_kg": weighed.gross_kg,
        "tare_kg": weighed.tare_kg,
        "scale_code": weighed.scale_code,
        "ticket": weighed.ticket,
    }


def balance_piles(
    session: Session, before: Custody, after: Custody, user_id: int | None, setting: Setting
) -> None:
    """The difference to what the piles' books say of this load, as an entry of its own."""
    move, wet = BOOKED.get(after.state, StockMove.ACCEPTED), after.accepted_kg
    if move is StockMove.STORED:
        wet = wet_kg(after)
    if after.state not in BOOKED or wet is None or quantities(before) == quantities(after):
        return
    same = (StockEntry.manifest_id == after.id) & (StockEntry.move == move)
    sums = select(func.sum(StockEntry.wet_kg), func.sum(StockEntry.dry_kg)).where(same)
    booked_wet, booked_dry = session.execute(sums).one()
    first = session.scalar(select(StockEntry).where(same).order_by(StockEntry.id).limit(1))
    if first is None:
        return
    fraction = dry_fraction(after)
    dry = None if fraction is None or booked_dry is None else wet * fraction - booked_dry
    session.add(
        StockEntry(
            facility_id=first.facility_id,
            pile=first.pile,
            move=move,
            manifest_id=after.id,
            wet_kg=wet - booked_wet,
            dry_kg=dry,
            at=setting.now,
            entered_at=setting.now,
            user_id=user_id,
        )
    )


def quantities(custody: Custody) -> tuple[float | None, float | None, float | None]:
    """What a pile's books hold of a load."""
    return wet_kg(custody), custody.accepted_kg, dry_fraction(custody)
