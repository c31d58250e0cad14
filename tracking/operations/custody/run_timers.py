"""What does time alone do to manifests? Run by the worker; may be stopped and started at any moment.

1. ISSUED and past its hour: EXPIRE. 2. Everything else past its hour: marked overdue, nothing more. 3. A
correction that nobody answered, and a signature of paper that nobody confirmed, goes to the regulator. 4. A
load of which all has left under children is REGROUPED. 5. Once a night: what is disposed of, refused, aborted
or regrouped, and what its plant took back, is CLOSED when its guards pass.

Several workers may run at once: each manifest is taken in a transaction of its own, whose UPDATE carries the
state it saw, and a row that another worker holds is passed over.

Manifests that were loaded as they had been reported are left as they are. They record what happened
elsewhere: nobody here signed their legs, without which DOMAIN.md lets nothing close; to expire one would deny
a journey that its paper may still report; and that one is late is told by the analysis from the times on its
paper (`overdue`), not by a clock that would mark all of history.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from sqlalchemy import ColumnElement, Engine, and_, or_, select, update
from sqlalchemy.orm import Session

from models.corrections import Correction
from models.custody_words import Act, CorrectionState, ManifestSource, PaperState
from models.emergency import PaperSignature
from models.lineage import ManifestLink
from models.manifests import Manifest
from models.session import read_sessions, write_sessions
from models.vocabulary import CustodyState, ManifestKind
from tracking.operations.custody.refusals import ActNotPossible, StepBlocked, TakenMeanwhile
from tracking.operations.custody.take_step import Setting, machine_step
from tracking.queries.custody_facts import custody_by_id
from tracking.rules.custody.arrows import BY_START, ENDS
from tracking.rules.custody.facts import Given
from tracking.rules.custody.timers import TAKEN

AT_A_TIME = 500
Clock = Callable[[], datetime]
REGROUPS = tuple(source for (act, source) in BY_START if act is Act.REGROUP and source is not None)
CLOSES = tuple(source for (act, source) in BY_START if act is Act.CLOSE and source is not None)
OWN = Manifest.source != ManifestSource.PAPER


@dataclass(frozen=True, slots=True)
class TimersRun:
    """How many manifests (escalated: corrections and signatures of paper) each timer moved."""

    expired: int = 0
    overdue: int = 0
    escalated: int = 0
    regrouped: int = 0
    closed: int = 0

    @property
    def any(self) -> bool:
        return bool(self.expired or self.overdue or self.escalated or self.regrouped or self.closed)


def run_timers(
    engine: Engine, setting: Setting, *, closing: bool = True, clock: Clock | None = None
) -> TimersRun:
    """Everything that is due at `setting.now`. `closing`: with what is done once a night.

    A run over many manifests takes minutes: with a `clock` each step bears its own moment, so that whoever
    reads changes on (tracking/queries/settled.py) misses none.
    """
    expired = move_all(engine, Act.EXPIRE, due_to_expire(setting.now), setting, clock)
    overdue = mark_overdue(engine, setting if clock is None else replace(setting, now=clock()))
    escalated = escalate_corrections(engine, setting) + escalate_paper(engine, setting)
    regrouped = move_all(engine, Act.REGROUP, with_children(), setting, clock)
    closed = close_manifests(engine, setting, clock) if closing else 0
    return TimersRun(expired, overdue, escalated, regrouped, closed)


def close_manifests(engine: Engine, setting: Setting, clock: Clock | None = None) -> int:
    """Close what can be closed, children before their parents (they are younger). How many were."""
    home = or_(Manifest.kind == ManifestKind.RETURN, Manifest.custody_state.not_in(TAKEN))
    return move_all(engine, Act.CLOSE, and_(Manifest.custody_state.in_(CLOSES), home, OWN), setting, clock)


def night_of(setting: Setting) -> datetime:
    """The last midnight in the city: closing runs once for each."""
    local = setting.now.astimezone(setting.zone)
    return datetime.combine(local.date(), time(), setting.zone)


def due_to_expire(now: datetime) -> ColumnElement[bool]:
    return and_(Manifest.custody_state == CustodyState.ISSUED, Manifest.due_at < now, OWN)


def with_children() -> ColumnElement[bool]:
    """Loads that stand at a node and that a child takes from."""
    parents = select(ManifestLink.parent_id)
    return and_(Manifest.custody_state.in_(REGROUPS), Manifest.id.in_(parents), OWN)


def move_all(
    engine: Engine, act: Act, condition: ColumnElement[bool], setting: Setting, clock: Clock | None = None
) -> int:
    """Take a step of the machine with each manifest that fits and lets itself be moved; youngest first."""
    moved, below = 0, None
    while True:
        ids = ids_of(engine, condition, below)
        for manifest_id in ids:
            moment = setting if clock is None else replace(setting, now=clock())
            moved += move_one(engine, manifest_id, act, moment)
        if len(ids) < AT_A_TIME:
            return moved
        below = ids[-1]


def ids_of(engine: Engine, condition: ColumnElement[bool], below: int | None) -> Sequence[int]:
    """Row ids of manifests that fit, the youngest first, below the one that was taken last."""
    query = select(Manifest.id).where(condition).order_by(Manifest.id.desc()).limit(AT_A_TIME)
    with read_sessions(engine)() as session:
        return session.scalars(query if below is None else query.where(Manifest.id < below)).all()


def move_one(engine: Engine, manifest_id: int, act: Act, setting: Setting) -> bool:
    """Take the step with one manifest in a transaction of its own; False where it does not let itself."""
    try:
        with write_sessions(engine).begin() as session:
            held = select(Manifest.id).where(Manifest.id == manifest_id).with_for_update(skip_locked=True)
            if session.scalar(held) is None:
                return False
            return step_by_machine(session, manifest_id, act, setting)
    except (StepBlocked, ActNotPossible, TakenMeanwhile):
        return False


def step_by_machine(session: Session, manifest_id: int, act: Act, setting: Setting) -> bool:
    """The step, not before the last one: a device that is minutes fast may have signed in the future."""
    custody = custody_by_id(session, manifest_id)
    if custody is None:
        return False
    given = Given(at=max(setting.now, custody.last_event_at))
    machine_step(session, custody, act, given, setting)
    return True


def mark_overdue(engine: Engine, setting: Setting) -> int:
    """Say of what waits too long that it does. An issued one is among them only while it is on hold."""
    late = and_(
        Manifest.due_at < setting.now,
        ~Manifest.overdue,
        Manifest.custody_state.not_in(ENDS | {CustodyState.DRAFT}),
        OWN,
    )
    changed = {"overdue": True, "updated_at": setting.now}
    with write_sessions(engine).begin() as session:
        done = session.execute(
            update(Manifest).where(late).values(changed).execution_options(synchronize_session=False)
        )
        return int(done.rowcount)  # type: ignore[attr-defined]  # an UPDATE has one


def escalate_corrections(engine: Engine, setting: Setting) -> int:
    """Corrections that nobody answered in time: the regulator decides."""
    before = setting.now - timedelta(seconds=setting.limits.correction_s)
    waiting = and_(Correction.state == CorrectionState.OPEN, Correction.requested_at <= before)
    changed = {"state": CorrectionState.WITH_REGULATOR}
    with write_sessions(engine).begin() as session:
        done = session.execute(
            update(Correction).where(waiting).values(changed).execution_options(synchronize_session=False)
        )
        return int(done.rowcount)  # type: ignore[attr-defined]  # an UPDATE has one


def escalate_paper(engine: Engine, setting: Setting) -> int:
    """Signatures of emergency paper that their party neither confirmed nor refused: the regulator decides."""
    before = setting.now - timedelta(seconds=setting.limits.paper_confirmation_s)
    waiting = and_(PaperSignature.state == PaperState.UNCONFIRMED, PaperSignature.entered_at <= before)
    changed = {"state": PaperState.WITH_REGULATOR}
    with write_sessions(engine).begin() as session:
        done = session.execute(
            update(PaperSignature).where(waiting).values(changed).execution_options(synchronize_session=False)
        )
        return int(done.rowcount)  # type: ignore[attr-defined]  # an UPDATE has one
