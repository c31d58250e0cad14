"""Do weights, moistures or ticket numbers repeat as only copied ones do? `repeated_weight`.

Weights: the net of a vehicle's loads from one place. Moistures: of one origin's loads over different days,
for one test serves a day's loads. Tickets: one number on two manifests of a scale.
"""

from dataclasses import dataclass

from models.thresholds import MassThresholds
from models.values import Evidence, Figures, ManifestFacts, Reason, WeighingFacts
from models.vocabulary import FindingKind
from tracking.rules.findings import FindingDraft
from tracking.rules.repeats import chance_of_run, step_of
from tracking.rules.world import World


@dataclass(frozen=True, slots=True)
class EarlierLoads:
    """What came before a load, in order of time, itself left out.

    nets_kg: of its vehicle from its origin; moistures: the last test of each earlier day of its origin;
    ticket_of: the earlier manifest that has its ticket of the same scale, and the weighing there.
    """

    nets_kg: tuple[float, ...] = ()
    moistures: tuple[float, ...] = ()
    ticket_of: tuple[str, WeighingFacts] | None = None


NOTHING_EARLIER = EarlierLoads()


def repeat_reasons(loaded: WeighingFacts, earlier: EarlierLoads, mass: MassThresholds) -> list[Reason]:
    """What repeats beyond chance, without the manifest's number (the caller adds it)."""
    found = []
    nets = [*earlier.nets_kg, loaded.net_kg]
    step_kg = loaded.scale_division_kg or mass.scale_division_kg
    usual_kg = mass.usual_net_spread_fraction * loaded.net_kg
    length, chance = chance_of_run(nets, step_kg, usual_kg)
    if length > mass.repeat_loads and chance < mass.repeat_chance:
        params: Figures = {"net_kg": loaded.net_kg, "count": length, "chance": f"{chance:.0e}"}
        found.append(Reason("repeated_weight.net", params))
    if loaded.moisture_fraction is not None:
        tests = [*earlier.moistures, loaded.moisture_fraction]
        length, chance = chance_of_run(tests, step_of(tests), mass.usual_moisture_spread)
        if length > mass.repeat_loads and chance < mass.repeat_chance:
            params = {"moisture_fraction": loaded.moisture_fraction, "count": length}
            found.append(Reason("repeated_weight.moisture", params | {"chance": f"{chance:.0e}"}))
    if earlier.ticket_of is not None:
        number, other = earlier.ticket_of
        params = {"ticket": loaded.ticket, "scale": loaded.scale_code, "other_manifest": number}
        found.append(Reason("repeated_weight.ticket", params | {"other_at_ms": other.at_ms}))
    return found


def same_ticket(loaded: WeighingFacts, other: WeighingFacts, day_s: float = 86_400.0) -> bool:
    """Is it the other's ticket? Numbers begin anew each day or year at many scales: so the same number of the
    same scale counts on the same day, or with the very same masses on another. One weighing at one moment may
    lawfully stand on two manifests that share a load."""
    if loaded.ticket is None or (loaded.ticket, loaded.scale_code) != (other.ticket, other.scale_code):
        return False
    if loaded.at_ms == other.at_ms:
        return False
    same_masses = (loaded.gross_kg, loaded.tare_kg) == (other.gross_kg, other.tare_kg)
    return same_masses or abs(loaded.at_ms - other.at_ms) < day_s * 500


def repeat_drafts(manifest: ManifestFacts, earlier: EarlierLoads, world: World) -> list[FindingDraft]:
    """One finding with all that repeats."""
    loaded = manifest.loaded
    if loaded is None:
        return []
    mass = world.thresholds.mass
    said = repeat_reasons(loaded, earlier, mass)
    if not said:
        return []
    vehicle = manifest.legs[0].vehicle_code if manifest.legs else "-"
    about: Figures = {
        "manifest": manifest.number,
        "vehicle": vehicle,
        "facility": world.code_of(manifest.origin_id),
    }
    reasons = [Reason(each.code, dict(each.params) | about) for each in said]
    copied = [number for number in [earlier.ticket_of] if number is not None]
    return [
        FindingDraft(
            kind=FindingKind.REPEATED_WEIGHT,
            subject=manifest.number,
            start_ms=loaded.at_ms,
            end_ms=loaded.at_ms,
            detected_ms=loaded.at_ms,
            size=1.0 + 0.5 * len(reasons) + (1.0 if copied else 0.0),
            reasons=(*reasons, Reason("repeated_weight.expected", about)),
            manifest_ids=(manifest.id,),
            vehicle_codes=(vehicle,) if manifest.legs else (),
            facility_id=manifest.origin_id,
            hauler_id=manifest.hauler_id,
            scale_code=loaded.scale_code,
            timeless=True,
            evidence=Evidence(
                {
                    "net_kg": loaded.net_kg,
                    "moisture_fraction": loaded.moisture_fraction,
                    "ticket": loaded.ticket,
                    "count": len(reasons),
                },
                {"repeat_loads": mass.repeat_loads, "repeat_chance": f"{mass.repeat_chance:.0e}"},
            ),
        )
    ]
