"""Turn what is doubted of devices into findings, where it touches a manifest.

The findings of a device on a vehicle are one scope, worked out anew as a whole whenever a day of it or a trip
of the vehicle was looked at. An event of an area belongs to the device that it befell first.
"""

from collections.abc import Callable, Collection, Iterable, Sequence

from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from models.device_days import DeviceDay, DoubtStretch
from models.findings import Finding, FindingManifest
from models.fleet import Device
from models.session import read_sessions, write_sessions
from models.vocabulary import FindingKind
from tracking.operations.mark_manifests import mark_manifest_ids
from tracking.operations.revise_findings import ScopedDraft, revise_findings
from tracking.queries.contradictions import Run
from tracking.queries.device_marks import device_marks
from tracking.queries.device_subjects import losses_around, manifests_touched
from tracking.queries.doubt_stretches import stretches_of
from tracking.rules.area_events import Loss, area_events
from tracking.rules.device_clock import in_true_time
from tracking.rules.device_tamper import LOST, SATELLITES
from tracking.rules.doubt_stretches import DAY_MS, JOIN_MS, Stretch, day_of, joined_stretches
from tracking.rules.findings import FindingDraft, score_of
from tracking.rules.judge_devices import DeviceContext, area_draft, device_draft
from tracking.rules.verdicts import RankedFinding

SCOPE = "device:"
ALWAYS_TOLD = frozenset({FindingKind.DATUM_SHIFT})  # changes how every later track is read
JOINS_MS = {FindingKind.CLOCK_SKEW: DAY_MS, FindingKind.DATUM_SHIFT: -1}
"""How far apart parts of one finding may lie; segments of a datum are whole already."""
BATCH = 500

Pair = tuple[int, int]
"""Vehicle and device, row ids."""


def device_scope(pair: Pair) -> str:
    """The scope that owns the findings of a device on a vehicle."""
    return f"{SCOPE}{pair[0]}:{pair[1]}"


def tell_changed(engine: Engine, this_run: Callable[[Session], Run]) -> None:
    """Bring the findings of all devices of which a day changed up to date, and mark their manifests."""
    with read_sessions(engine)() as session:
        run = this_run(session)
        days = changed_days(session)
        pairs = sorted((set(days) & spoken_of(session)) | set(near_losses(session, days)))
    for pair in pairs:
        with write_sessions(engine).begin() as session:
            before = told_manifests(session, pair)
            tell_pair(session, pair, run)
            mark_manifest_ids(session, before | told_manifests(session, pair))
    with write_sessions(engine).begin() as session:
        session.execute(update(DeviceDay).where(DeviceDay.told.is_(False)).values(told=True))


def spoken_of(session: Session) -> set[Pair]:
    """The devices of which anything is doubted or told: nearly all have neither."""
    stretches = select(DoubtStretch.vehicle_id, DoubtStretch.device_id).distinct()
    scopes = select(Finding.scope).where(Finding.current, Finding.scope.startswith(SCOPE)).distinct()
    doubted = {(vehicle_id, device_id) for vehicle_id, device_id in session.execute(stretches)}
    return doubted | {pair_of(scope) for scope in session.scalars(scopes)}


def pair_of(scope: str) -> Pair:
    """The device on a vehicle whose scope it is."""
    vehicle_id, device_id = scope.removeprefix(SCOPE).split(":")
    return int(vehicle_id), int(device_id)


def changed_days(session: Session) -> dict[Pair, list[int]]:
    """The days of each device whose findings are not up to date."""
    found: dict[Pair, list[int]] = {}
    chosen = select(DeviceDay.vehicle_id, DeviceDay.device_id, DeviceDay.day).where(DeviceDay.told.is_(False))
    for vehicle_id, device_id, day in session.execute(chosen):
        found.setdefault((vehicle_id, device_id), []).append(day)
    return found


def near_losses(session: Session, days: dict[Pair, list[int]]) -> list[Pair]:
    """Devices that lost their position around these days, or were told to have."""
    if not days:
        return []
    every = [day for of_pair in days.values() for day in of_pair]
    low, high = (min(every) - 1) * DAY_MS, (max(every) + 2) * DAY_MS
    stretches = select(DoubtStretch.vehicle_id, DoubtStretch.device_id).where(
        DoubtStretch.kind == FindingKind.DEVICE_TAMPER,
        DoubtStretch.cause.in_((LOST, SATELLITES)),
        DoubtStretch.from_ms.between(low, high),
    )
    pairs = [(vehicle_id, device_id) for vehicle_id, device_id in session.execute(stretches.distinct())]
    scopes = select(Finding.scope).where(
        Finding.current,
        Finding.kind == FindingKind.DEVICE_TAMPER,
        Finding.scope.startswith(SCOPE),
        Finding.start_ms.between(low, high),
    )
    return pairs + [pair_of(scope) for scope in session.scalars(scopes.distinct())]


def tell_vehicles(session: Session, vehicle_ids: Iterable[int], run: Run) -> None:
    """Bring the findings of these vehicles' devices up to date, with the areas' events that befell them."""
    chosen = select(DoubtStretch.vehicle_id, DoubtStretch.device_id)
    pairs: set[Pair] = set()
    ordered = sorted(set(vehicle_ids))
    for low in range(0, len(ordered), BATCH):
        rows = session.execute(
            chosen.where(DoubtStretch.vehicle_id.in_(ordered[low : low + BATCH])).distinct()
        )
        pairs |= {(vehicle_id, device_id) for vehicle_id, device_id in rows}
    owners: set[Pair] = set()
    for pair in sorted(pairs):
        owners |= tell_pair(session, pair, run)
    for pair in sorted(owners - pairs):
        tell_pair(session, pair, run)


def tell_pair(session: Session, pair: Pair, run: Run) -> set[Pair]:
    """Bring the findings of one device on a vehicle up to date; returns the owners of the events it is in."""
    stretches = stretches_of(session, *pair)
    events = events_of(session, pair, stretches, run)
    drafts = [area_of(session, event, run) for event in events if owner(event) == pair]
    shared = {loss.from_ms for event in events for loss in event if (loss.vehicle_id, loss.device_id) == pair}
    alone = [
        stretch
        for stretch in stretches
        if stretch.cause != LOST and not (stretch.cause == SATELLITES and stretch.from_ms in shared)
    ]
    if alone:
        code, declared = session.execute(select(Device.code, Device.datum).where(Device.id == pair[1])).one()
        drafts += [
            draft
            for stretch in whole_stretches(alone)
            if (draft := own_draft(session, pair[0], code, declared.value, stretch, run)) is not None
        ]
    scope = device_scope(pair)
    scored = [
        ScopedDraft(scope, draft, score_of(draft, run.world.tallies)) for draft in drafts if draft is not None
    ]
    revise_findings(session, {scope}, scored, run.recorded_at)
    return {owner(event) for event in events}


def whole_stretches(stretches: Sequence[Stretch]) -> list[Stretch]:
    """The parts of several days put together, kind by kind."""
    kinds = sorted({stretch.kind for stretch in stretches})
    return [
        whole
        for kind in kinds
        for whole in joined_stretches(
            (stretch for stretch in stretches if stretch.kind is kind), JOINS_MS.get(kind, JOIN_MS)
        )
    ]


def own_draft(
    session: Session, vehicle_id: int, code: str, declared: str, stretch: Stretch, run: Run
) -> FindingDraft | None:
    """The finding of one stretch; None where it touches no manifest."""
    stretch = in_true_time(stretch)
    manifest_ids = manifests_touched(session, vehicle_id, stretch.from_ms, stretch.to_ms)
    if not manifest_ids and stretch.kind not in ALWAYS_TOLD:
        return None
    marks = device_marks(session, vehicle_id, stretch, run)
    context = DeviceContext(run.world.vehicles[vehicle_id], code, declared, manifest_ids, marks)
    return device_draft(stretch, context, run.world.thresholds.device)


def events_of(session: Session, pair: Pair, stretches: Sequence[Stretch], run: Run) -> list[tuple[Loss, ...]]:
    """The events of areas that befell a device."""
    days = sorted({day_of(each.from_ms) for each in stretches if each.cause in (LOST, SATELLITES)})
    found: dict[tuple[int, int], tuple[Loss, ...]] = {}
    for day in days:
        losses = losses_around(session, day * DAY_MS, (day + 1) * DAY_MS)
        for event in area_events(losses, run.world.thresholds.device):
            if any((loss.vehicle_id, loss.device_id) == pair for loss in event):
                found.setdefault((event[0].from_ms, event[0].vehicle_id), event)
    return list(found.values())


def owner(event: tuple[Loss, ...]) -> Pair:
    """The device that an event befell first."""
    return event[0].vehicle_id, event[0].device_id


def area_of(session: Session, event: tuple[Loss, ...], run: Run) -> FindingDraft | None:
    """The finding of an event; None where it touches no manifest."""
    manifest_ids = dict.fromkeys(
        manifest_id
        for loss in event
        for manifest_id in manifests_touched(session, loss.vehicle_id, loss.from_ms, loss.to_ms)
    )
    if not manifest_ids:
        return None
    vehicles = [run.world.vehicles[key] for key in dict.fromkeys(loss.vehicle_id for loss in event)]
    return area_draft(event, tuple(vehicles), tuple(manifest_ids), run.world.thresholds.device)


def told_manifests(session: Session, pair: Pair) -> set[int]:
    """The manifests that the current findings of a device on a vehicle are about."""
    chosen = (
        select(FindingManifest.manifest_id)
        .join(Finding, Finding.id == FindingManifest.finding_id)
        .where(Finding.current, Finding.scope == device_scope(pair))
    )
    return set(session.scalars(chosen))


def device_findings(session: Session, manifest_ids: Collection[int]) -> dict[int, list[RankedFinding]]:
    """The current findings of devices by manifest, as verdicts see them."""
    found: dict[int, list[RankedFinding]] = {}
    ordered = sorted(manifest_ids)
    for low in range(0, len(ordered), BATCH):
        rows = session.execute(
            select(FindingManifest.manifest_id, Finding.kind, Finding.score)
            .join(Finding, Finding.id == FindingManifest.finding_id)
            .where(
                FindingManifest.manifest_id.in_(ordered[low : low + BATCH]),
                Finding.current,
                Finding.scope.startswith(SCOPE),
            )
            .order_by(Finding.start_ms, Finding.key)
        )
        for manifest_id, kind, score in rows:
            found.setdefault(manifest_id, []).append(RankedFinding(kind, score))
    return found
