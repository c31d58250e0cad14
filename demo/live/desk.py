"""Which papers lie on the desks of the demo city? Loads that people move step by step, in every state.

They go through the same operations as a person's: drawn up, signed, refused, stored, sent home. Their trucks
are two without a terminal, so that no track of the played city speaks about them.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.custody_words import Act, MoistureMethod, SigningMethod
from models.facilities import Facility, Route
from models.fleet import Vehicle
from models.organisations import Organisation, User
from models.thresholds import CustodyThresholds
from models.values import Viewer
from models.vocabulary import FacilityKind, ManifestKind, Mode, SludgeKind
from tracking.operations.administer.plans import PlanDraft, PlanLegDraft, enter_plan
from tracking.operations.custody.corrections import CorrectionAsked, request_correction
from tracking.operations.custody.draw_up import LegDraft, ManifestDraft, PartDraft, draw_up
from tracking.operations.custody.holds import place_hold
from tracking.operations.custody.take_step import Setting, Signer, take_step
from tracking.rules.custody.facts import Given, Weighed

TRUCKS = (("DEMO-T1", "苏E·Z0001"), ("DEMO-T2", "苏E·Z0002"))
TARE_KG, PAYLOAD_KG = 11_980.0, 18_000.0
PLAN = "PLAN-DEMO-1"


@dataclass
class Desk:
    """The places and people of the demo's logins."""

    session: Session
    now: datetime
    zone: ZoneInfo
    limits: CustodyThresholds
    plant: Facility
    site: Facility
    store: Facility | None
    carrier: Organisation
    people: dict[str, Viewer]
    routes: dict[tuple[int, int], str] = field(default_factory=dict)

    def setting(self, at: datetime) -> Setting:
        return Setting(self.limits, self.zone, at)

    def leg(self, truck: str, origin: Facility, destination: Facility) -> LegDraft:
        route = self.routes.get((origin.id, destination.id))
        return LegDraft(Mode.ROAD, truck, origin.code, destination.code, route=route, driver="driver")

    def draw(self, who: str, ago_minutes: float, **given: Any) -> str:
        """A draft from the plant to the site, or what `given` says."""
        values: dict[str, Any] = {
            "origin": self.plant.code,
            "destination": self.site.code,
            "sludge_kind": SludgeKind.DEWATERED,
            "legs": (self.leg("DEMO-T1", self.plant, self.site),),
            "planned_kg": 17_000.0,
        }
        at = self.now - timedelta(minutes=ago_minutes)
        return draw_up(self.session, ManifestDraft(**values | given), self.people[who], self.setting(at))

    def sign(self, number: str, act: Act, who: str, ago_minutes: float, **given: Any) -> None:
        """A step so many minutes ago, signed with the own login."""
        at = self.now - timedelta(minutes=ago_minutes)
        viewer = self.people[who]
        signer = Signer(viewer.name, viewer.organisation_id, SigningMethod.RECENT_LOGIN, viewer.user_id)
        weighed = given.pop("weighed", None)
        what = Given(at=at, weighed=None if weighed is None else replace(weighed, at=at), **given)
        take_step(self.session, number, act, viewer, signer, what, self.setting(at))

    def weighed(self, net_kg: float, moisture: float | None = 0.788) -> Weighed:
        method = None if moisture is None else MoistureMethod.HALOGEN
        u = None if moisture is None else 0.004
        return Weighed(self.now, TARE_KG + net_kg, TARE_KG, None, None, None, moisture, u, method)

    def underway(self, ago_minutes: float, net_kg: float = 17_040.0, **given: Any) -> str:
        """A load that left the plant so long ago."""
        number = self.draw("plant", ago_minutes + 40, **given)
        self.sign(number, Act.ISSUE, "plant", ago_minutes + 38)
        self.sign(number, Act.LOAD, "plant", ago_minutes + 8, weighed=self.weighed(net_kg))
        self.sign(number, Act.DEPART, "driver", ago_minutes)
        return number


def lay_out(session: Session, now: datetime, zone: ZoneInfo, limits: CustodyThresholds) -> list[str]:
    """Every scene of the desk in the caller's writing transaction; the numbers of its manifests.

    Nothing where they lie there already, or the demo's logins belong to no plant, carrier and site.
    """
    desk = desk_of(session, now, zone, limits)
    if desk is None or session.scalar(select(Vehicle.id).where(Vehicle.code == TRUCKS[0][0])) is not None:
        return []
    register_trucks(session, desk.carrier)
    offer_plan(desk)
    return [number for scene in SCENES for number in scene(desk)]


def desk_of(session: Session, now: datetime, zone: ZoneInfo, limits: CustodyThresholds) -> Desk | None:
    """The desk of the demo's logins."""
    users = {row.username: row for row in session.scalars(select(User).where(User.active))}
    people = {name: viewer_of(row) for name, row in users.items()}
    wanted = {name: people.get(name) for name in ("plant", "hauler", "driver", "site", "admin", "regulator")}
    if any(viewer is None for viewer in wanted.values()):
        return None
    plant = first_place(session, people["plant"], FacilityKind.PLANT)
    site = first_place(session, people["site"], FacilityKind.SITE)
    carrier = session.get(Organisation, people["hauler"].organisation_id)
    if plant is None or site is None or carrier is None:
        return None
    store = first_place(session, people["site"], FacilityKind.STORE)
    ends = (Route.origin_id, Route.destination_id, Route.code)
    roads = session.execute(select(*ends).where(Route.mode == Mode.ROAD).order_by(Route.code.desc()))
    routes = {(origin, destination): code for origin, destination, code in roads}
    return Desk(session, now, zone, limits, plant, site, store, carrier, people, routes)


def viewer_of(user: User) -> Viewer:
    return Viewer(user.role, user.organisation_id, user.id, user.display_name)


def first_place(session: Session, viewer: Viewer, kind: FacilityKind) -> Facility | None:
    own = (Facility.organisation_id == viewer.organisation_id, Facility.kind == kind)
    return session.scalar(select(Facility).where(*own).order_by(Facility.code).limit(1))


def register_trucks(session: Session, carrier: Organisation) -> None:
    """Two trucks without a terminal."""
    for code, plate in TRUCKS:
        session.add(
            Vehicle(
                code=code,
                name=plate,
                mode=Mode.ROAD,
                organisation_id=carrier.id,
                tare_kg=TARE_KG,
                rated_payload_kg=PAYLOAD_KG,
            )
        )
    session.flush()


def offer_plan(desk: Desk) -> None:
    """A standing plan from which the plant issues with one click."""
    today = desk.now.astimezone(desk.zone).date()
    route = desk.routes.get((desk.plant.id, desk.site.id))
    leg = PlanLegDraft(
        Mode.ROAD, desk.carrier.code, desk.plant.code, desk.site.code, route=route, vehicle="DEMO-T1"
    )
    plan = PlanDraft(
        code=PLAN,
        name=f"{desk.plant.name}—{desk.site.name}",
        origin=desk.plant.code,
        destination=desk.site.code,
        sludge_kind=SludgeKind.DEWATERED,
        valid_from=today.replace(month=1, day=1),
        valid_to=today.replace(month=12, day=31),
        quota_t=60_000.0,
        legs=(leg,),
    )
    enter_plan(desk.session, plan, desk.people["admin"])


def to_be_signed(desk: Desk) -> list[str]:
    """A draft, one issued, one loaded, one on the road, one at the gate."""
    draft = desk.draw("plant", 4)
    issued = desk.draw("plant", 26, plan=PLAN)
    desk.sign(issued, Act.ISSUE, "plant", 25)
    loaded = desk.draw("plant", 50, legs=(desk.leg("DEMO-T2", desk.plant, desk.site),))
    desk.sign(loaded, Act.ISSUE, "plant", 48)
    desk.sign(loaded, Act.LOAD, "plant", 12, weighed=desk.weighed(16_880.0))
    at_gate = desk.underway(62, 17_160.0)
    desk.sign(at_gate, Act.ARRIVE, "site", 9, weighed=desk.weighed(17_140.0, None))
    on_road = desk.underway(20, 16_960.0, legs=(desk.leg("DEMO-T2", desk.plant, desk.site),))
    return [draft, issued, loaded, at_gate, on_road]


def refused_and_sent_home(desk: Desk) -> list[str]:
    """Refused at the gate; a child takes it back to the plant."""
    refused = desk.underway(210, 17_220.0)
    desk.sign(refused, Act.ARRIVE, "site", 150)
    desk.sign(
        refused,
        Act.REJECT,
        "site",
        140,
        weighed=desk.weighed(17_200.0, 0.842),
        reason="含水率超过本厂许可上限，混有杂物",
    )
    child = desk.draw(
        "site",
        130,
        kind=ManifestKind.RETURN,
        origin=desk.site.code,
        destination=desk.plant.code,
        legs=(desk.leg("DEMO-T1", desk.site, desk.plant),),
        parents=(PartDraft(refused, 17_200.0),),
        planned_kg=17_200.0,
    )
    desk.sign(child, Act.ISSUE, "site", 128)
    desk.sign(child, Act.LOAD, "site", 125)
    desk.sign(child, Act.DEPART, "driver", 120)
    return [refused, child]


def in_store(desk: Desk) -> list[str]:
    """Put down in the licensed store on its way."""
    if desk.store is None:
        return []
    legs = (
        desk.leg("DEMO-T1", desk.plant, desk.store),
        desk.leg("DEMO-T2", desk.store, desk.site),
    )
    stored = desk.underway(330, 16_740.0, legs=legs)
    desk.sign(stored, Act.HAND_OVER, "driver", 280)
    desk.sign(stored, Act.STORE, "site", 275, pile="A-1")
    return [stored]


def broken_down(desk: Desk) -> list[str]:
    """A truck broke down; another one takes the load on under a child."""
    aborted = desk.underway(400, 17_010.0)
    desk.sign(aborted, Act.ABORT, "driver", 370, reason="发动机故障，停靠应急车道")
    lon, lat = desk.plant.polygon[0]
    child = desk.draw(
        "hauler",
        365,
        kind=ManifestKind.RESCUE,
        legs=(desk.leg("DEMO-T2", desk.plant, desk.site),),
        parents=(PartDraft(aborted, 17_010.0),),
        planned_kg=17_010.0,
        place=(lat + 0.02, lon + 0.02),
    )
    desk.sign(child, Act.ISSUE, "hauler", 360)
    desk.sign(child, Act.LOAD, "hauler", 350)
    desk.sign(child, Act.DEPART, "driver", 345)
    desk.sign(child, Act.ARRIVE, "site", 300)
    desk.sign(child, Act.ACCEPT, "site", 290, weighed=desk.weighed(16_990.0, 0.787))
    return [aborted, child]


def disposed(desk: Desk) -> list[str]:
    """All the way to its final disposal."""
    number = desk.underway(520, 17_300.0)
    desk.sign(number, Act.ARRIVE, "site", 470)
    desk.sign(number, Act.ACCEPT, "site", 460, weighed=desk.weighed(17_280.0, 0.789))
    desk.sign(number, Act.DISPOSE, "site", 100, method=desk.site.method)
    return [number]


def in_dispute(desk: Desk) -> list[str]:
    """A moisture that the gate asks to correct, and a load that the regulator froze."""
    corrected = desk.underway(260, 16_900.0)
    desk.sign(corrected, Act.ARRIVE, "site", 200)
    desk.sign(corrected, Act.ACCEPT, "site", 190, weighed=desk.weighed(16_880.0, 0.879))
    asked = CorrectionAsked(
        "weighings.received.moisture", 0.879, 0.789, "录入时把 78.9 % 误填为 87.9 %，化验单存厂"
    )
    at = desk.setting(desk.now - timedelta(minutes=60))
    request_correction(desk.session, corrected, asked, desk.people["site"], at)
    held = desk.underway(75, 17_120.0, legs=(desk.leg("DEMO-T2", desk.plant, desk.site),))
    at = desk.setting(desk.now - timedelta(minutes=15))
    place_hold(desk.session, held, "举报称该车沿途加水，到场后请等待现场取样", desk.people["regulator"], at)
    return [corrected, held]


SCENES: tuple[Callable[[Desk], list[str]], ...] = (
    to_be_signed,
    refused_and_sent_home,
    in_store,
    broken_down,
    disposed,
    in_dispute,
)
"""What the demo shows, each in one transaction with the others."""
