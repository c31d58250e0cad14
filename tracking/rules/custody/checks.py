"""What does a step warn about? Checks block nothing: each says which finding the analysis may raise.

The same rules judge paper that was loaded (judge_masses.py, judge_paper.py, judge_repeats.py); here they
answer the signer at once. Which act is checked for what is the table CHECKS (DOMAIN.md section 5, "warns").
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta

from models.custody_words import Act
from models.values import Figures, Reason
from models.vocabulary import FindingKind, Mode, WeighingRole
from tracking.rules.custody.check_permits import over_quota, over_storage, scale_lapsed
from tracking.rules.custody.check_positions import apart, left_too_soon, outside, silent
from tracking.rules.custody.checked import Checked, facts_of, told
from tracking.rules.custody.facts import Custody, Step
from tracking.rules.custody.outcome import key_of
from tracking.rules.custody.surroundings import NOTHING_AROUND, Surroundings
from tracking.rules.custody.warned import Warned
from tracking.rules.judge_masses import overload_reason
from tracking.rules.judge_paper import tare_reason, weights_apart
from tracking.rules.judge_repeats import repeat_reasons
from tracking.rules.mass_balance import mass_gap

Check = Callable[[Checked], Iterator[Warned]]


def warnings_of(step: Step, outcome: Custody, around: Surroundings = NOTHING_AROUND) -> Iterator[Warned]:
    """All warnings of a step, in the order of the table."""
    checked = Checked(step, outcome, around)
    for check in CHECKS.get(step.act, ()):
        yield from check(checked)


def other_load(checked: Checked) -> Iterator[Warned]:
    """The vehicle carries another manifest's load now (beyond a vessel's voyage)."""
    vehicle, leg = checked.vehicle, checked.leg
    if vehicle is None or leg is None or not vehicle.loads:
        return
    if leg.voyage is None or vehicle.mode is not Mode.WATER:  # a truck has no voyages, whatever is typed
        params: Figures = {"vehicle": vehicle.code, "manifests": ", ".join(vehicle.loads)}
        yield Warned(FindingKind.SHARED_TRIP, "legs[0].vehicle", Reason("shared_trip.loaded", params))


def too_heavy(checked: Checked) -> Iterator[Warned]:
    """Net over the payload, or gross over the road's cap."""
    weighed, leg, vehicle = checked.weighed, checked.leg, checked.vehicle
    if weighed is None or leg is None:
        return
    rated_kg = None if vehicle is None else vehicle.rated_payload_kg
    reason = overload_reason(weighed, leg.mode, rated_kg, checked.step.rules.mass)
    if reason is not None:
        yield Warned(FindingKind.OVERLOAD, "weighing.gross_kg", told(reason, checked))


def tare_off(checked: Checked) -> Iterator[Warned]:
    """The tare is not the registered one."""
    weighed, vehicle = checked.weighed, checked.vehicle
    if weighed is None or vehicle is None or vehicle.mode is not Mode.ROAD:
        return
    reason = tare_reason(weighed, vehicle.tare_kg, checked.step.rules.mass)
    if reason is not None:
        yield Warned(FindingKind.TARE_DRIFT, "weighing.tare_kg", told(reason, checked))


def repeated(checked: Checked) -> Iterator[Warned]:
    """Weight, moisture or ticket as before."""
    weighed = checked.weighed
    if weighed is None:
        return
    fields = {
        "net": "weighing.gross_kg",
        "moisture": "weighing.moisture_fraction",
        "ticket": "weighing.ticket",
    }
    for reason in repeat_reasons(weighed, checked.around.earlier, checked.step.rules.mass):
        field = fields[reason.code.removeprefix("repeated_weight.")]
        yield Warned(FindingKind.REPEATED_WEIGHT, field, told(reason, checked))


def too_wet(checked: Checked) -> Iterator[Warned]:
    """Moisture above what may leave, or come in."""
    limit, key = checked.around.limit, key_of(checked.step)
    weighed = None if key is None else checked.outcome.weighed.get(key)
    moisture = None if weighed is None else weighed.moisture_fraction
    if limit is None or moisture is None:
        return
    if moisture < limit.value or (limit.inclusive and moisture == limit.value):
        return
    u = weighed.u_moisture_fraction if weighed is not None else None
    default = checked.step.rules.mass.default_u_moisture_fraction
    params: Figures = {
        "moisture_fraction": moisture,
        "limit_fraction": limit.value,
        "u_moisture_fraction": default if u is None else u,
        "standard": limit.standard,
        "clause": limit.clause or "",
    }
    reason = Reason("moisture_over_limit.seen", params)
    yield Warned(FindingKind.MOISTURE_OVER_LIMIT, "weighing.moisture_fraction", told(reason, checked))


def too_much_for_the_plant(checked: Checked) -> Iterator[Warned]:
    """The day's issues are more than the treated sewage gives: a prompt to look, not a proof."""
    around = checked.around
    if around.production is None or not around.influent_m3:
        return
    most_t80 = around.production.value * around.influent_m3 / 10_000.0
    if around.issued_t80 > most_t80:
        params: Figures = {
            "issued_kg": around.issued_t80 * 1000,
            "most_kg": round(most_t80 * 1000, 1),
            "influent_m3": around.influent_m3,
        }
        reason = Reason("plant_imbalance.issued", params)
        yield Warned(FindingKind.PLANT_IMBALANCE, "planned_kg", told(reason, checked))


def gap(checked: Checked) -> Iterator[Warned]:
    """What came in is not what left: the dry gap, and a wet one that is significant."""
    received = checked.weighed
    left = [each for (role, _), each in checked.outcome.weighed.items() if role is WeighingRole.LOADED]
    loaded = facts_of(max(left, key=lambda each: each.at, default=None))
    if received is None or loaded is None:
        return
    mass = checked.step.rules.mass
    found = mass_gap(loaded, received, mass)
    params: Figures = {
        "loaded_kg": loaded.net_kg,
        "received_kg": received.net_kg,
        "wet_gap_kg": round(found.wet_kg, 1),
        "u_wet_gap_kg": round(found.u_wet_kg, 1),
        "wet_gap_fraction": round(found.wet_share, 4),
        "dry_gap_kg": found.dry_kg,
        "u_dry_gap_kg": found.u_dry_kg,
        "dry_gap_fraction": found.dry_share,
        "loaded_moisture_fraction": loaded.moisture_fraction,
        "received_moisture_fraction": received.moisture_fraction,
    }
    if abs(found.wet_ratio) >= mass.gap_u or abs(found.wet_share) > mass.significant_wet_fraction:
        sign = "lost" if found.wet_kg >= 0 else "gained"
        yield Warned(
            FindingKind.WET_GAP, "weighing.gross_kg", told(Reason(f"wet_gap.{sign}", params), checked)
        )
    if found.dry_ratio is not None and abs(found.dry_ratio) >= mass.gap_u:
        sign = "lost" if found.dry_ratio >= 0 else "gained"
        reason = told(Reason(f"dry_gap.{sign}", params), checked)
        yield Warned(FindingKind.DRY_GAP, "weighing.moisture_fraction", reason)


def sides_apart(checked: Checked) -> Iterator[Warned]:
    """Giver and taker weighed differently."""
    taken = checked.weighed
    given = facts_of(
        checked.outcome.weighed.get((WeighingRole.HANDOVER, checked.step.custody.leg_seq)),
        checked.around.division_kg,
    )
    gave, leg = checked.step.custody.current, checked.leg
    if taken is None or given is None or gave is None or leg is None:
        return
    reason = weights_apart(given, taken, checked.step.rules.mass)
    if reason is not None:
        names: Figures = {"vehicle": gave.vehicle_code, "other_vehicle": leg.vehicle_code}
        said = told(Reason(reason.code, names | dict(reason.params)), checked)
        yield Warned(FindingKind.HANDOVER_MISMATCH, "weighing.gross_kg", said)


def too_much_for_the_site(checked: Checked) -> Iterator[Warned]:
    """The day's disposal is beyond what the permit allows a day."""
    around = checked.around
    if around.capacity_t is not None and around.disposed_t > around.capacity_t:
        params: Figures = {"disposed_kg": around.disposed_t * 1000, "capacity_kg": around.capacity_t * 1000}
        reason = Reason("over_capacity.day", params)
        yield Warned(FindingKind.OVER_CAPACITY, "mass_kg", told(reason, checked))


def late(checked: Checked) -> Iterator[Warned]:
    """It came after one and a half times its planned time."""
    planned_s = checked.around.planned_s
    if planned_s is None:
        return
    took = checked.step.given.at - checked.step.custody.last_event_at
    most = timedelta(seconds=planned_s * checked.step.rules.track.overdue_factor)
    if took > most:
        params: Figures = {"took_s": took.total_seconds(), "planned_s": planned_s}
        yield Warned(FindingKind.OVERDUE, "at", told(Reason("overdue.arrived", params), checked))


def heard_here(checked: Checked) -> Iterator[Warned]:
    """The device is heard, and inside the fence of the place."""
    seen = checked.around.seen
    if seen is not None:
        at_ms = round(checked.step.given.at.timestamp() * 1000)
        for warned in (silent(seen, at_ms), outside(seen, at_ms)):
            if warned is not None:
                yield Warned(warned.kind, warned.field, told(warned.reason, checked))


def stayed_to_load(checked: Checked) -> Iterator[Warned]:
    """Nobody loads in two minutes."""
    seen = checked.around.seen
    warned = None if seen is None else left_too_soon(seen, round(checked.step.given.at.timestamp() * 1000))
    if warned is not None:
        yield Warned(warned.kind, warned.field, told(warned.reason, checked))


def together(checked: Checked) -> Iterator[Warned]:
    """Both vehicles of a handover are at one place."""
    seen, other = checked.around.seen, checked.around.other
    if seen is not None and other is not None:
        at_ms = round(checked.step.given.at.timestamp() * 1000)
        warned = apart(other, seen, at_ms, checked.step.rules)
        if warned is not None:
            yield Warned(warned.kind, warned.field, told(warned.reason, checked))


WEIGHED: tuple[Check, ...] = (scale_lapsed,)
LOADING: tuple[Check, ...] = (other_load, too_wet, too_heavy, tare_off, repeated, *WEIGHED)
RECEIVING: tuple[Check, ...] = (too_wet, gap, *WEIGHED)
CHECKS: Mapping[Act, tuple[Check, ...]] = {
    Act.ISSUE: (too_much_for_the_plant,),
    Act.LOAD: (*LOADING, over_quota),
    Act.RELOAD: LOADING,
    Act.DEPART: (heard_here, stayed_to_load),
    Act.HAND_OVER: (heard_here, *WEIGHED),
    Act.TAKE_OVER: (heard_here, together, too_heavy, sides_apart, *WEIGHED),
    Act.STORE: (over_storage, *WEIGHED),
    Act.ARRIVE: (heard_here, late),
    Act.ACCEPT: RECEIVING,
    Act.PART_ACCEPT: RECEIVING,
    Act.REJECT: RECEIVING,
    Act.DISPOSE: (too_much_for_the_site,),
}
