"""What would have changed the outcome? The counterfactuals of a finding, from its own evidence.

Each is the rule's own threshold set against what was measured: how much shorter, nearer, lighter or earlier
would not have been recorded. Nothing is computed anew, so it holds for the version of the rule that spoke.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from models.values import Reason
from models.vocabulary import FindingKind

Figure = float | int | str | None
Known = Mapping[str, Figure]
Derived = dict[str, float]


@dataclass(frozen=True, slots=True)
class Change:
    """A counterfactual: told where the evidence holds all of `needs`; `derive` adds the figures it names."""

    stem: str
    needs: tuple[str, ...] = ()
    derive: Callable[[Known], Derived] = lambda _known: {}


def number(known: Known, name: str) -> float:
    """A figure as a number; raises KeyError where it is none."""
    value = known[name]
    if isinstance(value, str) or value is None:
        raise KeyError(name)
    return float(value)


def less(to: str, of: str, minus: str) -> Callable[[Known], Derived]:
    """`to` = `of` - `minus`."""
    return lambda known: {to: round(number(known, of) - number(known, minus), 1)}


def widened(to: str, u: str, factor: str) -> Callable[[Known], Derived]:
    """`to` = the uncertainty `u` times the rule's `factor`."""
    return lambda known: {to: round(abs(number(known, u)) * number(known, factor), 1)}


def arrival(known: Known) -> Derived:
    """Until when an arrival is not overdue, and by how much it was later."""
    allowed_s = number(known, "planned_s") * number(known, "factor")
    return {"allowed_s": allowed_s, "over_s": number(known, "taken_s") - allowed_s}


def drive(known: Known) -> Derived:
    """How long a jump takes a vehicle at the top of its speed."""
    return {"needed_s": round(number(known, "distance_m") / (number(known, "limit_kmh") / 3.6), 1)}


def load(known: Known) -> Derived:
    """The heaviest load that the scale's uncertainty lets pass."""
    allowed_kg = number(known, "limit_kg") + number(known, "u_kg") * number(known, "u_factor")
    return {"allowed_kg": round(allowed_kg, 1)}


def tare_band(known: Known) -> Derived:
    """The empty weights that are not told of."""
    band_kg = number(known, "registered_kg") * number(known, "tare_drift_fraction")
    registered_kg = number(known, "registered_kg")
    return {"from_kg": round(registered_kg - band_kg, 1), "to_kg": round(registered_kg + band_kg, 1)}


K = FindingKind
CHANGES: Mapping[FindingKind, tuple[Change, ...]] = MappingProxyType(
    {
        K.GHOST_TRIP: (Change("manifest", ("gate_s", "departed_ms", "vehicle", "facility")),),
        K.PHANTOM_MANIFEST: (
            Change("trip", ("vehicle", "manifest")),
            Change("coverage", ("coverage_fraction", "coverage_min_fraction")),
        ),
        K.WRONG_VEHICLE: (Change("named", ("vehicle", "paper_vehicle", "manifest")),),
        K.UNKNOWN_VEHICLE: (Change("registered", ("vehicle", "manifest")),),
        K.WRONG_DESTINATION: (Change("diversion", ("paper_facility", "vehicle", "manifest")),),
        K.SHARED_TRIP: (Change("second", ("manifest", "other_manifest", "vehicle")),),
        K.NOT_PERMITTED: (Change("quota", ("over_kg",)),),
        K.NO_DWELL: (Change("stay", ("stay_s", "least_s"), less("short_s", "least_s", "stay_s")),),
        K.OVERDUE: (Change("arrival", ("taken_s", "planned_s", "factor"), arrival),),
        K.OFF_ROUTE: (
            Change("back", ("alarm_after_s", "corridor_m", "route")),
            Change("nearer", ("farthest_m", "corridor_m"), less("beyond_m", "farthest_m", "corridor_m")),
        ),
        K.UNPLANNED_STOP: (
            Change("shorter", ("duration_s", "shortest_s"), less("over_s", "duration_s", "shortest_s")),
            Change("place"),
        ),
        K.RENDEZVOUS: (
            Change("shorter", ("duration_s", "shortest_s"), less("over_s", "duration_s", "shortest_s")),
            Change("apart"),
        ),
        K.SIGNAL_GAP: (
            Change("heard", ("limit_s", "duration_s"), less("over_s", "duration_s", "limit_s")),
            Change("slack", ("slack_s", "free_flow_s")),
            Change("whole", ("coverage_fraction", "manifest")),
            Change("later"),
        ),
        K.TELEPORT: (Change("slower", ("distance_m", "limit_kmh"), drive),),
        K.FROZEN_POSITION: (Change("moving", ("frozen_fixes", "frozen_kmh", "fixes", "moved_km")),),
        K.REPLAYED_TRACK: (Change("windows", ("windows", "replay_windows", "replay_fixes")),),
        K.CLONED_DEVICE: (Change("apart", ("clone_apart_m", "clone_within_s", "distance_m")),),
        K.CLOCK_SKEW: (Change("clock", ("skew_ahead_s", "skew_behind_s", "skew_s")),),
        K.DATUM_SHIFT: (Change("declared", ("datum", "declared_datum")),),
        K.DEVICE_TAMPER: (
            Change("alarm", ("tamper_fixes", "fixes")),
            Change("blinded", ("blinded_s", "duration_s")),
            Change("area", ("area_vehicles", "area_m", "area_s")),
        ),
        K.HANDOVER_MISMATCH: (
            Change("weight", ("off_kg", "u_kg", "gap_u"), widened("allowed_kg", "u_kg", "gap_u")),
            Change("early", ("early_s", "vehicle", "other_vehicle")),
            Change("ahead", ("ahead_s", "vehicle")),
            Change("place", ("distance_m", "vehicle")),
        ),
        K.WET_GAP: (
            Change(
                "smaller",
                ("wet_gap_kg", "u_wet_gap_kg", "gap_u"),
                widened("allowed_kg", "u_wet_gap_kg", "gap_u"),
            ),
            Change("share", ("wet_gap_fraction", "significant_wet_fraction")),
        ),
        K.DRY_GAP: (
            Change(
                "smaller",
                ("dry_gap_kg", "u_dry_gap_kg", "gap_u"),
                widened("allowed_kg", "u_dry_gap_kg", "gap_u"),
            ),
        ),
        K.DILUTION: (
            Change(
                "smaller",
                ("dry_gap_kg", "u_dry_gap_kg", "gap_u"),
                widened("allowed_kg", "u_dry_gap_kg", "gap_u"),
            ),
        ),
        K.OVERLOAD: (Change("lighter", ("limit_kg", "u_kg", "u_factor", "over_kg"), load),),
        K.TARE_DRIFT: (Change("band", ("tare_kg", "registered_kg", "tare_drift_fraction"), tare_band),),
        K.REPEATED_WEIGHT: (Change("differ", ("repeat_loads", "repeat_chance")),),
        K.MOISTURE_OVER_LIMIT: (Change("drier", ("moisture_fraction", "limit_fraction")),),
    }
)
"""What each kind tells; one without figures to tell of is worded by its ".plain"."""


def what_would_change(
    kind: FindingKind,
    reasons: Mapping[str, Figure],
    figures: Mapping[str, Figure],
    thresholds: Mapping[str, Figure],
) -> tuple[Reason, ...]:
    """The counterfactuals of a finding as reasons with codes "change.<kind>.<stem>", worded by reports.

    reasons: the parameters of all its reasons; figures, thresholds: its evidence. At least one is returned.
    """
    known = {name: value for name, value in {**reasons, **figures, **thresholds}.items() if value is not None}
    found = []
    for change in CHANGES.get(kind, ()):
        if any(name not in known for name in change.needs):
            continue
        try:
            params = {name: known[name] for name in change.needs} | change.derive(known)
        except KeyError:  # written by another version of the rule, as text
            continue
        found.append(Reason(f"change.{kind.value}.{change.stem}", params))
    return tuple(found) or (Reason(f"change.{kind.value}.plain", {}),)
