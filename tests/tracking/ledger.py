"""How do tests of rules write paper by hand? Manifests, legs, weighings, claims and trips as frozen facts."""

from typing import Any

from models.values import LegFacts, ManifestFacts, WeighingFacts
from models.vocabulary import CustodyState, ManifestKind, Mode, SludgeKind
from tests.tracking.ground import at
from tracking.rules.assignment import Claim, Journey
from tracking.rules.trips import LOADED

PLANT, SITE, OTHER_SITE = 1, 2, 3


def weighed(
    net_kg: float, moisture: float | None = 0.79, seconds: float = 0.0, **given: Any
) -> WeighingFacts:
    """A net mass over a tare of 11 t."""
    values: dict[str, Any] = {"gross_kg": 11_000.0 + net_kg, "tare_kg": 11_000.0}
    return WeighingFacts(**(values | {"at_ms": at(seconds), "moisture_fraction": moisture} | given))


def leg(leg_id: int, vehicle_id: int | None = 1, **given: Any) -> LegFacts:
    """A leg by road from the plant to the site."""
    code = f"V{vehicle_id}" if vehicle_id is not None else "UNREGISTERED"
    values: dict[str, Any] = {"seq": 1, "mode": Mode.ROAD, "vehicle_code": code, "vehicle_id": vehicle_id}
    return LegFacts(leg_id, **(values | {"from_id": PLANT, "to_id": SITE} | given))


def manifest(manifest_id: int, *legs: LegFacts, **given: Any) -> ManifestFacts:
    """A manifest of dewatered sludge from the plant to the site, accepted."""
    values: dict[str, Any] = {
        "number": f"M-{manifest_id}",
        "origin_id": PLANT,
        "destination_id": SITE,
        "sludge_kind": SludgeKind.DEWATERED,
        "kind": ManifestKind.NORMAL,
        "custody_state": CustodyState.ACCEPTED,
        "issued_at_ms": at(-1_800),
        "legs": legs or (leg(manifest_id * 10),),
        "hauler_id": 1,
    }
    return ManifestFacts(manifest_id, **(values | given))


def claim(key: int, depart_s: float = 0.0, arrive_s: float | None = 3_000.0, **given: Any) -> Claim:
    """What paper says: vehicle 1 from the plant to the site, weighed as it left."""
    values: dict[str, Any] = {
        "leg_ids": (key,),
        "manifest_ids": (key,),
        "vehicle_id": 1,
        "origin_id": PLANT,
        "destination_id": SITE,
        "depart_ms": at(depart_s),
        "weighed_ms": at(depart_s),
        "arrive_ms": None if arrive_s is None else at(arrive_s),
    }
    return Claim(key, **(values | given))


def journey(key: int, departed_s: float = 60.0, arrived_s: float = 2_900.0, **given: Any) -> Journey:
    """What the track says: vehicle 1 stayed 20 minutes at the plant, drove to the site, stayed 15 there."""
    values: dict[str, Any] = {
        "vehicle_id": 1,
        "origin_id": PLANT,
        "destination_id": SITE,
        "stay_from_ms": at(departed_s - 1_200),
        "departed_ms": at(departed_s),
        "arrived_ms": at(arrived_s),
        "stay_to_ms": at(arrived_s + 900),
        "start_censored": False,
        "end_censored": False,
        "load": LOADED,
    }
    return Journey(key, **(values | given))
