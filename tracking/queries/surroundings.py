"""What is around a step? Read for the acts whose checks look at it, and for no others.

Each read is bounded by an index and by time: earlier loads of one vehicle, one day of one place, half an hour
of one track.
"""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from models.custody_words import Act
from models.days import PlantDay
from models.facilities import Facility
from models.fleet import Scale
from models.limits import RuleLimit
from models.manifests import Disposal, Leg, Manifest, MoistureTest, Weighing
from models.permits import FacilityPermit
from models.values import WeighingFacts
from models.vocabulary import FacilityKind, ManifestKind, SludgeKind, WeighingRole
from tracking.queries.custody_ground import COUNTED
from tracking.queries.fixes import to_ms, vehicle_track
from tracking.queries.paper import UNBORN
from tracking.queries.permitted_use import quota_uses, scale_lapsed, storage_use
from tracking.queries.world import facility_area, limit_facts
from tracking.rules.custody.checked import facts_of
from tracking.rules.custody.facts import Custody, Step, Stretch
from tracking.rules.custody.outcome import DECISIONS, key_of
from tracking.rules.custody.standings import PlaceStanding
from tracking.rules.custody.surroundings import NOTHING_AROUND, Seen, Surroundings
from tracking.rules.judge_masses import NOT_DEWATERED
from tracking.rules.judge_repeats import EarlierLoads, same_ticket
from tracking.rules.trip_context import usable
from tracking.rules.visits import Fences
from tracking.rules.world import Limit

LOADS = 40
HEARD_S = 1_800.0
LOADING = (Act.LOAD, Act.RELOAD)
NOWHERE = Fences([], 0.0)
ON_THE_WAY = (Act.DEPART, Act.HAND_OVER, Act.TAKE_OVER, Act.ARRIVE)


def surroundings_of(session: Session, step: Step, outcome: Custody, zone: ZoneInfo) -> Surroundings:
    """What the checks of this act look at."""
    around = of_the_act(session, step, outcome, zone)
    lapsed = scale_lapsed(session, step, outcome, zone)
    return around if lapsed is None else replace(around, scale_lapsed=lapsed)


def of_the_act(session: Session, step: Step, outcome: Custody, zone: ZoneInfo) -> Surroundings:
    """The same without what is asked of every weighing."""
    if step.act in LOADING:
        return around_loading(session, step, outcome)
    if step.act in ON_THE_WAY:
        return around_the_vehicle(session, step)
    if step.act is Act.ISSUE:
        return around_issue(session, step, zone)
    if step.act in DECISIONS:
        return replace(NOTHING_AROUND, limit=limit_into(session, step, outcome))
    if step.act is Act.DISPOSE:
        return around_disposal(session, step, outcome, zone)
    if step.act is Act.STORE:
        return replace(NOTHING_AROUND, storage=storage_use(session, step))
    return NOTHING_AROUND


def around_loading(session: Session, step: Step, outcome: Custody) -> Surroundings:
    """Earlier loads of the vehicle from here, the limit of what leaves, and the scale's division."""
    key = key_of(step)
    weighed = None if key is None else outcome.weighed.get(key)
    if weighed is None or step.custody.kind is not ManifestKind.NORMAL:
        return NOTHING_AROUND
    scale = select(Scale.division_kg).where(Scale.code == weighed.scale_code)
    division_kg = session.scalar(scale) if weighed.scale_code else None
    earlier = earlier_loads(session, step) if step.act is Act.LOAD else EarlierLoads()
    limit = limit_leaving(session, step) if step.act is Act.LOAD else None
    quotas = quota_uses(session, step, outcome) if step.act is Act.LOAD else ()
    return Surroundings(earlier=earlier, division_kg=division_kg, limit=limit, quotas=quotas)


def earlier_loads(session: Session, step: Step) -> EarlierLoads:
    """The vehicle's loads from this origin, and the other manifest that has the ticket."""
    leg, weighed = step.custody.following, step.given.weighed
    if leg is None:
        return EarlierLoads()
    rows = session.execute(
        select(Weighing.at, Weighing.gross_kg - Weighing.tare_kg, MoistureTest.moisture_fraction)
        .join(Manifest, Manifest.id == Weighing.manifest_id)
        .join(Leg, and_(Leg.manifest_id == Manifest.id, Leg.seq == 1))
        .outerjoin(
            MoistureTest,
            and_(
                MoistureTest.manifest_id == Manifest.id,
                MoistureTest.role == WeighingRole.LOADED,
                MoistureTest.leg_seq == 0,
            ),
        )
        .where(Weighing.role == WeighingRole.LOADED, Weighing.leg_seq == 0)
        .where(Leg.vehicle_id == leg.vehicle_id, Manifest.origin_id == step.custody.origin_id)
        .where(Manifest.id != step.custody.id, Manifest.custody_state.not_in(UNBORN))
        .where(Weighing.at <= step.given.at)
        .order_by(Weighing.at.desc())
        .limit(LOADS)
    ).all()[::-1]
    tests: dict[date, float] = {}
    for at, _net_kg, moisture in rows:
        tested: float | None = moisture  # of an outer join
        if tested is not None and at.date() != step.given.at.date():
            tests[at.date()] = tested
    ticket = None if weighed is None else weighed.ticket
    found = EarlierLoads(tuple(net for _, net, _ in rows), tuple(tests.values()))
    return replace(found, ticket_of=ticket_of(session, step)) if ticket else found


def ticket_of(session: Session, step: Step) -> tuple[str, WeighingFacts] | None:
    """The other manifest that has this ticket of this scale."""
    mine = facts_of(step.given.weighed)
    if mine is None or mine.ticket is None or mine.scale_code is None:
        return None
    rows = session.execute(
        select(Weighing, Manifest.number)
        .join(Manifest, Manifest.id == Weighing.manifest_id)
        .where(Weighing.ticket == mine.ticket, Weighing.scale_code == mine.scale_code)
        .where(Weighing.manifest_id != step.custody.id, Manifest.custody_state.not_in(UNBORN))
        .order_by(Weighing.at)
    ).all()
    for row, number in rows:
        other = WeighingFacts(
            row.gross_kg, row.tare_kg, to_ms(row.at), scale_code=row.scale_code, ticket=row.ticket
        )
        if same_ticket(mine, other):
            return number, other
    return None


LIMIT_ON = (
    select(RuleLimit)
    .where(RuleLimit.subject == bindparam("subject"), RuleLimit.valid_from <= bindparam("day"))
    .order_by(RuleLimit.valid_from.desc())
    .limit(1)
)


def limit_on(session: Session, subject: str, day: date) -> Limit | None:
    """The limit of a subject that holds on a day."""
    row = session.scalar(LIMIT_ON, {"subject": subject, "day": day})
    return None if row is None else limit_facts(row)


def limit_leaving(session: Session, step: Step) -> Limit | None:
    """What may leave a plant; dredged and liquid sludge have no such limit."""
    origin = step.ground.places[step.custody.origin_id]
    if origin.kind is not FacilityKind.PLANT or step.custody.sludge_kind in NOT_DEWATERED:
        return None
    return limit_on(session, "moisture_leaving:plant", step.day)


def limit_into(session: Session, step: Step, outcome: Custody) -> Limit | None:
    """What may enter the receiver: its permit's, its own column's, else that of its method."""
    place_id = outcome.received_at_id or outcome.destination_id
    row = session.execute(
        select(
            Facility.code,
            Facility.method,
            Facility.max_moisture_fraction,
            FacilityPermit.max_moisture_fraction,
        )
        .outerjoin(
            FacilityPermit,
            and_(
                FacilityPermit.facility_id == Facility.id,
                FacilityPermit.valid_from <= step.day,
                or_(FacilityPermit.valid_to.is_(None), FacilityPermit.valid_to >= step.day),
                FacilityPermit.max_moisture_fraction.is_not(None),
            ),
        )
        .where(Facility.id == place_id)
        .order_by(FacilityPermit.max_moisture_fraction.desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    code, method, own, permitted = row
    value = own if permitted is None else permitted
    if value is not None:
        return Limit(f"permit:{code}", value, True, "permit", code, step.day)
    return None if method is None else limit_on(session, f"moisture_into:{method.value}", step.day)


def bounds_of(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Midnight to midnight in the city."""
    begins = datetime.combine(day, time(), zone)
    return begins, begins + timedelta(days=1)


def around_issue(session: Session, step: Step, zone: ZoneInfo) -> Surroundings:
    """The plant's issues of the day, its newest influent, and how much sludge that gives at most."""
    custody = step.custody
    if custody.kind is not ManifestKind.NORMAL or custody.sludge_kind is not SludgeKind.DEWATERED:
        return NOTHING_AROUND
    production = limit_on(session, "production:most", step.day)
    if production is None:
        return NOTHING_AROUND
    begins, ends = bounds_of(step.day, zone)
    issued = (
        select(func.coalesce(func.sum(Manifest.planned_kg), 0.0))
        .where(Manifest.origin_id == custody.origin_id, Manifest.issued_at >= begins)
        .where(Manifest.issued_at < ends, Manifest.id != custody.id)
        .where(Manifest.custody_state.in_(COUNTED), Manifest.kind == ManifestKind.NORMAL)
    ).scalar_subquery()
    influent = (
        select(PlantDay.influent_m3)
        .where(PlantDay.facility_id == custody.origin_id, PlantDay.day <= step.day)
        .where(PlantDay.influent_m3.is_not(None), PlantDay.day > step.day - timedelta(days=7))
        .order_by(PlantDay.day.desc())
        .limit(1)
    ).scalar_subquery()
    issued_kg, influent_m3 = session.execute(select(issued, influent)).one()
    return Surroundings(
        production=production,
        issued_t80=(issued_kg + (custody.planned_kg or 0.0)) / 1000,
        influent_m3=influent_m3,
    )


def around_disposal(session: Session, step: Step, outcome: Custody, zone: ZoneInfo) -> Surroundings:
    """What the site disposes of on the day, this load included, and what its permits allow."""
    place_id = outcome.received_at_id or outcome.destination_id
    permitted = session.scalar(
        select(func.sum(FacilityPermit.t_per_day)).where(
            FacilityPermit.facility_id == place_id,
            FacilityPermit.valid_from <= step.day,
            or_(FacilityPermit.valid_to.is_(None), FacilityPermit.valid_to >= step.day),
            or_(FacilityPermit.revoked_on.is_(None), FacilityPermit.revoked_on >= step.day),
        )
    )
    own = select(Facility.permit_t_per_day).where(Facility.id == place_id)
    capacity_t = session.scalar(own) if permitted is None else permitted
    if capacity_t is None:
        return NOTHING_AROUND
    begins, ends = bounds_of(step.day, zone)
    here = func.coalesce(Manifest.received_at_id, Manifest.destination_id) == place_id
    disposed_kg = session.scalar(
        select(func.coalesce(func.sum(Disposal.mass_kg), 0.0))
        .join(Manifest, Manifest.id == Disposal.manifest_id)
        .where(or_(Manifest.destination_id == place_id, Manifest.received_at_id == place_id), here)
        .where(Disposal.at >= begins, Disposal.at < ends)
    )
    return Surroundings(disposed_t=(disposed_kg or 0.0) / 1000, capacity_t=capacity_t)


def around_the_vehicle(session: Session, step: Step) -> Surroundings:
    """Where the vehicle of the leg was heard, at a take-over the giver's too, and how long it should take."""
    custody, act = step.custody, step.act
    leg = custody.following if act in (Act.DEPART, Act.TAKE_OVER) else custody.current
    if leg is None:
        return NOTHING_AROUND
    place_id = leg.from_id if act in (Act.DEPART, Act.TAKE_OVER) else leg.to_id
    if act is Act.ARRIVE:
        place_id = step.given.place_id or custody.destination_id
    if act is Act.DEPART and custody.place is not None:
        return NOTHING_AROUND  # a rescue begins at the roadside
    place = step.ground.places[place_id]
    gave = custody.current if act is Act.TAKE_OVER else None
    return Surroundings(
        seen=heard(session, step, leg, place),
        other=None if gave is None else heard(session, step, gave, place),
        planned_s=planned_s(step, leg) if act is Act.ARRIVE else None,
    )


def heard(session: Session, step: Step, leg: Stretch, place: PlaceStanding) -> Seen | None:
    """The half hour before; None for a vehicle without registration."""
    if leg.vehicle_id is None:
        return None
    until_ms = to_ms(step.given.at)
    track = usable(vehicle_track(session, leg.vehicle_id, until_ms - round(HEARD_S * 1000), until_ms))
    limits = step.rules.track
    if not len(track):  # a fence is drawn for fixes: the silent have none
        return Seen(leg.vehicle_code, track, NOWHERE, place.code, limits.min_dwell_s)
    row = session.scalars(select(Facility).where(Facility.id == place.id)).one()
    return Seen(
        vehicle=leg.vehicle_code,
        track=track,
        fence=Fences([facility_area(row)], limits.exit_buffer_m),
        facility=place.code,
        least_dwell_s=limits.min_dwell_s if row.min_dwell_s is None else row.min_dwell_s,
    )


def planned_s(step: Step, leg: Stretch) -> float | None:
    """How long the leg's route is planned to take."""
    route = None if leg.route_id is None else step.ground.routes.get(leg.route_id)
    return None if route is None or route.planned_minutes is None else route.planned_minutes * 60.0
