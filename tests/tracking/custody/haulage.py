"""With whom does a test of custody begin? A plant, carriers, wharves, a store, a site, and their people."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from models.custody_words import Act, SigningMethod
from models.facilities import Facility
from models.fleet import Vehicle
from models.organisations import Organisation, User
from models.thresholds import CustodyThresholds
from models.values import Viewer
from models.vocabulary import (
    DisposalMethod,
    FacilityKind,
    ManifestKind,
    Mode,
    OrganisationKind,
    Role,
    SludgeKind,
)
from tests import factories as make
from tracking.operations.custody.draw_up import LegDraft, ManifestDraft, PartDraft, draw_up
from tracking.operations.custody.make_child import make_child
from tracking.operations.custody.take_step import Setting, Signer, Taken, take_step
from tracking.rules.custody.facts import Given, Weighed

MORNING = datetime(2026, 3, 2, 0, 0, tzinfo=UTC)  # 08:00 in the city
ZONE = ZoneInfo("Asia/Shanghai")


@dataclass
class Haulage:
    """The cast, and a clock that each step moves on."""

    session: Session
    plant_org: Organisation
    road_org: Organisation
    water_org: Organisation
    store_org: Organisation
    site_org: Organisation
    plant: Facility
    wharf: Facility
    far_wharf: Facility
    store: Facility
    site: Facility
    truck: Vehicle
    vessel: Vehicle
    far_truck: Vehicle
    people: dict[Role | str, User]
    now: datetime = MORNING

    def setting(self) -> Setting:
        return Setting(CustodyThresholds(), ZONE, self.now)

    def later(self, minutes: float) -> None:
        self.now += timedelta(minutes=minutes)

    def viewer(self, who: str) -> Viewer:
        user = self.people[who]
        return Viewer(user.role, user.organisation_id, user.id, user.display_name)

    def draft(self, **given: Any) -> ManifestDraft:
        values: dict[str, Any] = {
            "origin": self.plant.code,
            "destination": self.site.code,
            "sludge_kind": SludgeKind.DEWATERED,
            "legs": (LegDraft(Mode.ROAD, self.truck.code, self.plant.code, self.site.code),),
            "planned_kg": 17_000.0,
        }
        return ManifestDraft(**values | given)

    def drawn_up(self, who: str = "plant", **given: Any) -> str:
        return draw_up(self.session, self.draft(**given), self.viewer(who), self.setting())

    def sign(self, number: str, act: Act, who: str, minutes: float = 10, **given: Any) -> Taken:
        """`who` signs with the own password, `minutes` after the step before."""
        self.later(minutes)
        viewer = self.viewer(who)
        signer = Signer(viewer.name, viewer.organisation_id, SigningMethod.PASSWORD, viewer.user_id)
        if given.get("weighed") is not None and "at" not in given:
            given["weighed"] = replace(given["weighed"], at=self.now)
        what = Given(**{"at": self.now} | given)
        return take_step(self.session, number, act, viewer, signer, what, self.setting())

    def weighed(self, net_kg: float, moisture: float | None = 0.79) -> Weighed:
        return Weighed(at=self.now, gross_kg=11_000.0 + net_kg, tare_kg=11_000.0, moisture_fraction=moisture)

    def on_the_road(self, net_kg: float = 17_000.0, **given: Any) -> str:
        """A manifest whose truck has left the plant."""
        number = self.drawn_up(**given)
        self.sign(number, Act.ISSUE, "plant")
        self.sign(number, Act.LOAD, "plant", weighed=self.weighed(net_kg))
        self.sign(number, Act.DEPART, "driver")
        return number

    def by_water(self) -> tuple[LegDraft, ...]:
        """Truck, vessel, truck."""
        return (
            LegDraft(Mode.ROAD, self.truck.code, self.plant.code, self.wharf.code),
            LegDraft(Mode.WATER, self.vessel.code, self.wharf.code, self.far_wharf.code),
            LegDraft(Mode.ROAD, self.far_truck.code, self.far_wharf.code, self.site.code),
        )

    def by_store(self) -> tuple[LegDraft, ...]:
        """To the licensed store, and on from there."""
        return (
            LegDraft(Mode.ROAD, self.truck.code, self.plant.code, self.store.code),
            LegDraft(Mode.ROAD, self.far_truck.code, self.store.code, self.site.code),
        )

    def in_store(self, net_kg: float = 17_000.0, pile: str = "A1") -> str:
        """A manifest whose load was put down in the licensed store."""
        number = self.on_the_road(net_kg, legs=self.by_store())
        self.sign(number, Act.HAND_OVER, "driver", 30)
        self.sign(number, Act.STORE, "store", pile=pile)
        return number

    def refused(self, net_kg: float = 17_000.0) -> str:
        """A manifest whose load was refused at the gate, unweighed."""
        number = self.on_the_road(net_kg)
        self.sign(number, Act.ARRIVE, "gate", 50)
        self.sign(number, Act.REJECT, "gate", reason="too wet")
        return number

    def signer(self, who: str) -> Signer:
        viewer = self.viewer(who)
        return Signer(viewer.name, viewer.organisation_id, SigningMethod.PASSWORD, viewer.user_id)

    def child(self, who: str, kind: ManifestKind, *parts: tuple[str, float], **given: Any) -> str:
        """A child of these parents, drawn up and issued ten minutes later."""
        self.later(10)
        parents = tuple(PartDraft(number, wet_kg) for number, wet_kg in parts)
        draft = self.draft(**{"kind": kind, "parents": parents} | given)
        taken = make_child(self.session, draft, self.viewer(who), self.signer(who), self.setting())
        return taken.custody.number

    def home(self, who: str, *parts: tuple[str, float]) -> str:
        """A return from the site to the plant."""
        back = (LegDraft(Mode.ROAD, self.truck.code, self.site.code, self.plant.code),)
        ends = {"origin": self.site.code, "destination": self.plant.code}
        return self.child(who, ManifestKind.RETURN, *parts, legs=back, **ends)

    def from_store(self, kind: ManifestKind, *parts: tuple[str, float]) -> str:
        """A child that leaves the store for the site."""
        on = (LegDraft(Mode.ROAD, self.far_truck.code, self.store.code, self.site.code),)
        return self.child("store", kind, *parts, origin=self.store.code, legs=on)


def haulage(session: Session) -> Haulage:
    kinds = OrganisationKind
    plant_org = make.organisation(session, kinds.PLANT_OPERATOR)
    road_org, water_org = make.organisation(session), make.organisation(session)
    store_org = make.organisation(session, kinds.SITE_OPERATOR)
    site_org = make.organisation(session, kinds.SITE_OPERATOR)
    people: dict[Role | str, User] = {
        "plant": make.user(session, Role.PLANT, plant_org),
        "driver": make.user(session, Role.DRIVER, road_org),
        "dispatcher": make.user(session, Role.HAULER, road_org),
        "master": make.user(session, Role.DRIVER, water_org),
        "store": make.user(session, Role.SITE, store_org),
        "gate": make.user(session, Role.SITE, site_org),
        "regulator": make.user(session, Role.REGULATOR),
    }
    places = FacilityKind
    return Haulage(
        session=session,
        plant_org=plant_org,
        road_org=road_org,
        water_org=water_org,
        store_org=store_org,
        site_org=site_org,
        plant=make.facility(session, places.PLANT, plant_org, (120.0, 31.0)),
        wharf=make.facility(session, places.TRANSFER, store_org, (120.05, 31.0)),
        far_wharf=make.facility(session, places.TRANSFER, store_org, (120.2, 31.0)),
        store=make.facility(session, places.STORE, store_org, (120.1, 31.1)),
        site=make.facility(
            session, places.SITE, site_org, (120.3, 31.05), method=DisposalMethod.INCINERATION
        ),
        truck=make.vehicle(session, road_org),
        vessel=make.vehicle(session, water_org, mode=Mode.WATER),
        far_truck=make.vehicle(session, road_org),
        people=people,
    )
