"""How is a step of custody taken? The one way in which any manifest changes its state.

1. read the manifest as the signer may see it; 2. find the arrow; 3. find whose signature it is; 4. ask every
guard and refuse with all reasons at once; 5. keep document and signature; 6. when all have signed, change the
state WHERE it is still what was read; 7. keep the event and what was declared; 8. have it judged again.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from models.custody_words import Act, Capacity, SigningMethod
from models.manifests import CustodyEvent, Manifest
from models.thresholds import DEFAULTS, CustodyThresholds, Thresholds
from models.values import Viewer
from models.vocabulary import CustodyState, Role
from tracking.operations.add_row import add_row
from tracking.operations.custody.declare import declare
from tracking.operations.custody.refusals import (
    ActNotPossible,
    ManifestUnknown,
    NotYourSignature,
    StepBlocked,
    TakenMeanwhile,
)
from tracking.operations.custody.sign import keep_signature, signed_already
from tracking.operations.mark_manifests import mark_manifest_ids
from tracking.operations.weighbridge.rest_on_ticket import ticket_blocked
from tracking.queries.custody_disputes import with_disputes
from tracking.queries.custody_facts import custody_by_id, custody_by_number
from tracking.queries.custody_ground import ground_of
from tracking.queries.surroundings import surroundings_of
from tracking.rules.custody.arrows import ALWAYS, ARROWS, MACHINES, Arrow, arrow_for
from tracking.rules.custody.checks import warnings_of
from tracking.rules.custody.facts import Blocked, Custody, Given, Step
from tracking.rules.custody.guards import CLOCKS_APART
from tracking.rules.custody.outcome import after, signs_as
from tracking.rules.custody.parties import ROLES
from tracking.rules.custody.timers import due_at
from tracking.rules.custody.warned import Warned

MACHINE = "machine"
BEGINNING = frozenset({Act.DEPART, Act.TAKE_OVER, Act.CANCEL_LOADED})  # acts about the leg that comes next

ROW = Manifest.__table__.c
CHANGE = update(Manifest.__table__).where(  # type: ignore[arg-type]  # a table
    *(ROW.id == bindparam("seen_id"), ROW.custody_state == bindparam("seen_state")),
    *(ROW.leg_seq == bindparam("seen_leg"), ROW.version == bindparam("seen_version")),
)


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs, how that is known, and what the device said about time and place.

    `name` and `organisation_id` are the signer's: with a one-time code another's than the login's.
    """

    name: str
    organisation_id: int | None
    method: SigningMethod
    user_id: int | None = None
    device_at: datetime | None = None
    place: tuple[float, float, float | None] | None = None  # lat, lon, accuracy in m


@dataclass(frozen=True, slots=True)
class Setting:
    """What every step needs to know of the installation; `rules`: what its checks and guards measure by."""

    limits: CustodyThresholds
    zone: ZoneInfo
    now: datetime
    rules: Thresholds = DEFAULTS


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of it. `custodian`: by code; `waits_for`: who else must sign before the state changes."""

    custody: Custody
    event_id: int | None
    signature_id: int | None
    custodian: str | None = None
    warnings: tuple[Warned, ...] = ()
    waits_for: tuple[Capacity, ...] = ()


@dataclass(frozen=True, slots=True)
class Seen:
    """The state that the signer saw on page or screen; another one means that somebody was first."""

    state: CustodyState
    version: int


def take_step(
    session: Session,
    number: str,
    act: Act,
    viewer: Viewer,
    signer: Signer,
    given: Given,
    setting: Setting,
    seen: Seen | None = None,
) -> Taken:
    """Sign an act in the caller's writing transaction; raises a CustodyRefused and changes nothing then."""
    custody = custody_by_number(session, number, viewer, lock=True)
    if custody is None:
        raise ManifestUnknown(number)
    if seen is not None and (custody.state, custody.version) != (seen.state, seen.version):
        raise taken_meanwhile(session, custody)
    refuse_repeated(session, custody, act)
    if act in MACHINES:
        raise NotYourSignature
    step, arrow = prepare(session, custody, act, given, setting)
    own = signer.user_id is not None and signer.user_id == viewer.user_id
    if viewer.role not in roles_of(arrow) or (own and not may_sign_leg(step, viewer)):
        raise NotYourSignature
    if act is Act.DISCARD and custody.issuer_id != viewer.organisation_id:
        raise NotYourSignature
    return sign_step(session, step, arrow, signer, setting, viewer.role if own else None)


def may_sign_leg(step: Step, viewer: Viewer) -> bool:
    """A driver signs for the legs that name them, or that name nobody."""
    if viewer.role is not Role.DRIVER:
        return True
    leg = step.custody.following if step.act in BEGINNING else step.custody.current
    return leg is None or leg.driver_id in (None, viewer.user_id)


def hold_row(session: Session, number: str) -> None:
    """Keep the manifest's row, so that whoever signs meanwhile waits, and is read as it was left behind.

    On SQLite the writing transaction is alone already.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(Manifest.id).where(Manifest.number == number).with_for_update())


def refuse_repeated(session: Session, custody: Custody, act: Act) -> None:
    """A step that was taken already is not signed again: raises TakenMeanwhile with who did, and when."""
    if arrow_for(act, custody.state) is not None:
        return
    starts = {(arrow.source, arrow.target) for arrow in ARROWS if arrow.act is act}
    events = session.execute(
        select(CustodyEvent.from_state, CustodyEvent.to_state, CustodyEvent.actor, CustodyEvent.at)
        .where(CustodyEvent.manifest_id == custody.id)
        .order_by(CustodyEvent.id.desc())
    )
    for source, target, by, at in events:
        if (source, target) in starts:
            raise TakenMeanwhile(by, at, custody.state)


def machine_step(session: Session, custody: Custody, act: Act, given: Given, setting: Setting) -> Taken:
    """A step that nobody signs; raises a CustodyRefused."""
    if act is Act.CLOSE:
        custody = with_disputes(session, custody)
    step, arrow = prepare(session, custody, act, given, setting)
    refuse_blocked(step, arrow)
    return finish(session, step, arrow, MACHINE, None, None, setting)


def prepare(
    session: Session, custody: Custody, act: Act, given: Given, setting: Setting
) -> tuple[Step, Arrow]:
    """The step and its arrow; raises ActNotPossible."""
    arrow = arrow_for(act, custody.state)
    if arrow is None:
        raise ActNotPossible(act, custody.state)
    if setting.now < given.at <= setting.now + CLOCKS_APART:
        given = replace(given, at=setting.now)  # a clock that is a little ahead must not stop the next signer
    day = given.at.astimezone(setting.zone).date()
    ground = ground_of(session, custody, act, given, setting.zone)
    return Step(act, custody, ground, given, setting.now, day, setting.rules), arrow


def sign_step(
    session: Session, step: Step, arrow: Arrow, signer: Signer, setting: Setting, role: Role | None = None
) -> Taken:
    """Sign for the signer's organisation and take the step when all have signed.

    role: of the signer's own login, where that is what signs.
    """
    signed = signed_already(session, step.custody, step.act) if len(arrow.signers) > 1 else frozenset()
    capacity = signs_as(step, arrow, signer.organisation_id, signed)
    if arrow.signers and (capacity is None or (role is not None and role not in ROLES[capacity])):
        raise NotYourSignature
    refuse_blocked(step, arrow, ticket_blocked(session, step, signer.organisation_id))
    outcome = after(step, arrow)
    if capacity is None:  # a draft is discarded without a signature
        return finish(session, step, arrow, signer.name, signer.user_id, None, setting)
    waits_for = tuple(each for each in arrow.signers if each not in signed and each is not capacity)
    signature_id = keep_signature(session, step, outcome, capacity, signer, setting.now)
    if waits_for:
        return Taken(step.custody, None, signature_id, custodian_of(step, step.custody), waits_for=waits_for)
    return finish(session, step, arrow, signer.name, signer.user_id, signature_id, setting)


def refuse_blocked(step: Step, arrow: Arrow, more: Iterable[Blocked] = ()) -> None:
    """Ask every guard; raises StepBlocked with all that they say, and `more`."""
    blocked: list[Blocked] = [each for guard in (*ALWAYS, *arrow.guards) for each in guard(step)]
    blocked += more
    if blocked:
        raise StepBlocked(blocked)


def finish(
    session: Session,
    step: Step,
    arrow: Arrow,
    actor: str,
    user_id: int | None,
    signature_id: int | None,
    setting: Setting,
) -> Taken:
    """Change the state where it is still what was read, and keep what goes with it."""
    outcome = after(step, arrow)
    change_state(session, step, outcome, setting)
    event_id = add_row(
        session,
        CustodyEvent,
        manifest_id=outcome.id,
        from_state=step.custody.state,
        to_state=outcome.state,
        leg_seq=leg_of_event(step, outcome),
        at=step.given.at,
        actor=actor,
        user_id=user_id,
        reason=step.given.reason,
        recorded_at=setting.now,
    )
    declare(session, step, outcome, user_id, setting.now)
    mark_manifest_ids(session, [outcome.id])
    around = surroundings_of(session, step, outcome, setting.zone)
    warned = tuple(warnings_of(step, outcome, around))
    return Taken(outcome, event_id, signature_id, custodian_of(step, outcome), warned)


def custodian_of(step: Step, custody: Custody) -> str | None:
    """The code of who answers for the load."""
    return None if custody.custodian_id is None else step.ground.organisations.get(custody.custodian_id)


def leg_of_event(step: Step, outcome: Custody) -> int:
    """Which leg an event belongs to: states that can come more than once are told apart by it."""
    if outcome.state in (CustodyState.IN_TRANSIT, CustodyState.AT_TRANSFER, CustodyState.IN_STORE):
        return outcome.leg_seq
    if step.act is Act.RELOAD and outcome.following is not None:
        return outcome.following.seq
    return 0


def change_state(session: Session, step: Step, outcome: Custody, setting: Setting) -> None:
    """The UPDATE that carries the state it saw; raises TakenMeanwhile when somebody was first."""
    seen = step.custody
    minutes = {
        row_id: route.planned_minutes
        for row_id, route in step.ground.routes.items()
        if route.planned_minutes is not None
    }
    changed = {
        "custody_state": outcome.state,
        "leg_seq": outcome.leg_seq,
        "custodian_id": outcome.custodian_id,
        "received_at_id": outcome.received_at_id,
        "diversion": outcome.diversion,
        "issued_at": outcome.issued_at,
        "due_at": due_at(outcome.state, outcome, step.given.at, setting.limits, minutes, setting.zone),
        "overdue": False,
        "updated_at": setting.now,
    }
    was = {"seen_id": seen.id, "seen_state": seen.state, "seen_leg": seen.leg_seq}
    done = session.execute(CHANGE, changed | was | {"seen_version": seen.version})
    if done.rowcount != 1:  # type: ignore[attr-defined]  # an UPDATE has one
        now_there = custody_by_id(session, seen.id)
        raise taken_meanwhile(session, now_there or seen)


def taken_meanwhile(session: Session, custody: Custody) -> TakenMeanwhile:
    """Who was first, and when."""
    newest = session.execute(
        select(CustodyEvent.actor, CustodyEvent.at)
        .where(CustodyEvent.manifest_id == custody.id)
        .order_by(CustodyEvent.id.desc())
        .limit(1)
    ).first()
    by, at = (MACHINE, custody.last_event_at) if newest is None else newest
    return TakenMeanwhile(by, at, custody.state)


def roles_of(arrow: Arrow) -> frozenset[object]:
    """Which logins may take this step at all."""
    return frozenset().union(*(ROLES[capacity] for capacity in arrow.signers or (Capacity.ORIGIN,)))
