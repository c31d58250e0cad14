"""Which loads came before a load, of its vehicle and of its origin, and who has its ticket already?

Read once for the blocks of one transaction: a handful of queries, each bounded by time and by index.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta, tzinfo

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from models.manifests import Leg, Manifest, MoistureTest, Weighing
from models.values import ManifestFacts, WeighingFacts
from models.vocabulary import ManifestKind, WeighingRole
from tracking.queries.fixes import to_ms
from tracking.queries.paper import UNBORN, from_moment
from tracking.rules.judge_repeats import NOTHING_EARLIER, EarlierLoads, same_ticket

LOOKBACK = timedelta(days=30)
HISTORY_LOADS = 40  # of a vehicle from one origin: enough to know how its loads spread
HISTORY_DAYS = 30

Lane = tuple[str, int]  # vehicle code, row id of the origin


class LoadHistory:
    """The loads before those of some manifests, up to a moment."""

    def __init__(
        self, session: Session, manifests: Collection[ManifestFacts], until_ms: int, zone: tzinfo
    ) -> None:
        self.zone = zone
        self.nets: dict[Lane, list[tuple[int, int, float]]] = {}
        self.tests: dict[int, list[tuple[int, float]]] = {}
        self.tickets: dict[tuple[str, str], list[tuple[int, int, str, WeighingFacts]]] = {}
        weighed = [each for each in manifests if each.loaded is not None and each.kind is ManifestKind.NORMAL]
        if weighed:
            moments = [each.loaded.at_ms for each in weighed if each.loaded is not None]
            since = from_moment(min(moments)) - LOOKBACK
            until = from_moment(min(max(moments), until_ms))
            self._read_loads(session, weighed, since, until)
            self._read_tests(session, {each.origin_id for each in weighed}, since, until)
            self._read_tickets(session, weighed, until)

    def before(self, manifest: ManifestFacts) -> EarlierLoads:
        """What came before the load of one manifest; a child's load was weighed as its parent's."""
        loaded = manifest.loaded
        if loaded is None or manifest.kind is not ManifestKind.NORMAL or not manifest.legs:
            return NOTHING_EARLIER
        lane = self.nets.get((manifest.legs[0].vehicle_code, manifest.origin_id), [])
        here = bisect_left(lane, (loaded.at_ms, manifest.id, 0.0))
        return EarlierLoads(
            nets_kg=tuple(net for _, _, net in lane[max(here - HISTORY_LOADS, 0) : here]),
            moistures=self._moistures(manifest.origin_id, loaded.at_ms),
            ticket_of=self._ticket(manifest, loaded),
        )

    def _moistures(self, origin_id: int, at_ms: int) -> tuple[float, ...]:
        """The last test of each day before that of the load: one test may serve all loads of a day."""
        today = self._day(at_ms)
        by_day = {
            self._day(moment): value for moment, value in self.tests.get(origin_id, []) if moment < at_ms
        }
        days = sorted(day for day in by_day if day != today)
        return tuple(by_day[day] for day in days[-HISTORY_DAYS:])

    def _ticket(self, manifest: ManifestFacts, loaded: WeighingFacts) -> tuple[str, WeighingFacts] | None:
        same = self.tickets.get((loaded.scale_code or "", loaded.ticket or ""), [])
        for at_ms, manifest_id, number, other in same:
            earlier = (at_ms, manifest_id) < (loaded.at_ms, manifest.id) and manifest_id != manifest.id
            if earlier and same_ticket(loaded, other):
                return number, other
        return None

    def _day(self, at_ms: int) -> date:
        return from_moment(at_ms).astimezone(self.zone).date()

    def _read_loads(
        self, session: Session, manifests: Iterable[ManifestFacts], since: datetime, until: datetime
    ) -> None:
        """Net masses by lane. The vehicle's legs are few, and the manifest's date bounds them."""
        lanes = {(each.legs[0].vehicle_code, each.origin_id) for each in manifests if each.legs}
        found: dict[Lane, list[tuple[int, int, float]]] = defaultdict(list)
        codes = sorted({code for code, _ in lanes})
        for low in range(0, len(codes), 200):
            query = (
                select(
                    Leg.vehicle_code,
                    Manifest.origin_id,
                    Weighing.at,
                    Manifest.id,
                    Weighing.gross_kg - Weighing.tare_kg,
                )
                .join(Manifest, Manifest.id == Leg.manifest_id)
                .join(Weighing, and_(Weighing.manifest_id == Manifest.id, *FIRST_WEIGHED))
                .where(Leg.seq == 1, Leg.vehicle_code.in_(codes[low : low + 200]), *COUNTED)
                .where(Manifest.issued_at.between(since, until), Weighing.at <= until)
            )
            for code, origin_id, at, manifest_id, net_kg in session.execute(query):
                if (code, origin_id) in lanes:
                    found[code, origin_id].append((to_ms(at), manifest_id, net_kg))
        self.nets = {lane: sorted(loads) for lane, loads in found.items()}

    def _read_tests(
        self, session: Session, origins: Collection[int], since: datetime, until: datetime
    ) -> None:
        """Moistures at loading by origin, in order of time."""
        query = (
            select(Manifest.origin_id, MoistureTest.at, MoistureTest.moisture_fraction)
            .join(Manifest, Manifest.id == MoistureTest.manifest_id)
            .where(MoistureTest.role == WeighingRole.LOADED, MoistureTest.leg_seq == 0, *COUNTED)
            .where(Manifest.origin_id.in_(sorted(origins)), MoistureTest.at <= until)
            .where(Manifest.issued_at.between(since, until))
            .order_by(MoistureTest.at, MoistureTest.id)
        )
        found: dict[int, list[tuple[int, float]]] = defaultdict(list)
        for origin_id, at, moisture in session.execute(query):
            found[origin_id].append((to_ms(at), moisture))
        self.tests = dict(found)

    def _read_tickets(self, session: Session, manifests: Iterable[ManifestFacts], until: datetime) -> None:
        """Other weighings with one of these tickets, by scale and ticket."""
        wanted: set[tuple[str | None, str]] = {
            (each.loaded.scale_code, each.loaded.ticket)
            for each in manifests
            if each.loaded is not None and each.loaded.scale_code and each.loaded.ticket
        }
        found: dict[tuple[str, str], list[tuple[int, int, str, WeighingFacts]]] = defaultdict(list)
        tickets = sorted({ticket for _, ticket in wanted})
        for low in range(0, len(tickets), 500):
            query = (
                select(Weighing, Manifest.number)
                .join(Manifest, Manifest.id == Weighing.manifest_id)
                .where(Weighing.ticket.in_(tickets[low : low + 500]), *COUNTED)
                .where(Weighing.at <= until, Manifest.kind == ManifestKind.NORMAL)
            )
            for row, number in session.execute(query).all():
                if (row.scale_code, row.ticket) in wanted:
                    facts = WeighingFacts(
                        row.gross_kg, row.tare_kg, to_ms(row.at), scale_code=row.scale_code, ticket=row.ticket
                    )
                    key = (row.scale_code or "", row.ticket or "")
                    found[key].append((facts.at_ms, row.manifest_id, number, facts))
        self.tickets = {key: sorted(each, key=lambda row: row[:2]) for key, each in found.items()}


COUNTED = (Manifest.custody_state.not_in(UNBORN),)
FIRST_WEIGHED = (Weighing.role == WeighingRole.LOADED, Weighing.leg_seq == 0)
