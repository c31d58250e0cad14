"""Was each leg given to the trip that really carried it?"""

from collections.abc import Iterator

from sqlalchemy import Engine, select

from bench.detection_worlds import Staged
from models.fleet import Vehicle
from models.journeys import TripLeg, TripRow
from models.manifests import Leg, Manifest
from models.session import read_sessions
from models.vocabulary import MS_PER_S

NEAR_MS = 240 * MS_PER_S  # between leaving the fence and the last fix inside it, at the slowest sampling
FALSE = ("phantom_manifest", "shared_trip")


def links(engine: Engine, staged: Staged) -> tuple[int, int]:
    """(first legs with a true trip whose link is right, all of them)."""
    given = links_by_manifest(engine)
    right = [
        any(
            vehicle == truck and abs(departed - left) <= NEAR_MS
            for vehicle, departed in given.get(number, ())
        )
        for number, truck, left in true_links(staged)
    ]
    return sum(right), len(right)


def true_links(staged: Staged) -> Iterator[tuple[str, str, float]]:
    """(manifest, truck, ms of leaving) of each first leg that was really driven and seen by its device."""
    start_ms = int(staged.calendar.start.timestamp()) * MS_PER_S
    for load in staged.world.loads:
        kind = load.misdeed.kind if load.misdeed else ""
        silent = kind == "signal_gap" and "whole" in load.extra
        ended = load.received_s is not None and load.received_s < staged.world.end_s
        silent = silent or "lie_from_s" in load.extra or "shifted" in load.extra
        if load.number and load.on_paper and load.carriages and ended and kind not in FALSE and not silent:
            first = load.carriages[0]
            yield load.number, first.vehicle, start_ms + first.left_s * MS_PER_S


def links_by_manifest(engine: Engine) -> dict[str, list[tuple[str, int]]]:
    """(vehicle, departed) of the trips linked with each manifest's first leg."""
    with read_sessions(engine)() as session:
        rows = session.execute(
            select(Manifest.number, Vehicle.code, TripRow.departed_ms)
            .join(Leg, Leg.manifest_id == Manifest.id)
            .join(TripLeg, TripLeg.leg_id == Leg.id)
            .join(TripRow, TripRow.id == TripLeg.trip_id)
            .join(Vehicle, Vehicle.id == TripRow.vehicle_id)
            .where(Leg.seq == 1)
        ).all()
    found: dict[str, list[tuple[str, int]]] = {}
    for number, vehicle, departed_ms in rows:
        found.setdefault(number, []).append((vehicle, departed_ms))
    return found
