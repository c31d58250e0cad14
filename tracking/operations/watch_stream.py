"""Which vehicles must be judged now, and which may wait for the next sweep?

A worker keeps one of these between its runs. It follows every new fix with a small state a vehicle and names
those for which something happened, so that an excursion is told of within seconds of the fix that shows it,
without working out all vehicles anew every few seconds. It writes nothing and concludes nothing: the marks
"to do" stay until a vehicle is judged, and every sweep judges all of them. Lost with its process, it begins
anew with a sweep.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.facilities import Facility, Route
from models.fleet import Vehicle
from models.journeys import ManifestMark, VisitRow, Watermark
from models.manifests import Leg
from models.thresholds import Thresholds
from tracking.queries.fixes import BEGINNING_MS
from tracking.queries.fresh_fixes import fresh_fixes
from tracking.queries.paper import batches
from tracking.queries.world import facility_area, route_line
from tracking.rules.live.ground import LiveGround
from tracking.rules.live.watch import LiveWatch
from tracking.rules.live.watched import NEVER_MS, NOWHERE, Sign, Watched
from tracking.rules.visits import Fences

RESUMES_MS = 3_600_000  # a vehicle that sends more than this at once is worked out anew, not followed


@dataclass(frozen=True, slots=True)
class Choice:
    """The vehicles (row ids) to judge now and why, and whether paper changed; nothing: neither."""

    signs: dict[int, Sign | None] = field(default_factory=dict)  # None: newly seen, or silent
    paper: bool = False

    @property
    def nothing(self) -> bool:
        """Is there nothing to do before the next sweep?"""
        return not self.signs and not self.paper


class StreamWatch:
    """The states of all vehicles with devices."""

    def __init__(self, thresholds: Thresholds) -> None:
        self.thresholds = thresholds
        self.watch: LiveWatch | None = None
        self.seen: dict[int, Watched] = {}
        self.since_ms: dict[int, int] = {}
        self.dirty_ms: dict[int, int] = {}

    def begin(self, session: Session) -> None:
        """Take up every vehicle where a sweep has just left it; the ground is read anew.

        Vehicles that are followed already keep their state: an excursion under way stays one.
        """
        places = [facility_area(row) for row in session.scalars(select(Facility).order_by(Facility.id))]
        fences = Fences(places, self.thresholds.track.exit_buffer_m)
        routes = [route_line(row) for row in session.scalars(select(Route).order_by(Route.id))]
        moved = self.watch is not None and self.watch.ground.fences.facilities != fences.facilities
        self.watch = LiveWatch(LiveGround(fences, routes, self.thresholds.track), self.thresholds)
        if moved:
            self.seen.clear()  # they know their places by number
        marks = session.execute(select(Watermark.vehicle_id, Watermark.analysed_to_ms)).all()
        self.follow(session, [key for key, _ in marks if key not in self.seen])

    def choose(self, session: Session, now_ms: int) -> Choice:
        """Follow what has come in up to now; whom to judge."""
        if self.watch is None:
            raise ValueError("the watch begins after a sweep")
        dirty = self.dirty(session, now_ms)
        paper = self.changed_paper(session)
        signs: dict[int, Sign | None] = {key: None for key in dirty if key not in self.seen or key in paper}
        signs |= {key: Sign.LATE for key, from_ms in dirty.items() if self.late(key, from_ms)}
        self.dirty_ms = dirty
        wanted = {key: self.since_ms[key] for key in dirty if key in self.seen}
        newest_ms = max(wanted.values(), default=0)
        behind = [key for key, since_ms in wanted.items() if since_ms < newest_ms - RESUMES_MS]
        signs |= dict.fromkeys(behind)
        for key in behind:
            del wanted[key]
        for fix in fresh_fixes(session, wanted, now_ms):
            self.since_ms[fix.vehicle_id] = fix.time_ms
            seen = self.seen[fix.vehicle_id]
            sign = self.watch.take(seen, fix.time_ms, fix.lat, fix.lon, fix.speed_kmh, fix.acc)
            if sign is not None:
                signs[fix.vehicle_id] = sign
        signs |= {key: None for key in self.fallen_silent(now_ms) if key not in signs}
        return Choice(signs, bool(paper))

    @staticmethod
    def dirty(session: Session, now_ms: int) -> dict[int, int]:
        """The vehicles (row ids) with fixes not yet judged, and the time of the first of them."""
        first_ms = Watermark.dirty_from_ms
        rows = session.execute(select(Watermark.vehicle_id, first_ms).where(first_ms <= now_ms)).all()
        return {key: from_ms for key, from_ms in rows if from_ms is not None}

    @staticmethod
    def changed_paper(session: Session) -> set[int | None]:
        """The vehicles (row ids) that changed manifests name, to be judged with them; None: unknown ones."""
        named = select(Leg.vehicle_id).join(ManifestMark, ManifestMark.manifest_id == Leg.manifest_id)
        return set(session.scalars(named.where(ManifestMark.dirty)))

    def late(self, vehicle_id: int, from_ms: int) -> bool:
        """Has a fix come that is older than what was followed, since the last look?"""
        if vehicle_id not in self.seen:
            return False
        before_ms = self.dirty_ms.get(vehicle_id)
        return from_ms <= self.since_ms[vehicle_id] and (before_ms is None or from_ms < before_ms)

    def fallen_silent(self, now_ms: int) -> list[int]:
        """Vehicles that should have been heard by now; each told once a silence."""
        if self.watch is None:
            return []
        found = []
        for key, seen in self.seen.items():
            if seen.told_silent or seen.time_ms == NEVER_MS or seen.place != NOWHERE:
                continue
            if self.watch.silent_from_ms(seen) < now_ms:
                seen.told_silent = True
                found.append(key)
        return found

    def judged(self, session: Session, choice: Choice) -> None:
        """A run has judged these: those newly seen, silent or late are taken up from there."""
        self.follow(session, [key for key, sign in choice.signs.items() if sign in (None, Sign.LATE)])

    def follow(self, session: Session, vehicle_ids: Iterable[int]) -> None:
        """Take vehicles up from their last stored stay; what they were seen to do before is kept."""
        for batch in batches(sorted(set(vehicle_ids))):
            mark = select(Watermark.vehicle_id, Watermark.analysed_to_ms)
            marks = dict(session.execute(mark.where(Watermark.vehicle_id.in_(batch))).all())
            for key in batch:
                to_ms = marks.get(key)
                reached_ms = BEGINNING_MS if to_ms is None else to_ms
                self.since_ms[key] = max(reached_ms, self.since_ms.get(key, BEGINNING_MS))
            self.take_up(session, [key for key in batch if key not in self.seen])

    def take_up(self, session: Session, vehicle_ids: list[int]) -> None:
        """States for vehicles that have none (some hundred row ids)."""
        if not vehicle_ids:
            return
        modes = session.execute(select(Vehicle.id, Vehicle.mode).where(Vehicle.id.in_(vehicle_ids)))
        stays = self.last_stays(session, vehicle_ids)
        for key, mode in modes:
            self.seen[key] = Watched(mode)
            self.place(self.seen[key], stays.get(key))

    def place(self, seen: Watched, stay: tuple[int, bool] | None) -> None:
        """Where a vehicle is, by its last stay: the facility, and whether it has left."""
        if stay is None or self.watch is None:
            return
        facility_id, left = stay
        if left:
            seen.origin_id = facility_id
        else:
            seen.place = self.watch.ground.index_of.get(facility_id, NOWHERE)

    @staticmethod
    def last_stays(session: Session, vehicle_ids: list[int]) -> dict[int, tuple[int, bool]]:
        """The last stay of these vehicles (row ids): facility, and whether fixes after it lie outside."""
        latest = (
            select(VisitRow.vehicle_id, func.max(VisitRow.entered_ms).label("entered_ms"))
            .where(VisitRow.vehicle_id.in_(vehicle_ids))
            .group_by(VisitRow.vehicle_id)
            .subquery()
        )
        rows = session.execute(
            select(VisitRow.vehicle_id, VisitRow.facility_id, VisitRow.outside_after_ms).join(
                latest,
                (latest.c.vehicle_id == VisitRow.vehicle_id) & (latest.c.entered_ms == VisitRow.entered_ms),
            )
        )
        return {vehicle: (facility, after_ms is not None) for vehicle, facility, after_ms in rows}
