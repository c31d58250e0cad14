"""What does a certificate print of the paper: parties, quantities, custody, weighings? Finished text."""

from collections.abc import Iterator
from dataclasses import dataclass

from models.vocabulary import T80_DRY_FRACTION, CustodyState, WeighingRole
from reports.certificate.facts import CertificateFacts
from reports.quantities import UNKNOWN, mass_t, moment, number, percent
from reports.wording import label, text
from tracking.queries.manifest_paper import CustodyStep, LegStory, Place, WeighingStory
from tracking.queries.names import Name


@dataclass(frozen=True, slots=True)
class Party:
    """One side of the transfer: its role, its name, and what else is said of it."""

    role: str
    name: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Quantity:
    """One line of the table of quantities."""

    end: str
    wet: str
    moisture: str
    dry: str
    t80: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Act:
    """One act of the custody time line."""

    at: str
    state: str
    place: str
    party: str
    assurance: str
    reason: str


@dataclass(frozen=True, slots=True)
class WeighingRow:
    """One weighing as its ticket says, masses in t without their unit."""

    end: str
    at: str
    scale: str
    ticket: str
    gross: str
    tare: str
    net: str
    moisture: str
    division: str


def named(name: Name | None, locale: str) -> str:
    """A name in the reader's language, a dash for none."""
    return name.in_language(locale) if name else UNKNOWN


def parties(facts: CertificateFacts, locale: str) -> Iterator[Party]:
    """Who sent, who carried (a party a leg), who received."""
    story = facts.story
    yield Party(
        text("party.origin", locale), named(story.origin.organisation, locale), _place(story.origin, locale)
    )
    for leg in story.legs:
        role = (
            text("party.hauler", locale) if len(story.legs) == 1 else text("party.leg", locale, seq=leg.seq)
        )
        yield Party(role, named(leg.hauler, locale), tuple(_carried(leg, locale)))
    site = story.destination
    yield Party(text("party.destination", locale), named(site.organisation, locale), _place(site, locale))


def _place(place: Place, locale: str) -> tuple[str, ...]:
    kind = label(place.kind, locale)
    if place.method:
        kind = text("place.with_method", locale, kind=kind, method=label(place.method, locale))
    return (text("place.line", locale, name=named(place.name, locale), kind=kind),)


def _carried(leg: LegStory, locale: str) -> Iterator[str]:
    vehicle, code = named(leg.vehicle, locale), leg.vehicle.code
    shown = vehicle if vehicle == code else text("vehicle.with_code", locale, name=vehicle, code=code)
    yield text("party.vehicle", locale, mode=label(leg.mode, locale), vehicle=shown)
    if leg.vehicle_id is None:
        yield text("party.unregistered", locale)
    if leg.driver:
        yield text("party.driver", locale, driver=leg.driver)
    if leg.voyage:
        yield text("party.voyage", locale, voyage=leg.voyage)
    if leg.devices:
        yield text("party.devices", locale, devices=text("list.comma", locale).join(leg.devices))


def quantities(facts: CertificateFacts, locale: str) -> Iterator[Quantity]:
    """Both ends with their standard uncertainty, then what is missing between them."""
    story = facts.story
    for role in (WeighingRole.LOADED, WeighingRole.RECEIVED):
        each = story.weighed(role)
        if each is not None:
            yield _quantity(each, locale)
    gap = story.gap
    if gap is None:
        return
    wet = tonnes(gap.wet_kg, gap.u_wet_kg, locale)
    dry, t80 = _dry_and_t80(gap.dry_kg, gap.u_dry_kg, locale)
    yield Quantity(text("quantity.gap", locale), wet, UNKNOWN, dry, t80, strong=True)
    share = UNKNOWN if gap.dry_share is None else percent(gap.dry_share, locale)
    yield Quantity(text("quantity.share", locale), percent(gap.wet_share, locale), UNKNOWN, share, share)
    ratio = UNKNOWN if gap.dry_ratio is None else number(gap.dry_ratio, locale, 1)
    yield Quantity(text("quantity.ratio", locale), number(gap.wet_ratio, locale, 1), UNKNOWN, ratio, ratio)


def quantity_note(facts: CertificateFacts, locale: str) -> str:
    """How to read the table of quantities."""
    rules = facts.story.thresholds
    evaporation = percent(rules.evaporation_fraction, locale)
    return text("quantity.note", locale, evaporation=evaporation, limit=number(rules.gap_u, locale, 1))


def _quantity(each: WeighingStory, locale: str) -> Quantity:
    masses, facts = each.masses, each.facts
    moisture = UNKNOWN
    if facts.moisture_fraction is not None:
        moisture = number(facts.moisture_fraction * 100, locale, 1)
    dry, t80 = _dry_and_t80(masses.dry_kg, masses.u_dry_kg, locale)
    return Quantity(
        label(each.role, locale), tonnes(masses.wet_kg, masses.u_wet_kg, locale), moisture, dry, t80
    )


def _dry_and_t80(dry_kg: float | None, u_kg: float | None, locale: str) -> tuple[str, str]:
    if dry_kg is None or u_kg is None:
        return UNKNOWN, UNKNOWN
    return tonnes(dry_kg, u_kg, locale), tonnes(dry_kg / T80_DRY_FRACTION, u_kg / T80_DRY_FRACTION, locale)


def tonnes(kg: float, u_kg: float | None, locale: str) -> str:
    """A mass in t with its uncertainty, without the unit: the table's head says it."""
    return mass_t(kg, u_kg, locale).removesuffix(" t")


def acts(facts: CertificateFacts, locale: str) -> Iterator[Act]:
    """The custody time line: who answered for the load from when on, and on what assurance."""
    for step in facts.story.custody:
        place, party = _answering(facts, step)
        yield Act(
            at=moment(step.at, facts.timezone),
            state=label(step.state, locale),
            place=named(place, locale),
            party=named(party, locale),
            assurance=_assurance(step, locale),
            reason=step.reason or "",
        )


def _assurance(step: CustodyStep, locale: str) -> str:
    if step.on_paper:
        return text("assurance.paper", locale)
    if step.paper is not None:
        return text("assurance.emergency", locale, actor=step.actor, state=label(step.paper, locale))
    return text("assurance.signed", locale, actor=step.actor)


AT_ORIGIN = frozenset({CustodyState.DRAFT, CustodyState.ISSUED, CustodyState.LOADED, CustodyState.CANCELLED})
ON_THE_WAY = frozenset({CustodyState.IN_TRANSIT, CustodyState.ABORTED})
AT_NODE = frozenset({CustodyState.AT_TRANSFER, CustodyState.IN_STORE})


def _answering(facts: CertificateFacts, step: CustodyStep) -> tuple[Name | None, Name | None]:
    """(where, who answers) after an act."""
    story = facts.story
    leg = next(
        (each for each in story.legs if each.seq == step.leg_seq), story.legs[0] if story.legs else None
    )
    if step.state in AT_ORIGIN or leg is None:
        return story.origin.name, story.origin.organisation
    if step.state in ON_THE_WAY:
        return leg.origin.name, leg.hauler or story.hauler
    if step.state in AT_NODE:
        return leg.destination.name, leg.destination.organisation
    return story.destination.name, story.destination.organisation


def weighing_rows(facts: CertificateFacts, locale: str) -> Iterator[WeighingRow]:
    """The tickets, in order of time."""
    for each in facts.story.weighings:
        ticket = each.facts
        moisture = ticket.moisture_fraction
        division_kg = ticket.scale_division_kg or facts.story.thresholds.scale_division_kg
        yield WeighingRow(
            end=label(each.role, locale),
            at=moment(each.at, facts.timezone),
            scale=ticket.scale_code or UNKNOWN,
            ticket=ticket.ticket or UNKNOWN,
            gross=tonnes(ticket.gross_kg, None, locale),
            tare=tonnes(ticket.tare_kg, None, locale),
            net=tonnes(ticket.net_kg, None, locale),
            moisture=UNKNOWN if moisture is None else number(moisture * 100, locale, 1),
            division=text("weighing.division", locale, kg=number(division_kg, locale)),
        )


def outcome(facts: CertificateFacts, locale: str) -> Iterator[str]:
    """What the receiver decided and what became of the load, in sentences."""
    receipt, disposal = facts.story.receipt, facts.story.disposal
    if receipt:
        yield text(
            "receipt.decided",
            locale,
            at=moment(receipt.at, facts.timezone),
            decision=label(receipt.decision, locale),
        )
        if receipt.accepted_kg is not None:
            yield text("receipt.accepted", locale, mass=mass_t(receipt.accepted_kg, None, locale))
        if receipt.refused_kg:
            yield text("receipt.refused", locale, mass=mass_t(receipt.refused_kg, None, locale))
        if receipt.reason:
            yield text("receipt.reason", locale, reason=receipt.reason)
    if disposal:
        mass = UNKNOWN if disposal.mass_kg is None else mass_t(disposal.mass_kg, None, locale)
        at, method = moment(disposal.at, facts.timezone), label(disposal.method, locale)
        yield text("disposal.done", locale, at=at, method=method, mass=mass)
