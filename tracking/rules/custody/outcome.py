"""How does the manifest look after a step? The content that is signed, and what the tables will hold."""

from collections.abc import Mapping
from dataclasses import replace

from models.custody_words import Act, Capacity
from models.vocabulary import ReceiptDecision, WeighingRole
from tracking.rules.custody.arrows import Arrow
from tracking.rules.custody.facts import Custody, Part, Step, Weighed
from tracking.rules.custody.guards_receipt import split_of, weighed_in
from tracking.rules.custody.guards_way import CHILDREN
from tracking.rules.custody.parties import organisation_for
from tracking.rules.custody.quantities import last_weighed, share_dry_kg

DECISIONS = {
    Act.ACCEPT: ReceiptDecision.ACCEPTED,
    Act.PART_ACCEPT: ReceiptDecision.PART_ACCEPTED,
    Act.REJECT: ReceiptDecision.REJECTED,
}


def after(step: Step, arrow: Arrow) -> Custody:
    """The manifest as it will be when the step is taken."""
    before = step.custody
    following = before.following
    leg_seq = following.seq if arrow.leg and following is not None else before.leg_seq
    custodian = before.custodian_id
    if arrow.custodian is not None:
        custodian = organisation_for(step.act, arrow.custodian, before, step.ground, step.given.place_id)
    changed = replace(
        before,
        state=arrow.target,
        leg_seq=leg_seq,
        custodian_id=custodian,
        departed=before.departed or leg_seq > 0,
        last_event_at=step.given.at,
        weighed={**before.weighed, **new_weighings(step)},
    )
    if step.act is Act.ISSUE:
        return replace(changed, issued_at=step.given.at, parts_in=parts_as_given(step))
    if step.given.voyage is not None and step.act in (Act.DEPART, Act.TAKE_OVER):
        return aboard(changed, step.given.voyage)
    if step.act is Act.ARRIVE:
        return arrived(step, changed)
    if step.act in DECISIONS:
        return decided(step, changed)
    return changed


def parts_as_given(step: Step) -> tuple[Part, ...]:
    """Of what the child takes, the dry mass as its parents stand when it is issued."""
    parents = step.ground.parents
    return tuple(
        replace(part, dry_kg=share_dry_kg(parents[part.manifest_id], part.wet_kg))
        if part.manifest_id in parents
        else part
        for part in step.custody.parts_in
    )


def aboard(changed: Custody, voyage: str) -> Custody:
    """The leg that begins is one of a vessel's voyage."""
    legs = tuple(replace(leg, voyage=voyage) if leg.seq == changed.leg_seq else leg for leg in changed.legs)
    return replace(changed, legs=legs)


def arrived(step: Step, changed: Custody) -> Custody:
    """At another gate than the named one only under a diversion, which is named from then on."""
    place_id, at = step.given.place_id, step.given.at
    changed = replace(changed, arrival=step.given.weighed or Weighed(at=at))
    if place_id is None or place_id == changed.destination_id:
        return changed
    code = next(
        each.code
        for each in step.ground.diversions
        if each.to_site_id == place_id and each.valid_from <= at < each.valid_to
    )
    return replace(changed, received_at_id=place_id, diversion=code)


def decided(step: Step, changed: Custody) -> Custody:
    """With what was accepted and refused; of an unweighed refusal the mass stays what it was."""
    weighed = weighed_in(step)
    net_kg = None if weighed is None else weighed.net_kg
    accepted_kg, refused_kg = (0.0, None) if net_kg is None else split_of(step, net_kg)
    return replace(changed, decision=DECISIONS[step.act], accepted_kg=accepted_kg, refused_kg=refused_kg)


def new_weighings(step: Step) -> Mapping[tuple[WeighingRole, int], Weighed]:
    """The weighing and moisture test that the step adds, by role and leg."""
    key, weighed = key_of(step), step.given.weighed
    if key is None:
        return {}
    if step.act in DECISIONS:
        weighed = weighed_in(step) or only_moisture(weighed)
    if step.act is Act.LOAD and step.custody.kind in CHILDREN:
        weighed = carried_over(step)
    return {} if weighed is None else {key: weighed}


def key_of(step: Step) -> tuple[WeighingRole, int] | None:
    """(role, leg) of the weighing of an act; None where the act has none of its own."""
    following = step.custody.following
    next_seq = following.seq if following is not None else 0
    keys = {
        Act.LOAD: (WeighingRole.LOADED, 0),
        Act.RELOAD: (WeighingRole.LOADED, next_seq),
        Act.HAND_OVER: (WeighingRole.HANDOVER, step.custody.leg_seq),
        Act.TAKE_OVER: (WeighingRole.TAKEN, next_seq),
        Act.STORE: (WeighingRole.TAKEN, next_seq),
        Act.ACCEPT: (WeighingRole.RECEIVED, 0),
        Act.PART_ACCEPT: (WeighingRole.RECEIVED, 0),
        Act.REJECT: (WeighingRole.RECEIVED, 0),
    }
    return keys.get(step.act)


def only_moisture(weighed: Weighed | None) -> Weighed | None:
    """The moisture test without its masses."""
    if weighed is None or weighed.moisture_fraction is None:
        return None
    return replace(weighed, gross_kg=None, tare_kg=None)


def carried_over(step: Step) -> Weighed | None:
    """What a child on the road was loaded with: as weighed now, else as its parents say."""
    given, parts = step.given.weighed, step.custody.parts_in
    if given is not None and given.net_kg is not None and given.moisture_fraction is not None:
        return given
    parent = step.ground.parents.get(parts[0].manifest_id) if parts else None
    last = None if parent is None else last_weighed(parent)
    carried_kg = sum(part.wet_kg for part in parts)
    dry = [part.dry_kg for part in parts]
    moisture = None
    if carried_kg and None not in dry:
        moisture = 1 - sum(each for each in dry if each is not None) / carried_kg
    weighed = Weighed(
        at=step.given.at,
        gross_kg=None if last is None or last.tare_kg is None else last.tare_kg + carried_kg,
        tare_kg=None if last is None else last.tare_kg,
        moisture_fraction=moisture,
    )
    if given is None:
        return weighed
    if given.net_kg is not None:
        return replace(given, moisture_fraction=given.moisture_fraction or moisture)
    return replace(weighed, moisture_fraction=given.moisture_fraction or moisture)


def signs_as(
    step: Step, arrow: Arrow, organisation_id: int | None, signed: frozenset[Capacity]
) -> Capacity | None:
    """In which capacity an organisation signs this step: one that is asked for and has not signed yet."""
    for capacity in arrow.signers:
        wanted = organisation_for(step.act, capacity, step.custody, step.ground, step.given.place_id)
        if wanted is not None and wanted == organisation_id and capacity not in signed:
            return capacity
    return None
